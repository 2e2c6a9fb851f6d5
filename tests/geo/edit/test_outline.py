"""An outline that follows the edges of what changed is the one put together anew from all areas."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon
from shapely.ops import polygonize

from geo import edit

SIDE = 4


def cells(seed: int) -> list[Polygon]:
    """A coverage of wobbly cells, row by row, with a node in the middle of each border."""
    generator = np.random.default_rng(seed)
    corners = np.stack(np.meshgrid(np.arange(SIDE + 1.0), np.arange(SIDE + 1.0)), axis=-1)
    corners += generator.uniform(-0.3, 0.3, corners.shape)
    lines = [
        shapely.LineString([corners[a], (corners[a] + corners[b]) / 2 + generator.normal(0, 0.03, 2), corners[b]])
        for i in range(SIDE + 1)
        for j in range(SIDE)
        for a, b in (((i, j), (i, j + 1)), ((j, i), (j + 1, i)))
    ]
    return list(polygonize(lines))


chosen = st.sets(st.integers(0, SIDE * SIDE - 1), min_size=1)


@given(st.integers(0, 1000), chosen, chosen)
def test_areas_that_come_and_go_leave_the_outline_of_those_that_are_there(
    seed: int, before: set[int], after: set[int]
) -> None:
    faces = cells(seed)
    whole = edit.join([faces[i] for i in before])
    followed = edit.follow_outline(whole, [faces[i] for i in before - after], [faces[i] for i in after - before])
    anew = shapely.union_all([faces[i] for i in after])
    if followed is None:  # Rings that meet in a corner can be read in two ways: then all areas have to be looked at.
        assert meets_itself(anew)
    else:
        assert followed.is_valid
        assert shapely.equals(followed, anew)


def meets_itself(outline: shapely.Geometry) -> bool:
    """Whether a corner stands in more than one of the rings, or twice in one."""
    rings = shapely.get_rings(shapely.get_parts(outline))
    corners = np.concatenate([shapely.get_coordinates(ring)[1:] for ring in rings])
    return len(np.unique(corners, axis=0)) < len(corners)


@given(st.integers(0, 1000), chosen)
def test_an_outline_that_nothing_came_to_is_the_same_object(seed: int, there: set[int]) -> None:
    faces = cells(seed)
    whole = edit.join([faces[i] for i in there])
    inside = faces[min(there)]
    assert edit.follow_outline(whole, [inside], [inside]) is whole


def test_of_an_outline_that_loses_everything_nothing_is_left() -> None:
    faces = cells(1)
    followed = edit.follow_outline(edit.join(faces), faces, [])
    assert followed is not None
    assert followed.is_empty


def test_an_outline_drawn_apart_from_its_areas_is_not_followed() -> None:
    faces = cells(1)
    apart = shapely.buffer(edit.join(faces), 0.1)
    assert edit.follow_outline(MultiPolygon([apart]), faces[:3], faces[3:6]) is None
