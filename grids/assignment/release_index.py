"""A release in memory: for each level a point-location index, and each area's chain up to the coarsest level.

Immutable; shared by all threads of a process. It asks nobody: neither the database nor the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from core.words import stored_message
from geo.point_location.index import EDGE_CIRCLE_M, PointLocationIndex
from geo.point_location.layout import FLAG_BOUNDARY
from grids.assignment import rules
from grids.assignment.rules import AssignmentFacts, AssignmentMethod, Choice, Cover

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from core.words import StoredMessage

MOST_CANDIDATES: Final = 20
COORDINATE_STEP_M: Final = 0.01
"""Stored coordinates have seven decimals: nearer to an edge than this, a point is as good as on it."""
NO_RELEASE: Final = stored_message("no_release")
_METHOD_NUMBER: Final = {method: number for number, method in enumerate(rules.METHODS)}


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """A layer's definition as far as assignment needs it; `levels` from the coarsest to the finest."""

    id: int
    code: str
    levels: tuple[str, ...]
    is_coverage: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """A release's identity, and how far outside every area a point may lie and still get the nearest."""

    id: int
    number: int
    checksum: str
    effective_at: datetime
    nearest_tolerance_m: float


@dataclass(frozen=True, slots=True)
class AreaFacts:
    """An area without its geometry."""

    level: str
    code: str
    name: str
    parent_code: str | None
    unit_code: str | None
    unit_name: str | None


@dataclass(frozen=True, slots=True)
class AreaCandidate:
    """An area in question, with the share of the point's circle that lies in it."""

    level: str
    code: str
    name: str
    share: float


@dataclass(slots=True)  # frozen would cost a microsecond an answer
class Assignment:
    """The answer to one point. `areas` is the chain, the coarsest first, empty when unassigned."""

    layer: LayerFacts
    release: ReleaseFacts | None
    lon: float
    lat: float
    method: AssignmentMethod
    areas: tuple[dict[str, Any], ...]
    distance_to_edge_m: float | None
    candidates: tuple[AreaCandidate, ...]
    outside_share: float
    facts: AssignmentFacts

    @property
    def code(self) -> str | None:
        """Code of the answering area."""
        return self.areas[-1]["code"] if self.areas else None

    @property
    def path(self) -> tuple[str, ...]:
        """Codes of the chain, the coarsest first."""
        return tuple(area["code"] for area in self.areas)

    @property
    def reason(self) -> StoredMessage:
        """Why, as a code with values."""
        return rules.reason(self.facts) if self.release else NO_RELEASE


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a release: its areas in byte order of their codes, and the index over them."""

    name: str
    index: PointLocationIndex
    areas: Sequence[AreaFacts]
    chains: Sequence[tuple[dict[str, Any], ...]]


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to many points, in columns; `row` points into `ReleaseIndex.table`, its last row is "none"."""

    row: NDArray[np.int32]
    method: NDArray[np.uint8]
    distance_to_edge_m: NDArray[np.float64] | None


class Table:
    """Every area of a release once, finest level first, and a last row that stands for none; for bulk answers."""

    __slots__ = ("_arrow", "codes", "levels", "names", "offsets", "paths", "units")

    def __init__(self, levels: Sequence[Level], level_names: Sequence[str]) -> None:
        areas = [area for level in levels for area in level.areas]
        chains = [chain for level in levels for chain in level.chains]
        # Row of an area in the table: its level's offset plus its position there.
        self.offsets = np.cumsum([0, *(len(level.areas) for level in levels)])
        self.codes = _column([area.code for area in areas])
        self.names = _column([area.name for area in areas])
        self.levels = _column([area.level for area in areas])
        self.units = _column([area.unit_code for area in areas])
        self._arrow: dict[str, pa.Array] = {}
        by_level = [{entry["level"]: entry["code"] for entry in chain} for chain in chains]
        self.paths = {name: _column([codes.get(name) for codes in by_level]) for name in level_names}

    def arrow(self, name: str) -> pa.Array:
        """Return a column (`codes`, `names`, `levels`, `units`, or the codes of a level) as Arrow strings."""
        column = self._arrow.get(name)
        if column is None:
            values = self.paths[name] if name in self.paths else getattr(self, name)
            column = self._arrow[name] = pa.array(values, pa.string())
        return column


def _column(values: list[str | None] | list[str]) -> NDArray[np.object_]:
    column = np.empty(len(values) + 1, dtype=object)
    column[:-1] = values
    column[-1] = None
    return column


