"""What areas became and came from, and the borders in doubt."""

from __future__ import annotations

from typing import Annotated

import shapely
from fastapi import Depends, Path, Query
from starlette.responses import HTMLResponse, Response

from api.change_sets import answers, schemas
from api.change_sets.map_schemas import DisputedEdges
from api.http.access import Viewer
from api.http.answers import json_response
from api.http.dependencies import SnapshotDep
from api.http.instants import InstantQuery
from api.http.language import WordsLanguage, in_language
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from governance.boundary_changes import operations as boundary_changes
from grids.boundaries import queries as registry
from grids.change_sets import queries
from grids.geojson import geojson
from presentation.pages.disputes_page import disputes_page, read_disputes
from presentation.words.boundary_desk import CATALOGUE

router = feature_router(prefix="/v1/layers", tags=["boundary desk"])
LayerCode = Annotated[str, Path(max_length=40)]
Days = Annotated[int, Query(ge=1, le=3660, description="How far back to look.")]


@router.get("/{layer}/areas/{code}/lineage", responses=responses(400, 404, 503))
def get_area_lineage(
    session: SnapshotDep,
    layer: LayerCode,
    code: Annotated[str, Path(max_length=200)],
    at: Annotated[InstantQuery | None, Query(description="Only releases in force by then.")] = None,
) -> schemas.LineageOut:
    """Return what an area became and what it came from, over all releases."""
    found = registry.get_layer(session, layer)
    forwards, backwards = (queries.lineage(session, found, code, backwards=b, at=at) for b in (False, True))
    return schemas.LineageOut(
        code=code, became=answers.lineage_steps(forwards), came_from=answers.lineage_steps(backwards)
    )


@router.get("/{layer}/disputed-edges", response_model=DisputedEdges, responses=responses(400, 401, 403, 404, 503))
def list_disputed_edges(session: SnapshotDep, viewer: Viewer, layer: LayerCode, days: Days = 365) -> Response:
    """Gather borders in doubt, as GeoJSON: matters that could be either side's, or that people moved across."""
    del viewer
    features = [
        {
            "type": "Feature",
            "geometry": None if d.edge is None else geojson(shapely.from_wkb(d.edge)),
            "properties": {"areas": [d.one, d.other], "ambiguous": d.ambiguous, "moved": d.moved},
        }
        for d in boundary_changes.disputes(session, layer=layer, days=days)
    ]
    return json_response({"type": "FeatureCollection", "features": features})


@router.get("/{layer}/disputed-edges.html", response_class=HTMLResponse, responses=responses(400, 401, 403, 404, 503))
def get_disputed_edges_page(
    session: SnapshotDep,
    services: ServicesDep,
    viewer: Viewer,
    layer: LayerCode,
    language: Annotated[str, Depends(WordsLanguage(CATALOGUE))],
    days: Days = 365,
) -> Response:
    """Show borders in doubt as a map, in one file that opens with no internet."""
    del viewer
    view = read_disputes(session, layer=layer, days=days)
    return in_language(HTMLResponse(disputes_page(view, services.settings.basemap_url, language=language)), language)
