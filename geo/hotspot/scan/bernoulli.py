"""The Bernoulli scan: cases among cases and controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import require
from geo.hotspot.scan.cells import as_table, cells_of
from geo.hotspot.scan.engine import Problem, scan
from geo.hotspot.scan.likelihood import BERNOULLI
from geo.hotspot.scan.simulate import sample_null
from geo.hotspot.scan.windows import TimeWindows

if TYPE_CHECKING:
    from geo.hotspot.progress import Progress
    from geo.hotspot.scan.clusters import ScanResult, Secondary
    from geo.hotspot.scan.zones import Zones


def bernoulli_scan(
    cases: npt.ArrayLike,
    controls: npt.ArrayLike,
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
    """Scan for areas (and times) where a larger share are cases.

    Replicates draw the cases from cases and controls together, without replacement.

    Parameters
    ----------
    cases, controls : array_like of whole numbers, shape (locations,) or (locations, intervals)
        For example overdue and other cases of a category.
    max_share : float
        Largest share of all cases and controls in a zone.
    zones, windows, min_cases, replicates, seed, sequential, secondary, progress
        See :func:`poisson_scan`.

    Returns
    -------
    ScanResult
        ``population`` counts cases and controls, ``expected`` is their share of all cases.

    Raises
    ------
    HotspotInputError
        For shapes that differ, negative or fractional numbers.

    Source
    ------
    Kulldorff & Nagarwalla (1995), Stat. Med. 14(8), 799-810; Kulldorff (1997), Commun. Stat. Theory Methods 26(6),
    1481-1496.
    """
    observed = as_table(cases, "cases", zones.count)
    others = as_table(controls, "controls", zones.count)
    require(observed.shape == others.shape, f"cases have the shape {observed.shape}, controls {others.shape}")
    population = observed + others
    require(
        bool((observed == np.floor(observed)).all() and (others == np.floor(others)).all()),
        "cases and controls must be whole numbers",
    )
    used = windows or TimeWindows("spatial" if observed.shape[1] == 1 else "retrospective")
    limited = zones.limited(population.sum(axis=1), max_share) if population.sum() else zones
    problem = Problem(BERNOULLI, observed, population, limited, used, min_cases, secondary)
    seen = population.sum(axis=1) > 0
    null = sample_null(cells_of(problem, seen), population.ravel().astype(np.int64), int(observed.sum()), replicates)
    return scan(problem, null, seen, replicates, seed, sequential, progress)
