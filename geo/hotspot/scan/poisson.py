"""The discrete Poisson scan: cases against a known population at risk or expectation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import require
from geo.hotspot.scan.cells import as_table, cells_of
from geo.hotspot.scan.engine import Problem, scan
from geo.hotspot.scan.likelihood import POISSON
from geo.hotspot.scan.simulate import multinomial_null
from geo.hotspot.scan.windows import TimeWindows

if TYPE_CHECKING:
    from geo.hotspot.progress import Progress
    from geo.hotspot.scan.clusters import ScanResult, Secondary
    from geo.hotspot.scan.zones import Zones


def poisson_scan(
    cases: npt.ArrayLike,
    expected: npt.ArrayLike,
    zones: Zones,
    *,
    windows: TimeWindows | None = None,
    max_share: float = 0.5,
    min_cases: int = 2,
    replicates: int = 999,
    seed: int = 0,
    sequential: int | None = 50,
    secondary: Secondary = "no-overlap",
    progress: Progress | None = None,
) -> ScanResult:
    """Scan for areas (and times) with more cases than their expectation.

    Conditional on the number of cases C: the expectation is scaled to sum to C, and replicates throw C cases into the
    cells with probabilities proportional to it. Covariates are adjusted for in the expectation, by
    :func:`geo.hotspot.scan.expected_from_population`.

    Parameters
    ----------
    cases : array_like of whole numbers, shape (locations,) or (locations, intervals)
    expected : array_like, shape of ``cases``
        Expected cases, or any number proportional to the risk (population, person-years); not negative.
    zones : Zones
        See :func:`circular_zones` and :func:`neighbour_zones`.
    windows : TimeWindows, optional
        Purely spatial for one interval, all spans up to half the study otherwise.
    max_share : float
        Largest share of all *expected cases* (over the whole study period) in a zone.
    min_cases : int
        Fewest cases in a window.
    replicates, seed : int
        Monte Carlo replicates under the null hypothesis; 0 for none.
    sequential : int or None
        End once so many replicates reach the most likely cluster's ratio (Besag & Clifford 1991); ``None`` to do all.
    secondary : {"no-overlap", "no-centres-in-other", "all"}
        Which clusters beyond the most likely are reported, see :func:`geo.hotspot.scan.clusters.select`.
    progress : callable, optional
        See :mod:`geo.hotspot.progress`.

    Returns
    -------
    ScanResult
        No cases give no clusters.

    Raises
    ------
    HotspotInputError
        For shapes that differ, negative numbers, or cases where none is expected at all.

    Source
    ------
    Kulldorff (1997), Commun. Stat. Theory Methods 26(6), 1481-1496; Kulldorff, Athas, Feurer, Miller & Key (1998),
    Am. J. Public Health 88(9), 1377-1380 (space-time).
    """
    observed = as_table(cases, "cases", zones.count)
    risk = as_table(expected, "expected", zones.count)
    require(observed.shape == risk.shape, f"cases have the shape {observed.shape}, expected {risk.shape}")
    require(bool((observed == np.floor(observed)).all()), "cases must be whole numbers")
    total = observed.sum()
    require(total == 0 or risk.sum() > 0, "there are cases but none is expected")
    scaled = risk * (total / risk.sum()) if total else risk
    require(not (observed[scaled == 0] > 0).any(), "there are cases where none is expected")
    used = windows or TimeWindows("spatial" if observed.shape[1] == 1 else "retrospective")
    limited = zones.limited(scaled.sum(axis=1), max_share) if total else zones
    problem = Problem(POISSON, observed, scaled, limited, used, min_cases, secondary)
    seen = scaled.sum(axis=1) > 0
    cells = cells_of(problem, seen)
    draws = np.full(replicates, int(total), dtype=np.int64)
    null = (
        multinomial_null(cells, scaled.ravel(), draws) if total else multinomial_null(cells, np.ones(cells.size), draws)
    )
    return scan(problem, null, seen, replicates, seed, sequential, progress)
