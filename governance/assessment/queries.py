"""Reads of assessment: indicators of a period, histories up to a cut-off, and what stored runs hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson
from sqlalchemy import DateTime, and_, cast, func, or_, select, text

from core import clock
from governance.assessment.facts import PastStep
from governance.assessment.indicators import IndicatorNotFoundError
from governance.assessment.rules import AssessmentNotFoundError, instants_of
from governance.assessment.states import IndicatorState, Mark, RunState
from governance.assessment.tables import AssessedCase, AssessedValue, AssessmentRun, Indicator
from governance.cases.lifecycle.queries import OF_CASE
from governance.cases.lifecycle.states import OPEN, CaseState, Verb
from governance.cases.protection import accusations
from governance.reports.reach_queries import reach_condition

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from governance.assessment.indicators import Rule
    from governance.assessment.states import Grouping
    from identity.grants import Reach

# What was opened before the end of the period and went on in it, or was opened in it; a case that changed last before
# the period and is at its end has nothing left to count.
_CASES: Final = """
SELECT c.id, r.channel, c.urgency, coalesce(p.area_path, '{}') AS area_path
FROM case_record c JOIN report r ON r.id = c.id JOIN report_place p ON p.report_id = r.id
WHERE c.opened_at < :until AND (c.changed_at >= :since OR c.state = ANY (:going)) AND c.id > :after
ORDER BY c.id LIMIT :limit
"""
_STEPS: Final = """
SELECT s.case_id, s.number, s.at, s.verb, s.led_to, s.unit_code, s.actor_id, s.category_code, CAST(s.detail AS text)
FROM case_step s WHERE s.case_id = ANY (:cases) AND s.at <= :cut ORDER BY s.case_id, s.number
"""
_STEPS_KEPT: Final = """
SELECT s.case_id, s.number, s.at, s.verb, s.led_to, s.unit_code, s.actor_id, s.category_code, CAST(s.detail AS text)
FROM case_step s JOIN unnest(CAST(:cases AS bigint[]), CAST(:steps AS integer[])) k (case_id, number)
    ON k.case_id = s.case_id AND s.number <= k.number
WHERE s.case_id = ANY (:cases) ORDER BY s.case_id, s.number
"""
_CASES_STORED: Final = """
SELECT case_id AS id, last_step, channel, category_code, urgency, area_path
FROM assessment_case WHERE run_id = :run AND case_id > :after ORDER BY case_id LIMIT :limit
"""
_FACTS_STORED: Final = """
SELECT case_id, counted, number, at, unit_code, person_id, marks
FROM assessment_fact WHERE run_id = :run AND case_id > :after AND case_id <= :last
"""
_LATE: Final = """
SELECT s.case_id, min(s.number), count(*)
FROM assessment_case a JOIN case_step s ON s.case_id = a.case_id AND s.number > a.last_step
WHERE a.run_id = :run AND s.at <= :cut AND s.case_id <> ALL (:hidden)
GROUP BY s.case_id ORDER BY s.case_id LIMIT :limit
"""
_EVIDENCE: Final = """
SELECT f.case_id, f.number, f.at, f.unit_code, f.person_id, f.marks
FROM assessment_fact f JOIN assessment_case a ON a.run_id = f.run_id AND a.case_id = f.case_id
JOIN case_record c ON c.id = f.case_id JOIN report r ON r.id = f.case_id JOIN report_place p ON p.report_id = r.id
WHERE f.run_id = :run AND f.counted = :counted AND f.marks @> CAST(:among AS text[])
  AND (f.case_id, f.number) > (:case, :number) {subject} {reach}
ORDER BY f.case_id, f.number LIMIT :limit
"""
SUBJECTS: Final = {
    "district": "true",
    "unit": "f.unit_code = :subject",
    "person": "CAST(f.person_id AS text) = :subject",
    "channel": "a.channel = :subject",
    "area": ":subject = ANY (a.area_path)",
    "category": "a.category_code = :subject",
}
"""How the subject of a grouping is that of a fact `f` of a case `a`."""
_VERBS: Final = {str(one): one for one in Verb}
_STATES: Final = {str(one): one for one in CaseState}
_GOING: Final = [str(state) for state in OPEN]


@dataclass(frozen=True, slots=True)
class CaseAsOf:
    """A case with its history up to a step, and where it came from and belongs."""

    id: int
    channel: str
    urgency: str
    area_path: list[str]
    category_code: str | None
    steps: list[PastStep]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something counted that stands behind a value."""

    case_id: int
    number: int
    at: datetime
    unit_code: str | None
    person_id: int | None
    marks: frozenset[Mark]


