"""Do something to a whistle that was blown: each act is a step of the case, under its lock; the rows follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from governance.cases.clocks.measuring import ClockState, Happening
from governance.cases.joint_handling import queries, rules
from governance.cases.joint_handling.rules import WhistleInvalidError, WhistleRefusedError
from governance.cases.joint_handling.states import (
    ALLOWED_IN,
    ANSWER,
    NAMES_UNIT,
    OF_CALLED,
    WHISTLE,
    AnswerAct,
    WhistleAct,
    WhistleVerb,
)
from governance.cases.lifecycle import queries as cases
from governance.cases.lifecycle.operations.holding import add_step, bring_up, hold, is_bound, require_member
from governance.cases.lifecycle.states import LIFECYCLE, WHISTLES, CaseState
from governance.categories.states import Step

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from governance.cases.joint_handling.queries import WhistleView
    from governance.cases.joint_handling.tables import WhistleAnswer
    from governance.cases.lifecycle.operations import Caller
    from governance.cases.lifecycle.operations.holding import Held, HeldByCaller
    from governance.cases.lifecycle.rules import Act

_DISTANCE: Final = """
SELECT ST_Distance(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography,
                   ST_SetSRID(ST_MakePoint(:case_lon, :case_lat), 4326)::geography)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhistleIn:
    """What somebody does to a whistle: the act of the case's history, and what only a whistle knows.

    `act.unit_code` is the called unit, for verbs that are about one; a person of one called unit need not name it.
    """

    verb: WhistleVerb
    act: Act
    agrees: bool = True
    accuracy_m: float | None = None


def act_on(
    session: Session,
    case_id: int,
    number: int,
    given: WhistleIn,
    *,
    caller: Caller,
    expected_version: int | None = None,
) -> WhistleView:
    """Do something to a whistle of a case, as its state and that of the called unit allow.

    Raises
    ------
    CaseNotFoundError, CaseForbiddenError, CaseChangedError, CaseVerbRefusedError, CaseDutyMissingError, CaseBoundError
    WhistleNotFoundError, WhistleRefusedError, WhistleInvalidError
    """
    act = given.act
    held = hold(session, case_id=case_id, act=act, caller=caller, expected_version=expected_version, path=WHISTLES)
    view = queries.whistle(session, case_id, number)
    _require_state(view, given.verb)
    detail: dict[str, Any] = {"whistle": number}
    answer = None
    if given.verb in NAMES_UNIT:
        answer = view.answer(act.unit_code or _own_unit(session, view, given.verb, caller, held))
        detail["unit"] = answer.unit_code
    acting = answer.unit_code if answer is not None and given.verb in OF_CALLED else view.whistle.unit_code
    require_member(session, acting, caller, held.now)
    if answer is not None:
        _answer(session, held, view, answer, given, detail)
    else:
        _end(held, view, given.verb, detail)
    bring_up(session, held, [add_step(session, held, act, caller.actor, detail)])
    return queries.whistle(session, case_id, number)


def _answer(
    session: Session,
    held: HeldByCaller,
    view: WhistleView,
    answer: WhistleAnswer,
    given: WhistleIn,
    detail: dict[str, Any],
) -> None:
    """Bring a called unit up to what it did, or to how it is rated."""
    match given.verb:
        case WhistleVerb.SIGN | WhistleVerb.CONTACT | WhistleVerb.ARRIVE:
            _move(answer, AnswerAct(given.verb.value))
            late = _note_instants(answer, given.verb, held)
            detail["late"] = late
            if given.verb is WhistleVerb.ARRIVE:
                detail |= _note_place(session, held, view, answer, given)
        case WhistleVerb.COSIGN:
            _cosign(view, answer, given, detail)
        case WhistleVerb.RATE_UNIT:
            if answer.rating is not None:
                raise WhistleRefusedError(
                    "Unit '{unit}' was rated for this whistle: one rating a unit.", values={"unit": answer.unit_code}
                )
            answer.rating = given.act.rating
            detail["rating"] = given.act.rating


def _note_instants(answer: WhistleAnswer, verb: WhistleVerb, held: Held) -> bool:
    """Note when a unit signed, made contact or arrived, which has the others in it; return whether it was late."""
    if answer.signed_at is None:
        answer.signed_at = held.now
    if verb is WhistleVerb.SIGN:
        return held.now > answer.sign_due_at
    if answer.contacted_at is None:
        answer.contacted_at = held.now
    if verb is WhistleVerb.CONTACT:
        return held.now > answer.contact_due_at
    answer.arrived_at = held.now
    return held.now > answer.arrive_due_at


