"""Draw a sample of closed cases of frozen results, and tell what its back-checks found."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, text

from core import audit, clock
from governance.assessment import queries
from governance.assessment.rules import AssessmentStateError
from governance.assessment.samples import rules
from governance.assessment.samples.tables import BackCheckSample
from governance.assessment.states import RunState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from identity.actors import Actor

# With whom the case was when it was handled; closed in the period, and not left out by an appeal.
_CLOSED: Final = """
SELECT f.case_id, coalesce((
    SELECT h.unit_code FROM assessment_fact h
    WHERE h.run_id = f.run_id AND h.counted = 'handlings' AND h.case_id = f.case_id AND h.marks @> '{done}'
    ORDER BY h.number DESC LIMIT 1), f.unit_code, '') AS unit
FROM assessment_fact f
WHERE f.run_id = :run AND f.counted = 'closings' AND f.marks @> '{done}' AND NOT f.marks && '{exempt}'
"""
_FOUND: Final = """
SELECT wanted.case_id,
       (SELECT min(s.at) FROM case_step s WHERE s.case_id = wanted.case_id AND s.at >= :since
           AND s.verb = 'back_check') AS checked_at,
       (SELECT min(s.at) FROM case_step s WHERE s.case_id = wanted.case_id AND s.at >= :since
           AND s.verb IN ('reopen', 'rework')) AS reopened_at,
       c.rating
FROM unnest(CAST(:cases AS bigint[])) AS wanted (case_id) JOIN case_record c ON c.id = wanted.case_id
ORDER BY wanted.case_id
"""


@dataclass(frozen=True, slots=True)
class BackChecked:
    """A case of a sample: when it was back-checked and sent back since it was drawn, and its caller's rating."""

    case_id: int
    checked_at: datetime | None
    reopened_at: datetime | None
    rating: int | None


def draw_sample(session: Session, run_id: int, size: int, *, actor: Actor) -> BackCheckSample:
    """Draw a sample of the closed cases of frozen results; its seed is their digest and its number.

    Raises
    ------
    AssessmentNotFoundError, AssessmentStateError
    """
    run = queries.visible_run(session, run_id, sees_all=True, lock=True)
    if run.state not in {RunState.FROZEN, RunState.PUBLISHED} or run.digest is None:
        raise AssessmentStateError("The results are {state}.", values={"state": run.state})
    before = session.scalar(select(func.count()).select_from(BackCheckSample).where(BackCheckSample.run_id == run_id))
    seed = rules.seed_of(run.digest, (before or 0) + 1)
    cases: dict[str, list[int]] = defaultdict(list)
    for case_id, unit in session.execute(text(_CLOSED), {"run": run_id}):
        if case_id not in cases[unit]:
            cases[unit].append(case_id)
    row = BackCheckSample(
        run_id=run_id, size=size, seed=seed, cases=rules.draw(cases, size, seed), drawn_at=clock.now(),
        drawn_by_id=actor.id, drawn_by=actor.name,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(
        session, actor=actor, action="assessment.draw_sample", subject=f"sample/{row.id}", assessment=run_id,
        size=size, seed=seed, cases=row.cases,
    )  # fmt: skip
    return row


def sample(session: Session, number: int) -> tuple[BackCheckSample, list[BackChecked]]:
    """Return a sample, and what became of each of its cases since it was drawn.

    Raises
    ------
    SampleNotFoundError
    """
    row = session.get(BackCheckSample, number)
    if row is None:
        raise rules.SampleNotFoundError("There is no sample {number}.", values={"number": number}, field="sample")
    found = session.execute(text(_FOUND), {"cases": row.cases, "since": row.drawn_at})
    return row, [BackChecked(*one) for one in found]
