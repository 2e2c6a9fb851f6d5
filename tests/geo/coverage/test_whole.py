"""A layer that was checked before is checked where it differs, and the report is that of a check from the beginning."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPoint

from geo.coverage import (
    AreaSet,
    CoverageReport,
    Defect,
    DefectKind,
    Findings,
    LayerRules,
    PreparedLayer,
    Reference,
    prepare,
    recheck,
)

SIDE, FAMILY = 6, 3
REFERENCES = ("none", "before")
RULES = LayerRules(levels=("district", "community", "grid"))
ALTERATIONS = ("shove", "shrink", "drop", "swell", "rename", "move", "spike", "back")


def layer_of(seed: int) -> dict[str, tuple[str, str | None, shapely.Geometry]]:
    """A district of four communities of nine wobbly grids: code to level, parent and outline."""
    generator = np.random.default_rng(seed)
    step = 0.004
    points = np.stack(np.meshgrid(np.arange(SIDE + 1.0), np.arange(SIDE + 1.0)), axis=-1)
    points += generator.uniform(-0.2, 0.2, points.shape)
    points = np.round(np.array([113.3, 34.8]) + points * step, 7)
    grids, families = {}, {}
    for row in range(SIDE):
        for column in range(SIDE):
            ring = [points[row, column], points[row, column + 1], points[row + 1, column + 1], points[row + 1, column]]
            parent = f"C{row // FAMILY}{column // FAMILY}"
            grids[f"G{row}{column}"] = ("grid", parent, shapely.Polygon(ring))
            families.setdefault(parent, []).append(shapely.Polygon(ring))
    coarse = {code: ("community", "D", shapely.coverage_union_all(own)) for code, own in families.items()}
    district = shapely.coverage_union_all([area for _, _, area in coarse.values()])
    return {"D": ("district", None, district)} | coarse | grids


def area_set(areas: dict[str, tuple[str, str | None, shapely.Geometry]], names: dict[str, str]) -> AreaSet:
    return AreaSet.from_areas(
        levels=[level for level, _, _ in areas.values()],
        codes=list(areas),
        names=[names.get(code, "") for code in areas],
        parent_codes=[parent for _, parent, _ in areas.values()],
        geometries=[area for _, _, area in areas.values()],
    )


def altered(area: shapely.Geometry, how: str, amount: float) -> shapely.Geometry:
    if how == "shrink":
        return shapely.buffer(area, -1e-4 * (0.1 + amount), join_style="mitre")
    if how == "swell":
        return shapely.buffer(area, 2e-4 * amount, join_style="mitre")
    if how == "spike":
        middle, out = area.centroid, area.bounds[2] + 1e-3
        blade = shapely.Polygon([(middle.x, middle.y), (middle.x, middle.y + 2e-6), (out, middle.y)])
        return shapely.union(area, blade)
    return shapely.transform(area, lambda xy: xy + np.array([amount - 0.5, 0.3]) * 1e-4)


def assert_alike(one: CoverageReport, other: CoverageReport) -> None:
    """The same defects at the same places: a computed outline may begin at another of its corners."""
    assert (one.is_edge_matched, one.beneath_notice) == (other.is_edge_matched, other.beneath_notice)
    assert one.areas_checked == other.areas_checked
    sides = [sorted(report.defects, key=lambda d: (d.kind, d.level, d.codes, str(d.cause))) for report in (one, other)]
    assert [named(defect) for defect in sides[0]] == [named(defect) for defect in sides[1]]
    for first, second in zip(*sides, strict=True):
        assert (second.size or 0.0) == pytest.approx(first.size or 0.0, rel=1e-6, abs=1e-6)
        assert shapely.bounds(second.geometry) == pytest.approx(shapely.bounds(first.geometry), abs=1e-9, nan_ok=True)


def named(defect: Defect) -> tuple[object, ...]:
    return defect.kind, defect.level, defect.codes, defect.cause, defect.unit


alterations = st.lists(
    st.tuples(st.sampled_from(ALTERATIONS), st.integers(0, SIDE * SIDE + 4), st.floats(0.0, 1.0)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 500), st.lists(alterations, min_size=1, max_size=3), st.sampled_from(REFERENCES))
def test_a_check_led_on_tells_what_a_check_from_the_beginning_tells(
    seed: int, steps: list[list[tuple[str, int, float]]], reference: str
) -> None:
    first = layer_of(seed)
    rules = RULES
    if reference == "before":
        outlines = np.array([area for _, _, area in first.values()], dtype=object)
        rules = replace(RULES, reference=Reference(outlines, np.array(list(first), dtype=object)))
    areas, names = dict(first), dict[str, str]()
    layer = prepare(area_set(areas, names), rules)
    _, known = recheck(layer)
    for step in steps:
        touched = set[str]()
        for how, which, amount in step:
            code = list(first)[which % len(first)]
            touched.add(code)
            if how == "drop":
                areas.pop(code, None)
            elif how == "back":
                areas[code] = first[code]
            elif code in areas:
                level, parent, outline = areas[code]
                if how == "rename":
                    names[code] = f"n{amount}"
                elif how == "move" and level == "grid":
                    areas[code] = (level, "C11", outline)
                else:
                    areas[code] = (level, parent, altered(outline, how, amount))
        layer = with_changes(layer, touched, area_set({c: a for c, a in areas.items() if c in touched}, names))
        led, known = recheck(layer, known)
        fresh, _ = recheck(prepare(area_set(areas, names), rules))
        assert_alike(led, fresh)


def with_changes(layer: PreparedLayer, touched: set[str], now: AreaSet) -> PreparedLayer:
    others = layer.select(np.array([code not in touched for code in layer.areas.codes], dtype=bool))
    return others.joined(prepare(now, layer.rules))


def test_what_was_found_under_other_rules_is_not_taken_over() -> None:
    areas = layer_of(1)
    del areas["G11"]
    layer = prepare(area_set(areas, {}), RULES)
    _, known = recheck(layer)
    lenient = replace(layer, rules=replace(RULES, is_coverage=False, covers_parent=False))
    assert not known.fit(lenient)
    assert recheck(lenient, known)[0] == recheck(lenient)[0]
    assert Findings(layer).fit(layer)


def test_a_layer_without_areas_leads_on_to_one_with_some() -> None:
    nothing = prepare(area_set({}, {}), RULES)
    _, known = recheck(nothing)
    layer = prepare(area_set(layer_of(1), {}), RULES)
    assert recheck(layer, known)[0].defects == ()


def test_a_spike_that_neighbours_share_is_told_alike_whoever_comes_first() -> None:
    areas = layer_of(3)
    tip = MultiPoint(areas["G22"][2].exterior.coords).bounds
    blade = shapely.Polygon([(tip[0], tip[1]), (tip[0], tip[1] + 2e-6), (tip[2] + 1e-3, tip[1])])
    areas["G22"] = ("grid", "C00", shapely.union(areas["G22"][2], blade))
    areas["G23"] = ("grid", "C01", shapely.difference(areas["G23"][2], blade))
    backwards = dict(reversed(areas.items()))
    one, other = (recheck(prepare(area_set(side, {}), RULES))[0] for side in (areas, backwards))
    assert_alike(one, other)
    assert one.of_kind(DefectKind.SPIKE)
