"""Every verb leaves a coverage a coverage, moves only the land it says, and can be undone where that makes sense."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Polygon
from shapely.ops import polygonize

from geo import edit
from geo.edit import EditError


def wobbly(seed: int, n: int = 4) -> dict[str, Polygon]:
    """A coverage of n × n wobbly cells around 上街, in degrees."""
    generator = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(np.arange(n + 1.0), np.arange(n + 1.0)), axis=-1)
    grid += generator.uniform(-0.3, 0.3, grid.shape)
    grid = np.array([113.29, 34.80]) + grid * 0.003
    lines = []
    for i in range(n + 1):
        for j in range(n):
            for a, b in (((i, j), (i, j + 1)), ((j, i), (j + 1, i))):
                middle = (grid[a] + grid[b]) / 2 + generator.normal(0, 1e-4, 2)
                lines.append(LineString([grid[a], middle, grid[b]]))
    faces = sorted(polygonize(lines), key=lambda f: (-round(f.centroid.y, 3), f.centroid.x))
    return {f"g{k:02d}": face for k, face in enumerate(faces)}


def is_coverage(areas: dict[str, shapely.Geometry]) -> bool:
    return bool(shapely.coverage_is_valid(list(areas.values()))) and all(a.is_valid for a in areas.values())


def same_land(before: dict[str, shapely.Geometry], after: dict[str, shapely.Geometry]) -> bool:
    one, two = shapely.union_all(list(before.values())), shapely.union_all(list(after.values()))
    return one.symmetric_difference(two).area < 1e-14


def pair(areas: dict[str, Polygon], seed: int) -> tuple[str, str]:
    """Two neighbours with a border of some length."""
    codes = list(areas)
    pairs = [(a, b) for a in codes for b in codes if a < b and areas[a].intersection(areas[b]).length > 1e-4]
    return pairs[seed % len(pairs)]


def chord(area: shapely.Geometry, angle: float) -> LineString:
    """A line through the area's inside, from beyond its border to beyond."""
    middle = area.representative_point()
    reach = np.array([np.cos(angle), np.sin(angle)]) * 0.01
    return LineString([(middle.x - reach[0], middle.y - reach[1]), (middle.x + reach[0], middle.y + reach[1])])


seeds = st.integers(0, 10_000)
angles = st.floats(0, 3.14)


@given(seeds, angles)
def test_split_keeps_a_coverage_and_merge_undoes_it(seed: int, angle: float) -> None:
    before = wobbly(seed % 50)
    code = f"g{seed % len(before):02d}"
    faces = len(edit.partition.faces_of(before[code], [chord(before[code], angle)]))
    names = [code, *(f"n{i}" for i in range(faces - 1))]
    outcome = edit.split(before, code, [chord(before[code], angle)], names)
    after = outcome.apply(before)
    assert is_coverage(after)
    assert same_land(before, after)
    again = edit.merge(after, names, code).apply(after)
    assert is_coverage(again)
    assert again[code].symmetric_difference(before[code]).area < 1e-15


@given(seeds, angles)
def test_reshape_moves_the_border_in_both_neighbours_at_once(seed: int, angle: float) -> None:
    before = wobbly(seed % 50)
    first, second = pair(before, seed)
    land = before[first].union(before[second])
    try:
        outcome = edit.reshape(before, first, second, chord(land, angle))
    except EditError as error:
        assert "empty" in str(error) or "border to border" in str(error)  # noqa: PT017 (either is a fair refusal)
        return
    after = outcome.apply(before)
    assert is_coverage(after)
    assert same_land(before, after)
    assert after[first].union(after[second]).symmetric_difference(land).area < 1e-15


@given(seeds)
def test_a_transferred_piece_changes_hands_and_nothing_else_moves(seed: int) -> None:
    before = wobbly(seed % 50)
    giver, taker = pair(before, seed)
    point = before[giver].intersection(before[taker]).interpolate(0.5, normalized=True)
    piece = point.buffer(0.0004)
    outcome = edit.transfer(before, giver, taker, piece)
    after = outcome.apply(before)
    moved = before[giver].intersection(piece).area
    assert is_coverage(after)
    assert after[giver].area == pytest.approx(before[giver].area - moved, rel=1e-6)
    assert after[taker].area == pytest.approx(before[taker].area + moved, rel=1e-6)
    untouched = set(before) - {giver, taker}
    assert all(after[c].symmetric_difference(before[c]).area < 1e-15 for c in untouched)


