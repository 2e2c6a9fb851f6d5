"""Writes of parts: give one to a unit, and each later act. Each is a step of the case, under the case's lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from governance.cases.dispatch import answering
from governance.cases.lifecycle import queries as cases
from governance.cases.lifecycle import rules as case_rules
from governance.cases.lifecycle.operations.holding import add_step, bring_up, hold, require_member, require_not_accused
from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import PARTS, Verb
from governance.cases.parts import queries, rules
from governance.cases.parts.rules import PartInvalidError, PartRefusedError
from governance.cases.parts.states import EFFECTS, LIFECYCLE, OF_UNIT, PartState, PartVerb
from governance.cases.parts.tables import CasePart
from governance.categories import queries as categories
from governance.categories.states import Step, Urgency
from governance.policies.queries import policies_at

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from governance.cases.lifecycle.operations import Caller
    from governance.cases.lifecycle.operations.holding import Held
    from governance.cases.lifecycle.rules import Limits
    from governance.cases.parts.rules import PartIn

MOST_PARTS: Final = 100
"""Of one case."""


def give(
    session: Session, case_id: int, given: PartIn, *, caller: Caller, expected_version: int | None = None
) -> CasePart:
    """Give a part of a case to a unit beside the one that has the case; its clocks begin.

    Raises
    ------
    CaseNotFoundError, CaseForbiddenError, CaseChangedError, CaseVerbRefusedError, CaseDutyMissingError, CaseBoundError
    PartInvalidError, UnitNotFoundError, DispatchBlockedError
    """
    act = Act(verb=Verb.GIVE_PART, unit_code=given.unit_code, reason=given.reason)
    held = hold(session, case_id=case_id, act=act, caller=caller, expected_version=expected_version, path=PARTS)
    unit = answering.named(session, given.unit_code, held.now).unit_code
    _require_other(session, held, unit)
    known = queries.of_case(session, case_id)
    if len(known) >= MOST_PARTS:
        raise PartInvalidError("A case has {most} parts at most.", values={"most": MOST_PARTS})
    row = CasePart(
        case_id=case_id, number=len(known) + 1, unit_code=unit, state=PartState.GIVEN, given_at=held.now
    )  # fmt: skip
    session.add(row)
    limits = dict(_limits(session, held))
    if given.within is not None:
        limits = {key: limit for key, limit in limits.items() if key[0] is not Step.HANDLE}
        limits[Step.HANDLE, Urgency.NORMAL] = given.within
    _write(session, held, row, act, PartVerb.GIVE, limits=limits, caller=caller)
    return row


def act_on(
    session: Session,
    case_id: int,
    number: int,
    verb: PartVerb,
    act: Act,
    *,
    caller: Caller,
    expected_version: int | None = None,
) -> CasePart:
    """Do something to a part, as its state and practice's bounds allow; `act` is the same for the case's history.

    Raises
    ------
    CaseNotFoundError, CaseForbiddenError, CaseChangedError, CaseVerbRefusedError, CaseDutyMissingError, CaseBoundError
    PartNotFoundError, PartRefusedError
    """
    held = hold(session, case_id=case_id, act=act, caller=caller, expected_version=expected_version, path=PARTS)
    row = queries.part(session, case_id, number)
    if verb in OF_UNIT:
        require_member(session, row.unit_code, caller, held.now)
    if not LIFECYCLE.allows(row, verb):
        raise PartRefusedError(
            "Part {number} is {state}; '{verb}' is not possible.",
            values={"number": number, "state": row.state, "verb": verb},
            field="verb",
        )
    readings = queries.clocks_of(held.steps, number, held.work, now=held.now)
    policies = policies_at(session, held.now)
    rules.require_within_bounds(verb, readings, held.work, given_at=row.given_at, now=held.now, policies=policies)
    LIFECYCLE.move(row, verb)
    _write(session, held, row, act, verb, limits={}, caller=caller)
    return row


def _write(
    session: Session, held: Held, row: CasePart, act: Act, verb: PartVerb, *, limits: Limits, caller: Caller
) -> None:
    """Write the step, and bring the part and its case up to it."""
    before = queries.clocks_of(held.steps, row.number, held.work, now=held.now)
    changes = case_rules.changes_by(EFFECTS[verb], before, limits, Urgency(held.case.urgency))
    detail: dict[str, Any] = {"part": row.number, "unit": row.unit_code, queries.CLOCKS: changes}
    if act.return_reason is not None:
        detail["return_reason"] = str(act.return_reason)
    step = add_step(session, held, act, caller.actor, detail)
    after = queries.clocks_of([*held.steps, step], row.number, held.work, now=held.now)
    row.due_at, row.due_step = case_rules.next_due(after)
    is_open = LIFECYCLE.state_of(row) in {PartState.GIVEN, PartState.ACKNOWLEDGED}
    row.ended_at = None if is_open else held.now
    bring_up(session, held, [step])


def _limits(session: Session, held: Held) -> Limits:
    """Return the limits of the case's category, as they were when the case got it."""
    if not held.case.category_path:
        return {}
    return categories.in_force(session, held.case.category_path[0], cases.categorised_at(held.steps)).limits


def _require_other(session: Session, held: Held, unit: str) -> None:
    """Make sure that a part goes to another unit than has the case, and to none that the case accuses."""
    if unit == held.case.unit_code:
        raise PartInvalidError("Unit '{unit}' has the case itself.", values={"unit": unit}, field="unit_code")
    require_not_accused(session, held.accused, unit, held.now)
