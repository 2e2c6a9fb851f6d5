"""Reads of a run for comparison: counts by subject, category and urgency, and what chance allows each subject."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from governance.assessment.comparing import (
    ALARM,
    WARNING,
    Counts,
    Dispersion,
    Limits,
    Ranks,
    binomial_limits,
    dispersion,
    expected_of,
    ranks,
    widened,
)
from governance.assessment.states import Better, Grouping

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from governance.assessment.indicators import Rule

_SUBJECT: Final = {
    Grouping.DISTRICT: "''",
    Grouping.UNIT: "f.unit_code",
    Grouping.PERSON: "f.person_id::text",
    Grouping.CHANNEL: "a.channel",
    Grouping.AREA: "a.area_path[:depth]",
    Grouping.CATEGORY: "a.category_code",
}
_COUNTS: Final = """
SELECT {subject} AS subject, coalesce(a.category_code, '') || '/' || a.urgency AS stratum,
       count(*) FILTER (WHERE f.marks @> CAST(:numerator AS text[])) AS numerator, count(*) AS denominator
FROM assessment_fact f JOIN assessment_case a ON a.run_id = f.run_id AND a.case_id = f.case_id
WHERE f.run_id = :run AND f.counted = :counted AND f.marks @> CAST(:among AS text[])
  AND NOT f.marks && CAST(:excluded AS text[])
GROUP BY 1, 2
"""
TOP: Final = 1
"""The depth of the coarsest areas in the path of a case."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A subject beside the others: its counts, what chance allows it, and what its mix of cases lets expect.

    `warning` and `alarm`: prediction limits of its numerator, widened where units differ by more than chance.
    `expected`: the numerator that the district's rates by category and urgency would give it.
    `ranks` is None for a subject below the least number.
    """

    subject: str
    counts: Counts
    warning: Limits
    alarm: Limits
    expected: float
    ranks: Ranks | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All subjects of a grouping beside the rate of them all; `counts` are the sums."""

    counts: Counts
    dispersion: Dispersion
    items: list[Compared]


def compare(session: Session, run_id: int, rule: Rule, grouping: Grouping, *, depth: int = TOP) -> Comparison:
    """Compare the subjects of a grouping in a run; areas are those at a depth of the paths, 1 the coarsest.

    What belongs to no subject (no unit yet, outside all areas) counts for the common rate and is no item.
    """
    formula = rule.formula
    rows = session.execute(
        text(_COUNTS.format(subject=_SUBJECT[grouping])),
        {
            "run": run_id, "counted": str(formula.counted), "numerator": sorted(map(str, formula.numerator)),
            "among": sorted(map(str, formula.among)), "excluded": sorted(map(str, formula.left_out)), "depth": depth,
        },
    )  # fmt: skip
    strata: dict[str, Counts] = defaultdict(lambda: Counts(0, 0))
    subjects: dict[str, Counts] = defaultdict(lambda: Counts(0, 0))
    mix: dict[str, dict[str, int]] = defaultdict(dict)
    total = Counts(0, 0)
    for subject, stratum, numerator, denominator in rows:
        more = Counts(numerator, denominator)
        total, strata[stratum] = _sum(total, more), _sum(strata[stratum], more)
        if subject is not None:
            subjects[subject] = _sum(subjects[subject], more)
            mix[subject][stratum] = denominator
    rate = total.numerator / total.denominator if total.denominator else 0.0
    ranked = {name: one for name, one in subjects.items() if one.denominator >= rule.least_n}
    spread = dispersion(list(ranked.values()), rate)
    places = ranks(ranked, higher_is_better=rule.better is Better.HIGHER, seed=run_id)

    def limits(counts: Counts, coverage: float) -> Limits:
        return widened(binomial_limits(counts.denominator, rate, coverage), counts.denominator, rate, spread)

    return Comparison(total, spread, [
        Compared(
            name, one, limits(one, WARNING), limits(one, ALARM), expected_of(mix[name], strata), places.get(name)
        )
        for name, one in sorted(subjects.items())
    ])  # fmt: skip


def _sum(one: Counts, other: Counts) -> Counts:
    return Counts(one.numerator + other.numerator, one.denominator + other.denominator)
