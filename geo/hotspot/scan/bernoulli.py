"""The Bernoulli scan: cases among cases and controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.hotspot.arrays import require
from geo.hotspot.scan.cells import as_counts, cells_of
from geo.hotspot.scan.engine import scan
from geo.hotspot.scan.likelihood import BERNOULLI
from geo.hotspot.scan.options import ScanOptions
from geo.hotspot.scan.problem import Defaults, pose
from geo.hotspot.scan.simulate import sample_null
from geo.hotspot.scan.windows import TimeWindows

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.hotspot.progress import Progress
    from geo.hotspot.scan.clusters import ScanResult
    from geo.hotspot.scan.zones import Zones


def bernoulli_scan(
    cases: npt.ArrayLike,
    controls: npt.ArrayLike,
    zones: Zones,
    options: ScanOptions | None = None,
    *,
    progress: Progress | None = None,
) -> ScanResult:
    """Scan for areas (and times) where a larger share are cases.

    Replicates draw the cases from cases and controls together, without replacement.

    Parameters
    ----------
    cases, controls : array_like of whole numbers, shape (locations,) or (locations, intervals)
        For example overdue and other cases of a category.
    zones, options, progress
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
    observed = as_counts(cases, "cases", zones.count)
    others = as_counts(controls, "controls", zones.count)
    require(observed.shape == others.shape, f"cases have the shape {observed.shape}, controls {others.shape}")
    population = observed + others
    tables = (observed, population)
    problem = pose(
        BERNOULLI,
        tables,
        population.sum(axis=1),
        zones,
        options or ScanOptions(),
        Defaults(TimeWindows("retrospective")),
    )
    return scan(problem, sample_null(problem, cells_of(problem)), progress)