@given(seeds)
def test_an_area_retired_inside_can_be_created_anew_from_a_rough_outline(seed: int) -> None:
    before = wobbly(seed % 50)
    rim = shapely.union_all(list(before.values())).boundary
    inside = [code for code, area in before.items() if not area.intersects(rim)]
    code = inside[seed % len(inside)]
    without = edit.retire(before, code).apply(before)
    assert code not in without
    again = edit.create(without, code, before[code].buffer(0.0002)).apply(without)
    assert again[code].symmetric_difference(before[code]).area < 1e-15
    assert is_coverage(again)


@given(seeds, angles)
def test_recutting_land_keeps_a_coverage(seed: int, angle: float) -> None:
    before = wobbly(seed % 50)
    codes = list(pair(before, seed))
    land = edit.join([before[c] for c in codes])
    faces = edit.partition.faces_of(land, [chord(land, angle)])
    after = edit.recut(before, codes, {f"n{i}": face for i, face in enumerate(faces)}).apply(before)
    assert is_coverage(after)
    assert same_land(before, after)
    assert not set(codes) & set(after)


def test_an_heir_takes_a_retired_areas_land() -> None:
    before = wobbly(1)
    code, heir = pair(before, 3)
    after = edit.retire(before, code, heir).apply(before)
    assert is_coverage(after)
    assert same_land(before, after)


@pytest.mark.parametrize(
    ("deed", "message"),
    [
        (lambda c: edit.split(c, "nope", [chord(c["g00"], 0.0)], ["a", "b"]), "no area nope"),
        (lambda c: edit.split(c, "g00", [LineString([(0, 0), (1, 1)])], ["a", "b"]), "does not cut"),
        (lambda c: edit.split(c, "g00", [chord(c["g00"], 0.0)], ["a", "g01"]), "new and different"),
        (lambda c: edit.merge(c, ["g00", "g15"], "g00"), "do not share a border"),
        (lambda c: edit.merge(c, ["g00"], "g00"), "at least two"),
        (lambda c: edit.merge(c, ["g00", "g01"], "g02"), "another area's code"),
        (lambda c: edit.transfer(c, "g00", "g01", c["g00"].buffer(0.001)), "merge the two"),
        (lambda c: edit.transfer(c, "g00", "g01", c["g15"]), "nothing of g00"),
        (lambda c: edit.transfer(c, "g05", "g15", c["g05"].representative_point().buffer(1e-4)), "border with g15"),
        (lambda c: edit.create(c, "new", c["g05"]), "covered already"),
        (lambda c: edit.create(c, "g01", c["g05"]), "another area's code"),
        (lambda c: edit.recut(c, ["g00"], {"a": c["g05"]}), "do not tile"),
        (lambda c: edit.recut(c, ["g00"], {"g05": c["g00"]}), "another area's code"),
        (lambda c: edit.reshape(c, "g00", "g15", chord(c["g00"], 0.0)), "share no border"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(deed: object, message: str) -> None:
    with pytest.raises(EditError, match=message):
        deed(wobbly(7))  # type: ignore[operator]


@given(seeds, st.integers(1, 5))
def test_numbering_goes_by_columns_from_the_west_and_in_each_from_the_north(seed: int, n: int) -> None:
    areas = list(wobbly(seed, n).values())
    left, wanted = sorted(areas, key=lambda a: (a.centroid.x, -a.centroid.y)), []
    while left:  # as the docstring says it, one piece at a time
        first = left[0]
        column = [
            a for a in left if a.bounds[0] <= first.centroid.x and first.bounds[0] <= a.centroid.x <= first.bounds[2]
        ]
        wanted += sorted(column, key=lambda a: (-a.centroid.y, a.centroid.x))
        left = [a for a in left if all(a is not numbered for numbered in column)]
    assert all(a is b for a, b in zip(edit.in_numbering_order(areas), wanted, strict=True))
    assert edit.in_numbering_order([]) == []


def test_a_ring_takes_many_nodes_in_the_order_of_its_course() -> None:
    square = shapely.box(113, 34, 113.01, 34.01)
    along = np.random.default_rng(1).permutation(np.linspace(0, 0.04, 5001)[1:-1])
    nodes = shapely.get_coordinates(shapely.line_interpolate_point(square.exterior, along))
    noded = edit.partition.node(square, nodes)
    assert len(noded.exterior.coords) == len({tuple(p) for p in nodes} | set(square.exterior.coords)) + 1
    assert noded.is_valid
    assert noded.exterior.length == pytest.approx(0.04, rel=1e-12)
    assert shapely.hausdorff_distance(noded, square) < 1e-12
