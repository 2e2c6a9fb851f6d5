"""What findings stand on: observed against expected, how sure, how dense, how stable; as codes with values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.words import Message
from governance.hotspots.notes import per

if TYPE_CHECKING:
    from core.words import Value
    from governance.hotspots.result_format import Cluster, SeriesJudgement, Unit, UnitJudgement

#: Below this a probability is given as a bound.
SMALLEST_PROBABILITY = 0.0001
#: Hennig (2007): a bootstrap's Jaccard similarity above 0.75 is stable, below 0.5 the cluster dissolves.
STABLE, DISSOLVED = 0.75, 0.5


def probability_message(value: float) -> Message:
    """Return a probability as people read it: never 0, two digits that mean something."""
    if value < SMALLEST_PROBABILITY:
        return Message(code="probability/below", values={"bound": SMALLEST_PROBABILITY})
    return Message(code="probability/about", values={"probability": value})


def stability_grade(stability: float) -> str:
    """Return how stable a bootstrap's Jaccard similarity is: `stable`, `fair` or `unstable`."""
    return "stable" if stability >= STABLE else "fair" if stability >= DISSOLVED else "unstable"


def cluster_grounds(cluster: Cluster) -> list[Message]:
    """Return what a cluster stands on: observed against expected and how sure, or how dense and how stable."""
    if cluster.adjusted_p is None or cluster.expected is None:
        grounds = [Message(code="ground/dense", values={"observed": cluster.observed})]
        if cluster.stability is not None:
            grade = Message(code=f"stability/{stability_grade(cluster.stability)}")
            grounds.append(Message(code="ground/stability", values={"stability": cluster.stability, "grade": grade}))
        return grounds
    basis = Message(code=f"basis/{cluster.method}")
    grounds = [
        Message(
            code="ground/more_than_expected",
            values={"observed": cluster.observed, "basis": basis, "expected": cluster.expected},
        ),
        Message(code="ground/chance", values={"probability": probability_message(cluster.adjusted_p)}),
    ]
    if cluster.relative_risk is not None:
        grounds.append(Message(code="ground/relative_risk", values={"times": cluster.relative_risk}))
    else:
        grounds.append(Message(code="ground/only_inside"))
    if cluster.recurrence_interval_days is not None:
        grounds.append(Message(code="ground/recurrence", values={"days": cluster.recurrence_interval_days}))
    return grounds


def also_found(cluster: Cluster) -> Message:
    """Return what another method found at the same place about the same category."""
    return Message(
        code="ground/also_found",
        values={
            "method": Message(code=f"method/{cluster.method}"),
            "first": cluster.first.isoformat(),
            "last": cluster.last.isoformat(),
            "observed": cluster.observed,
            "expected": cluster.expected or 0.0,
            "probability": probability_message(cluster.adjusted_p or 0.0),
        },
    )


def series_grounds(one: SeriesJudgement) -> list[Message]:
    """Return what an alarm stands on: observed against the past, and how likely that is without a change."""
    if one.expected is None or one.upper is None or one.p is None:
        return []
    values: dict[str, Value] = {"observed": one.observed, "expected": one.expected, "upper": one.upper}
    return [
        Message(code="ground/above_past", values=values),
        Message(code="ground/chance_without_change", values={"probability": probability_message(one.p)}),
    ]


def unit_grounds(unit: Unit, one: UnitJudgement, rate_per: str) -> list[Message]:
    """Return what a judgement of a unit stands on: reports, rate and how sure, or how many steps were high or low."""
    grounds = []
    if one.steps is not None:
        values: dict[str, Value] = {"steps": len(one.steps), "high": one.steps.count(1), "low": one.steps.count(-1)}
        grounds.append(Message(code="ground/steps", values=values))
    elif unit.reports is not None:
        grounds.append(Message(code="ground/unit_reports", values={"reports": unit.reports}))
    if one.steps is None and unit.rate is not None:
        grounds.append(Message(code="ground/unit_rate", values={"rate": unit.rate, "per": per(rate_per)}))
    if one.z is not None and one.q is not None:
        values = {"z": one.z, "probability": probability_message(one.q)}
        grounds.append(Message(code="ground/unit_tested", values=values))
    return grounds
