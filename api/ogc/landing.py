"""Where OGC API begins: the landing page, what is conformed to, the definition."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import JSONResponse, Response

from api.http.answers import json_response
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.public_address import address_of
from api.ogc import schemas
from api.ogc.collections import TILING_SCHEMES, link, refuse_unknown, root
from api.ogc.conformance import CLASSES
from api.ogc.definition import as_3_0

router = feature_router(prefix="/ogc", tags=["OGC API"])

OPENAPI = "application/vnd.oai.openapi+json;version=3.0"


class OpenApiResponse(JSONResponse):
    """Documents (`response_class`) the media type of an OpenAPI document."""

    media_type = OPENAPI


@router.get("/", include_in_schema=False)
@router.get("", response_model=schemas.LandingPage, responses=responses(400))
def get_landing_page(request: Request) -> Response:
    """Show the landing page."""
    refuse_unknown(request)
    url = root(request)
    links = [
        link(url, "self", "application/json", "This document"),
        link(f"{url}/api", "service-desc", OPENAPI, "The API definition"),
        link(f"{address_of(request)}/docs", "service-doc", "text/html", "The API's documentation"),
        link(f"{url}/conformance", "conformance", "application/json", "What this API conforms to"),
        link(f"{url}/collections", "data", "application/json", "The collections"),
        link(f"{url}/tileMatrixSets", TILING_SCHEMES, "application/json", "The tile matrix sets"),
    ]
    about = "Boundaries of grids and of the areas above them, released and in draft."
    return json_response({"title": "Wangge", "description": about, "links": links})


@router.get("/conformance", responses=responses(400))
def get_conformance(request: Request) -> schemas.Conformance:
    """Return which conformance classes are met."""
    refuse_unknown(request)
    return schemas.Conformance(conformsTo=list(CLASSES))


@router.get(
    "/api",
    response_model=schemas.ApiDefinition,
    response_class=OpenApiResponse,
    responses=responses(400),
)
def get_definition(request: Request) -> Response:
    """Return the definition of this API."""
    refuse_unknown(request)
    return json_response(as_3_0(request.app.openapi(), below="/ogc", url=root(request)), media_type=OPENAPI)
