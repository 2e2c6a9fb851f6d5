"""Hold a case under its lock for who may do something to it, and add steps to its history.

What runs beside a case (joint handling) is written with the same means: each of its acts is a step of the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from core import clock
from governance.attachments import queries as attachments
from governance.cases.dispatch.rules import DispatchBlockedError
from governance.cases.lifecycle import queries, rules
from governance.cases.lifecycle.operations.history import new_step
from governance.cases.lifecycle.rules import Act, CaseChangedError, CaseDutyMissingError, CaseForbiddenError
from governance.cases.lifecycle.states import LIFECYCLE, STEPS, TABLE, Verb
from governance.cases.lifecycle.tables import IDS_A_CASE, Case, CaseWords
from governance.reports.numbers import report_number
from identity.actors import SERVICE, ActorKind
from identity.grants import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.clocks.working_time import WorkingTime
    from governance.cases.lifecycle.operations.history import Caller
    from governance.cases.lifecycle.queries import CaseView
    from governance.cases.lifecycle.states import CaseState
    from governance.cases.lifecycle.tables import CaseStep
    from identity.actors import Actor


BEGUN_BESIDE: Final = (Verb.WHISTLE, Verb.GIVE_PART, Verb.CALL_BACK, Verb.MERGE, Verb.LINK)
"""What begins beside a case: verbs of other addresses than that of its steps that need nothing but the case."""


@dataclass(frozen=True, slots=True)
class Held:
    """A case under its lock, with its history, and the units that it accuses, at one instant."""

    case: Case
    steps: Sequence[CaseStep]
    work: WorkingTime
    now: datetime
    accused: frozenset[str]


@dataclass(frozen=True, slots=True)
class HeldByCaller(Held):
    """A held case that the caller sees thus."""

    view: CaseView


def hold(
    session: Session,
    *,
    case_id: int,
    act: Act,
    caller: Caller,
    expected_version: int | None = None,
    path: str = STEPS,
) -> HeldByCaller:
    """Lock a case for an act that the table allows to the caller, with what it needs, at an address of the case.

    Raises
    ------
    CaseNotFoundError, CaseForbiddenError, CaseChangedError, CaseVerbRefusedError, CaseDutyMissingError, CaseBoundError
    """
    case = session.get(Case, case_id, with_for_update=True, populate_existing=True)
    view = queries.case(session, case_id, reach=caller.reach(Scope.CASES_READ))
    if case is None:  # deleted between two statements: no operation does that
        raise rules.CaseNotFoundError(field="number")
    if expected_version is not None and expected_version != case.version:
        raise _changed(session, case, expected_version)
    steps = queries.steps_of(session, case_id)
    now = _now_after(steps)
    _require_may(session, case, act.verb, caller, now)
    rules.require_allowed(act.verb, LIFECYCLE.state_of(case), path)
    rules.require_duties(act)
    _require_photos(session, case_id, act)
    if case.version + 4 >= IDS_A_CASE:  # this step, and those that follow from it by themselves
        raise rules.CaseBoundError("The history of a case has {most} steps at most.", values={"most": IDS_A_CASE - 1})
    accused = queries.accused_of(steps)
    return HeldByCaller(case, steps, queries.working_time(session, known_by=now), now, accused, view)


def hold_as_service(session: Session, case_id: int) -> Held:
    """Lock a case for what the service does to it by itself."""
    case = session.scalars(select(Case).where(Case.id == case_id).with_for_update()).one()
    steps = queries.steps_of(session, case_id)
    now = _now_after(steps)
    return Held(case, steps, queries.working_time(session, known_by=now), now, queries.accused_of(steps))


def _now_after(steps: Sequence[CaseStep]) -> datetime:
    """Return the time, or that of the last step where the server's clock was set back behind it: histories ascend."""
    return max([clock.now(), *(one.at for one in steps[-1:])])


def offered(session: Session, view: CaseView, caller: Caller, now: datetime) -> list[Verb]:
    """Return what a caller may do to a case as it stands, in the order of the table; bounds are not looked at.

    Beside its own steps: whether the caller may blow a whistle, give a part, merge, link, and call back.
    """
    reached: dict[Scope, bool] = {}
    is_own: bool | None = None
    found = []
    for verb, rule in TABLE.items():
        if view.state not in rule.sources or (rule.path != STEPS and verb not in BEGUN_BESIDE):
            continue
        if rule.scope not in reached:
            reached[rule.scope] = queries.is_reached(session, view.id, reach=caller.reach(rule.scope))
        if not reached[rule.scope]:
            continue
        if rule.own_unit and is_bound(caller):
            if is_own is None:
                is_own = queries.is_member(session, caller.actor.id, view.unit_code, now)
            if not is_own:
                continue
        found.append(verb)
    return found


