"""Random coverages with three levels, and defects planted in them at known places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
import shapely.ops

from geo.coverage import AreaSet, LayerRules
from geo.datum import transform_geometry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

METRIC = "EPSG:4547"
CORNER = (430_000.0, 3_850_000.0)  # in the sample district's neighbourhood
LEVELS = ("district", "community", "grid")
CELL_M = 150.0


@dataclass
class Planted:
    """A defect put in on purpose: its kinds in the report (any of a set each), where, and whose."""

    what: str
    kinds: tuple[frozenset[str], ...]
    place: shapely.Geometry
    codes: frozenset[str]


@dataclass
class Sample:
    """A coverage in metres, row by row of a lattice, spoiled step by step; `areas` gives it in WGS 84."""

    side: int
    family: int
    grids: NDArray[np.object_]
    rng: np.random.Generator
    planted: list[Planted] = field(default_factory=list)

    def __post_init__(self) -> None:
        number = np.arange(self.side**2)
        self.parent = (number // self.side // self.family) * 10 + number % self.side // self.family
        self.parents = sorted(set(self.parent.tolist()))
        self.communities = [shapely.coverage_union_all(self.grids[self.parent == one]) for one in self.parents]
        self.district = shapely.coverage_union_all(self.communities)

    def code(self, index: int) -> str:
        return f"{self.community_code(int(self.parent[index]))}{index:03d}"

    @staticmethod
    def community_code(parent: int) -> str:
        return f"410106001{parent + 1:03d}"

    @property
    def areas(self) -> AreaSet:
        geometries = [self.district, *self.communities, *self.grids]
        return AreaSet.from_areas(
            levels=["district", *["community"] * len(self.parents), *["grid"] * len(self.grids)],
            codes=[
                "410106",
                *map(self.community_code, self.parents),
                *(self.code(index) for index in range(len(self.grids))),
            ],
            parent_codes=[
                None,
                *["410106"] * len(self.parents),
                *(self.community_code(int(parent)) for parent in self.parent),
            ],
            geometries=transform_geometry(np.array(geometries, dtype=object), METRIC),
        )

    @property
    def rules(self) -> LayerRules:
        return LayerRules(levels=LEVELS)

    def in_degrees(self, place: shapely.Geometry) -> shapely.Geometry:
        return transform_geometry(place, METRIC)

    def neighbour(self, index: int) -> int:
        return index + 1 if (index + 1) % self.side else index - 1

    def border(self, index: int, other: int) -> shapely.Geometry:
        return shapely.line_merge(shapely.intersection(self.grids[index].boundary, self.grids[other].boundary))


def random_coverage(seed: int, side: int = 9, family: int = 3, vertices: int = 6) -> Sample:
    """Return a coverage of side x side wiggly grids, families x families of them a community, code rule free."""
    rng = np.random.default_rng(seed)
    corners = np.stack(np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0)), axis=-1)
    corners[1:-1, 1:-1] += rng.uniform(-0.12, 0.12, (side - 1, side - 1, 2))

    def edges(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
        along = np.linspace(0.0, 1.0, vertices + 1)[:, None]
        direction = end - start
        across = np.stack([-direction[..., 1], direction[..., 0]], axis=-1)
        wave = np.sin(np.pi * along * np.arange(1, 4)) @ rng.normal(0.0, 0.03, (*start.shape[:-1], 3, 1))
        points = start[..., None, :] + direction[..., None, :] * along + across[..., None, :] * wave
        points[..., 0, :], points[..., -1, :] = start, end
        return points

    level = edges(corners[:, :-1], corners[:, 1:]) * CELL_M + CORNER
    upright = edges(corners[:-1], corners[1:]) * CELL_M + CORNER
    rings = np.concatenate(
        [
            level[:-1, :, :-1],
            upright[:, 1:, :-1],
            level[1:, :, ::-1][:, :, :-1],
            upright[:, :-1, ::-1],
        ],
        axis=2,
    )
    return Sample(side, family, shapely.polygons(rings.reshape(side * side, -1, 2)), rng)


def _on_border(sample: Sample, index: int, other: int) -> shapely.Point:
    return shapely.line_interpolate_point(sample.border(index, other), 0.5, normalized=True)


def plant_overlap(sample: Sample, index: int) -> None:
    other = sample.neighbour(index)
    blob = shapely.buffer(_on_border(sample, index, other), sample.rng.uniform(3.0, 20.0))
    place = shapely.intersection(blob, sample.grids[other])
    sample.grids[index] = shapely.union(sample.grids[index], blob)
    kinds = [frozenset({"overlap"})]
    if sample.parent[index] != sample.parent[other]:
        kinds.append(frozenset({"outside_parent"}))
    codes = frozenset({sample.code(index), sample.code(other)})
    sample.planted.append(Planted("overlap", tuple(kinds), sample.in_degrees(place), codes))


def plant_gap(sample: Sample, index: int) -> None:
    other = sample.neighbour(index)
    blob = shapely.buffer(_on_border(sample, index, other), sample.rng.uniform(3.0, 20.0))
    place = shapely.intersection(blob, sample.grids[index])
    sample.grids[index] = shapely.difference(sample.grids[index], blob)
    codes = frozenset({sample.code(index), sample.code(other)})
    sample.planted.append(Planted("gap", (frozenset({"gap"}),), sample.in_degrees(place), codes))


def plant_sliver(sample: Sample, index: int) -> None:
    other = sample.neighbour(index)
    width = sample.rng.uniform(0.05, 0.45)
    stretch = shapely.ops.substring(sample.border(index, other), 0.25, 0.75, normalized=True)
    strip = shapely.buffer(stretch, width, cap_style="flat")
    if sample.rng.random() < 0.5:
        place = shapely.intersection(strip, sample.grids[index])
        sample.grids[index] = shapely.difference(sample.grids[index], strip)
    else:
        place = shapely.intersection(strip, sample.grids[other])
        sample.grids[index] = shapely.union(sample.grids[index], strip)
    codes = frozenset({sample.code(index), sample.code(other)})
    sample.planted.append(Planted("sliver", (frozenset({"sliver"}),), sample.in_degrees(place), codes))


def plant_spike(sample: Sample, index: int) -> None:
    other = sample.neighbour(index)
    base = shapely.get_coordinates(sample.border(index, other))
    middle = len(base) // 2
    along = base[middle] - base[middle - 1]
    along /= np.linalg.norm(along)
    half_width = sample.rng.uniform(0.1, 0.35)
    inwards = np.array([along[1], -along[0]])
    foot = base[middle - 1 : middle + 1].mean(axis=0)
    if not shapely.contains_xy(sample.grids[other], *(foot + 5.0 * inwards)):
        inwards = -inwards
    tip = foot + inwards * sample.rng.uniform(25.0, 60.0)
    blade = shapely.Polygon([foot - half_width * along - inwards, foot + half_width * along - inwards, tip])
    place = shapely.intersection(blade, sample.grids[other])
    sample.grids[index] = shapely.union(sample.grids[index], blade)
    codes = {sample.code(index)}
    if sample.rng.random() < 0.5:
        sample.grids[other] = shapely.difference(sample.grids[other], blade)
        codes.add(sample.code(other))
    kinds = [frozenset({"spike"})]
    if sample.parent[index] != sample.parent[other]:
        kinds.append(frozenset({"sliver", "outside_parent"}))
    sample.planted.append(Planted("spike", tuple(kinds), sample.in_degrees(place), frozenset(codes)))


PLANTERS: tuple[Callable[[Sample, int], None], ...] = (plant_overlap, plant_gap, plant_sliver, plant_spike)


def spoiled_coverage(seed: int, defects: int = 8) -> Sample:
    """Return a coverage with several defects, far enough apart that each is its own."""
    sample = random_coverage(seed)
    rows, columns = np.divmod(np.arange(sample.side**2), sample.side)
    inside = (rows > 0) & (rows < sample.side - 1) & (columns > 0) & (columns < sample.side - 2)
    lattice = np.flatnonzero(inside & (rows % 2 == 1) & (columns % 3 == 1))
    for index in sample.rng.permutation(lattice)[:defects].tolist():
        PLANTERS[int(sample.rng.integers(len(PLANTERS)))](sample, index)
    return sample


@pytest.fixture
def coverage() -> Callable[..., Sample]:
    """Make a random coverage of a seed."""
    return random_coverage


@pytest.fixture
def spoiled() -> Callable[..., Sample]:
    """Make a spoiled coverage of a seed."""
    return spoiled_coverage


@pytest.fixture
def planters() -> Iterator[dict[str, Callable[[Sample, int], None]]]:
    """The planters by name."""
    return {"overlap": plant_overlap, "gap": plant_gap, "sliver": plant_sliver, "spike": plant_spike}
