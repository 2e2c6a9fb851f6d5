"""The space-time permutation scan: needs nothing but the cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import FloatArray, IntArray, require
from geo.hotspot.scan.cells import as_numbers
from geo.hotspot.scan.engine import scan
from geo.hotspot.scan.likelihood import POISSON
from geo.hotspot.scan.options import ScanOptions
from geo.hotspot.scan.problem import Defaults, pose
from geo.hotspot.scan.simulate import shuffle_null
from geo.hotspot.scan.windows import TimeWindows

if TYPE_CHECKING:
    from geo.hotspot.progress import Progress
    from geo.hotspot.scan.clusters import ScanResult
    from geo.hotspot.scan.zones import Zones


def permutation_scan(
    locations: npt.ArrayLike,
    intervals: npt.ArrayLike,
    zones: Zones,
    interval_count: int,
    options: ScanOptions | None = None,
    *,
    strata: npt.ArrayLike | None = None,
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
        Location 0 … ``zones.count`` - 1 and interval 0 … ``interval_count`` - 1 of each case. A row with several cases
        is repeated: ``numpy.repeat``.
    zones : Zones
        See :func:`circular_zones` and :func:`neighbour_zones`. The population at risk, whose share limits the zones,
        is the *cases* of the whole study.
    interval_count : int
        Length of the study.
    options : ScanOptions, optional
    strata : array_like, shape (n,), optional
        Covariate class of each case: numbers or names.
    progress : callable, optional
        See :mod:`geo.hotspot.progress`.

    Returns
    -------
    ScanResult
        The ratio is a test statistic: conditioning on both margins it is no exact likelihood ratio.

    Raises
    ------
    HotspotInputError
        For lengths that differ, fractions, or a location or interval out of its range.

    Source
    ------
    Kulldorff, Heffernan, Hartman, Assunção & Mostashari (2005), PLoS Med. 2(3), e59.
    """
    place = as_numbers(locations, "locations", zones.count)
    time = as_numbers(intervals, "intervals", interval_count)
    stratum = (
        np.zeros(len(place), dtype=np.int64)
        if strata is None
        else np.unique(np.asarray(strata).ravel(), return_inverse=True)[1]
    )
    require(len(place) == len(time) == len(stratum), "locations, intervals and strata must have one length")
    require(interval_count >= 1, "interval_count must be at least 1")
    observed = np.zeros((zones.count, interval_count))
    np.add.at(observed, (place, time), 1.0)
    expected = permutation_expectation(place, time, stratum, zones.count, interval_count)
    tables = (observed, expected)
    defaults = Defaults(TimeWindows("retrospective"))
    problem = pose(POISSON, tables, observed.sum(axis=1), zones, options or ScanOptions(), defaults)
    return scan(problem, shuffle_null(problem, place, time, stratum), progress)


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
