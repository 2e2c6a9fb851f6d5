"""Repairs mend what they say, move what they say, and never tear the coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.coverage import (
    AreaSet,
    DefectKind,
    LayerRules,
    PreparedLayer,
    Repair,
    RepairVerb,
    check_layer,
    prepare,
    propose,
    propose_all,
    repair_whole,
    take_repair,
)
from geo.datum import areas_m2

if TYPE_CHECKING:
    from collections.abc import Callable

SEEDS = st.integers(0, 2**32 - 1)
PROPERTY = settings(
    deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], print_blob=True
)


def polygons(layer: PreparedLayer, level: str = "grid") -> dict[str, shapely.Geometry]:
    rows = layer.level(level)
    return dict(zip(layer.areas.codes[rows], layer.valid[rows], strict=True))


def squares(*extra: shapely.Geometry) -> PreparedLayer:
    """Two squares side by side of about a kilometre, the second may be replaced."""
    left = shapely.box(113.20, 34.80, 113.21, 34.81)
    right = extra[0] if extra else shapely.box(113.21, 34.80, 113.22, 34.81)
    areas = AreaSet.from_areas(levels=["grid"] * 2, codes=["A", "B"], geometries=[left, right])
    return prepare(areas, LayerRules(levels=("grid",)))


def mended(layer: PreparedLayer, repairs: tuple[Repair, ...]) -> PreparedLayer:
    for repair in repairs:
        layer = take_repair(layer, repair)
    return layer


@given(seed=SEEDS)
@PROPERTY
def test_all_repairs_taken_leave_a_valid_coverage_without_defects(spoiled: Callable[..., Any], seed: int) -> None:
    sample = spoiled(seed)
    layer = prepare(sample.areas, sample.rules)
    after = mended(layer, propose_all(layer))
    assert [defect.facts for defect in check_layer(after).defects] == []
    assert shapely.coverage_is_valid(after.valid[after.level("grid")])


@given(seed=SEEDS)
@PROPERTY
def test_each_repair_alone_mends_its_defect_and_tells_what_moves(spoiled: Callable[..., Any], seed: int) -> None:
    sample = spoiled(seed, defects=4)
    layer = prepare(sample.areas, sample.rules)
    before = polygons(layer)
    keys = {defect.key for defect in check_layer(layer).defects}
    for defect in check_layer(layer).defects:
        repairs = propose(layer, defect)
        assert repairs, defect.facts
        for repair in repairs:
            after_layer = take_repair(layer, repair)
            left = {other.key for other in check_layer(after_layer).defects}
            assert defect.key not in left
            assert len(left) <= len(keys)
            after = polygons(after_layer)
            told = {movement.code: movement for movement in repair.movements}
            for code in before:
                gained, lost = areas_m2(
                    np.array([after[code] - before[code], before[code] - after[code]]), layer.ruler.crs
                )
                movement = told.get(code)
                assert gained == pytest.approx(movement.gained_m2 if movement else 0.0, abs=0.01)
                assert lost == pytest.approx(movement.lost_m2 if movement else 0.0, abs=0.01)


def test_proposing_changes_nothing(spoiled: Callable[..., Any]) -> None:
    sample = spoiled(5)
    layer = prepare(sample.areas, sample.rules)
    before = shapely.to_wkb(layer.valid).tolist()
    propose_all(layer)
    repair_whole(layer)
    assert shapely.to_wkb(layer.valid).tolist() == before


def test_the_lowest_code_keeps_an_overlap_so_that_no_report_changes_hands() -> None:
    layer = squares(shapely.box(113.209, 34.80, 113.22, 34.81))
    first, second = propose(layer, check_layer(layer).of_kind(DefectKind.OVERLAP)[0])
    assert first.verb == second.verb == RepairVerb.TRIM_OVERLAP
    assert [(movement.code, movement.gained_m2) for movement in first.movements] == [("B", 0.0)]
    assert [movement.code for movement in second.movements] == ["A"]
    assert first.moved_m2 == pytest.approx(check_layer(layer).defects[0].size)


def test_a_gap_goes_to_the_neighbour_with_the_longest_shared_edge(coverage: Callable[..., Any], planters: Any) -> None:
    sample = coverage(4)
    planters["gap"](sample, 30)
    layer = prepare(sample.areas, sample.rules)
    gap = check_layer(layer).of_kind(DefectKind.GAP)[0]
    (repair,) = propose(layer, gap)
    assert repair.verb is RepairVerb.GIVE_TO_NEIGHBOUR
    (movement,) = repair.movements
    shared = {
        code: shapely.length(shapely.intersection(shapely.buffer(gap.geometry, 1e-9), shapely.boundary(polygon)))
        for code, polygon in polygons(layer).items()
    }
    assert movement.code == max(shared, key=lambda code: shared[code])
    assert movement.gained_m2 == pytest.approx(gap.size, rel=1e-6)


def test_an_area_is_clipped_to_its_parent_and_the_neighbour_takes_its_ground_back(coverage: Callable[..., Any]) -> None:
    sample = coverage(6)
    border = shapely.line_interpolate_point(sample.border(29, 30), 0.5, normalized=True)  # two communities
    blob = shapely.buffer(border, 12.0)
    sample.grids[29] = shapely.union(sample.grids[29], blob)
    sample.grids[30] = shapely.difference(sample.grids[30], blob)
    layer = prepare(sample.areas, sample.rules)
    outside = [defect for defect in check_layer(layer).defects if defect.kind is DefectKind.OUTSIDE_PARENT]
    assert [defect.codes[0] for defect in outside] == [sample.code(29)]
    (repair,) = propose(layer, outside[0])
    assert repair.verb is RepairVerb.CLIP_TO_PARENT
    assert {movement.code for movement in repair.movements} == {sample.code(29), sample.code(30)}
    assert check_layer(take_repair(layer, repair)).defects == ()


def test_a_part_of_a_parent_left_open_is_filled_from_within(coverage: Callable[..., Any]) -> None:
    sample = coverage(6)
    corner = shapely.Point(shapely.get_coordinates(sample.grids[0])[0])
    sample.grids[0] = shapely.difference(sample.grids[0], shapely.buffer(corner, 15.0))
    layer = prepare(sample.areas, sample.rules)
    (defect,) = check_layer(layer).defects
    assert defect.kind is DefectKind.PARENT_NOT_COVERED
    (repair,) = propose(layer, defect)
    assert [movement.code for movement in repair.movements] == [sample.code(0)]
    assert check_layer(take_repair(layer, repair)).defects == ()


def test_an_invalid_ring_is_made_valid() -> None:
    bow_tie = shapely.Polygon([(113.21, 34.80), (113.22, 34.81), (113.22, 34.80), (113.21, 34.81)])
    layer = squares(bow_tie)
    (repair,) = propose(layer, check_layer(layer).of_kind(DefectKind.INVALID_RING)[0])
    assert repair.verb is RepairVerb.MAKE_VALID
    assert repair.moved_m2 > 1_000.0
    assert DefectKind.INVALID_RING.value not in check_layer(take_repair(layer, repair)).counts


def test_a_sliver_can_also_be_snapped(coverage: Callable[..., Any], planters: Any) -> None:
    sample = coverage(11)
    planters["sliver"](sample, 30)
    layer = prepare(sample.areas, sample.rules)
    (sliver,) = check_layer(layer).defects
    verbs = {repair.verb for repair in propose(layer, sliver)}
    assert RepairVerb.CLOSE_SLIVER in verbs


def test_what_only_a_person_can_tell_has_no_proposal() -> None:
    areas = AreaSet.from_areas(levels=["grid"], codes=["A"], geometries=[None])
    layer = prepare(areas, LayerRules(levels=("grid",)))
    assert propose(layer, check_layer(layer).defects[0]) == ()


def test_the_whole_layer_can_be_cleaned_with_the_ground_told(spoiled: Callable[..., Any]) -> None:
    sample = spoiled(9)
    layer = prepare(sample.areas, sample.rules)
    repair = repair_whole(layer, gap_width_m=60.0)
    after = take_repair(layer, repair)
    report = check_layer(after)
    assert not report.blocks, [defect.facts for defect in report.defects]
    assert shapely.coverage_is_valid(after.valid[after.level("grid")])
    planted = sum(areas_m2(np.array([one.place]))[0] for one in sample.planted)
    assert 0.0 < repair.moved_m2 < 3.0 * planted


def test_a_layer_without_defects_needs_no_repair(coverage: Callable[..., Any]) -> None:
    sample = coverage(2)
    layer = prepare(sample.areas, sample.rules)
    assert propose_all(layer) == ()
    assert repair_whole(layer).moved_m2 < 0.01


@pytest.mark.parametrize("levels", [("street", "grid"), ("district", "street", "grid")])
def test_a_gap_through_all_levels_is_given_to_one_area_of_each(levels: tuple[str, ...]) -> None:
    """As where coarser levels are put together from the finest: all of them have the hole."""
    hole = shapely.box(113.2149, 34.8149, 113.2152, 34.8152)
    east, north = [113.20, 113.21, 113.22, 113.23], [34.80, 34.81, 34.82, 34.83]
    cells = {
        f"{x}{y}": shapely.difference(shapely.box(east[x], north[y], east[x + 1], north[y + 1]), hole)
        for x in range(3)
        for y in range(3)
    }
    rows = [("grid", code, f"s{code[0]}", shape) for code, shape in cells.items()]
    rows += [
        ("street", f"s{x}", "d" if len(levels) == 3 else None, shapely.union_all([cells[f"{x}{y}"] for y in range(3)]))
        for x in range(3)
    ]
    if len(levels) == 3:
        rows.append(("district", "d", None, shapely.union_all(list(cells.values()))))
    named, codes, parents, shapes = zip(*rows, strict=True)
    areas = AreaSet.from_areas(
        levels=list(named), codes=list(codes), parent_codes=list(parents), geometries=list(shapes)
    )
    layer = prepare(areas, LayerRules(levels=levels))
    (gap,) = check_layer(layer).defects
    assert (gap.kind, gap.level) == (DefectKind.GAP, levels[0])
    best = propose(layer, gap)[0]
    assert {level for level, _ in best.geometries} == set(levels)
    after = take_repair(layer, best)
    assert not check_layer(after).defects
    for level in levels:
        whole = shapely.union_all(after.valid[after.level(level)])
        assert areas_m2([shapely.symmetric_difference(whole, shapely.box(113.2, 34.8, 113.23, 34.83))])[0] < 0.5