def add_step(
    session: Session, held: Held, act: Act, actor: Actor, detail: dict[str, Any], *, came_from: CaseState | None = None
) -> CaseStep:
    """Add a step to the history of a held case, and what was written to it; `came_from` where its state was moved.

    `bring_up` follows, once all steps are added.
    """
    held.case.version += 1
    step = new_step(held.case, act, actor, held.now, came_from or LIFECYCLE.state_of(held.case), detail)
    session.add(step)
    if act.reason is not None or act.opinion is not None or act.photos:
        words = {"reason": act.reason, "opinion": act.opinion, "photos": list(act.photos)}
        session.add(CaseWords(case_id=held.case.id, number=step.number, id=step.id, **words))
    return step


def raise_to_supervision(session: Session, held: Held, detail: dict[str, Any]) -> CaseStep:
    """Raise a held case to supervision as the service does by itself, for the cause in `detail`."""
    held.case.supervised = True
    return add_step(session, held, Act(verb=Verb.SUPERVISE), SERVICE, detail)


def bring_up(session: Session, held: Held, added: Sequence[CaseStep]) -> None:
    """Bring a held case up to the steps that were added: its deadlines and when it changed."""
    held.case.changed_at = held.now
    readings = queries.clocks_of([*held.steps, *added], held.work, now=held.now)
    held.case.due_at, held.case.due_step = rules.next_due(readings)
    session.flush()


def require_not_accused(
    session: Session, accused: frozenset[str], unit: str, now: datetime, *, field: str = "unit_code"
) -> None:
    """Make sure that a case goes to no unit that it accuses, nor to one below it.

    Raises
    ------
    DispatchBlockedError
    """
    for one in sorted(accused):
        if queries.is_below(session, unit, one, now):
            raise DispatchBlockedError(
                "The case accuses unit '{accused}' and does not go to '{unit}': name another unit.",
                values={"accused": one, "unit": unit},
                field=field,
            )


def is_bound(caller: Caller) -> bool:
    """Tell whether a caller acts for the own units alone: a person does, a system and the command line do not."""
    return caller.actor.kind is ActorKind.PERSON and not caller.any_unit


def require_member(session: Session, unit: str, caller: Caller, now: datetime) -> None:
    """Make sure that a person who acts for a unit belongs to it or to one below it.

    Raises
    ------
    CaseForbiddenError
    """
    if is_bound(caller) and not queries.is_member(session, caller.actor.id, unit, now):
        raise CaseForbiddenError(
            "That is done by a person of unit '{unit}', and you do not belong to it.", values={"unit": unit}
        )


def _require_photos(session: Session, case_id: int, act: Act) -> None:
    """Make sure that the photos of a step hang on the case, each named by its SHA-256 or number."""
    known = attachments.photos_of(session, case_id) if act.photos else {}
    missing = next((one for one in act.photos if one.lower() not in known), None)
    if missing is not None:
        raise CaseDutyMissingError(
            "The case has no photo '{photo}': hang it on the case first, then name it by its SHA-256 or number.",
            values={"photo": missing[:80]},
            field="photos",
        )


def _require_may(session: Session, case: Case, verb: Verb, caller: Caller, now: datetime) -> None:
    """Make sure that the caller holds the verb's scope for the case, and belongs to its unit where that is asked."""
    rule = TABLE[verb]
    if not queries.is_reached(session, case.id, reach=caller.reach(rule.scope)):
        roles = ", ".join(rules.roles_for(rule))
        raise CaseForbiddenError(
            "'{verb}' needs '{scope}' for this case's area and category ({roles}).",
            values={"verb": verb, "scope": rule.scope, "roles": roles},
            scope=str(rule.scope),
        )
    if rule.own_unit and is_bound(caller) and not queries.is_member(session, caller.actor.id, case.unit_code, now):
        raise CaseForbiddenError(
            "The case is with unit '{unit_code}', and you do not belong to it.", values={"unit_code": case.unit_code}
        )


def _changed(session: Session, case: Case, seen: int) -> CaseChangedError:
    later = queries.steps_of(session, case.id, after=seen, limit=20)
    changes = [{"number": one.number, "verb": one.verb, "by": one.actor, "at": one.at.isoformat()} for one in later]
    words = ", ".join(f"{one.verb} by {one.actor}" for one in later) or "none of it is known"
    return CaseChangedError(
        "Case {id} was changed since version {seen}: {words}.",
        values={"id": report_number(case.id), "seen": seen, "words": words},
        field="If-Match",
        changes=changes,
    )
