"""Spikes: places where a border runs out and back along a line too narrow to hold anything.

A spike shows at its tip: a corner of a few degrees, or two corners a hand's breadth apart between sides that
run back the way they came. From the tip the two sides are followed until they part; what lies between is the
spike. The same tip in two neighbours (a spike of one that the other gives way to) is one defect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage.measure import named, polygons_of, together
from geo.coverage.model import Defect, DefectKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geo.coverage.measure import Ruler
    from geo.coverage.model import AreaSet, Geometries

    Floats = NDArray[np.float64]

_SIDE_TO_TIP = 5.0  # beside a blunt tip the sides are at least this many times longer than the tip is wide
_UNEVENNESS = 0.2  # how much longer the way along one side may be than along the other


@dataclass(frozen=True, slots=True)
class Spike:
    """One spike of one area: the narrow polygon between its sides, the length in m to where they part, its tip."""

    piece: shapely.Geometry
    length_m: float
    tip: tuple[float, float]


def spike_defects(areas: AreaSet, spikes: Sequence[Sequence[Spike]]) -> Iterator[Defect]:
    """Yield a defect for each spike of the areas, one where neighbours share its tip.

    Its place is the narrow polygon between the sides, its size the length in m from the tip to where they
    part; of neighbours' that of the first by code.
    """
    found: dict[tuple[float, float, str], list[tuple[str, int, Spike]]] = {}
    for index, own in enumerate(spikes):
        for spike in own:
            key = (round(spike.tip[0], 8), round(spike.tip[1], 8), areas.levels[index])
            found.setdefault(key, []).append((areas.codes[index], index, spike))
    for (_, _, level), shared in found.items():
        shared.sort(key=lambda one: one[0])
        unique = list(dict.fromkeys(index for _, index, _ in shared))
        first = shared[0][2]
        yield Defect(
            DefectKind.SPIKE,
            level,
            tuple(areas.codes[unique]),
            first.piece,
            size=first.length_m,
            unit="m",
            values=named(areas, unique),
        )


def spikes_of(valid: Geometries, ruler: Ruler) -> list[list[Spike]]:
    """Return the spikes of each area (`valid`: their valid polygons in WGS 84): each area's are its own affair."""
    found: list[list[Spike]] = [[] for _ in valid]
    parts, part_owner = shapely.get_parts(valid, return_index=True)
    rings, ring_owner = shapely.get_rings(parts, return_index=True)
    owner = part_owner[ring_owner]
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(coordinates):
        return found
    for position, is_blunt in zip(*_tips(coordinates * ruler.metres_per_degree, ring, ruler), strict=True):
        of_ring = ring[position]
        start = int(np.searchsorted(ring, of_ring))
        vertices = coordinates[start : int(np.searchsorted(ring, of_ring, side="right")) - 1]
        spike = _followed(vertices, position - start, ruler, is_blunt=is_blunt)
        if spike is not None:
            tip = (float(coordinates[position, 0]), float(coordinates[position, 1]))
            found[int(owner[of_ring])].append(Spike(*spike, tip))
    return found


