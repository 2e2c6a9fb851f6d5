"""The result of a scan, and the choice of the clusters that it reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from geo.hotspot.arrays import FloatArray, IntArray
    from geo.hotspot.scan.options import Secondary
    from geo.hotspot.scan.zones import Zones


@dataclass(frozen=True, slots=True)
class ScanCandidate:
    """The best window of one centre."""

    centre: int
    entry: int
    start: int
    end: int
    ratio: float


@dataclass(frozen=True, slots=True)
class ScanCluster:
    """One cluster.

    Attributes
    ----------
    centre : int
        Position of the centre.
    members : ndarray, shape (k,), int64
        Locations, nearest to the centre first. The test is on these: a hull is only an illustration.
    radius_m : float
        Distance from the centre to the farthest member, metres.
    start, end : int
        Intervals [start, end); the last day is ``end - 1``.
    observed, expected : float
        Cases in the window; expected cases under the null hypothesis.
    population : float
        Baseline in the window: expected cases, or cases and controls for the Bernoulli model.
    relative_risk : float
        Risk inside over risk outside: ``(c/E) / ((C-c)/(C-E))``; infinite where no case is outside. For the
        expectation-based model ``c/E``.
    log_likelihood_ratio : float
        The test statistic.
    p_value : float
        Of the kind ``p_kind``; adjusted for all zones and windows scanned.
    p_kind : {"monte-carlo", "gumbel", "sequential"}
        Rank among the replicates; Gumbel tail (where fewer than ten replicates, the data counted, reach the ratio);
        or rank in a run ended early.
    p_monte_carlo, p_gumbel : float
        Both, whichever is reported. Without replicates the first is 1; the second is NaN where no tail can be fitted.
    recurrence_interval_days : float or None
        Prospective scans only.
    """

    centre: int
    members: IntArray
    radius_m: float
    start: int
    end: int
    observed: float
    expected: float
    population: float
    relative_risk: float
    log_likelihood_ratio: float
    p_value: float
    p_kind: Literal["monte-carlo", "gumbel", "sequential"]
    p_monte_carlo: float
    p_gumbel: float
    recurrence_interval_days: float | None

    @property
    def observed_over_expected(self) -> float:
        """Observed over expected cases."""
        return self.observed / self.expected if self.expected > 0 else float("inf")


@dataclass(frozen=True, slots=True)
class ScanResult:
    """Clusters, most likely first, with what is needed to judge them.

    Attributes
    ----------
    clusters : tuple of ScanCluster
        Empty where no window differs from its expectation as asked.
    replicates : ndarray, shape (r,), float64
        Largest ratio of each replicate used.
    requested : int
        Replicates asked for; fewer were used when the run ended early.
    total_cases : float
    windows : int
        How many windows (zones × spans) each cluster's p-value is adjusted for.
    """

    clusters: tuple[ScanCluster, ...]
    replicates: FloatArray
    requested: int
    total_cases: float
    windows: int

    def significant(self, level: float = 0.05) -> tuple[ScanCluster, ...]:
        """Clusters with a p-value at or below the level."""
        return tuple(cluster for cluster in self.clusters if cluster.p_value <= level)


def select(candidates: list[ScanCandidate], zones: Zones, rule: Secondary) -> list[ScanCandidate]:
    """Order the centres' best windows and keep those the rule allows.

    ``no-overlap`` keeps a candidate that shares no location with one kept before (whatever the time);
    ``no-centres-in-other`` one whose centre lies in no zone kept before and that holds no centre kept before;
    ``all`` keeps every centre's. Of equal ratios (to 1e-9) the zone with fewer locations comes first, then the earlier
    centre (as in SaTScan): a cluster is not made larger by places without cases.

    Source
    ------
    SaTScan User Guide, "Criteria for Reporting Secondary Clusters".
    """
    order = sorted(candidates, key=lambda c: -c.ratio)
    ranked: list[ScanCandidate] = []
    while order:
        # One group of equal ratios at a time, ordered by the zone's number of locations, then the centre.
        tied = 1
        while tied < len(order) and order[tied].ratio >= order[0].ratio - 1e-9 * max(1.0, order[0].ratio):
            tied += 1
        ranked += sorted(order[:tied], key=lambda c: (c.entry - zones.indptr[c.centre], c.centre))
        order = order[tied:]
    kept: list[ScanCandidate] = []
    taken = np.zeros(zones.count, dtype=np.bool_)
    centres = np.zeros(zones.count, dtype=np.bool_)
    for candidate in ranked:
        members = zones.locations[zones.indptr[candidate.centre] : candidate.entry + 1]
        nearest = int(members[0])
        if rule == "no-overlap" and taken[members].any():
            continue
        if rule == "no-centres-in-other" and (taken[nearest] or centres[members].any()):
            continue
        kept.append(candidate)
        taken[members] = True
        centres[nearest] = True
    return kept
