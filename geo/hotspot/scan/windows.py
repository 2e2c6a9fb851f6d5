"""The temporal windows of a scan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from geo.hotspot.arrays import require
from geo.hotspot.significance import DAYS_IN_UNIT

if TYPE_CHECKING:
    from geo.hotspot.significance import TimeUnit


@dataclass(frozen=True, slots=True)
class TimeWindows:
    """Which spans of intervals are scanned.

    Attributes
    ----------
    mode : {"retrospective", "prospective", "spatial"}
        All spans; only those that last to the end of the study ("alive"); or the whole study as one window.
    min_length, max_length : int
        Shortest and longest span, in intervals. ``max_length`` None is half the study period, rounded down.
    surveillance_start : int or None
        Prospective only: the interval with which the regular analyses began. Given, the p-value is *adjusted for
        earlier analyses*: replicates are scanned for all spans that end in this interval or later, the data for those
        that end with the study. One ``max_length`` serves all analyses.
    unit, unit_length : str, int
        What one interval is, for the recurrence interval.

    Source
    ------
    Kulldorff (2001), J. R. Stat. Soc. A 164(1), 61-72 (prospective, adjustment for earlier analyses).
    """

    mode: Literal["retrospective", "prospective", "spatial"] = "retrospective"
    min_length: int = 1
    max_length: int | None = None
    surveillance_start: int | None = None
    unit: TimeUnit = "day"
    unit_length: int = 1

    def __post_init__(self) -> None:
        """Raise HotspotInputError for values out of range."""
        require(self.mode in {"retrospective", "prospective", "spatial"}, f"mode cannot be {self.mode!r}")
        require(self.unit in DAYS_IN_UNIT, f"unit cannot be {self.unit!r}")
        require(self.min_length >= 1, "min_length must be at least 1")
        require(self.unit_length >= 1, "unit_length must be at least 1")
        require(
            self.surveillance_start is None or self.mode == "prospective",
            "only a prospective scan has a surveillance_start",
        )

    def lengths(self, intervals: int) -> tuple[int, int]:
        """Shortest and longest span in a study of so many intervals."""
        if self.mode == "spatial":
            return intervals, intervals
        longest = max(intervals // 2, 1) if self.max_length is None else min(self.max_length, intervals)
        require(longest >= self.min_length, f"the longest window ({longest}) is shorter than the shortest")
        return self.min_length, longest

    def first_end(self, intervals: int, *, replicate: bool) -> int:
        """First interval (1-based count of intervals done) with which a span may end."""
        if self.mode == "retrospective":
            return 1
        if self.mode == "prospective" and replicate and self.surveillance_start is not None:
            require(0 <= self.surveillance_start < intervals, f"surveillance_start must lie in 0 … {intervals - 1}")
            return self.surveillance_start + 1
        return intervals

    def count(self, intervals: int) -> int:
        """Return the number of spans that a replicate is scanned for."""
        shortest, longest = self.lengths(intervals)
        first_end = self.first_end(intervals, replicate=True)
        # Windows of one length end after max(first_end, length) … intervals intervals.
        return sum(max(intervals - max(first_end, length) + 1, 0) for length in range(shortest, longest + 1))

    def analyses(self, intervals: int) -> int:
        """Return the number of analyses that one p-value is adjusted for."""
        if self.mode == "prospective" and self.surveillance_start is not None:
            return intervals - self.surveillance_start
        return 1
