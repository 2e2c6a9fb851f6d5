"""What an editor on a map works on: the areas of the finest level in a window, with matched vertices.

Every area that has a vertex or an edge in the window is among them, so that a vertex which is moved within the window
moves in all areas that it belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import shapely

from geo.edit import match_vertices
from grids.boundaries.records import DECIMALS
from grids.change_sets import draft_queries, queries
from grids.change_sets.errors import EditRefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from grids.boundaries.records import AreaRecord
    from grids.change_sets.draft_queries import Box
    from grids.change_sets.tables import ChangeSet

MOST_AREAS = 1000
MOST_VERTICES = 100_000
"""What a browser can hold and still follow the hand (measured with 1,024 areas of 100 vertices)."""
MARGIN = 0.25
"""Share of the named areas' extent that the window reaches beyond them on each side."""


@dataclass(frozen=True, slots=True)
class EditWindow:
    """A draft's areas of the finest level in a box, by code; vertices that neighbours share are equal to the bit."""

    change_set: ChangeSet
    box: Box
    areas: dict[str, AreaRecord]


def edit_window(
    session: Session, *, change_set_id: int, codes: Sequence[str] = (), box: Box | None = None
) -> EditWindow:
    """Return the window around areas of the finest level, or in a box.

    Raises
    ------
    ChangeSetNotFoundError
    EditRefusedError
        Neither or both are named; an unknown code; more areas or vertices than an editor can hold.
    """
    change_set = queries.get_change_set(session, change_set_id)
    draft = draft_queries.state_of(session, change_set)
    level = draft.layer.levels[-1]
    if bool(codes) == (box is not None):
        raise EditRefusedError("Name the areas to edit by `code`, or a box by `bbox`, not both.", field="query.code")
    if box is None:
        found = draft_queries.named(session, draft, codes)
        unknown = sorted(code for code in codes if code not in found or found[code].level != level)
        if unknown:
            raise EditRefusedError(
                "There is no area {code} on the finest level of this draft.",
                values={"code": unknown[0][:80]},
                field="query.code",
            )
        box = _around([found[code] for code in codes])
    if box[0] > box[2]:
        raise EditRefusedError("A window must not cross the antimeridian.", field="query.bbox")
    areas = draft_queries.within(session, draft, {level: [box]})
    geometries = [cast("Any", record.geom) for record in areas.values()]
    vertices = int(shapely.get_num_coordinates(geometries).sum()) if geometries else 0
    if len(areas) > MOST_AREAS or vertices > MOST_VERTICES:
        raise EditRefusedError(
            "The window holds {areas} areas with {vertices} vertices; the most that can be edited at once are"
            " {most_areas} and {most_vertices}: choose a smaller one.",
            values={
                "areas": len(areas), "vertices": vertices, "most_areas": MOST_AREAS, "most_vertices": MOST_VERTICES,
            },
            field="query.bbox",
        )  # fmt: skip
    matched = match_vertices({code: cast("Any", record.geom) for code, record in areas.items()}, DECIMALS)
    return EditWindow(change_set, box, {code: replace(areas[code], geom=geom) for code, geom in matched.items()})


def _around(records: Sequence[AreaRecord]) -> Box:
    west, south, east, north = (float(value) for value in shapely.total_bounds([cast("Any", r.geom) for r in records]))
    across, up = MARGIN * (east - west), MARGIN * (north - south)
    return max(west - across, -180.0), max(south - up, -90.0), min(east + across, 180.0), min(north + up, 90.0)
