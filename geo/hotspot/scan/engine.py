"""One scan: the data, then the replicates, then the judgement. What all models share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.hotspot.progress import report
from geo.hotspot.scan.clusters import ScanCandidate, ScanCluster, ScanResult, select
from geo.hotspot.scan.exact import candidates_of
from geo.hotspot.scan.likelihood import BERNOULLI, EXPECTATION
from geo.hotspot.scan.monte_carlo import simulate
from geo.hotspot.significance import gumbel_p, monte_carlo_p, recurrence_interval_days

if TYPE_CHECKING:
    from geo.hotspot.arrays import FloatArray
    from geo.hotspot.progress import Progress
    from geo.hotspot.scan.frame import Null
    from geo.hotspot.scan.problem import Problem

#: With a rank below this among the replicates the Gumbel tail is reported (SaTScan's "default combination").
GUMBEL_BELOW_RANK = 10


def scan(problem: Problem, null: Null, progress: Progress | None) -> ScanResult:
    """Scan the data, then the replicates drawn from ``null``, and judge the clusters."""
    found = candidates_of(problem, progress, end=0.1)
    chosen = select(found, problem.zones, problem.options.secondary)
    maxima = simulate(problem, null, chosen[0].ratio, progress, start=0.1) if chosen else np.zeros(0)
    clusters = tuple(_judged(candidate, problem, maxima) for candidate in chosen)
    report(progress, 1.0)
    return ScanResult(
        clusters,
        maxima,
        problem.options.replicates,
        float(problem.cases.sum()),
        int(problem.zones.ends.sum()) * problem.windows.count(problem.intervals),
    )


def _judged(candidate: ScanCandidate, problem: Problem, maxima: FloatArray) -> ScanCluster:
    zones, windows = problem.zones, problem.windows
    members = zones.locations[zones.indptr[candidate.centre] : candidate.entry + 1]
    span = slice(candidate.start, candidate.end)
    observed = float(problem.cases[members, span].sum())
    baseline = float(problem.baseline[members, span].sum())
    total, whole = float(problem.cases.sum()), float(problem.baseline.sum())
    # Bernoulli: the baseline m counts cases and controls, E = m C / M; else it is the expectation itself.
    expected = baseline * total / whole if problem.model == BERNOULLI else baseline
    # Relative risk (c / E) / ((C - c) / (C - E)); a forecast is not conditional on C and has no outside.
    if problem.model == EXPECTATION:
        risk = observed / expected
    else:
        outside = (total - observed) / (total - expected) if total > expected else np.inf
        risk = observed / expected / outside if outside > 0 else np.inf
    by_rank = monte_carlo_p(candidate.ratio, maxima)
    by_tail = gumbel_p(candidate.ratio, maxima) if len(maxima) > 1 else np.nan
    rank = round(by_rank * (len(maxima) + 1))
    p_value, kind = by_rank, "monte-carlo"
    # Ended early after l replicates, h of them as large: p = h / l (Besag & Clifford 1991).
    if len(maxima) < problem.options.replicates:
        p_value, kind = (rank - 1) / len(maxima), "sequential"
    elif rank < GUMBEL_BELOW_RANK and not np.isnan(by_tail):
        p_value, kind = by_tail, "gumbel"
    interval = None
    if windows.mode == "prospective" and problem.options.replicates:
        interval = recurrence_interval_days(
            p_value, unit=windows.unit, length=windows.unit_length, analyses=windows.analyses(problem.intervals)
        )
    return ScanCluster(
        centre=candidate.centre,
        members=members.copy(),
        radius_m=float(zones.distances_m[candidate.entry]),
        start=candidate.start,
        end=candidate.end,
        observed=observed,
        expected=expected,
        population=baseline,
        relative_risk=float(risk),
        log_likelihood_ratio=candidate.ratio,
        p_value=p_value,
        p_kind=kind,  # type: ignore[arg-type]
        p_monte_carlo=by_rank,
        p_gumbel=float(by_tail),
        recurrence_interval_days=interval,
    )
