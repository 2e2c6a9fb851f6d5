"""Responsibility maps: who answers for which area, with its reports."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.http.access import Viewer
from api.http.answers import GEOJSON, GeoJsonResponse
from api.http.conditional_response import (
    PiecewiseResponse,
    html_answer,
    listed,
    matches,
    not_modified,
)
from api.http.dependencies import KEY_OPTIONAL, OptionalPrincipalDep, SnapshotDep
from api.http.direct_routes import answered_by, query_values
from api.http.instants import InstantQuery
from api.http.language import WordsLanguage
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep, services_of
from api.http.texts import CODE_PATTERN
from api.maps.schemas import ResponsibilityMap
from core import clock
from core.content_encoding import choose_encoding
from core.settings import Settings
from geo.map.simplify import MAX_ZOOM
from governance.hotspots.runs import queries
from grids.maps.map_store import Drawing, MapRequest, entity_tag
from identity.grants import Scope
from identity.keys import Principal
from presentation.pages.hotspot_page import hotspot_page
from presentation.pages.hotspot_view import read_view
from presentation.pages.responsibility_page import responsibility_page
from presentation.words.hotspot_maps import CATALOGUE as HOTSPOT_MAPS
from presentation.words.pages import CATALOGUE

router = feature_router(prefix="/v1/maps", tags=["maps"])


Language = Annotated[str, Depends(WordsLanguage(CATALOGUE))]
LayerQuery = Annotated[
    str | None, Query(pattern=CODE_PATTERN, description="Layer; the default layer if left out.", examples=["admin"])
]
LevelQuery = Annotated[
    str | None, Query(pattern=CODE_PATTERN, description="Level; the finest if left out.", examples=["grid"])
]
WithinQuery = Annotated[
    str | None,
    Query(
        pattern=CODE_PATTERN,
        description="Only areas below (or equal to) the area of this code.",
        examples=["410106001"],
    ),
]
AtQuery = Annotated[
    InstantQuery | None,
    Query(description="Instant, with a time zone: boundaries as they were then, reports up to then. Now if left out."),
]
ZOOM = Query(
    ge=0,
    le=MAX_ZOOM,
    description="Zoom of a web map: borders are simplified to half its pixel, shared borders staying shared. "
    "Exact if left out, and from 18 on.",
)


async def get_responsibility_map(
    layer: LayerQuery = None,
    level: LevelQuery = None,
    within: WithinQuery = None,
    at: AtQuery = None,
    simplify: Annotated[int | None, ZOOM] = None,
    principal: OptionalPrincipalDep = None,
) -> Response:
    """Return the areas of one level with their responsible units and report counts, as RFC 7946 GeoJSON.

    Strong ETag, 304 on If-None-Match; zstd, br or gzip as the client accepts. Needs no key; without one that may read
    all reports, small counts are null.
    """
    raise NotImplementedError  # pragma: no cover (answered by _responsibility)


async def _responsibility(request: Request) -> Response:
    """Answer from memory on the event loop if nothing must be read or written; else in a thread."""
    services = services_of(request.app)
    maps = services.maps
    given = query_values(request)
    layer = given["layer"] or services.settings.default_layer
    principal = await _caller(request)
    least = _least(principal, services.settings)
    asked = MapRequest(layer, given["level"], given["within"], given["at"], given["simplify"], least)
    drawing: Drawing | None = None
    tag = maps.tag_if_ready(asked)
    if tag is None:
        drawing = await run_in_threadpool(maps.responsibility, asked)
        tag = drawing.tag
    encoding = choose_encoding(listed(request.headers, "accept-encoding"))
    if matches(listed(request.headers, "if-none-match"), entity_tag(tag, encoding)):
        return not_modified(entity_tag(tag, encoding), is_public=principal is None)
    content = maps.content_if_ready(tag, encoding)
    if content is None:
        if drawing is None:
            drawing = await run_in_threadpool(maps.responsibility, asked)
        tag = drawing.tag  # counts may have been read anew in between
        content = await run_in_threadpool(maps.content, drawing, encoding)
    etag = entity_tag(tag, encoding)
    return PiecewiseResponse(content, media_type=GEOJSON, encoding=encoding, etag=etag, is_public=principal is None)


async def _caller(request: Request) -> Principal | None:
    """Identify who sends a key or session; who sends none is nobody."""
    return await services_of(request.app).gate.identify_if_sent(request.scope)


def _least(principal: Principal | None, settings: Settings) -> int:
    """Return the smallest count that a reader may see: all of them with a scope for all reports."""
    may_see = principal is not None and principal.holds(Scope.REPORTS_READ)
    return 1 if may_see else settings.counts_shown_from


_RESPONSIBILITY: dict[int | str, dict[str, Any]] = {
    304: {"description": "The copy named in If-None-Match still holds."},
    **responses(400, 401, 404, 503),
}

router.add_api_route(
    "/responsibility.geojson",
    get_responsibility_map,
    methods=["GET"],
    response_model=ResponsibilityMap,
    response_class=GeoJsonResponse,
    responses=_RESPONSIBILITY,
    route_class_override=answered_by(_responsibility),
    openapi_extra=KEY_OPTIONAL,
)


@router.get(
    "/responsibility.html",
    response_class=Response,
    responses={
        200: {
            "description": "A page that holds all it needs: it opens without a network.",
            "content": {"text/html": {"schema": {"type": "string"}}},
        },
        **responses(400, 401, 404, 503),
    },
    openapi_extra=KEY_OPTIONAL,
)
def get_responsibility_page(
    services: ServicesDep,
    request: Request,
    principal: OptionalPrincipalDep,
    language: Language,
    layer: LayerQuery = None,
    level: LevelQuery = None,
    within: WithinQuery = None,
    at: AtQuery = None,
) -> Response:
    """Return the responsibility map as one self-contained page: areas by reports or by unit, borders above."""
    maps, settings = services.maps, services.settings
    release = maps.in_force(layer or settings.default_layer, at)
    name = release.level(level)
    position = release.levels.index(name)
    page = responsibility_page(
        maps.level(release, name),
        [maps.level(release, coarser) for coarser in release.levels[:position]],
        maps.counts(release, at).by_code,
        within=within,
        as_of=min(at, clock.now()) if at is not None else clock.now(),
        counts_shown_from=_least(principal, settings),
        basemap_url=settings.basemap_url,
        language=language,
    )
    encoding = listed(request.headers, "accept-encoding")
    return html_answer(page, encoding, is_public=principal is None, language=language)


@router.get(
    "/hotspots.html",
    response_class=Response,
    responses={
        200: {
            "description": "A page that holds all it needs: it opens without a network.",
            "content": {"text/html": {"schema": {"type": "string"}}},
        },
        **responses(400, 401, 403, 404, 409, 503),
    },
)
def get_hotspot_page(
    services: ServicesDep,
    request: Request,
    session: SnapshotDep,
    _: Viewer,
    language: Annotated[str, Depends(WordsLanguage(HOTSPOT_MAPS))],
    run: Annotated[int | None, Query(ge=1, le=2**62, description="Run; the newest finished one if left out.")] = None,
    beside: Annotated[int | None, Query(ge=1, le=2**62, description="A second run, shown side by side.")] = None,
) -> Response:
    """Return the hotspot map of a run as one self-contained page. It names no person and quotes no report."""
    found = queries.get_run(session, run) if run is not None else queries.latest_done(session)
    other = read_view(session, queries.get_run(session, beside)) if beside is not None else None
    page = hotspot_page(read_view(session, found), other, basemap_url=services.settings.basemap_url, language=language)
    return html_answer(page, listed(request.headers, "accept-encoding"), is_public=False, language=language)
