"""Reads of what lies around an edit, so that a map that is being dragged never waits for the whole layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely

from grids.change_sets import draft_queries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from grids.boundaries.records import AreaRecord
    from grids.change_sets.draft_queries import Box, DraftState

REACH_DEG = 2e-6
"""Degrees (0.2 m) around an area within which another counts as beside it."""


def around(
    session: Session,
    draft: DraftState,
    places: Mapping[str, Sequence[Box]],
    sides: tuple[Mapping[str, AreaRecord], Mapping[str, AreaRecord]],
) -> dict[str, AreaRecord]:
    """Return what of a draft must be known to judge an edit of it, by code.

    For every level that changes: its areas around the places, two deep, and the areas above and below at the places;
    the parents of what changed; whoever names an area that ended as parent.

    Parameters
    ----------
    draft
        As it was before the edit.
    places
        By level, where its areas changed.
    sides
        The areas that changed, before and after.
    """
    was, now = sides
    levels = draft.layer.levels
    frames: dict[str, list[Box]] = {level: [] for level in levels}
    for depth, level in enumerate(levels):
        boxes = [_reaching(box) for box in places.get(level, ())]
        if not boxes:
            continue
        # Each box grows to what touches it: the areas beside those, which can close a ring around a hole, lie within.
        drawn = [record for record in now.values() if record.level == level]
        frames[level] += _widened(draft_queries.grown(session, draft, level, _widened(boxes, drawn)), drawn)
        for beside in levels[max(depth - 1, 0) : depth + 2]:
            if beside != level:
                frames[beside] += boxes
    near = draft_queries.within(session, draft, frames)
    parents = {record.parent_code for side in sides for record in side.values() if record.parent_code}
    near |= draft_queries.named(session, draft, parents - near.keys())
    ended = [code for code, record in was.items() if code not in now and record.level != levels[-1]]
    return near | draft_queries.family(session, draft, ended)


def _reaching(box: Box) -> Box:
    west, south, east, north = box
    return west - REACH_DEG, south - REACH_DEG, east + REACH_DEG, north + REACH_DEG


def _widened(boxes: Sequence[Box], drawn: Sequence[AreaRecord]) -> list[Box]:
    """Let each box reach to the end of the edit's own areas that touch it."""
    if not drawn:
        return list(boxes)
    own = np.array([cast("Any", record.geom) for record in drawn], dtype=object)
    frames = np.array(boxes)
    box, other = shapely.STRtree(own).query(shapely.box(*frames.T))
    extents = shapely.bounds(own)[other]
    for pick, side in ((np.minimum, 0), (np.minimum, 1), (np.maximum, 2), (np.maximum, 3)):
        pick.at(frames[:, side], box, extents[:, side])
    return [draft_queries.box_of(frame) for frame in frames]
