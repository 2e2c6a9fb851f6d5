"""Whatever verbs follow each other, the layer stays a layer: no gap or overlap, no land lost, no code given twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from shapely import LineString
from shapely.ops import polygonize

from geo import edit
from geo.coverage import LayerRules, Tolerances, check_layer
from grids.boundaries.operations import as_area_set
from grids.boundaries.operations.imports import STORED_GRAIN_M
from grids.boundaries.records import AreaRecord, with_canonical_geometries
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.rules.following import followed_by_edges, updated_ancestors
from grids.change_sets.rules.verbs import EditCommand, EditContext, apply_edit

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVELS = ("street", "community", "grid")
RULES = LayerRules(levels=LEVELS, tolerances=Tolerances(noise_width_m=STORED_GRAIN_M))
SIDE, FAMILY = 6, 3


def layer(seed: int) -> dict[str, AreaRecord]:
    """A street of four communities of nine wobbly grids each, as it is stored."""
    generator = np.random.default_rng(seed)
    nodes = np.stack(np.meshgrid(np.arange(SIDE + 1.0), np.arange(SIDE + 1.0)), axis=-1)
    nodes += generator.uniform(-0.3, 0.3, nodes.shape)
    nodes = np.round(np.array([113.29, 34.80]) + nodes * 0.003, 7)
    lines = []
    for i in range(SIDE + 1):
        for j in range(SIDE):
            for a, b in (((i, j), (i, j + 1)), ((j, i), (j + 1, i))):
                middle = np.round((nodes[a] + nodes[b]) / 2 + generator.normal(0, 1e-4, 2), 7)
                lines.append(LineString([nodes[a], middle, nodes[b]]))
    faces = sorted(polygonize(lines), key=lambda f: (round(f.centroid.y, 3), f.centroid.x))
    grids: dict[str, list[shapely.Polygon]] = {}
    for number, face in enumerate(faces):
        row, column = divmod(number, SIDE)
        grids.setdefault(f"c{row // FAMILY}{column // FAMILY}", []).append(face)
    records = [
        AreaRecord("grid", f"{community}-{n}", f"{community}网格{n}", face, community, attributes={"households": 100})
        for community, parts in grids.items() for n, face in enumerate(parts, start=1)
    ]  # fmt: skip
    records += [AreaRecord("community", c, c, edit.join(parts), "s") for c, parts in grids.items()]
    records.append(AreaRecord("street", "s", "街道", edit.join(faces)))
    return {record.code: record for record in with_canonical_geometries(records)}


@dataclass
class Draft:
    """A draft in memory, edited as the desk edits."""

    areas: dict[str, AreaRecord]
    used: set[str] = field(default_factory=set)
    by_edges: int = 0

    def __post_init__(self) -> None:
        self.used |= self.areas.keys()

    def grids(self) -> list[AreaRecord]:
        return sorted((r for r in self.areas.values() if r.level == "grid"), key=lambda r: r.code)

    def do(self, command: EditCommand) -> None:
        context = EditContext({r.code: r for r in self.grids()}, frozenset(self.used), "free")
        after = apply_edit(command, context)
        before = {code: self.areas[code] for code in after if code in self.areas}
        fresh = after.keys() - self.areas.keys()
        assert not fresh & self.used, "a code was given twice"
        coarser = followed_by_edges(self.areas, before, after, LEVELS)
        slow = updated_ancestors(self.areas, after, LEVELS)
        self.by_edges += coarser is not None
        if coarser is None:
            coarser = slow
        assert coarser.keys() == slow.keys()
        for code, record in coarser.items():
            assert nowhere_wide(record.geom.symmetric_difference(slow[code].geom))
        for code, record in (after | coarser).items():
            if record is None:
                del self.areas[code]
            else:
                self.areas[code] = record
        self.used |= fresh


def nowhere_wide(ground: shapely.Geometry) -> bool:
    """Whether ground is nowhere wider than the rounding of stored coordinates (a node may come 1 cm off a border)."""
    return bool(shapely.is_empty(shapely.buffer(ground, -1.5e-7)))


def neighbours(grids: Sequence[AreaRecord], one: AreaRecord) -> list[AreaRecord]:
    return [r for r in grids if r is not one and r.geom.intersection(one.geom).length > 1e-4]


def line(area: shapely.Geometry, angle: float) -> LineString:
    middle = area.representative_point()
    dx, dy = np.cos(angle) * 0.03, np.sin(angle) * 0.03
    return LineString([(middle.x - dx, middle.y - dy), (middle.x + dx, middle.y + dy)])


def deed_of(draft: Draft, verb: str, pick: int, angle: float) -> EditCommand | None:
    """A command of a verb on grids picked at random; None where none fits."""
    grids = draft.grids()
    one = grids[pick % len(grids)]
    beside = neighbours(grids, one)
    if verb == "split":
        return EditCommand("split", (one.code,), geometry=line(one.geom, angle))
    if not beside:
        return None
    other = beside[pick % len(beside)]
    if verb == "merge":
        return EditCommand("merge", (one.code, other.code), into=other.code if pick % 2 else None)
    if verb == "transfer":
        point = one.geom.intersection(other.geom).interpolate(0.5, normalized=True)
        return EditCommand("transfer", (one.code, other.code), geometry=point.buffer(2e-4 + abs(angle) * 1e-4))
    if verb == "reshape":
        return EditCommand("reshape", (one.code, other.code), geometry=line(one.geom.union(other.geom), angle))
    if verb == "retire":
        return EditCommand("retire", (one.code,), into=other.code)
    land = edit.join([one.geom, other.geom])
    faces = edit.partition.faces_of(land, [line(land, angle)])
    return EditCommand(
        "recut", (one.code, other.code), geometry=shapely.MultiPolygon(faces), parent_code=one.parent_code
    )


verbs = st.sampled_from(["split", "merge", "transfer", "reshape", "retire", "recut"])
sequences = st.lists(st.tuples(verbs, st.integers(0, 10_000), st.floats(0, 3.14)), min_size=3, max_size=10)


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.integers(0, 30), sequences)
def test_no_sequence_of_verbs_tears_the_layer_or_loses_land(seed: int, commands: list[tuple[str, int, float]]) -> None:
    draft = Draft(layer(seed))
    land = draft.areas["s"].geom
    households = sum(r.attributes["households"] for r in draft.grids())
    for verb, pick, angle in commands:
        command = deed_of(draft, verb, pick, angle)
        if command is None:
            continue
        try:
            draft.do(command)
        except EditRefusedError:
            continue
        report = check_layer(as_area_set(list(draft.areas.values())), RULES)
        assert not report.blocks, (command.verb, report.defects[0].facts)
        whole = shapely.union_all([r.geom for r in draft.grids()])
        assert nowhere_wide(whole.symmetric_difference(land))
    counted = sum(r.attributes["households"] for r in draft.grids())
    assert abs(counted - households) <= len(draft.used), "counts are shared out and added, never made"


@given(st.integers(0, 30), st.integers(0, 10_000), st.floats(0, 3.14))
def test_new_numbers_run_from_west_to_east_then_north_to_south(seed: int, pick: int, angle: float) -> None:
    draft = Draft(layer(seed))
    before = frozenset(draft.areas)
    one = draft.grids()[pick % SIDE**2]
    draft.do(EditCommand("split", (one.code,), geometry=line(one.geom, angle)))
    pieces = [r for r in draft.grids() if r.code not in before]
    assert len(pieces) >= 2
    numbered = [r.geom.centroid for r in sorted(pieces, key=lambda r: int(r.code.rpartition("-")[2]))]
    for earlier, later in pairwise(numbered):
        assert earlier.x <= later.x or earlier.y >= later.y


def test_a_land_with_its_neighbour_twice_is_refused() -> None:
    draft = Draft(layer(1))
    one = draft.grids()[7]
    for verb in ("transfer", "reshape"):
        try:
            draft.do(EditCommand(verb, (one.code, one.code), geometry=one.geom.representative_point().buffer(1e-4)))
        except EditRefusedError:
            continue
        raise AssertionError(verb)


def test_areas_with_a_gap_between_them_are_not_merged_by_a_third() -> None:
    draft = Draft(layer(1))
    grids = draft.grids()
    one = grids[0]
    beside = neighbours(grids, one)[0]
    apart = next(r for r in grids if not r.geom.intersects(one.geom) and not r.geom.intersects(beside.geom))
    try:
        draft.do(EditCommand("merge", (one.code, beside.code, apart.code)))
    except EditRefusedError as error:
        assert "share a border" in error.detail  # noqa: PT017 (one refusal, looked at)
        return
    raise AssertionError


def test_who_takes_land_keeps_name_and_parent_and_both_counts() -> None:
    draft = Draft(layer(2))
    one = draft.grids()[0]
    other = neighbours(draft.grids(), one)[0]
    draft.do(EditCommand("merge", (one.code, other.code), into=other.code))
    kept = draft.areas[other.code]
    assert (kept.name, kept.parent_code, kept.attributes["households"]) == (other.name, other.parent_code, 200)
