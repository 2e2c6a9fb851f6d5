"""A finished run with the boundaries it stands on, read for maps and notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.hotspots.runs import queries
from grids.boundaries.queries import get_release
from grids.boundaries.tables import Layer
from presentation.pages.hotspot_page import RunView

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from governance.hotspots.runs.tables import HotspotRun


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
    shapes = queries.area_outlines(session, layer, run.level, release.effective_at)
    above = (
        queries.area_outlines(session, layer, layer.levels[min(1, level - 1)], release.effective_at) if level else {}
    )
    named = result.names
    return RunView(
        run.id,
        layer.name,
        result,
        {code: shape for code, shape in shapes.items() if code in named},
        {code: shape for code, shape in above.items() if code in named},
        named.get(run.within, run.within) if run.within else "",
        tuple(run.categories),
        release.number,
    )
