"""What verbs do beyond the state and the clocks: one small function each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from core.personal import masked_text
from governance.cases.dispatch import answering
from governance.cases.dispatch.answering import CasePlace
from governance.cases.dispatch.rules import DispatchBlockedError
from governance.cases.lifecycle import queries
from governance.cases.lifecycle.operations.holding import require_not_accused
from governance.cases.lifecycle.rules import Act, CaseDutyMissingError, CaseForbiddenError
from governance.cases.lifecycle.states import Duty, Verb
from governance.cases.protection import accusations as protection
from governance.categories import queries as categories
from governance.categories.rules import CategoryNotFoundError
from governance.knowledge import queries as knowledge
from identity import principals
from identity.units.queries import UnitFilter, units_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.clocks.working_time import WorkingTime
    from governance.cases.lifecycle.operations.holding import Held
    from governance.cases.lifecycle.queries import CaseView
    from governance.cases.lifecycle.tables import Case, CaseStep
    from governance.categories.queries import CategoryInForce


_DISTANCE: Final = text(
    "SELECT ST_Distance(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography,"
    " ST_SetSRID(ST_MakePoint(:case_lon, :case_lat), 4326)::geography)"
)


@dataclass(slots=True)
class Change:
    """A case while a verb is done to it: what it is, its category, and what the step will keep."""

    case: Case
    view: CaseView
    category: CategoryInForce | None
    work: WorkingTime
    now: datetime
    accused: frozenset[str]
    steps: Sequence[CaseStep]
    detail: dict[str, Any]


def _no_more(session: Session, change: Change, act: Act) -> None:
    """Do nothing beyond what the table says."""


def _file(session: Session, change: Change, act: Act) -> None:  # noqa: ARG001 (all effects are called alike)
    if change.category is None:
        raise CaseDutyMissingError(
            ("Which category '{word}' of channel '{channel}' means is not known yet: reclassify the case first."),
            values={"word": change.view.word, "channel": change.view.channel},
            field="category",
        )


def _dispatch(session: Session, change: Change, act: Act) -> None:
    if act.unit_code is not None:
        found = answering.named(session, act.unit_code, change.now)
        require_not_accused(session, change.accused, found.unit_code, change.now)
    else:
        found = protection.above_accused(session, _resolved(session, change), change.accused, change.now)
    change.case.unit_code = found.unit_code
    change.detail["dispatch"] = found.by


def _hand_down(session: Session, change: Change, act: Act) -> None:
    unit, now = act.unit_code or "", change.now
    found = answering.named(session, unit, now)
    if unit == change.case.unit_code or not queries.is_below(session, unit, change.case.unit_code, now):
        raise CaseForbiddenError(
            "Unit '{unit}' is not below '{unit_code}': a case is handed down to a unit below, or reported up.",
            values={"unit": unit, "unit_code": change.case.unit_code},
            field="unit_code",
        )
    _hop(session, change, found.unit_code)


def _report_up(session: Session, change: Change, act: Act) -> None:  # noqa: ARG001
    own = units_at(session, change.now, UnitFilter(codes=[change.case.unit_code or ""]), limit=1)
    if not own or own[0].parent_code is None:
        raise DispatchBlockedError(
            "There is no unit above '{unit_code}' to report to.", values={"unit_code": change.case.unit_code}
        )
    _hop(session, change, own[0].parent_code)


def _hop(session: Session, change: Change, unit: str) -> None:
    """Give the case to another unit of the same line, by itself or on the way up and down; its handling goes on."""
    require_not_accused(session, change.accused, unit, change.now)
    change.detail["hop"] = {"from": change.case.unit_code, "to": unit}
    change.case.unit_code = unit


def _accuse(session: Session, change: Change, act: Act) -> None:
    """Keep whom a case accuses: neither sees it any more, and a supervisor looks after it from then on."""
    if act.unit_code is not None:
        change.detail["accused"] = answering.named(session, act.unit_code, change.now).unit_code
    else:
        change.detail["accused_person"] = principals.existing(session, act.person or "", field="person").id
    protection.accuse(session, change.case.id, change.detail)
    change.case.supervised = True


def _lift_accusation(session: Session, change: Change, act: Act) -> None:
    """Keep that somebody was named by mistake; the case stays supervised."""
    if act.unit_code is not None:
        change.detail["accused"] = act.unit_code
    else:
        change.detail["accused_person"] = principals.existing(session, act.person or "", field="person").id
    protection.lift(session, change.case.id, change.detail)


def _recall(session: Session, change: Change, act: Act) -> None:  # noqa: ARG001
    change.detail["recalled_from"] = change.case.unit_code
    change.case.unit_code = None


def _return(session: Session, change: Change, act: Act) -> None:  # noqa: ARG001
    change.detail |= {"return_reason": str(act.return_reason), "returned_by": change.case.unit_code}
    change.case.unit_code = None


def _on_the_spot(session: Session, change: Change, act: Act) -> None:  # noqa: ARG001
    if change.category is None or not change.category.on_the_spot:
        named = "none yet" if change.category is None else f"'{change.category.name}'"
        raise CaseForbiddenError(
            "The category of the case, {named}, is not handled on the spot.", values={"named": named}
        )


def _rate(session: Session, change: Change, act: Act) -> None:  # noqa: ARG001
    change.case.rating = act.rating
    change.detail["rating"] = act.rating


def _supervise(session: Session, change: Change, act: Act) -> None:  # noqa: ARG001
    change.case.supervised = True


def _add_note(session: Session, change: Change, act: Act) -> None:  # noqa: ARG001
    if act.peer is not None:
        change.detail["peer"] = dict(act.peer)


def _visit(session: Session, change: Change, act: Act) -> None:
    """Keep how far from the case's point somebody was who came; it is shown and refuses nothing."""
    view = change.view
    if view.lon is not None and view.lat is not None:
        values = {"lon": act.lon, "lat": act.lat, "case_lon": view.lon, "case_lat": view.lat}
        change.detail["distance_m"] = round(float(session.scalar(_DISTANCE, values) or 0), 1)


