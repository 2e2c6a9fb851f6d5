"""Nesting is told by rings and predicates first and cut only where they fail: the same defects as when all is cut."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from geo.coverage import AreaSet, LayerRules, check, check_layer, nesting
from geo.coverage.check import same_ground
from geo.coverage.measure import polygons_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.coverage import Defect

SEEDS = st.integers(0, 2**32 - 1)
PROPERTY = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], print_blob=True
)
DECIMALS = 7
SQUARE_DEGREES = 1e-14


def cut_everything(ground: Any, cover: shapely.Geometry) -> Any:
    """What the check did before it asked predicates."""
    return shapely.difference(ground, cover)


def told(areas: AreaSet, rules: LayerRules, *, plainly: bool = False) -> list[Defect]:
    with pytest.MonkeyPatch.context() as patch:
        if plainly:
            patch.setattr(check, "same_ground", lambda _one, _other: False)
            patch.setattr(nesting, "outside_of", cut_everything)
            patch.setattr(nesting, "joined", lambda unions, is_matched: shapely.union_all(unions))  # noqa: ARG005
        found = check_layer(areas, rules).defects
    return sorted(
        found, key=lambda defect: (defect.kind, defect.level, defect.codes, defect.cause or "", defect.size or 0.0)
    )


def assert_the_same_defects(areas: AreaSet, rules: LayerRules) -> int:
    ours, plain = told(areas, rules), told(areas, rules, plainly=True)
    facts = [[(d.kind, d.level, d.codes, d.cause, d.values) for d in found] for found in (ours, plain)]
    assert facts[0] == facts[1]
    for one, other in zip(ours, plain, strict=True):
        assert (one.size or 0.0) == pytest.approx(other.size or 0.0, rel=1e-6, abs=1e-6)
        if one.geometry is not None and shapely.get_dimensions(one.geometry) == 2:
            assert shapely.area(shapely.symmetric_difference(one.geometry, other.geometry)) < SQUARE_DEGREES
    return len(ours)


def as_stored(areas: AreaSet) -> AreaSet:
    """Multipolygons of rounded coordinates, as a release holds them."""
    rounded = shapely.transform(areas.geometries, lambda points: np.round(points, DECIMALS))
    stored = np.empty(len(rounded), dtype=object)
    stored[:] = [shapely.multipolygons(shapely.get_parts(one)) for one in rounded]
    return replace(areas, geometries=stored)


def spoil_levels(areas: AreaSet, rng: np.random.Generator) -> AreaSet:
    """Spoil how levels nest, one way or another."""
    levels, parents, geometries = areas.levels, areas.parent_codes.copy(), areas.geometries.copy()
    communities, grids = np.flatnonzero(levels == "community"), np.flatnonzero(levels == "grid")
    one, two = rng.choice(communities, 2, replace=False)
    grid = int(rng.choice(grids))
    keep = np.ones(len(areas), dtype=bool)
    match int(rng.integers(7)):
        case 0:  # a grid is counted to another community
            parents[grid] = areas.codes[one]
        case 1:  # a grid is gone
            keep[grid] = False
        case 2:  # a community loses a corner, and another takes it
            piece = shapely.buffer(shapely.get_point(shapely.get_exterior_ring(geometries[one]), 3), 1e-4)
            geometries[two] = shapely.union(geometries[two], shapely.intersection(piece, geometries[one]))
            geometries[one] = shapely.difference(geometries[one], piece)
        case 3:  # a community's outline was drawn apart, with vertices of its own
            geometries[one] = shapely.segmentize(geometries[one], 1e-4)
        case 4:  # a community's outline was drawn coarsely
            geometries[one] = shapely.simplify(geometries[one], 2e-4)
        case 5:  # two grids are the same land, of two communities
            geometries[grid] = geometries[int(rng.choice(grids))]
        case _:  # a grid's parent is unknown, and so is a community's
            parents[grid] = parents[one] = "none"
    return replace(areas, parent_codes=parents, geometries=geometries).select(keep)


@given(seed=SEEDS, is_spoiled=st.booleans(), is_stored=st.booleans(), has_gap=st.booleans())
@PROPERTY
def test_the_same_defects_are_told_as_when_everything_is_cut(
    coverage: Callable[..., Any],
    spoiled: Callable[..., Any],
    *,
    seed: int,
    is_spoiled: bool,
    is_stored: bool,
    has_gap: bool,
) -> None:
    sample, rng = (spoiled if is_spoiled else coverage)(seed), np.random.default_rng(seed)
    areas, rules = spoil_levels(sample.areas, rng), sample.rules
    if is_stored:
        areas = as_stored(areas)
    if has_gap:
        rules = replace(rules, allowed_gaps=shapely.buffer(shapely.centroid(areas.geometries[-1]), 5e-4))
    assert_the_same_defects(areas, rules)


def test_every_way_of_spoiling_the_levels_is_told_the_same(spoiled: Callable[..., Any]) -> None:
    rng = np.random.default_rng(5)
    counts = [assert_the_same_defects(spoil_levels(spoiled(seed).areas, rng), spoiled(seed).rules) for seed in range(9)]
    assert min(counts) > 0


def test_a_clean_stored_layer_is_told_clean_without_one_cut(
    coverage: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = coverage(3)
    areas = replace(sample.areas, geometries=as_stored(sample.areas).geometries)
    monkeypatch.setattr(nesting, "outside_of", lambda *_: pytest.fail("cut"))
    assert check_layer(areas, sample.rules).defects == ()


def test_a_polygon_and_a_multipolygon_of_it_are_the_same_ground() -> None:
    square = shapely.box(0, 0, 1, 1)
    other = shapely.Polygon([(1, 1), (1, 0), (0, 0), (0, 1)])
    assert same_ground(square, shapely.MultiPolygon([other]))
    assert not same_ground(square, shapely.MultiPolygon([shapely.box(0, 0, 1, 2)]))
    assert not same_ground(square, shapely.MultiPolygon([square, shapely.box(2, 2, 3, 3)]))


SLIT = 1e-7


@st.composite
def drawn_anyhow(draw: st.DrawFn) -> Any:
    """Boxes over each other, beside each other, around a lake with an island, and some a slit apart."""
    count = draw(st.integers(2, 14))
    numbers = st.integers(0, 8)
    hair = st.sampled_from([0.0, 0.0, SLIT / 2, -SLIT / 2, 3 * SLIT])
    boxes = []
    for _ in range(count):
        x, y, width, height = draw(numbers), draw(numbers), 1 + draw(numbers) % 4, 1 + draw(numbers) % 4
        boxes.append(shapely.box(x + draw(hair), y, x + width, y + height - draw(hair)))
    return np.array(boxes, dtype=object)


RING = [shapely.box(0, 0, 9, 2), shapely.box(0, 7, 9, 9), shapely.box(0, 2, 2, 7), shapely.box(7, 2, 9, 7)]
ISLAND = [shapely.box(3, 3, 6, 4), shapely.box(3, 5, 6, 6), shapely.box(3, 4, 4, 5), shapely.box(5 + SLIT / 2, 4, 6, 5)]


@PROPERTY
@given(drawn_anyhow())
@example(np.array(RING + ISLAND, dtype=object))
@example(np.array([*RING[:3], shapely.box(7, 2 + SLIT / 2, 9, 7)], dtype=object))
def test_holes_of_areas_that_overlap_in_many_places_are_those_of_their_union(ground: Any) -> None:
    by_faces = nesting.holes_by_faces(ground, SLIT)
    by_union = nesting.holes_of(shapely.union_all(ground), SLIT)
    assert shapely.area(shapely.symmetric_difference(shapely.union_all(by_faces), shapely.union_all(by_union))) < 1e-9
    assert len(polygons_of(shapely.union_all(by_faces))) == len(polygons_of(shapely.union_all(by_union)))


def test_a_layer_with_many_unmatched_edges_is_told_as_by_the_union_of_its_polygons(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = np.random.default_rng(11)
    x, y = (part.ravel() * 0.01 for part in np.mgrid[0:12, 0:12])
    boxes = shapely.segmentize(shapely.box(113 + x, 34 + y, 113.01 + x, 34.01 + y), 0.001)
    rings = [shapely.get_coordinates(area) for area in boxes]
    shapes = [shapely.Polygon(ring + random.normal(0, 1e-6, ring.shape)) for ring in rings]
    areas = AreaSet.from_areas(levels=["grid"] * 144, codes=[f"{n:03d}" for n in range(144)], geometries=shapes)
    rules = LayerRules(levels=("grid",))
    by_union = check_layer(areas, rules)
    monkeypatch.setattr(nesting, "_MANY_SUSPECTS", 1)
    by_faces = check_layer(areas, rules)
    assert len(by_union.defects) > 500
    assert [(d.kind, d.codes, d.unit) for d in by_faces.defects] == [
        (d.kind, d.codes, d.unit) for d in by_union.defects
    ]
    sizes, of_union = ([d.size or 0.0 for d in found.defects] for found in (by_faces, by_union))
    assert np.allclose(sizes, of_union, atol=1e-3)
