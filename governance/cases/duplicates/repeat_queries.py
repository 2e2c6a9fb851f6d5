"""Reads of repeats: cases to which one caller came back without new facts, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, text

from governance.cases.duplicates.tables import CaseMerge
from governance.cases.lifecycle import queries as cases

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.lifecycle.queries import CaseView
    from identity.grants import Reach

MOST: Final = 20_000
"""Repeats that are counted: the latest."""
_SAME_CALLER: Final = """
SELECT EXISTS (SELECT FROM reporter own JOIN reporter q ON q.caller_hash = own.caller_hash
    WHERE own.report_id = :id AND q.report_id IN (
        SELECT CAST(:main AS bigint) UNION SELECT case_id FROM case_merge WHERE main_id = :main AND is_repeat))
"""
_RATES_ELSEWHERE: Final = """
SELECT EXISTS (SELECT FROM case_merge WHERE case_id = :id AND is_repeat) OR EXISTS (
    SELECT FROM reporter own JOIN reporter q ON q.caller_hash = own.caller_hash
    WHERE own.report_id = :id AND (q.report_id = :main OR q.report_id IN (
        SELECT m.case_id FROM case_merge m JOIN case_record c ON c.id = m.case_id
        WHERE m.main_id = :main AND m.case_id <> :id AND c.rating IS NOT NULL)))
"""


@dataclass(frozen=True, slots=True)
class RepeatedCase:
    """A main case, how many reports of its caller were joined to it as repeats, and when the last was reported."""

    case: CaseView
    repeats: int
    last_at: datetime


def is_same_caller(session: Session, case_id: int, main_id: int) -> bool:
    """Tell whether who reported a case reported the main one; who is not known is nobody's same."""
    return bool(session.scalar(text(_SAME_CALLER), {"id": case_id, "main": main_id}))


def rates_elsewhere(session: Session, case_id: int, main_id: int) -> bool:
    """Tell whether the caller of a merged case rates the matter under another number: one rating a matter and caller.

    It is a repeat, the main case is of the same caller, or another merged case of that caller is rated already.
    """
    return bool(session.scalar(text(_RATES_ELSEWHERE), {"id": case_id, "main": main_id}))


def repeated(session: Session, *, reach: Reach, limit: int) -> list[RepeatedCase]:
    """Return cases of a reach with repeats in it, the most often repeated first, and the latest where as often."""
    rows = session.execute(
        select(CaseMerge.case_id, CaseMerge.main_id)
        .where(CaseMerge.is_repeat)
        .order_by(CaseMerge.merged_at.desc(), CaseMerge.case_id)
        .limit(MOST)
    ).all()
    seen = cases.cases_of(session, {one for row in rows for one in row}, reach=reach)
    found: dict[int, list[datetime]] = {}
    for case_id, main_id in rows:
        if case_id in seen and main_id in seen:
            found.setdefault(main_id, []).append(seen[case_id].reported_at)
    counted = [RepeatedCase(seen[main], len(told), max(told)) for main, told in found.items()]
    return sorted(counted, key=lambda one: (-one.repeats, -one.last_at.timestamp(), one.case.id))[:limit]
