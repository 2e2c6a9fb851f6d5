"""A finished run with the boundaries it stands on, read for maps and notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.maps.hotspot_page import RunView
from governance.hotspots import queries
from grids.boundaries.queries import get_release
from grids.boundaries.tables import Layer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from governance.hotspots.tables import HotspotRun


def read_view(session: Session, run: HotspotRun) -> RunView:
    """Read what a map of the run shows.

    Raises
    ------
    RunUnfinishedError
        When the run has no result.
    """
    result = queries.result_of(run)
    layer = session.get_one(Layer, run.layer_id)
    release = get_release(session, layer, run.release_number or 0)
    level = layer.levels.index(run.level)
    outlines = (
        list(queries.area_outlines(session, layer, layer.levels[min(1, level - 1)], release.effective_at).values())
        if level
        else []
    )
    shapes = queries.area_outlines(session, layer, run.level, release.effective_at)
    wanted = {area["code"] for area in result["areas"]}
    return RunView(run.id, layer.name, result, {c: g for c, g in shapes.items() if c in wanted}, outlines)
