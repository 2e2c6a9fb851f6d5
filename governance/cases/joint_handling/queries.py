"""Reads of joint handling: kinds of whistles at an instant, those of a case, and a page of those of a reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, text

from governance.cases.joint_handling.rules import BUILT_IN, KindIn, WhistleNotFoundError
from governance.cases.joint_handling.tables import Whistle, WhistleAnswer, WhistleKind
from governance.cases.lifecycle.queries import OF_CASE
from governance.categories.rules import Limit
from governance.categories.states import LimitUnit
from governance.reports.reach_queries import reach_condition

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.joint_handling.states import WhistleState
    from identity.grants import Reach

OF_REACH: Final = """
FROM whistle w JOIN case_record c ON c.id = w.case_id JOIN report r ON r.id = c.id
JOIN report_place p ON p.report_id = r.id
"""
_OVERDUE: Final = """
w.state = 'called' AND EXISTS (SELECT FROM whistle_answer a WHERE a.whistle_id = w.id {unit} AND (
    (a.signed_at IS NULL AND a.sign_due_at < :overdue_at) OR (a.contacted_at IS NULL AND a.contact_due_at < :overdue_at)
    OR (a.arrived_at IS NULL AND a.arrive_due_at < :overdue_at)))
"""
_OF_UNIT: Final = "AND a.unit_code = :unit"


@dataclass(frozen=True, slots=True)
class WhistleView:
    """A whistle and the units that it calls, by code."""

    whistle: Whistle
    answers: Sequence[WhistleAnswer]

    def answer(self, unit: str) -> WhistleAnswer:
        """Return where a called unit is.

        Raises
        ------
        WhistleNotFoundError
        """
        found = next((one for one in self.answers if one.unit_code == unit), None)
        if found is None:
            raise WhistleNotFoundError(
                "Whistle {number} does not call unit '{unit}'.",
                values={"number": self.whistle.number, "unit": unit[:80]},
                field="unit_code",
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class WhistleFilter:
    """Which whistles are wanted; what is None does not limit them. `unit`: a called one; `caller`: the street's.

    `overdue_at`: a called unit (that unit) owes something since before this instant.
    """

    unit: str | None = None
    caller: str | None = None
    state: WhistleState | None = None
    overdue_at: datetime | None = None


def kinds_at(session: Session, at: datetime) -> list[KindIn]:
    """Return the kinds of whistles at an instant: those that were stated, and the built-in ones that nothing states."""
    rows = session.scalars(select(WhistleKind).where(WhistleKind.holds(at)).order_by(WhistleKind.code)).all()
    stated = {row.code: _kind(row) for row in rows}
    return [*(one for one in BUILT_IN if one.code not in stated), *stated.values()]


def kind_at(session: Session, code: str, at: datetime) -> KindIn:
    """Return one kind of whistle at an instant.

    Raises
    ------
    WhistleNotFoundError
        That names those there are.
    """
    kinds = {one.code: one for one in kinds_at(session, at)}
    if code not in kinds:
        raise WhistleNotFoundError(
            "There is no kind of whistle '{code}'; there are {kinds}.",
            values={"code": code[:80], "kinds": [*kinds]}, field="kind",
        )  # fmt: skip
    return kinds[code]


def of_case(session: Session, case_id: int) -> list[WhistleView]:
    """Return the whistles of a case, in their order."""
    rows = session.scalars(select(Whistle).where(Whistle.case_id == case_id).order_by(Whistle.number)).all()
    return _with_answers(session, rows)


def whistle(session: Session, case_id: int, number: int) -> WhistleView:
    """Return one whistle of a case.

    Raises
    ------
    WhistleNotFoundError
    """
    row = session.scalar(select(Whistle).where(Whistle.case_id == case_id, Whistle.number == number))
    if row is None:
        raise WhistleNotFoundError("The case has no whistle {number}.", values={"number": number}, field="whistle")
    return _with_answers(session, [row])[0]


def whistles_page(
    session: Session, wanted: WhistleFilter, *, reach: Reach, limit: int, before: int | None = None
) -> list[WhistleView]:
    """Return the whistles of the cases of a reach, the latest first; those before an id, and so many at most."""
    conditions, values = reach_condition(session, reach, category=OF_CASE)
    given: dict[str, Any] = {
        "unit": wanted.unit, "caller": wanted.caller, "state": wanted.state, "overdue_at": wanted.overdue_at,
        "before": before,
    }  # fmt: skip
    given = {name: value for name, value in given.items() if value is not None}
    written = {
        "unit": "EXISTS (SELECT FROM whistle_answer a WHERE a.whistle_id = w.id AND a.unit_code = :unit)",
        "caller": "w.unit_code = :caller",
        "state": "w.state = :state",
        "overdue_at": _OVERDUE.format(unit=_OF_UNIT if wanted.unit is not None else ""),
        "before": "w.id < :before",
    }
    conditions = [*conditions, *(written[name] for name in given)]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    statement = text(f"SELECT w.id {OF_REACH} {where} ORDER BY w.id DESC LIMIT :limit")
    ids = session.scalars(statement, values | given | {"limit": limit}).all()
    rows = session.scalars(select(Whistle).where(Whistle.id.in_(ids)).order_by(Whistle.id.desc())).all()
    return _with_answers(session, rows)


def _with_answers(session: Session, rows: Sequence[Whistle]) -> list[WhistleView]:
    answers: dict[int, list[WhistleAnswer]] = {row.id: [] for row in rows}
    query = select(WhistleAnswer).where(WhistleAnswer.whistle_id.in_(answers)).order_by(WhistleAnswer.unit_code)
    for one in session.scalars(query):
        answers[one.whistle_id].append(one)
    return [WhistleView(row, answers[row.id]) for row in rows]


def _kind(row: WhistleKind) -> KindIn:
    return KindIn(
        code=row.code, name=row.name, unit_kinds=tuple(row.unit_kinds), roles=tuple(row.roles),
        sign=Limit(row.sign_amount, LimitUnit(row.sign_unit)),
        contact=Limit(row.contact_amount, LimitUnit(row.contact_unit)),
        arrive=Limit(row.arrive_amount, LimitUnit(row.arrive_unit)), near_m=row.near_m, pauses=row.pauses,
    )  # fmt: skip
