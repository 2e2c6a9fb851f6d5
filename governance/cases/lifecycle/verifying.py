"""Check histories of cases: each step against its seal, and the case against what its history leads to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, text

from core.seals.verification import SHOWN, RowCheck, attached_months
from governance.cases.lifecycle.states import CaseState
from governance.cases.lifecycle.tables import IDS_A_CASE, Case, CaseStep, CaseWords
from governance.reports.numbers import MONTH, report_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

CASES: Final = 5_000
"""Cases that are looked at together."""
STEPS_MISSING: Final = "steps-missing"
"""The history does not have every number up to the case's version."""
DOES_NOT_FOLLOW: Final = "does-not-follow"
"""A step begins in another state than the one before it led to."""
CASE_DIFFERS: Final = "case-differs"
"""State, unit or category of the case are not those that its last step led to."""

BESIDE_DIFFERS: Final = "beside-differs"
"""What a whistle or a part is, or when a called unit came, is not what the case's steps say."""

# A number is missing, a step does not begin where the one before ended, or the case is not what its last step made it.
_HISTORIES: Final = """
WITH step AS (
    SELECT s.case_id, s.number, s.led_to, s.unit_code, s.category_code,
           s.came_from IS NOT DISTINCT FROM lag(s.led_to) OVER w AS follows
    FROM case_step s WHERE s.case_id = ANY (:ids) WINDOW w AS (PARTITION BY s.case_id ORDER BY s.number)
), history AS (
    SELECT case_id, count(*) AS steps, max(number) AS last, bool_and(follows) AS follows FROM step GROUP BY case_id
)
SELECT c.id, c.version, h.steps = c.version AND h.last = c.version, h.follows,
       (c.state, c.unit_code, c.category_path[1]) IS NOT DISTINCT FROM (l.led_to, l.unit_code, l.category_code)
FROM case_record c LEFT JOIN history h ON h.case_id = c.id
LEFT JOIN step l ON l.case_id = c.id AND l.number = c.version
WHERE c.id = ANY (:ids) ORDER BY c.id
"""
# When a called unit first did what, and how it was rated, by the steps that name it.
_ANSWERS: Final = """
WITH step AS (
    SELECT s.case_id, CAST(s.detail->>'whistle' AS integer) AS number, s.detail->>'unit' AS unit,
           min(s.at) AS signed_at, min(s.at) FILTER (WHERE s.verb <> 'sign') AS contacted_at,
           min(s.at) FILTER (WHERE s.verb = 'arrive') AS arrived_at,
           min(CAST(s.detail->>'distance_m' AS float)) AS distance_m,
           bool_or(CAST(s.detail->>'distant' AS boolean)) AS is_distant
    FROM case_step s WHERE s.case_id = ANY (:ids) AND s.verb IN ('sign', 'contact', 'arrive') GROUP BY 1, 2, 3
), rated AS (
    SELECT s.case_id, CAST(s.detail->>'whistle' AS integer) AS number, s.detail->>'unit' AS unit,
           min(CAST(s.detail->>'rating' AS integer)) AS rating
    FROM case_step s WHERE s.case_id = ANY (:ids) AND s.verb = 'rate_unit' GROUP BY 1, 2, 3
)
SELECT DISTINCT w.case_id FROM whistle w JOIN whistle_answer n ON n.whistle_id = w.id
LEFT JOIN case_step c ON c.case_id = w.case_id AND c.verb = 'whistle'
    AND CAST(c.detail->>'whistle' AS integer) = w.number
LEFT JOIN step s ON (s.case_id, s.number, s.unit) = (w.case_id, w.number, n.unit_code)
LEFT JOIN rated r ON (r.case_id, r.number, r.unit) = (w.case_id, w.number, n.unit_code)
WHERE w.case_id = ANY (:ids) AND (
    c.id IS NULL OR NOT c.detail->'units' ? n.unit_code
    OR (w.kind, w.unit_code, w.called_at) IS DISTINCT FROM (c.detail->>'kind', c.detail->>'by', c.at)
    OR n.arrive_due_at <> CAST(c.detail#>>'{due,arrive}' AS timestamptz)
    OR (n.signed_at, n.contacted_at, n.arrived_at, n.distance_m, n.is_distant, CAST(n.rating AS integer))
       IS DISTINCT FROM (s.signed_at, s.contacted_at, s.arrived_at, s.distance_m, s.is_distant, r.rating))
ORDER BY 1
"""
_PARTS: Final = """
SELECT DISTINCT t.case_id FROM case_part t LEFT JOIN LATERAL (
    SELECT s.verb, s.detail->>'unit' AS unit FROM case_step s
    WHERE s.case_id = t.case_id AND CAST(s.detail->>'part' AS integer) = t.number AND s.verb <> 'extend_part'
    ORDER BY s.number DESC LIMIT 1) l ON true
WHERE t.case_id = ANY (:ids) AND (t.unit_code, t.state) IS DISTINCT FROM (l.unit, CASE l.verb
    WHEN 'give_part' THEN 'given' WHEN 'acknowledge_part' THEN 'acknowledged' WHEN 'send_back_part' THEN 'acknowledged'
    WHEN 'finish_part' THEN 'finished' WHEN 'return_part' THEN 'returned' WHEN 'withdraw_part' THEN 'withdrawn' END)
ORDER BY 1
"""
# What is merged stands in a row and in the state, and the last step of merging names the same main case.
_MERGES: Final = """
SELECT c.id, m.main_id, (SELECT s.detail->>'other' FROM case_step s
    WHERE s.case_id = c.id AND s.verb = 'merge' ORDER BY s.number DESC LIMIT 1), c.state
FROM case_record c LEFT JOIN case_merge m ON m.case_id = c.id
WHERE c.id = ANY (:ids) AND (c.state = 'merged' OR m.case_id IS NOT NULL) ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class CaseFinding:
    """Something that is wrong with a case's history; `step` where it is one step, or what was written to it."""

    number: str
    kind: str
    table: str
    step: int | None


