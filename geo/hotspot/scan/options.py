"""Options that every scan takes, whatever its model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from geo.hotspot.arrays import require

if TYPE_CHECKING:
    from geo.hotspot.scan.windows import TimeWindows

Secondary = Literal["no-overlap", "no-centres-in-other", "all"]
Rates = Literal["high", "low", "both"]


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """How to scan and how to judge. The defaults are SaTScan's where it has one.

    Attributes
    ----------
    windows : TimeWindows, optional
        Which spans of time; ``None`` is the model's own default: the whole study as one window for a single interval,
        else all spans up to half the study (:func:`expectation_scan`: those that end with the study).
    max_share : float, optional
        Largest zone, as a share of the population at risk over the whole study: expected cases (Poisson,
        expectation-based), cases and controls (Bernoulli), cases (permutation). ``None`` is 0.5; 1 for
        :func:`expectation_scan`.
    min_cases : int, optional
        Fewest cases in a window with a high rate; windows with a low rate may be empty. ``None`` is 2; 1 for
        :func:`expectation_scan`.
    rates : {"high", "low", "both"}
        Windows with more cases than expected, with fewer, or either. Only the scan for high rates is fast: the
        others evaluate every window of every replicate.
    secondary : {"no-overlap", "no-centres-in-other", "all"}
        Which clusters beyond the most likely are reported, see :func:`geo.hotspot.scan.clusters.select`.
    replicates : int
        Monte Carlo replicates under the null hypothesis; 0 for none.
    seed : int
        Not negative. Equal seed and input give equal results, whatever the number of threads.
    sequential : int or None
        End once so many replicates reach the most likely cluster's ratio (Besag & Clifford 1991); ``None`` to do all.
    """

    windows: TimeWindows | None = None
    max_share: float | None = None
    min_cases: int | None = None
    rates: Rates = "high"
    secondary: Secondary = "no-overlap"
    replicates: int = 999
    seed: int = 0
    sequential: int | None = 50

    def __post_init__(self) -> None:
        """Raise HotspotInputError for values out of range."""
        require(self.rates in {"high", "low", "both"}, f"rates cannot be {self.rates!r}")
        require(
            self.secondary in {"no-overlap", "no-centres-in-other", "all"}, f"secondary cannot be {self.secondary!r}"
        )
        require(self.replicates >= 0, "replicates must not be negative")
        require(self.seed >= 0, "seed must not be negative")
        require(self.sequential is None or self.sequential >= 1, "sequential must be at least 1")
        require(self.min_cases is None or self.min_cases >= 0, "min_cases must not be negative")