def _tips(metres: Floats, ring: NDArray[np.int64], ruler: Ruler) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the vertices that are a sharp tip or the first of two that make a blunt one, and which are these."""
    count = np.bincount(ring)
    last = np.cumsum(count) - 1  # the closing vertex of each ring, which repeats the first
    # Edge i leads from vertex i to the next; `before` is the edge that arrives there, around the ring's end too.
    edge = np.diff(metres, axis=0, append=metres[:1])
    before = np.roll(edge, 1, axis=0)
    before[last - count + 1] = edge[last - 1]
    squared = np.einsum("ij,ij->i", edge, edge)
    is_edge = np.ones(len(metres), dtype=bool)
    is_edge[last] = False

    cosine = float(np.cos(np.radians(ruler.tolerances.spike_angle_deg)))
    # Only where the border turns by more than a right angle is the exact angle asked for.
    turned_back = np.flatnonzero(is_edge & (np.einsum("ij,ij->i", before, edge) < 0.0))
    sharp = turned_back[_reversed(before[turned_back], edge[turned_back], cosine)]

    # A blunt tip is an edge shorter than the sliver width between two long ones that run back to back.
    short = np.flatnonzero(is_edge & (squared <= ruler.tolerances.sliver_width_m**2))
    following = np.where(short + 1 == last[ring[short]], short + 2 - count[ring[short]], short + 1)
    back, forth = before[short], edge[following]
    long_sides = np.minimum(np.einsum("ij,ij->i", back, back), np.einsum("ij,ij->i", forth, forth))
    blunt = short[(long_sides > _SIDE_TO_TIP**2 * squared[short]) & _reversed(back, forth, cosine)]
    blunt = blunt[~np.isin(blunt, sharp)]
    return np.concatenate([sharp, blunt]), np.repeat([False, True], [len(sharp), len(blunt)])


def _reversed(one: Floats, other: Floats, cosine: float) -> NDArray[np.bool_]:
    """Whether the second edge runs back along the first, to within the angle."""
    length = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    # cos(angle between the second edge and the first turned round) = -u.v / (|u| |v|).
    return np.asarray((-(one * other).sum(axis=1) > cosine * length) & (length > 0.0))


def _followed(vertices: Floats, tip: int, ruler: Ruler, *, is_blunt: bool) -> tuple[shapely.Geometry, float] | None:
    """Follow both sides from the tip until they part; None if that is too soon to be a spike."""
    limit_m = ruler.tolerances.sliver_width_m
    # Both ways around the ring, each from the tip.
    one, other = np.roll(vertices, -tip, axis=0), np.roll(vertices[::-1], tip + 1, axis=0)
    if is_blunt:
        one = np.roll(one, -1, axis=0)  # a vertex for each side
    half = max(len(vertices) // 2, 1) + 1
    one, other = one[:half], other[:half]
    along_one, along_other = (shapely.LineString(side * ruler.metres_per_degree) for side in (one, other))
    reach = min(shapely.length(along_one), shapely.length(along_other))
    step = max(reach / 200.0, limit_m / 4.0)
    # Points at equal distances from the tip on both sides, and how far each is from the other side.
    stations = np.arange(step, reach + step / 2.0, step)
    stations = stations[stations <= reach]
    if not len(stations):
        return None
    on_one = shapely.line_interpolate_point(along_one, stations)
    on_other = shapely.line_interpolate_point(along_other, stations)
    apart = np.maximum(shapely.distance(on_one, along_other), shapely.distance(on_other, along_one))
    # Sides that part ways may still run beside each other's beginning.
    abreast = shapely.distance(on_one, on_other) <= limit_m + _UNEVENNESS * stations
    parted = np.flatnonzero((apart > limit_m) | ~abreast)
    length_m = float(stations[parted[0] - 1]) if len(parted) and parted[0] else float(stations[-1])
    if (len(parted) and parted[0] == 0) or length_m < ruler.tolerances.spike_length_m:
        return None
    if apart[int(np.searchsorted(stations, length_m / 2.0))] <= ruler.tolerances.noise_width_m:
        return None  # a hair, as cutting with rounded coordinates leaves along a border: it holds no ground
    slack_m = 2.0 * step + limit_m
    sides = [_first_part(side, length_m, slack_m, ruler) for side in (one, other)]
    polygons = polygons_of(shapely.make_valid(shapely.Polygon(np.concatenate([sides[0], sides[1][::-1]]))))
    return (together(polygons), length_m) if len(polygons) else None


def _first_part(side: Floats, length_m: float, slack_m: float, ruler: Ruler) -> Floats:
    """Return a side's vertices up to a length: to the vertex nearest to it if one is near, else to a point between.

    The vertices stay what they are to the last bit, so that a spike can be cut off without leaving a hair.
    """
    lengths = np.linalg.norm(np.diff(side, axis=0) * ruler.metres_per_degree, axis=1)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    nearest = int(np.abs(along[1:] - length_m).argmin()) + 1
    if abs(along[nearest] - length_m) <= slack_m:
        return np.asarray(side[: nearest + 1])
    # A point on the segment that holds the length, by its share of it.
    last = int(np.searchsorted(along, length_m)) - 1
    share = (length_m - along[last]) / lengths[last]
    return np.vstack([side[: last + 1], side[last] + share * (side[last + 1] - side[last])])
