"""Writes of cases: a report opens one, and every later change is one step of the table of transitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geoalchemy2.shape import from_shape
from shapely import Point
from sqlalchemy import text, update

from core import clock
from core.db.locks import LockSpace, lock
from governance.cases.clocks.measuring import Happening
from governance.cases.lifecycle import dispatching, queries, rules
from governance.cases.lifecycle.dispatching import CasePlace
from governance.cases.lifecycle.rules import Act, CaseChangedError, CaseDutyMissingError, CaseForbiddenError
from governance.cases.lifecycle.states import LIFECYCLE, TABLE, CaseState, Verb
from governance.cases.lifecycle.tables import Case, CaseStep, CaseWords
from governance.categories import queries as categories
from governance.categories.rules import CategoryNotFoundError
from governance.categories.states import Step, Urgency
from governance.reports import queries as reports
from governance.reports.numbers import MONTH, report_number
from identity.actors import SERVICE, ActorKind
from identity.grants import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.lifecycle.queries import CaseView
    from governance.categories.queries import CategoryInForce
    from identity.actors import Actor
    from identity.grants import Reach


@dataclass(frozen=True, slots=True)
class Caller:
    """Who does something to cases: the actor, and what each scope reaches (identity.keys.Principal.reach).

    `any_unit`: acts for every unit, as the operator's command line does.
    """

    actor: Actor
    reach: Callable[[Scope], Reach]
    any_unit: bool = False


@dataclass(slots=True)
class _Change:
    """A case while a verb is done to it: what it is, its category, and what the step will keep."""

    case: Case
    view: CaseView
    category: CategoryInForce | None
    now: datetime
    detail: dict[str, Any]


def open_case(
    session: Session, *, report_id: int, caller: Caller, deadline: datetime | None = None
) -> tuple[CaseView, bool]:
    """Open the case of a report, with the category that its channel means by its word; return whether it is new.

    A report opens one case: asked again, it is the same. A deadline from outside stands beside the clocks.

    Raises
    ------
    ReportUnknownError
        When there is none in the reach of who may accept cases.
    """
    reach = caller.reach(TABLE[Verb.OPEN].scope)
    report_id = reports.current_id(session, report_id)
    report = reports.report(session, report_id, reach=reach)
    # Who opens the same case at the same time waits here and finds it.
    lock(session, LockSpace.CASES, report_id)
    known = session.get(Case, report_id)
    if known is not None:
        return queries.case(session, report_id, reach=reach), False
    session.execute(text("SELECT make_case_month(:month)"), {"month": report_id // MONTH})
    now = clock.now()
    code = categories.category_of_word(session, report["channel"], report["category"], now)
    category = None if code is None else categories.in_force(session, code, now)
    urgency = Urgency.NORMAL if category is None else category.urgency
    work = queries.working_time(session, known_by=now)
    idle = queries.clocks_of([], work, now=now)
    changes = rules.clock_changes(Verb.OPEN, idle, {} if category is None else category.limits, urgency)
    if deadline is not None:
        changes.append({"clock": Step.HANDLE, "what": Happening.FIXED, "deadline": deadline.isoformat()})
    case = Case(
        id=report_id, state=str(CaseState.OPENED), version=1, urgency=str(urgency), opened_at=now, changed_at=now,
        category_path=[] if category is None else list(category.path), supervised=False,
    )  # fmt: skip
    session.add(case)
    step = _step(case, Act(verb=Verb.OPEN), caller.actor, now, None, {"clocks": changes})
    session.add(step)
    case.due_at, case.due_step = rules.next_due(queries.clocks_of([step], work, now=now))
    session.flush()
    return queries.case(session, report_id, reach=reach), True


def act_on(
    session: Session, *, case_id: int, act: Act, caller: Caller, expected_version: int | None = None
) -> CaseView:
    """Do what the table allows to a case: check, write a step of its history, and bring the case up to it.

    `expected_version` is the case that the caller saw.

    Raises
    ------
    CaseNotFoundError, CaseForbiddenError, CaseChangedError, CaseVerbRefusedError, CaseDutyMissingError
    CaseBoundError, DispatchBlockedError, CategoryNotFoundError, UnitNotFoundError
    """
    case = session.get(Case, case_id, with_for_update=True, populate_existing=True)
    view = queries.case(session, case_id, reach=caller.reach(Scope.CASES_READ))
    if case is None:  # deleted between two statements: no operation does that
        raise rules.CaseNotFoundError(field="number")
    if expected_version is not None and expected_version != case.version:
        raise _changed(session, case, expected_version)
    now = clock.now()
    _require_may(session, case, act.verb, caller, now)
    rules.require_allowed(act.verb, LIFECYCLE.state_of(case))
    rules.require_duties(act)
    steps = queries.steps_of(session, case_id)
    work = queries.working_time(session, known_by=now)
    readings = queries.clocks_of(steps, work, now=now)
    past = queries.past_of(steps)
    rules.require_within_bounds(act, past, readings, work, unit=case.unit_code, now=now)
    category = None
    if case.category_path:  # as it was when the case got it: what is stated later holds for later cases
        category = categories.in_force(session, case.category_path[0], queries.categorised_at(steps))
    change = _Change(case, view, category, now, {})
    _EFFECTS.get(act.verb, _no_more)(session, change, act)
    limits = {} if change.category is None else change.category.limits
    change.detail["clocks"] = rules.clock_changes(act.verb, readings, limits, Urgency(case.urgency))
    came_from = LIFECYCLE.state_of(case)
    LIFECYCLE.move(case, act.verb)
    case.version += 1
    added = [_step(case, act, caller.actor, now, came_from, change.detail)]
    cause = rules.raises_to_supervision(act.verb, past)
    if cause is not None and not case.supervised:
        case.supervised = True
        case.version += 1
        raised = Act(verb=Verb.SUPERVISE)
        added.append(_step(case, raised, SERVICE, now, LIFECYCLE.state_of(case), {"cause": cause}))
    session.add_all(added)
    if act.reason is not None or act.opinion is not None or act.photos:
        words = {"reason": act.reason, "opinion": act.opinion, "photos": list(act.photos)}
        session.add(CaseWords(case_id=case_id, number=added[0].number, **words))
    case.changed_at = now
    case.due_at, case.due_step = rules.next_due(queries.clocks_of([*steps, *added], work, now=now))
    session.flush()
    return queries.case(session, case_id, reach=caller.reach(Scope.CASES_READ))


def erase_words(session: Session, case_ids: Sequence[int]) -> None:
    """Erase what people wrote to the steps of cases and the names of photos; the steps stay."""
    empty: dict[str, Any] = {"reason": None, "opinion": None, "photos": []}
    session.execute(update(CaseWords).where(CaseWords.case_id.in_(case_ids)).values(empty))


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
    is_bound = rule.own_unit and caller.actor.kind is ActorKind.PERSON and not caller.any_unit
    if is_bound and not queries.is_member(session, caller.actor.id, case.unit_code, now):
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


def _no_more(session: Session, change: _Change, act: Act) -> None:
    """Do nothing beyond what the table says."""


def _file(session: Session, change: _Change, act: Act) -> None:  # noqa: ARG001 (all effects are called alike)
    if change.category is None:
        raise CaseDutyMissingError(
            ("Which category '{word}' of channel '{channel}' means is not known yet: reclassify the case first."),
            values={"word": change.view.word, "channel": change.view.channel},
            field="category",
        )


def _dispatch(session: Session, change: _Change, act: Act) -> None:
    if act.unit_code is not None:
        found = dispatching.named(session, act.unit_code, change.now)
    else:
        found = _resolved(session, change)
    change.case.unit_code = found.unit_code
    change.detail["dispatch"] = found.by


def _return(session: Session, change: _Change, act: Act) -> None:  # noqa: ARG001
    change.detail |= {"return_reason": str(act.return_reason), "returned_by": change.case.unit_code}
    change.case.unit_code = None


def _on_the_spot(session: Session, change: _Change, act: Act) -> None:  # noqa: ARG001
    if change.category is None or not change.category.on_the_spot:
        named = "none yet" if change.category is None else f"'{change.category.name}'"
        raise CaseForbiddenError(
            "The category of the case, {named}, is not handled on the spot.", values={"named": named}
        )


def _rate(session: Session, change: _Change, act: Act) -> None:  # noqa: ARG001
    change.case.rating = act.rating
    change.detail["rating"] = act.rating


def _supervise(session: Session, change: _Change, act: Act) -> None:  # noqa: ARG001
    change.case.supervised = True


def _reopen(session: Session, change: _Change, act: Act) -> None:  # noqa: ARG001
    change.detail["handled_by"] = change.case.unit_code
    change.case.unit_code = change.case.rating = None


def _reclassify(session: Session, change: _Change, act: Act) -> None:
    """Give the case another category (and urgency), and keep whom it would go to by that: nobody is moved unseen."""
    if act.category is None:
        raise CaseDutyMissingError(field="category")
    found = categories.in_force(session, act.category, change.now)
    change.category, change.case.category_path = found, list(found.path)
    change.case.urgency = str(act.urgency or found.urgency)
    change.detail["urgency"] = change.case.urgency
    try:
        resolved = _resolved(session, change)
        change.detail["would_go_to"] = {"unit_code": resolved.unit_code, **resolved.by}
    except rules.DispatchBlockedError as error:
        change.detail["would_go_to"] = {"unit_code": None, "why": error.detail}


def _resolved(session: Session, change: _Change) -> dispatching.Addressee:
    if change.category is None:
        raise CategoryNotFoundError(field="category")
    place = CasePlace(change.view.layer_id, change.view.area_path)
    words = [*change.category.path, change.view.word]
    return dispatching.resolve(
        session, place, change.now, categories=words, default_unit=change.category.unit_code
    )  # fmt: skip


_EFFECTS: dict[Verb, Callable[[Session, _Change, Act], None]] = {
    Verb.FILE: _file,
    Verb.DISPATCH: _dispatch,
    Verb.REDISPATCH: _dispatch,
    Verb.RETURN: _return,
    Verb.HANDLE_ON_THE_SPOT: _on_the_spot,
    Verb.RATE: _rate,
    Verb.SUPERVISE: _supervise,
    Verb.RECLASSIFY: _reclassify,
    Verb.REOPEN: _reopen,
}
"""What a verb changes beyond the state and the clocks."""


def _step(
    case: Case, act: Act, actor: Actor, now: datetime, came_from: CaseState | None, detail: dict[str, Any]
) -> CaseStep:
    point = None if act.lon is None or act.lat is None else from_shape(Point(act.lon, act.lat), srid=4326)
    return CaseStep(
        case_id=case.id, number=case.version, at=now, device_at=act.device_at, verb=str(act.verb),
        came_from=None if came_from is None else str(came_from), led_to=case.state, actor_id=actor.id,
        actor=actor.name, unit_code=case.unit_code,
        category_code=case.category_path[0] if case.category_path else None,
        geom=point, detail=detail,
    )  # fmt: skip
