"""The expectation-based Poisson scan: counts against a forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import require
from geo.hotspot.scan.cells import as_table, cells_of
from geo.hotspot.scan.engine import Problem, scan
from geo.hotspot.scan.likelihood import EXPECTATION
from geo.hotspot.scan.simulate import multinomial_null
from geo.hotspot.scan.windows import TimeWindows

if TYPE_CHECKING:
    from geo.hotspot.progress import Progress
    from geo.hotspot.scan.clusters import ScanResult, Secondary
    from geo.hotspot.scan.zones import Zones


def expectation_scan(
    cases: npt.ArrayLike,
    expected: npt.ArrayLike,
    zones: Zones,
    *,
    windows: TimeWindows | None = None,
    max_share: float = 1.0,
    min_cases: int = 1,
    replicates: int = 999,
    seed: int = 0,
    sequential: int | None = 50,
    secondary: Secondary = "no-overlap",
    progress: Progress | None = None,
) -> ScanResult:
    """Scan for areas and times with more cases than were forecast.

    Not conditional on the total: a rise everywhere is found too. Replicates draw every count from a Poisson
    distribution with its expectation. The expectation usually comes from :mod:`geo.hotspot.early_warning`.

    Parameters
    ----------
    cases, expected : array_like, shape (locations,) or (locations, intervals)
        The expectation is taken as it is, never scaled.
    windows : TimeWindows, optional
        Prospective up to all intervals by default: windows that end with the study.
    max_share : float
        Largest share of all expected cases in a zone.
    zones, min_cases, replicates, seed, sequential, secondary, progress
        See :func:`poisson_scan`.

    Returns
    -------
    ScanResult

    Raises
    ------
    HotspotInputError
        For shapes that differ, negative numbers, or cases where none is expected.

    Source
    ------
    Neill, Moore, Sabhnani & Daniel (2005), KDD 2005, 218-227; Neill (2009), Int. J. Forecast. 25(3), 498-517.
    """
    observed = as_table(cases, "cases", zones.count)
    forecast = as_table(expected, "expected", zones.count)
    require(observed.shape == forecast.shape, f"cases have the shape {observed.shape}, expected {forecast.shape}")
    require(not (observed[forecast == 0] > 0).any(), "there are cases where none is expected")
    used = windows or (
        TimeWindows("spatial") if observed.shape[1] == 1 else TimeWindows("prospective", max_length=observed.shape[1])
    )
    limited = zones.limited(forecast.sum(axis=1), max_share) if forecast.sum() else zones
    problem = Problem(EXPECTATION, observed, forecast, limited, used, min_cases, secondary)
    seen = forecast.sum(axis=1) > 0
    draws = np.random.default_rng(seed).poisson(forecast.sum(), replicates).astype(np.int64)
    weights = forecast.ravel() if forecast.sum() else np.ones(forecast.size)
    null = multinomial_null(cells_of(problem, seen), weights, draws)
    return scan(problem, null, seen, replicates, seed, sequential, progress)
