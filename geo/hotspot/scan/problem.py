"""A scan, ready to run: counts, baselines, zones and windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.hotspot.scan.frame import BOTH, HIGH, LOW, Frame
from geo.hotspot.scan.windows import TimeWindows

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.hotspot.arrays import BoolArray, FloatArray, IntArray
    from geo.hotspot.scan.options import ScanOptions
    from geo.hotspot.scan.zones import Zones


@dataclass(frozen=True, slots=True)
class Problem:
    """A model's tables, shape (locations, intervals), and where to look in them.

    Attributes
    ----------
    model : int
        See :mod:`geo.hotspot.scan.likelihood`.
    cases, baseline : ndarray, shape (locations, intervals), float64
        The baseline is expected cases, or cases and controls for the Bernoulli model.
    zones : Zones
        Not larger than the largest share.
    windows : TimeWindows
    min_cases : int
    options : ScanOptions
    """

    model: int
    cases: FloatArray
    baseline: FloatArray
    zones: Zones
    windows: TimeWindows
    min_cases: int
    options: ScanOptions

    @property
    def intervals(self) -> int:
        """Number of intervals of the study."""
        return int(self.cases.shape[1])

    @property
    def seen(self) -> BoolArray:
        """Locations that a case can fall in: the others change no window."""
        return np.asarray(self.baseline.sum(axis=1) > 0, dtype=np.bool_)

    def first_scanned(self, *, replicate: bool) -> int:
        """First interval that a window can hold."""
        _, longest = self.windows.lengths(self.intervals)
        return max(self.windows.first_end(self.intervals, replicate=replicate) - longest, 0)

    def frame(
        self,
        indptr: IntArray,
        locations: npt.NDArray[np.int32],
        ends: BoolArray,
        *,
        replicate: bool,
        first: int = 0,
    ) -> Frame:
        """Return the kernels' frame, for tables whose first column lies before interval ``first``."""
        shortest, longest = self.windows.lengths(self.intervals)
        return Frame(
            self.model,
            {"high": HIGH, "low": LOW, "both": BOTH}[self.options.rates],
            indptr,
            locations,
            ends,
            shortest,
            longest,
            self.windows.first_end(self.intervals, replicate=replicate) - first,
            float(self.min_cases),
            float(self.cases.sum()),
            float(self.baseline.sum()),
        )


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a model takes where the options leave it open."""

    windows: TimeWindows
    max_share: float = 0.5
    min_cases: int = 2


def pose(
    model: int,
    tables: tuple[FloatArray, FloatArray],
    at_risk: FloatArray,
    zones: Zones,
    options: ScanOptions,
    defaults: Defaults,
) -> Problem:
    """Make a problem of the tables (cases, baseline).

    ``at_risk`` is the population at risk of each location, shape (locations,): its share limits the zones.
    """
    cases, baseline = tables
    windows = options.windows or (TimeWindows("spatial") if cases.shape[1] == 1 else defaults.windows)
    share = defaults.max_share if options.max_share is None else options.max_share
    fewest = defaults.min_cases if options.min_cases is None else options.min_cases
    return Problem(model, cases, baseline, zones.limited(at_risk, share), windows, fewest, options)


def running(table: FloatArray) -> FloatArray:
    """Return sums over time, shape (locations, intervals + 1): a window is a difference of two columns."""
    out = np.zeros((table.shape[0], table.shape[1] + 1))
    np.cumsum(table, axis=1, out=out[:, 1:])
    return out
