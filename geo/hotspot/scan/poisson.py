"""The discrete Poisson scan: cases against a known population at risk or expectation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import require
from geo.hotspot.scan.cells import as_counts, as_table, cells_of
from geo.hotspot.scan.engine import scan
from geo.hotspot.scan.likelihood import POISSON
from geo.hotspot.scan.options import ScanOptions
from geo.hotspot.scan.problem import Defaults, pose
from geo.hotspot.scan.simulate import multinomial_null
from geo.hotspot.scan.windows import TimeWindows

if TYPE_CHECKING:
    from geo.hotspot.progress import Progress
    from geo.hotspot.scan.clusters import ScanResult
    from geo.hotspot.scan.zones import Zones


def poisson_scan(
    cases: npt.ArrayLike,
    expected: npt.ArrayLike,
    zones: Zones,
    options: ScanOptions | None = None,
    *,
    progress: Progress | None = None,
) -> ScanResult:
    """Scan for areas (and times) with more cases than their expectation.

    Conditional on the number of cases C: the expectation is scaled to sum to C, and replicates throw C cases into the
    cells with probabilities proportional to it. Covariates are adjusted for in the expectation, by
    :func:`geo.hotspot.scan.expected_from_population`.

    Parameters
    ----------
    cases : array_like of whole numbers, shape (locations,) or (locations, intervals)
        See :class:`geo.hotspot.scan.TimeAxis` for a list of cases with dates.
    expected : array_like, shape of ``cases``
        Expected cases, or any number proportional to the risk (population, person-years); not negative.
    zones : Zones
        See :func:`circular_zones` and :func:`neighbour_zones`.
    options : ScanOptions, optional
    progress : callable, optional
        See :mod:`geo.hotspot.progress`.

    Returns
    -------
    ScanResult
        No clusters without cases.

    Raises
    ------
    HotspotInputError
        For shapes that differ, negative numbers, or cases where none is expected at all.

    Source
    ------
    Kulldorff (1997), Commun. Stat. Theory Methods 26(6), 1481-1496; Kulldorff, Athas, Feurer, Miller & Key (1998),
    Am. J. Public Health 88(9), 1377-1380 (space-time).
    """
    observed = as_counts(cases, "cases", zones.count)
    risk = as_table(expected, "expected", zones.count)
    require(observed.shape == risk.shape, f"cases have the shape {observed.shape}, expected {risk.shape}")
    total = observed.sum()
    require(total == 0 or risk.sum() > 0, "there are cases but none is expected")
    scaled = risk * (total / risk.sum()) if total else risk
    require(not (observed[scaled == 0] > 0).any(), "there are cases where none is expected")
    tables = (observed, scaled)
    problem = pose(
        POISSON, tables, scaled.sum(axis=1), zones, options or ScanOptions(), Defaults(TimeWindows("retrospective"))
    )
    draws = np.full(problem.options.replicates, int(total), dtype=np.int64)
    return scan(problem, multinomial_null(cells_of(problem), scaled, draws, problem.options.seed), progress)
