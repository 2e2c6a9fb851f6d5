"""Blow a whistle: a step of the case under its lock, and the rows that follow from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from governance.cases.clocks.measuring import ClockState, Happening
from governance.cases.joint_handling import queries, rules
from governance.cases.joint_handling.operations.acting import clock_change
from governance.cases.joint_handling.rules import WhistleForbiddenError, WhistleInvalidError
from governance.cases.joint_handling.states import AnswerState, WhistleState
from governance.cases.joint_handling.tables import Whistle, WhistleAnswer
from governance.cases.lifecycle import queries as cases
from governance.cases.lifecycle.operations.holding import (
    add_step,
    bring_up,
    hold,
    is_bound,
    require_member,
    require_not_accused,
)
from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import WHISTLES, Verb
from identity.granting import grants_of
from identity.units.queries import UnitFilter, units_at
from identity.units.rules import UnitNotFoundError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from governance.cases.joint_handling.queries import WhistleView
    from governance.cases.joint_handling.rules import CallIn, KindIn
    from governance.cases.lifecycle.operations import Caller
    from governance.cases.lifecycle.operations.holding import Held

_LEVELS: Final = 20
"""Of units above one another, as everywhere."""


def blow(
    session: Session, case_id: int, call: CallIn, *, caller: Caller, expected_version: int | None = None
) -> WhistleView:
    """Call units to a joint visit of a case, for the street that has it: the first above its unit that may whistle.

    Raises
    ------
    CaseNotFoundError, CaseForbiddenError, CaseChangedError, CaseVerbRefusedError, CaseDutyMissingError, CaseBoundError
    WhistleInvalidError, WhistleNotFoundError, WhistleForbiddenError, UnitNotFoundError, DispatchBlockedError
    """
    act = Act(verb=Verb.WHISTLE, reason=call.reason)
    held = hold(session, case_id=case_id, act=act, caller=caller, expected_version=expected_version, path=WHISTLES)
    call.check(held.now)
    kind = queries.kind_at(session, call.kind, held.now)
    street = _street(session, held, kind)
    require_member(session, street, caller, held.now)
    _require_role(session, kind, caller)
    _require_callable(session, held, call, street)
    dues = rules.dues_of(kind, call.arrive_by, held.work, held.now)
    pauses = kind.pauses
    number = len(queries.of_case(session, case_id)) + 1
    row = Whistle(
        case_id=case_id, number=number, kind=kind.code, state=WhistleState.CALLED, unit_code=street,
        called_at=held.now, called_by=caller.actor.name, near_m=kind.near_m, pauses=pauses,
    )  # fmt: skip
    session.add(row)
    session.flush()
    for unit in call.units:
        session.add(
            WhistleAnswer(
                whistle_id=row.id, unit_code=unit, state=AnswerState.CALLED, sign_due_at=dues.sign,
                contact_due_at=dues.contact, arrive_due_at=dues.arrive, remind_at=dues.remind,
            )
        )  # fmt: skip
    detail = {
        "whistle": number, "kind": kind.code, "by": street, "units": sorted(call.units), "pauses": pauses,
        "near_m": kind.near_m,
        "due": {"sign": dues.sign.isoformat(), "contact": dues.contact.isoformat(), "arrive": dues.arrive.isoformat()},
        "clocks": clock_change(held, ClockState.RUNNING, Happening.PAUSED) if pauses else [],
    }  # fmt: skip
    bring_up(session, held, [add_step(session, held, act, caller.actor, detail)])
    return queries.whistle(session, case_id, number)


def _street(session: Session, held: Held, kind: KindIn) -> str:
    """Return the unit that whistles: the case's, or the first above it, of a kind that may."""
    code = held.case.unit_code
    for _ in range(_LEVELS):
        found = units_at(session, held.now, UnitFilter(codes=[code]), limit=1) if code is not None else ()
        if not found:
            break
        if found[0].kind in kind.unit_kinds:
            return found[0].unit_code
        code = found[0].parent_code
    raise WhistleForbiddenError(
        "A whistle of kind '{kind}' is blown by {unit_kinds}; the case is with unit '{unit}'.",
        values={"kind": kind.code, "unit_kinds": [*kind.unit_kinds], "unit": held.case.unit_code},
        field="kind",
    )


def _require_role(session: Session, kind: KindIn, caller: Caller) -> None:
    if not kind.roles or not is_bound(caller):
        return
    if not {grant.role for grant in grants_of(session, caller.actor) or ()} & set(kind.roles):
        raise WhistleForbiddenError(
            "A whistle of kind '{kind}' is blown by persons with one of the roles {roles}.",
            values={"kind": kind.code, "roles": [*kind.roles]},
            field="kind",
        )


def _require_callable(session: Session, held: Held, call: CallIn, street: str) -> None:
    """Make sure that there are the called units, that none is the street's own, and that the case accuses none."""
    known = {one.unit_code for one in units_at(session, held.now, UnitFilter(codes=call.units))}
    for unit in call.units:
        if unit not in known:
            raise UnitNotFoundError("There is no unit '{code}'.", values={"code": unit[:80]}, field="units")
        if cases.is_below(session, unit, street, held.now):
            raise WhistleInvalidError(
                "Unit '{unit}' is the street's own: a whistle calls others.", values={"unit": unit}, field="units"
            )
        require_not_accused(session, held.accused, unit, held.now, field="units")