@dataclass(slots=True)
class CaseVerification:
    """What a check found: cases and steps that were looked at, and by month those whose histories are detached.

    `count` is of all findings, of which the first thousand are kept.
    """

    cases: int = 0
    steps: int = 0
    erased: int = 0
    detached: dict[int, int] = field(default_factory=dict)
    findings: list[CaseFinding] = field(default_factory=list)
    count: int = 0

    def add(self, case_id: int, kind: str, table: str, step: int | None = None) -> None:
        """Note a finding."""
        self.count += 1
        if len(self.findings) < SHOWN:
            self.findings.append(CaseFinding(report_number(case_id), kind, table, step))


def verify_cases(session: Session, case_ids: Sequence[int] | None = None) -> CaseVerification:
    """Check the histories of some cases, or of all; nothing is changed.

    Whether the seals themselves follow from one another is checked by core.seals.verification.verify. Needs a session
    on one snapshot, in UTC.
    """
    done, after = CaseVerification(), 0
    attached = attached_months(session, CaseStep.__tablename__)
    checks = [RowCheck(session, table.__tablename__) for table in (CaseStep, CaseWords)]
    while page := _page(session, case_ids, after):
        after = page[-1]
        there = [case_id for case_id in page if case_id // MONTH in attached]
        for case_id in page:
            if case_id // MONTH not in attached:
                done.detached[case_id // MONTH] = done.detached.get(case_id // MONTH, 0) + 1
        done.cases += len(there)
        _check_histories(session, done, there)
        _check_beside(session, done, there)
        # One span over the page of a whole ledger, which has no other cases between; else one a case.
        spans = [(there[0], there[-1])] if there and case_ids is None else [(one, one) for one in there]
        for first, last in spans:
            for check in checks:
                _check_rows(done, check, first, last)
    return done


def _page(session: Session, case_ids: Sequence[int] | None, after: int) -> list[int]:
    query = select(Case.id).where(Case.id > after).order_by(Case.id).limit(CASES)
    if case_ids is not None:
        query = query.where(Case.id.in_(case_ids))
    return list(session.scalars(query))


def _check_histories(session: Session, done: CaseVerification, case_ids: list[int]) -> None:
    for case_id, _, is_whole, follows, is_same in session.execute(text(_HISTORIES), {"ids": case_ids}):
        table = CaseStep.__tablename__
        if not is_whole:
            done.add(case_id, STEPS_MISSING, table)
        if follows is False:
            done.add(case_id, DOES_NOT_FOLLOW, table)
        if is_whole and not is_same:
            done.add(case_id, CASE_DIFFERS, Case.__tablename__)


def _check_beside(session: Session, done: CaseVerification, case_ids: list[int]) -> None:
    for table, statement in (("whistle_answer", _ANSWERS), ("case_part", _PARTS)):
        for case_id in session.scalars(text(statement), {"ids": case_ids}):
            done.add(case_id, BESIDE_DIFFERS, table)
    for case_id, main_id, named, state in session.execute(text(_MERGES), {"ids": case_ids}):
        if main_id is None or named != report_number(main_id) or state != CaseState.MERGED:
            done.add(case_id, BESIDE_DIFFERS, "case_merge")


def _check_rows(done: CaseVerification, check: RowCheck, first: int, last: int) -> None:
    found = check.of_span(first * IDS_A_CASE, (last + 1) * IDS_A_CASE)
    done.steps += found.rows.get(CaseStep.__tablename__, 0)
    done.erased += found.erased
    for one in found.findings:
        row: Any = one.row_id
        done.add(row // IDS_A_CASE, str(one.kind), one.table or "", row % IDS_A_CASE)
    done.count += found.count - len(found.findings)
