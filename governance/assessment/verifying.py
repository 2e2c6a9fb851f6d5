"""Compute results again from the histories that they saw, and compare each digit with what is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from governance.assessment import queries
from governance.assessment.appeals.queries import exempt_at
from governance.assessment.computing import Digest, Tally, counted_in, with_exempt
from governance.assessment.facts import Fact
from governance.assessment.indicators import Value
from governance.assessment.rule_files import rule_of
from governance.assessment.rules import instants_of
from governance.assessment.states import Counted, Grouping, Mark
from governance.assessment.tables import AssessedFact, AssessedValue, Indicator
from governance.cases.lifecycle.queries import working_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from governance.assessment.computing import Key
    from governance.assessment.queries import CaseAsOf
    from governance.assessment.tables import AssessmentRun

SHOWN: Final = 20
"""So many differing cases and values are named at most."""


@dataclass(slots=True)
class Verified:
    """What a comparison found: cases and values looked at, those that differ, and whether the digest is the stored one.

    `histories_gone`: cases whose steps are not there any more, as in a detached month; they cannot be compared.
    """

    cases: int = 0
    values: int = 0
    cases_differing: list[int] = field(default_factory=list)
    values_differing: list[Key] = field(default_factory=list)
    histories_gone: int = 0
    digest_holds: bool | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing differs and everything could be compared."""
        return (
            not self.cases_differing and not self.values_differing and not self.histories_gone
            and self.digest_holds is not False
        )  # fmt: skip


def verify(session: Session, run: AssessmentRun) -> Verified:
    """Compare what is stored of a run with what its histories give."""
    found = Verified()
    since, until = instants_of(run.first_day, run.until_day)
    indicators = _indicators_of(session, run)
    tally = Tally({one.id: rule_of(one.rule) for one in indicators})
    work = working_time(session, known_by=run.cut_at)
    exempt = exempt_at(session, run.first_day, run.until_day, run.cut_at)
    for batch in queries.cases_kept(session, run.id):
        stored = _facts_of(session, run.id, batch)
        for case in batch:
            counted = with_exempt(case.id, counted_in(case, work, since=since, until=until, cut=run.cut_at), exempt)
            for fact in counted:
                tally.add(case, fact)
            if counted != stored.get(case.id, []) and len(found.cases_differing) < SHOWN:
                found.cases_differing.append(case.id)
        found.cases += len(batch)
    found.histories_gone = run.cases - found.cases
    expected = dict(tally.values())
    stored_values = dict(_values_of(session, run.id))
    found.values = len(stored_values)
    differing = (key for key in sorted(expected.keys() | stored_values.keys())
                 if expected.get(key) != stored_values.get(key))  # fmt: skip
    found.values_differing = [key for key, _ in zip(differing, range(SHOWN), strict=False)]
    if run.digest is not None:
        found.digest_holds = digest_of(session, run) == run.digest
    return found


def digest_of(session: Session, run: AssessmentRun) -> str:
    """Return the digest of what is stored of a run."""
    digest = Digest()
    for case, facts in queries.stored(session, run.id):
        digest.add_case(case, facts)
    digest.add_values(_values_of(session, run.id))
    return digest.hexdigest()


def _indicators_of(session: Session, run: AssessmentRun) -> Sequence[Indicator]:
    """Return the versions of indicators that counted in a run: those in force for its first day, as known then."""
    return queries.indicators_for(session, run.first_day, run.cut_at)


def _facts_of(session: Session, run_id: int, batch: Sequence[CaseAsOf]) -> dict[int, list[Fact]]:
    query = select(AssessedFact).where(
        AssessedFact.run_id == run_id, AssessedFact.case_id.in_([one.id for one in batch])
    )
    found: dict[int, list[Fact]] = {}
    for row in session.scalars(query):
        marks = frozenset(map(Mark, row.marks))
        fact = Fact(Counted(row.counted), row.number, row.at, row.unit_code, row.person_id, marks)
        found.setdefault(row.case_id, []).append(fact)
    return {case: sorted(facts, key=lambda one: (one.counted, one.number)) for case, facts in found.items()}


def _values_of(session: Session, run_id: int) -> list[tuple[Key, Value]]:
    rules = {one.id: rule_of(one.rule) for one in session.scalars(select(Indicator))}
    rows = session.scalars(select(AssessedValue).where(AssessedValue.run_id == run_id))
    found = []
    for row in rows:
        is_ranked = row.denominator >= rules[row.indicator_id].least_n
        value = Value(row.numerator, row.denominator, row.excluded, row.percent, row.points, is_ranked=is_ranked)
        found.append(((row.indicator_id, Grouping(row.grouping), row.subject), value))
    return sorted(found, key=lambda one: one[0])
