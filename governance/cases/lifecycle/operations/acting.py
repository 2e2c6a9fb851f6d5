"""Do something to a case: every change of it is one step of the table of transitions."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.seals import operations as seals
from governance.cases.dispatch.answering import Addressee
from governance.cases.dispatch.rules import DispatchBlockedError
from governance.cases.lifecycle import queries, rules
from governance.cases.lifecycle.operations.effects import Change, effect_of
from governance.cases.lifecycle.operations.holding import add_step, bring_up, hold, raise_to_supervision
from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import LIFECYCLE, Verb
from governance.cases.lifecycle.tables import CaseWords
from governance.cases.protection import accusations
from governance.categories import queries as categories
from governance.categories.states import Urgency
from governance.policies.queries import policies_at
from identity.actors import SERVICE
from identity.grants import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from governance.cases.lifecycle.operations.history import Caller
    from governance.cases.lifecycle.operations.holding import Held
    from governance.cases.lifecycle.queries import CaseView
    from governance.cases.lifecycle.rules import Limits
    from governance.cases.lifecycle.tables import CaseStep


def act_on(
    session: Session, *, case_id: int, act: Act, caller: Caller, expected_version: int | None = None
) -> CaseView:
    """Do what the table allows to a case: check, write a step of its history, and bring the case up to it.

    `expected_version` is the case that the caller saw.

    Raises
    ------
    CaseNotFoundError, CaseForbiddenError, CaseChangedError, CaseVerbRefusedError, CaseDutyMissingError
    CaseBoundError, CaseOpenBesideError, DispatchBlockedError, CategoryNotFoundError, UnitNotFoundError
    """
    held = hold(session, case_id=case_id, act=act, caller=caller, expected_version=expected_version)
    case, steps = held.case, held.steps
    readings = queries.clocks_of(steps, held.work, now=held.now)
    past = queries.past_of(steps)
    policies = policies_at(session, held.now)
    rules.require_within_bounds(act, past, readings, held.work, unit=case.unit_code, now=held.now, policies=policies)
    category = None
    if case.category_path:  # as it was when the case got it: what is stated later holds for later cases
        category = categories.in_force(session, case.category_path[0], queries.categorised_at(steps))
    change = Change(case, held.view, category, held.work, held.now, held.accused, steps, {})
    effect_of(act.verb)(session, change, act)
    limits = {} if change.category is None else change.category.limits
    change.detail["clocks"] = rules.clock_changes(act.verb, readings, limits, Urgency(case.urgency))
    if act.verb is Verb.RESUME and queries.open_whistles(steps, pausing=True):
        change.detail["clocks"] = []  # the end of the whistle that paused it resumes it
    came_from = LIFECYCLE.state_of(case)
    LIFECYCLE.move(case, act.verb)
    added = [add_step(session, held, act, caller.actor, change.detail, came_from=came_from)]
    cause = rules.raises_to_supervision(act.verb, past, policies)
    if cause is not None and not case.supervised:
        added.append(raise_to_supervision(session, held, {"cause": cause}))
    if act.verb is Verb.ACCUSE:
        added += _take_from_accused(session, held, added, limits)
    bring_up(session, held, added)
    # What was done may have led the case out of the caller's reach.
    return queries.case(session, case_id, reach=EVERYTHING)


def _take_from_accused(session: Session, held: Held, added: Sequence[CaseStep], limits: Limits) -> list[CaseStep]:
    """Take a case back from a unit that it accuses, or one below that, and give it to the unit above, if there is one.

    What such a unit has handled already is verified by others, who do not belong to it.
    """
    case, steps = held.case, [*held.steps, *added]
    unit, accused = case.unit_code, queries.accused_of(steps)
    if unit is None or not LIFECYCLE.allows(case, Verb.RECALL):
        return []
    if accusations.accused_above(session, unit, accused, held.now) is None:
        return []
    given: list[tuple[Verb, str | None, dict[str, Any]]]
    given = [(Verb.RECALL, None, {"cause": "accused", "recalled_from": unit})]
    with suppress(DispatchBlockedError):
        found = accusations.above_accused(session, Addressee(unit, {}), accused, held.now)
        given.append((Verb.DISPATCH, found.unit_code, {"cause": "accused", "dispatch": found.by}))
    for verb, goes_to, detail in given:
        readings = queries.clocks_of(steps, held.work, now=held.now)
        detail["clocks"] = rules.clock_changes(verb, readings, limits, Urgency(case.urgency))
        came_from = LIFECYCLE.state_of(case)
        LIFECYCLE.move(case, verb)
        case.unit_code = goes_to
        steps.append(add_step(session, held, Act(verb=verb), SERVICE, detail, came_from=came_from))
    return steps[-len(given) :]


def erase_words(session: Session, case_ids: Sequence[int], *, note: str) -> None:
    """Erase what people wrote to the steps of cases and the names of photos; the steps stay, and the chain verifies."""
    session.flush()
    rows = session.scalars(select(CaseWords.id).where(CaseWords.case_id.in_(case_ids))).all()
    if rows:
        seals.erase_words(session, CaseWords.__tablename__, rows, note=note)
