"""The expectation-based Poisson scan: counts against a forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import require
from geo.hotspot.scan.cells import as_counts, as_table, cells_of
from geo.hotspot.scan.engine import scan
from geo.hotspot.scan.likelihood import EXPECTATION
from geo.hotspot.scan.options import ScanOptions
from geo.hotspot.scan.problem import Defaults, pose
from geo.hotspot.scan.simulate import multinomial_null
from geo.hotspot.scan.windows import TimeWindows

if TYPE_CHECKING:
    from geo.hotspot.progress import Progress
    from geo.hotspot.scan.clusters import ScanResult
    from geo.hotspot.scan.zones import Zones


def expectation_scan(
    cases: npt.ArrayLike,
    expected: npt.ArrayLike,
    zones: Zones,
    options: ScanOptions | None = None,
    *,
    progress: Progress | None = None,
) -> ScanResult:
    """Scan for areas and times with more cases than were forecast.

    Not conditional on the total: a rise everywhere is found too. Replicates draw every count from a Poisson
    distribution with its expectation. The expectation usually comes from :mod:`geo.hotspot.early_warning`.

    Parameters
    ----------
    cases : array_like of whole numbers, shape (locations,) or (locations, intervals)
    expected : array_like, shape of ``cases``
        The expectation is taken as it is, never scaled.
    zones, progress
        See :func:`poisson_scan`.
    options : ScanOptions, optional
        Where it leaves them open: windows that end with the study, up to all its intervals; zones of any size; one
        case is enough.

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
    observed = as_counts(cases, "cases", zones.count)
    forecast = as_table(expected, "expected", zones.count)
    require(observed.shape == forecast.shape, f"cases have the shape {observed.shape}, expected {forecast.shape}")
    require(not (observed[forecast == 0] > 0).any(), "there are cases where none is expected")
    defaults = Defaults(TimeWindows("prospective", max_length=observed.shape[1]), max_share=1.0, min_cases=1)
    tables = (observed, forecast)
    problem = pose(EXPECTATION, tables, forecast.sum(axis=1), zones, options or ScanOptions(), defaults)
    random = np.random.default_rng(problem.options.seed)
    draws = random.poisson(forecast.sum(), problem.options.replicates).astype(np.int64)
    return scan(problem, multinomial_null(cells_of(problem), forecast, draws, problem.options.seed), progress)