def _note_place(
    session: Session, held: HeldByCaller, view: WhistleView, answer: WhistleAnswer, given: WhistleIn
) -> dict[str, Any]:
    """Note how far from the case's point a unit arrived; a case without a point tells nothing."""
    case = held.view
    if case.lon is None or case.lat is None:
        return {"distance_m": None, "accuracy_m": given.accuracy_m, "distant": None}
    values = {"lon": given.act.lon, "lat": given.act.lat, "case_lon": case.lon, "case_lat": case.lat}
    distance = round(float(session.scalar(text(_DISTANCE), values) or 0), 1)
    answer.distance_m = distance
    answer.is_distant = rules.is_distant(distance, given.accuracy_m, view.whistle.near_m)
    return {"distance_m": distance, "accuracy_m": given.accuracy_m, "distant": answer.is_distant}


def _cosign(view: WhistleView, answer: WhistleAnswer, given: WhistleIn, detail: dict[str, Any]) -> None:
    """Note that a unit that came agrees with the conclusion, or why not; with the last one the whistle is settled."""
    if answer.arrived_at is None:
        raise WhistleRefusedError(
            "Unit '{unit}' did not come: a conclusion is signed by those who did.", values={"unit": answer.unit_code}
        )
    if answer.agrees:
        raise WhistleRefusedError(
            "Unit '{unit}' has signed the conclusion.", values={"unit": answer.unit_code}
        )  # fmt: skip
    if not given.agrees and not (given.act.opinion or "").strip():
        raise WhistleInvalidError("Who does not agree writes why.", field="opinion")
    answer.agrees = given.agrees
    detail["agrees"] = given.agrees
    if all(one.agrees for one in view.answers if one.arrived_at is not None):
        WHISTLE.move(view.whistle, WhistleAct.COSIGN)


def _end(held: Held, view: WhistleView, verb: WhistleVerb, detail: dict[str, Any]) -> None:
    """Conclude a whistle, perhaps anew, or call it off: what it paused goes on."""
    whistle = view.whistle
    is_first = whistle.ended_at is None
    WHISTLE.move(whistle, WhistleAct(verb.value))
    whistle.ended_at = whistle.ended_at or held.now
    detail["units"] = [one.unit_code for one in view.answers]
    if verb is WhistleVerb.CONCLUDE:
        for one in view.answers:
            one.agrees = None
        came = {one.unit_code: one.arrived_at is not None for one in view.answers}
        detail |= {
            "arrived": [unit for unit, is_there in came.items() if is_there],
            "absent": [unit for unit, is_there in came.items() if not is_there],
        }
    others = [one for one in cases.open_whistles(held.steps, pausing=True) if one != whistle.number]
    if is_first and whistle.pauses and not others and LIFECYCLE.state_of(held.case) is not CaseState.SUSPENDED:
        detail["clocks"] = clock_change(held, ClockState.PAUSED, Happening.RESUMED)


def _require_state(view: WhistleView, verb: WhistleVerb) -> None:
    state = WHISTLE.state_of(view.whistle)
    if state not in ALLOWED_IN[verb]:
        raise WhistleRefusedError(
            "Whistle {number} is {state}; '{verb}' is not possible.",
            values={"number": view.whistle.number, "state": state, "verb": verb},
            field="verb",
        )


def _move(answer: WhistleAnswer, act: AnswerAct) -> None:
    if not ANSWER.allows(answer, act):
        raise WhistleRefusedError(
            "Unit '{unit}' has {state}; '{verb}' is not possible.",
            values={"unit": answer.unit_code, "state": answer.state, "verb": act},
            field="verb",
        )
    ANSWER.move(answer, act)


def _own_unit(session: Session, view: WhistleView, verb: WhistleVerb, caller: Caller, held: Held) -> str:
    """Return the one called unit to which a person belongs, where none is named."""
    called = [one.unit_code for one in view.answers]
    if len(called) > 1 and verb in OF_CALLED and is_bound(caller):
        own = cases.units_of(session, caller.actor.id, held.now)
        called = [unit for unit in called if unit in own]
    if len(called) != 1:
        raise WhistleInvalidError(
            "Name the called unit: {units}.",
            values={"units": [one.unit_code for one in view.answers]}, field="unit_code",
        )  # fmt: skip
    return called[0]


def clock_change(held: Held, state: ClockState, what: Happening) -> list[dict[str, Any]]:
    """Return what happens to the clock of handling where it is in a state; nothing where it is in another."""
    reading = cases.clocks_of(held.steps, held.work, now=held.now)[Step.HANDLE]
    return [{"clock": Step.HANDLE, "what": what}] if reading.state is state else []
