"""The spatial windows of a scan: around each centre a growing list of locations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from geo.hotspot.arrays import BoolArray, FloatArray, IntArray, as_points, require
from geo.hotspot.progress import report
from geo.hotspot.scan.distance import EARTH_RADIUS_M, great_circle_m, planar_m

if TYPE_CHECKING:
    from geo.hotspot.local.neighbours import Neighbours
    from geo.hotspot.progress import Progress

Ties = Literal["rings", "one-by-one"]

#: Distances that differ by less than this share are one ring.
_SAME = 1e-9
_POLE = 90.0


@dataclass(frozen=True, slots=True)
class Zones:
    """Candidate zones: the first locations of each centre's list, up to a place where a zone may end.

    Attributes
    ----------
    indptr : ndarray, shape (centres + 1,), int64
    locations : ndarray, shape (m,), int64
        Locations of centre i, nearest first: ``locations[indptr[i]:indptr[i + 1]]``.
    ends : ndarray, shape (m,), bool
        A zone ends after this location.
    distances_m : ndarray, shape (m,), float64
        Distance from the centre.
    count : int
        Number of locations.
    ties : str
        How equal distances are treated.
    """

    indptr: IntArray
    locations: IntArray
    ends: BoolArray
    distances_m: FloatArray
    count: int
    ties: Ties

    @property
    def centres(self) -> int:
        """Number of centres."""
        return len(self.indptr) - 1

    def limited(self, measure: FloatArray, max_share: float) -> Zones:
        """Keep the zones that hold at most ``max_share`` of the measure (expected cases, cases, or population).

        ``measure`` has the shape (locations,), not negative. A list stops at the first location that would exceed the
        share; with whole rings the ring that would.
        """
        require(0 < max_share <= 1, "max_share must lie in (0, 1]")
        limit = max_share * float(measure.sum()) * (1 + 1e-12)
        keep = np.zeros(len(self.locations), dtype=np.bool_)
        for centre in range(self.centres):
            first, last = int(self.indptr[centre]), int(self.indptr[centre + 1])
            # Stop at the first location over the limit, then go back to the last place where a zone may end.
            fits = np.cumsum(measure[self.locations[first:last]]) <= limit
            stop = int(np.argmin(fits)) if not fits.all() else last - first
            inside = np.flatnonzero(self.ends[first : first + stop])
            keep[first : first + (int(inside[-1]) + 1 if len(inside) else 0)] = True
        sizes = np.add.reduceat(np.append(keep, False).astype(np.int64), self.indptr[:-1])
        # reduceat returns the next entry for an empty stretch: such a centre keeps none.
        sizes = np.where(np.diff(self.indptr) > 0, sizes, 0)
        indptr = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        return Zones(indptr, self.locations[keep], self.ends[keep], self.distances_m[keep], self.count, self.ties)


def circular_zones(
    points: npt.ArrayLike,
    *,
    max_radius_m: float | None = None,
    max_locations: int | None = None,
    centres: npt.ArrayLike | None = None,
    great_circle: bool = False,
    ties: Ties = "one-by-one",
    progress: Progress | None = None,
) -> Zones:
    """Make circles around every centre, each holding the locations within its radius.

    Parameters
    ----------
    points : array_like, shape (n, 2)
        Locations: metres in a metric CRS, or longitude and latitude in degrees with ``great_circle``.
    max_radius_m : float, optional
        Largest radius, inclusive, metres.
    max_locations : int, optional
        Largest number of locations; a ring that would exceed it is left out.
    centres : array_like, shape (k, 2), optional
        Centres of the circles; the locations themselves by default.
    great_circle : bool
        Distances on a sphere of 6,367 km.
    ties : {"one-by-one", "rings"}
        Locations at one distance enter one after the other, in the order of their first, then second coordinate (as in
        SaTScan; only those at one point enter together), or all together (a circle cannot part them).
    progress : callable, optional
        See :mod:`geo.hotspot.progress`.

    Returns
    -------
    Zones
        The share of cases is limited later, by each model. No zones without points.

    Raises
    ------
    HotspotInputError
        For points that are not finite, a negative radius, or a latitude beyond the pole.

    Source
    ------
    Kulldorff (1997), Commun. Stat. Theory Methods 26(6), 1481-1496.
    """
    places = as_points(points, "points")
    require(max_radius_m is None or max_radius_m >= 0, "max_radius_m must not be negative")
    require(max_locations is None or max_locations >= 1, "max_locations must be at least 1")
    require(
        not great_circle or not len(places) or bool(np.abs(places[:, 1]).max() <= _POLE),
        "great circles take degrees, longitude first: a latitude is beyond the pole",
    )
    around = places if centres is None else as_points(centres, "centres")
    measure = great_circle_m if great_circle else planar_m
    lists, distances, closes = [], [], []
    tree, reach = _tree(places, max_radius_m, great_circle=great_circle)
    everywhere = np.arange(len(places))
    for row, centre in enumerate(around):
        if progress is not None and row % 256 == 0:
            report(progress, row / len(around))
        near = everywhere
        if tree is not None:
            where = _on_sphere(centre[None, :])[0] if great_circle else centre
            near = np.sort(np.asarray(tree.query_ball_point(where, reach), dtype=np.int64))
        order, distance, close = _ordered(places, near, measure(places[near], centre), ties)
        stop = len(order)
        if max_radius_m is not None:
            stop = int(np.count_nonzero(distance <= max_radius_m * (1 + _SAME)))
        if max_locations is not None and stop > max_locations:
            fitting = np.flatnonzero(close[:max_locations])
            stop = int(fitting[-1]) + 1 if len(fitting) else 0
        lists.append(order[:stop])
        distances.append(distance[:stop])
        closes.append(close[:stop])
    return _packed(lists, distances, closes, len(places), ties)


def _ordered(
    places: FloatArray, near: IntArray, distance: FloatArray, ties: Ties
) -> tuple[IntArray, FloatArray, BoolArray]:
    """Return the locations, nearest first, their distances (one for a ring), and after which a circle may end."""
    order = np.argsort(distance, kind="stable")
    near, distance = near[order], distance[order]
    # A ring opens where the distance grows by more than rounding; all its members take the distance that opened it.
    opens = np.ones(len(near), dtype=np.bool_)
    opens[1:] = distance[1:] - distance[:-1] > _SAME * np.maximum(distance[1:], 1e-3)
    ring = np.cumsum(opens) - 1
    distance = distance[opens][ring]
    order = np.lexsort((places[near, 1], places[near, 0], ring))
    near = near[order]
    close = np.ones(len(near), dtype=np.bool_)
    if ties == "rings":
        close[:-1] = opens[1:]
    else:
        close[:-1] = (places[near[1:]] != places[near[:-1]]).any(axis=1)
    return near, distance, close


def _on_sphere(lonlat: FloatArray) -> FloatArray:
    longitude, latitude = np.radians(lonlat[:, 0]), np.radians(lonlat[:, 1])
    # Unit vectors.
    flat = np.cos(latitude)
    return np.column_stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)])


def _tree(places: FloatArray, radius_m: float | None, *, great_circle: bool) -> tuple[cKDTree | None, float]:
    """Return a tree that finds the candidates within the radius (a little more), and its own radius."""
    if radius_m is None or len(places) == 0:
        return None, 0.0
    if not great_circle:
        return cKDTree(places), radius_m * (1 + 1e-6)
    # An arc of angle d / R has the chord 2 sin(d / 2R).
    angle = min(radius_m / EARTH_RADIUS_M, np.pi)
    return cKDTree(_on_sphere(places)), float(2 * np.sin(angle / 2) * (1 + 1e-6) + 1e-12)


def neighbour_zones(
    neighbours: Neighbours,
    points_m: npt.ArrayLike,
    *,
    max_steps: int = 4,
    max_locations: int | None = None,
    ties: Ties = "one-by-one",
) -> Zones:
    """Make zones of areas that hang together: a centre, its neighbours, their neighbours, and so on.

    Parameters
    ----------
    neighbours : Neighbours
        Which areas touch, of n areas.
    points_m : array_like, shape (n, 2)
        A point of each area, metres: orders the areas of one step by distance from the centre.
    max_steps : int
        Largest number of borders between the centre and a member.
    max_locations : int, optional
        Largest number of areas in a zone.
    ties : {"rings", "one-by-one"}
        A zone ends after a whole step, or after each area (every zone hangs together either way).

    Returns
    -------
    Zones
        An island is a zone of its own.

    Source
    ------
    Tango & Takahashi (2005), Int. J. Health Geogr. 4:11, restricted to zones grown in the order of steps.
    """
    points = as_points(points_m)
    require(len(points) == len(neighbours), f"{len(neighbours)} areas in neighbours, {len(points)} points")
    lists, distances, closes = [], [], []
    for centre in range(len(points)):
        seen = {centre}
        members, ends, ring = [centre], [True], [centre]
        for _ in range(max_steps):
            following = sorted({int(j) for i in ring for j in neighbours.around(i)} - seen)
            if not following:
                break
            away = planar_m(points[following], points[centre])
            ring = [following[k] for k in np.argsort(away, kind="stable")]
            seen.update(ring)
            members += ring
            ends += [ties == "one-by-one"] * (len(ring) - 1) + [True]
        order = np.array(members, dtype=np.int64)
        close = np.array(ends, dtype=np.bool_)
        if max_locations is not None and len(order) > max_locations:
            fitting = np.flatnonzero(close[:max_locations])
            order, close = order[: int(fitting[-1]) + 1], close[: int(fitting[-1]) + 1]
        lists.append(order)
        distances.append(planar_m(points[order], points[centre]))
        closes.append(close)
    return _packed(lists, distances, closes, len(points), ties)


def _packed(
    lists: list[npt.NDArray[np.int64]],
    distances: list[FloatArray],
    closes: list[BoolArray],
    count: int,
    ties: Ties,
) -> Zones:
    sizes = [len(members) for members in lists]
    return Zones(
        indptr=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        locations=np.concatenate([np.empty(0, dtype=np.int64), *lists]).astype(np.int64),
        ends=np.concatenate([np.empty(0, dtype=np.bool_), *closes]),
        distances_m=np.concatenate([np.empty(0), *distances]),
        count=count,
        ties=ties,
    )