class ReleaseIndex:
    """Answers points from one release."""

    __slots__ = ("_levels", "extent", "layer", "release", "table")

    def __init__(
        self,
        layer: LayerFacts,
        release: ReleaseFacts,
        areas: Mapping[str, Sequence[AreaFacts]],
        indexes: Mapping[str, PointLocationIndex],
    ) -> None:
        self.layer = layer
        self.release = release
        shown = {
            area.code: {
                "level": area.level,
                "code": area.code,
                "name": area.name,
                "unit": area.unit_code,
                "unit_name": area.unit_name,
            }
            for of_level in areas.values()
            for area in of_level
        }
        parents = {area.code: area.parent_code for of_level in areas.values() for area in of_level}
        self._levels = tuple(
            Level(
                name=name,
                index=indexes[name],
                areas=areas[name],
                chains=[_chain(area.code, shown, parents, len(layer.levels)) for area in areas[name]],
            )
            for name in reversed(layer.levels)
        )
        self.table = Table(self._levels, layer.levels)
        boxes = [box for level in self._levels if (box := level.index.bounds) is not None]
        self.extent: tuple[float, float, float, float] | None = None
        if boxes:
            low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
            self.extent = (float(low[0]), float(low[1]), float(high[2]), float(high[3]))

    @property
    def size_bytes(self) -> int:
        """Bytes of the point-location indexes."""
        return sum(level.index.size_bytes for level in self._levels)

    def assign(self, lon: float, lat: float, accuracy_m: float | None = None) -> Assignment:
        """Answer one point of WGS 84 (finite degrees); `accuracy_m` is the radius of its circle, if known."""
        choice = self._choose(lon, lat)
        radius = accuracy_m or 0.0
        finest = self._levels[0]
        if choice.depth < 0:
            shares = finest.index.shares(lon, lat, radius, overlapping=not self.layer.is_coverage) if radius else None
            candidates = self._candidates(finest, shares.areas) if shares else ()
            facts = AssignmentFacts(AssignmentMethod.UNASSIGNED, tolerance_m=self.release.nearest_tolerance_m)
            outside = shares.outside if shares else 1.0
            return Assignment(self.layer, self.release, lon, lat, choice.method, (), None, candidates, outside, facts)
        level = self._levels[choice.depth]
        distance = choice.distance_m
        if distance is None:
            distance = level.index.distance_to_edge_m(choice.position, lon, lat)
        if choice.method is AssignmentMethod.BOUNDARY:
            distance = 0.0
        candidates, outside = (), 0.0
        if choice.overlap or distance <= COORDINATE_STEP_M or radius > distance:
            shares = level.index.shares(
                lon, lat, radius or EDGE_CIRCLE_M, overlapping=not self.layer.is_coverage or choice.overlap
            )
            candidates, outside = self._candidates(level, shares.areas), shares.outside
        area = level.areas[choice.position]
        facts = AssignmentFacts(
            method=choice.method,
            level=area.level,
            name=area.name,
            finest_level=finest.name,
            distance_m=distance,
            overlap=choice.overlap,
            others=tuple(other.name for other in candidates if other.code != area.code),
            accuracy_m=accuracy_m,
            outside_share=outside,
            tolerance_m=self.release.nearest_tolerance_m,
        )
        return Assignment(
            self.layer,
            self.release,
            lon,
            lat,
            choice.method,
            level.chains[choice.position],
            distance,
            candidates,
            outside,
            facts,
        )

    def _choose(self, lon: float, lat: float) -> Choice:
        covers: list[Cover] = []
        for level in self._levels:
            cover = Cover(*level.index.locate(lon, lat))
            covers.append(cover)
            if cover.position >= 0:
                return rules.choose_area(covers, None)
        return rules.choose_area(covers, self._levels[0].index.nearest(lon, lat, self.release.nearest_tolerance_m))

    def _candidates(self, level: Level, shares: Sequence[tuple[int, float]]) -> tuple[AreaCandidate, ...]:
        return tuple(
            AreaCandidate(level.name, level.areas[position].code, level.areas[position].name, share)
            for position, share in shares[:MOST_CANDIDATES]
        )

    def assign_many(self, lon: NDArray[np.float64], lat: NDArray[np.float64], *, distances: bool = False) -> Answers:
        """Answer many points of WGS 84 by the same rule; a point that is not finite is unassigned."""
        none = self.table.codes.size - 1
        row = np.full(lon.size, none, np.int32)
        method = np.full(lon.size, _METHOD_NUMBER[AssignmentMethod.UNASSIGNED], np.uint8)
        distance = np.full(lon.size, np.nan) if distances else None
        todo = np.arange(lon.size)
        for level, offset in zip(self._levels, self.table.offsets.tolist(), strict=False):
            xs, ys = lon[todo], lat[todo]
            located = level.index.locate_many(xs, ys)
            found = located.areas >= 0
            # Level by level, the finest first: only points without an answer go on to the next.
            row[todo] = np.where(found, located.areas + np.int32(offset), np.int32(none))
            method[todo] = np.where(
                found,
                np.where(
                    located.places == FLAG_BOUNDARY,
                    _METHOD_NUMBER[AssignmentMethod.BOUNDARY],
                    _METHOD_NUMBER[AssignmentMethod.COVERED],
                ),
                _METHOD_NUMBER[AssignmentMethod.UNASSIGNED],
            )
            if distance is not None:
                metres = level.index.distances_to_edge_m(located.areas, xs, ys)
                metres[located.places == FLAG_BOUNDARY] = np.where(found[located.places == FLAG_BOUNDARY], 0.0, np.nan)
                distance[todo] = metres
            todo = np.flatnonzero(row == none)
            if not todo.size:
                return Answers(row, method, distance)
        todo = todo[np.isfinite(lon[todo]) & np.isfinite(lat[todo])]
        # The nearest area of the finest level, for points that no level covers.
        areas, metres = self._levels[0].index.nearest_many(lon[todo], lat[todo], self.release.nearest_tolerance_m)
        near = areas >= 0
        row[todo[near]] = areas[near]
        method[todo[near]] = _METHOD_NUMBER[AssignmentMethod.NEAREST]
        if distance is not None:
            distance[todo[near]] = metres[near]
        return Answers(row, method, distance)


def _chain(
    code: str, shown: Mapping[str, dict[str, Any]], parents: Mapping[str, str | None], depth: int
) -> tuple[dict[str, Any], ...]:
    """Areas from the coarsest down to this one; a parent that is not in the release ends the chain."""
    chain: list[dict[str, Any]] = []
    above: str | None = code
    while above is not None and above in shown and len(chain) < depth:
        chain.append(shown[above])
        above = parents[above]
    return tuple(reversed(chain))
