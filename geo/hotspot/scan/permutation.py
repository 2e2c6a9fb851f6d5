"""The space-time permutation scan: needs nothing but the cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import FloatArray, IntArray, require
from geo.hotspot.scan.engine import Problem, scan
from geo.hotspot.scan.likelihood import POISSON
from geo.hotspot.scan.simulate import shuffle_null
from geo.hotspot.scan.windows import TimeWindows

if TYPE_CHECKING:
    from geo.hotspot.progress import Progress
    from geo.hotspot.scan.clusters import ScanResult, Secondary
    from geo.hotspot.scan.zones import Zones


def permutation_scan(
    locations: npt.ArrayLike,
    intervals: npt.ArrayLike,
    zones: Zones,
    interval_count: int,
    *,
    strata: npt.ArrayLike | None = None,
    windows: TimeWindows | None = None,
    max_share: float = 0.5,
    min_cases: int = 2,
    replicates: int = 999,
    seed: int = 0,
    sequential: int | None = 50,
    secondary: Secondary = "no-overlap",
    progress: Progress | None = None,
) -> ScanResult:
    """Scan for space-time interaction: more cases at a place and time than place and time alone explain.

    The expectation of location z at time d is ``C_z C_d / C``; with strata it is ``sum_k C_zk C_dk / C_k``. Replicates
    shuffle the times among the cases (within each stratum), so purely spatial and purely temporal differences are
    adjusted for. A stratum for each day of the week (:func:`weekday_strata`) adjusts for weekly patterns that differ
    between places (SaTScan: "adjust for weekly trends, nonparametric").

    Parameters
    ----------
    locations, intervals : array_like of int, shape (n,)
        Location 0 … ``zones.count`` - 1 and interval 0 … ``interval_count`` - 1 of each case.
    zones : Zones
        See :func:`circular_zones` and :func:`neighbour_zones`.
    interval_count : int
        Length of the study.
    strata : array_like of int, shape (n,), optional
        Covariate class of each case.
    windows : TimeWindows, optional
        Retrospective up to half the study by default.
    max_share : float
        Largest share of all *cases* (over the whole study period) in a zone.
    min_cases, replicates, seed, sequential, secondary, progress
        See :func:`poisson_scan`.

    Returns
    -------
    ScanResult
        The ratio is a test statistic: conditioning on both margins it is no exact likelihood ratio.

    Raises
    ------
    HotspotInputError
        For lengths that differ or a location or interval out of its range.

    Source
    ------
    Kulldorff, Heffernan, Hartman, Assunção & Mostashari (2005), PLoS Med. 2(3), e59.
    """
    place = np.asarray(locations, dtype=np.int64).ravel()
    time = np.asarray(intervals, dtype=np.int64).ravel()
    stratum = np.zeros(len(place), dtype=np.int64) if strata is None else np.asarray(strata, dtype=np.int64).ravel()
    require(len(place) == len(time) == len(stratum), "locations, intervals and strata must have one length")
    require(interval_count >= 1, "interval_count must be at least 1")
    require(
        len(place) == 0 or (place.min() >= 0 and place.max() < zones.count),
        f"locations must lie in 0 … {zones.count - 1}",
    )
    require(
        len(time) == 0 or (time.min() >= 0 and time.max() < interval_count),
        f"intervals must lie in 0 … {interval_count - 1}",
    )
    observed = np.zeros((zones.count, interval_count))
    np.add.at(observed, (place, time), 1.0)
    expected = permutation_expectation(place, time, stratum, zones.count, interval_count)
    used = windows or TimeWindows()
    limited = zones.limited(observed.sum(axis=1), max_share) if len(place) else zones
    problem = Problem(POISSON, observed, expected, limited, used, min_cases, secondary)
    seen = observed.sum(axis=1) > 0
    first = problem.first_scanned(replicate=True)
    row = np.cumsum(seen) - 1
    # The kernels' tables begin with an empty column: interval ``first`` is column 1.
    null = shuffle_null(row[place], time + 1, stratum, interval_count - first + 1, first + 1, replicates)
    null.offsets[:] += 1
    return scan(problem, null, seen, replicates, seed, sequential, progress)


def permutation_expectation(
    locations: IntArray, intervals: IntArray, strata: IntArray, location_count: int, interval_count: int
) -> FloatArray:
    """Return the expected cases of each location and interval, shape (locations, intervals).

    ``sum_k C_zk C_dk / C_k``: the margins within each stratum are kept.
    """
    expected = np.zeros((location_count, interval_count))
    for stratum in np.unique(strata):
        own = strata == stratum
        by_place = np.bincount(locations[own], minlength=location_count).astype(np.float64)
        by_time = np.bincount(intervals[own], minlength=interval_count).astype(np.float64)
        expected += np.outer(by_place, by_time) / own.sum()
    return expected


def weekday_strata(intervals: npt.ArrayLike, first_weekday: int = 0) -> IntArray:
    """Return the day of the week (0 Monday … 6 Sunday) of each daily interval.

    Parameters
    ----------
    intervals : array_like of int, shape (n,)
        Days since the beginning of the study.
    first_weekday : int
        Day of the week of interval 0.
    """
    return (np.asarray(intervals, dtype=np.int64) + first_weekday) % 7