def indicators(
    session: Session, *, state: IndicatorState | None = None, code: str | None = None
) -> Sequence[Indicator]:  # fmt: skip
    """Return the versions of indicators, by code, the latest first."""
    query = select(Indicator).order_by(Indicator.code, Indicator.version.desc())
    if state is not None:
        query = query.where(Indicator.state == state)
    if code is not None:
        query = query.where(Indicator.code == code)
    return session.scalars(query).all()


def indicators_for(session: Session, first_day: date, known_by: datetime) -> Sequence[Indicator]:
    """Return what counts for a period that begins on a day: of each code the latest version in force, by an instant."""
    ranked = (
        select(
            Indicator.id,
            func.row_number().over(partition_by=Indicator.code, order_by=Indicator.version.desc()).label("place"),
        )
        .where(Indicator.state == IndicatorState.IN_FORCE, Indicator.valid_from <= first_day)
        .where(Indicator.decided_at <= known_by)
        .subquery()
    )
    query = (
        select(Indicator)
        .join(ranked, ranked.c.id == Indicator.id)
        .where(ranked.c.place == 1, (Indicator.valid_until.is_(None)) | (Indicator.valid_until > first_day))
        .order_by(Indicator.code)
    )
    return session.scalars(query).all()


def indicator(session: Session, number: int, *, lock: bool = False) -> Indicator:
    """Return a version of an indicator.

    Raises
    ------
    IndicatorNotFoundError
    """
    found = session.get(Indicator, number, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise IndicatorNotFoundError(
            "There is no version {number} of an indicator.", values={"number": number}, field="indicator"
        )
    return found


def cases_counted(session: Session, *, since: datetime, until: datetime, cut: datetime) -> Iterator[list[CaseAsOf]]:
    """Yield batches of the cases that may count in [since, until), with their histories up to the cut-off."""
    after = 0
    while True:
        values = {"since": since, "until": until, "going": _GOING, "after": after, "limit": BATCH}
        rows = session.execute(text(_CASES), values).all()
        if not rows:
            return
        after = rows[-1].id
        steps = _histories(session, _STEPS, {"cases": [row.id for row in rows], "cut": cut})
        yield [
            CaseAsOf(row.id, row.channel, row.urgency, list(row.area_path), *steps[row.id])
            for row in rows
            if row.id in steps
        ]


BATCH: Final = 2_000


def cases_kept(session: Session, run_id: int) -> Iterator[list[CaseAsOf]]:
    """Yield batches of the cases of a run, with their histories up to the steps that the run saw."""
    after = 0
    query = select(AssessedCase).where(AssessedCase.run_id == run_id).order_by(AssessedCase.case_id).limit(BATCH)
    while rows := session.scalars(query.where(AssessedCase.case_id > after)).all():
        after = rows[-1].case_id
        kept = {"cases": [row.case_id for row in rows], "steps": [row.last_step for row in rows]}
        steps = _histories(session, _STEPS_KEPT, kept)
        yield [
            CaseAsOf(row.case_id, row.channel, row.urgency, list(row.area_path), *steps[row.case_id])
            for row in rows
            if row.case_id in steps
        ]


class StoredCase(NamedTuple):
    """A case as a run keeps it."""

    id: int
    last_step: int
    channel: str
    category_code: str | None
    urgency: str
    area_path: list[str]


class StoredFact(NamedTuple):
    """What a run keeps of something counted."""

    case_id: int
    counted: str
    number: int
    at: datetime
    unit_code: str | None
    person_id: int | None
    marks: list[str]


def stored(session: Session, run_id: int) -> Iterator[tuple[StoredCase, list[StoredFact]]]:
    """Yield what a run keeps: each case with what it counts for, both in the order of their keys."""
    after = 0
    while rows := session.execute(text(_CASES_STORED), {"run": run_id, "after": after, "limit": BATCH}).all():
        span = {"run": run_id, "after": after, "last": rows[-1].id}
        facts: dict[int, list[StoredFact]] = {}
        for row in session.execute(text(_FACTS_STORED), span):
            fact = StoredFact(*row)
            facts.setdefault(fact.case_id, []).append(fact)
        for row in rows:
            case = StoredCase(*row)
            yield case, sorted(facts.get(case.id, ()), key=lambda one: (one.counted, one.number))
        after = rows[-1].id


def _histories(
    session: Session, statement: str, values: dict[str, Any]
) -> dict[int, tuple[str | None, list[PastStep]]]:  # fmt: skip
    """Return the last category and the steps of cases, by their ids."""
    found: dict[int, tuple[str | None, list[PastStep]]] = {}
    for case_id, number, at, verb, led_to, unit, actor, category, detail in session.execute(text(statement), values):
        _, steps = found.get(case_id, (None, []))
        steps.append(PastStep(number, at, _VERBS[verb], _STATES[led_to], unit, actor, orjson.loads(detail)))
        found[case_id] = (category, steps)
    return found


def run(session: Session, number: int, *, lock: bool = False) -> AssessmentRun | None:
    """Return a run, or None."""
    return session.get(AssessmentRun, number, with_for_update=lock or None, populate_existing=lock)


def visible_run(session: Session, number: int, *, sees_all: bool, lock: bool = False) -> AssessmentRun:
    """Return a run that may be seen: a published one, a provisional one of days that are over, or any by who sees all.

    Raises
    ------
    AssessmentNotFoundError
    """
    found = run(session, number, lock=lock)
    if found is None or not (sees_all or _is_shown(found)):
        raise AssessmentNotFoundError("There are no results {number}.", values={"number": number}, field="assessment")
    return found


def _is_shown(run: AssessmentRun) -> bool:
    """Tell whether a run is shown to all who read cases: to be contested, or published."""
    is_over = instants_of(run.first_day, run.until_day)[1] <= run.cut_at
    return run.state == RunState.PUBLISHED or (run.state == RunState.PROVISIONAL and is_over)


def runs(session: Session, *, sees_all: bool, before: int | None = None, limit: int) -> Sequence[AssessmentRun]:
    """Return runs, the latest first: published ones and provisional ones of days that are over, or all."""
    query = select(AssessmentRun).order_by(AssessmentRun.id.desc()).limit(limit)
    if not sees_all:
        is_over = AssessmentRun.cut_at >= func.timezone(str(clock.LOCAL), cast(AssessmentRun.until_day, DateTime))
        to_contest = and_(AssessmentRun.state == RunState.PROVISIONAL, is_over)
        query = query.where(or_(AssessmentRun.state == RunState.PUBLISHED, to_contest))
    return session.scalars(query if before is None else query.where(AssessmentRun.id < before)).all()


def indicator_of(session: Session, run: AssessmentRun, code: str) -> Indicator:
    """Return the version of an indicator that counted in a run.

    Raises
    ------
    IndicatorNotFoundError
    """
    found = next((one for one in indicators_for(session, run.first_day, run.cut_at) if one.code == code), None)
    if found is None:
        raise IndicatorNotFoundError(
            "Indicator '{code}' does not count in these results.", values={"code": code}, field="indicator"
        )
    return found


def late_cases(
    session: Session, run: AssessmentRun, *, limit: int, viewer: int | None = None
) -> list[tuple[int, int, int]]:
    """Return cases of a run that got steps dated before its cut-off afterwards: id, the first such step, how many.

    Without those that accuse the person who looks (`viewer`; None: a program) or a unit of that person.
    """
    values = {
        "run": run.id, "cut": run.cut_at, "limit": limit, "hidden": sorted(accusations.hidden_from(session, viewer)),
    }  # fmt: skip
    return [(row[0], row[1], row[2]) for row in session.execute(text(_LATE), values)]


def values_of(
    session: Session, run_id: int, *, grouping: Grouping | None = None, indicator_id: int | None = None,
    subject: str | None = None,
) -> Sequence[AssessedValue]:  # fmt: skip
    """Return what indicators came to in a run."""
    query = select(AssessedValue).where(AssessedValue.run_id == run_id)
    if grouping is not None:
        query = query.where(AssessedValue.grouping == grouping)
    if indicator_id is not None:
        query = query.where(AssessedValue.indicator_id == indicator_id)
    if subject is not None:
        query = query.where(AssessedValue.subject == subject)
    return session.scalars(
        query.order_by(AssessedValue.indicator_id, AssessedValue.grouping, AssessedValue.subject)
    ).all()


def evidence(
    session: Session, run_id: int, rule: Rule, grouping: Grouping, subject: str, *, reach: Reach, limit: int,
    after: tuple[int, int] = (0, 0),
) -> list[Evidence]:  # fmt: skip
    """Return what stands behind a value, of the cases of a reach, in the order of cases, behind a case and step."""
    conditions, values = reach_condition(session, reach, category=OF_CASE)
    statement = _EVIDENCE.format(
        subject=f"AND {SUBJECTS[grouping]}", reach="".join(f" AND {one}" for one in conditions)
    )
    given = {
        "run": run_id, "counted": str(rule.formula.counted), "among": sorted(map(str, rule.formula.among)),
        "case": after[0], "number": after[1], "limit": limit, "subject": subject,
    }  # fmt: skip
    rows = session.execute(text(statement), values | given)
    return [
        Evidence(row.case_id, row.number, row.at, row.unit_code, row.person_id, frozenset(map(Mark, row.marks)))
        for row in rows
    ]