def _reopen(session: Session, change: Change, act: Act) -> None:  # noqa: ARG001
    change.detail["handled_by"] = change.case.unit_code
    change.case.unit_code = change.case.rating = None


def _transfer(session: Session, change: Change, act: Act) -> None:  # noqa: ARG001
    """Give the case to another district or the city, and keep who had it here."""
    receipt = {} if act.receipt is None else {"receipt": masked_text(act.receipt)}
    change.detail["transfer"] = {"to": masked_text(act.recipient or ""), "from": change.case.unit_code, **receipt}
    change.case.unit_code = None


def _confirm_transfer(session: Session, change: Change, act: Act) -> None:  # noqa: ARG001
    change.detail["transfer"] = {"receipt": masked_text(act.receipt or "")}


def _answer(session: Session, change: Change, act: Act) -> None:
    """Keep which entry of the knowledge base answered it, with what and by which source, as it stood then."""
    entry = knowledge.in_force(session, (act.knowledge or "").strip(), change.now, field="knowledge")
    if not entry.is_public and not act.gives(Duty.OPINION):
        raise CaseDutyMissingError(
            "Entry '{entry}' is not worded for citizens: write what the caller is told.",
            values={"entry": entry.entry_code}, field="opinion",
        )  # fmt: skip
    text = entry.answer if entry.is_public else None
    change.detail["answer"] = {"entry": entry.entry_code, "text": text, "source": entry.source}


def _reclassify(session: Session, change: Change, act: Act) -> None:
    """Give the case another category (and urgency), and keep whom it would go to by that: nobody is moved unseen."""
    if act.category is None:
        raise CaseDutyMissingError(field="category")
    found = categories.in_force(session, act.category, change.now)
    change.category, change.case.category_path = found, list(found.path)
    change.case.urgency = str(act.urgency or found.urgency)
    change.detail["urgency"] = change.case.urgency
    place = CasePlace(change.view.layer_id, change.view.area_path)
    change.detail |= rules_run_again(session, change, place, found, change.view.word)


def rules_run_again(
    session: Session, held: Change | Held, place: CasePlace, category: CategoryInForce, word: str
) -> dict[str, Any]:
    """Return what the rules say of a case at a place and of a category, for the step that gave it one; nothing is done.

    `would_go_to`: the unit and by what, with the rules that stand behind, or why none; `went_by`: by what it was given
    to a unit last; `differs`: the unit that has it is another one, and none below that: a dispatcher decides.
    """
    found: dict[str, Any]
    try:
        resolved = _resolve(session, place, category, word, held.work, held.now)
        resolved = protection.above_accused(session, resolved, held.accused, held.now)
        found = {"unit_code": resolved.unit_code, **resolved.by}
    except DispatchBlockedError as error:
        found = {"unit_code": None, "why": error.detail}
    told: dict[str, Any] = {"would_go_to": found}
    given = next((one for one in reversed(held.steps) if "dispatch" in one.detail), None)
    if given is not None:
        told["went_by"] = {"unit_code": given.unit_code, **given.detail["dispatch"]}
    has, named = held.case.unit_code, found["unit_code"]
    if has is not None:
        told["differs"] = named is None or not queries.is_below(session, has, named, held.now)
    return told


def _resolved(session: Session, change: Change) -> answering.Addressee:
    if change.category is None:
        raise CategoryNotFoundError(field="category")
    place = CasePlace(change.view.layer_id, change.view.area_path)
    return _resolve(session, place, change.category, change.view.word, change.work, change.now)


def _resolve(
    session: Session, place: CasePlace, category: CategoryInForce, word: str, work: WorkingTime, now: datetime
) -> answering.Addressee:
    return answering.resolve(
        session, place, now, path=category.path, word=word, default_unit=category.unit_code, work=work
    )


_EFFECTS: dict[Verb, Callable[[Session, Change, Act], None]] = {
    Verb.FILE: _file,
    Verb.DISPATCH: _dispatch,
    Verb.REDISPATCH: _dispatch,
    Verb.RETURN: _return,
    Verb.HANDLE_ON_THE_SPOT: _on_the_spot,
    Verb.RATE: _rate,
    Verb.SUPERVISE: _supervise,
    Verb.RECLASSIFY: _reclassify,
    Verb.REOPEN: _reopen,
    Verb.HAND_DOWN: _hand_down,
    Verb.REPORT_UP: _report_up,
    Verb.ACCUSE: _accuse,
    Verb.ADD_NOTE: _add_note,
    Verb.LIFT_ACCUSATION: _lift_accusation,
    Verb.RECALL: _recall,
    Verb.TRANSFER: _transfer,
    Verb.CONFIRM_TRANSFER: _confirm_transfer,
    Verb.ANSWER: _answer,
    Verb.VISIT: _visit,
}
"""What a verb changes beyond the state and the clocks."""


def effect_of(verb: Verb) -> Callable[[Session, Change, Act], None]:
    """Return what a verb changes beyond the state and the clocks."""
    return _EFFECTS.get(verb, _no_more)
