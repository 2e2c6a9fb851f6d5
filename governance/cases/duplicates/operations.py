"""Writes of duplicates: merge a case into another, take it out, link two. Each is a step in both histories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select, text

from core.errors import DomainError
from governance.cases.duplicates import queries, repeat_queries
from governance.cases.duplicates.rules import CaseMergeRefusedError
from governance.cases.duplicates.states import RelationVerb
from governance.cases.duplicates.tables import CaseLink, CaseMerge
from governance.cases.lifecycle import queries as cases
from governance.cases.lifecycle import rules as case_rules
from governance.cases.lifecycle.operations.holding import add_step, bring_up, hold
from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import DUPLICATES, LIFECYCLE, Verb
from governance.cases.lifecycle.tables import Case
from governance.cases.protection import confidentiality
from governance.categories import queries as categories
from governance.categories.states import Urgency
from governance.policies.queries import policies_at
from governance.reports.numbers import report_number
from identity.grants import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from governance.cases.lifecycle.operations import Caller
    from governance.cases.lifecycle.operations.holding import Held, HeldByCaller

_ACCUSED: Final = "SELECT unit_code, person_id FROM report_accused WHERE report_id = :id"
_OF_OTHER: Final = {
    RelationVerb.MERGE: Verb.TAKE_IN, RelationVerb.UNMERGE: Verb.LET_GO, RelationVerb.LINK: Verb.LINK,
    RelationVerb.UNLINK: Verb.UNLINK,
}  # fmt: skip
"""What the history of the other case says of it."""


def relate(
    session: Session,
    case_id: int,
    other_id: int,
    verb: RelationVerb,
    *,
    reason: str,
    caller: Caller,
    expected_version: int | None = None,
    is_repeat: bool = False,
) -> None:
    """Merge a case into another, take it out again, or link or unlink the two; both histories say so.

    The caller needs the scope for both cases. `expected_version` is of the first. `is_repeat`: who reported the main
    case says the same once more, without new facts; it is answered with the main case and rated nowhere else.

    Raises
    ------
    CaseNotFoundError, CaseForbiddenError, CaseChangedError, CaseVerbRefusedError, CaseDutyMissingError, CaseBoundError
    CaseOpenBesideError, CaseMergeRefusedError
    ReporterConfidentialError
        When a repeat is stated by who may not know one of the reporters.
    """
    if is_repeat and verb is not RelationVerb.MERGE:
        raise CaseMergeRefusedError("Only what is merged is a repeat.", field="repeat")
    if case_id == other_id:
        raise CaseMergeRefusedError("A case is not related to itself: name another one.", field="other")
    # Both are locked by their ids in order: two people who merge crosswise wait for each other in turn.
    session.scalars(select(Case.id).where(Case.id.in_([case_id, other_id])).order_by(Case.id).with_for_update()).all()
    act, of_other = Act(verb=Verb(verb.value), reason=reason), Act(verb=_OF_OTHER[verb], reason=reason)
    cases.case(session, other_id, reach=caller.reach(Scope.CASES_READ))  # before anything is said of it
    held = hold(session, case_id=case_id, act=act, caller=caller, expected_version=expected_version, path=DUPLICATES)
    _require_relatable(session, case_id, other_id, verb)
    other = hold(session, case_id=other_id, act=of_other, caller=caller, path=DUPLICATES)
    if verb in {RelationVerb.MERGE, RelationVerb.LINK}:
        _require_same_accused(session, case_id, other_id)
    if is_repeat:
        _require_repeat(session, case_id, other_id, caller)
    match verb:
        case RelationVerb.MERGE:
            session.add(CaseMerge(case_id=case_id, main_id=other_id, merged_at=held.now, is_repeat=is_repeat))
        case RelationVerb.UNMERGE:
            session.execute(delete(CaseMerge).where(CaseMerge.case_id == case_id))
        case RelationVerb.LINK:
            first, second = sorted((case_id, other_id))
            session.add(CaseLink(first_id=first, second_id=second, linked_at=held.now))
        case RelationVerb.UNLINK:
            session.execute(delete(CaseLink).where(*_pair(case_id, other_id)))
    repeat = {"repeat": True} if is_repeat else {}
    _write(session, held, act, caller, {"other": report_number(other_id), **repeat})
    _write(session, other, of_other, caller, {"other": report_number(case_id), **repeat})


def merge_all(session: Session, main_id: int, case_ids: Sequence[int], *, reason: str, caller: Caller) -> None:
    """Merge several cases into a main one by one act: all of them or none.

    Raises
    ------
    CaseMergeRefusedError
        With the number of the case that stands in the way, as all that `relate` raises.
    CaseNotFoundError, CaseForbiddenError, CaseVerbRefusedError, CaseDutyMissingError, CaseBoundError
    CaseOpenBesideError
    """
    if not case_ids or len(set(case_ids)) < len(case_ids):
        raise CaseMergeRefusedError("Name the cases to be merged, each once.", field="cases")
    every = sorted({main_id, *case_ids})
    session.scalars(select(Case.id).where(Case.id.in_(every)).order_by(Case.id).with_for_update()).all()
    for place, case_id in enumerate(case_ids):
        try:
            relate(session, case_id, main_id, RelationVerb.MERGE, reason=reason, caller=caller)
        except DomainError as error:
            raise type(error)(
                "Case {number}: {why}",
                values={"number": report_number(case_id), "why": error.particular},
                field=f"cases.{place}",
                **error.context,
            ) from error


def rate(session: Session, case_id: int, *, rating: int, comment: str | None, caller: Caller) -> None:
    """Keep on a merged case how its own caller rates what came of the main one, beside the rating of that one's.

    Raises
    ------
    CaseNotFoundError, CaseForbiddenError, CaseVerbRefusedError, CaseDutyMissingError, CaseBoundError
    CaseMergeRefusedError
        When its caller rates the matter under another number.
    """
    main_id = queries.main_of(session, case_id)
    if main_id is not None and repeat_queries.rates_elsewhere(session, case_id, main_id):
        raise CaseMergeRefusedError(
            "The same caller sent an earlier report of this matter: that one is rated, once.", field="rating"
        )
    act = Act(verb=Verb.RATE_MAIN, rating=rating, opinion=comment)
    held = hold(session, case_id=case_id, act=act, caller=caller, path=DUPLICATES)
    held.case.rating = rating
    _write(session, held, act, caller, {"rating": rating})


def _write(session: Session, held: HeldByCaller, act: Act, caller: Caller, detail: dict[str, Any]) -> None:
    """Write a step of a case, move its state and its clocks as the table says, and bring it up."""
    came_from = LIFECYCLE.state_of(held.case)
    if act.verb in {Verb.MERGE, Verb.UNMERGE}:
        detail["clocks"] = _clock_changes(session, held, act)
        LIFECYCLE.move(held.case, act.verb)
    if act.verb is Verb.UNMERGE:
        detail["handled_by"] = held.case.unit_code
        held.case.unit_code = held.case.rating = None  # what was rated was the main case
    step = add_step(session, held, act, caller.actor, detail, came_from=came_from)
    bring_up(session, held, [step])


def _clock_changes(session: Session, held: Held, act: Act) -> list[dict[str, Any]]:
    """Return what merging or taking out does to the clocks of a case that nothing open runs beside."""
    readings = cases.clocks_of(held.steps, held.work, now=held.now)
    case_rules.require_within_bounds(
        act, cases.past_of(held.steps), readings, held.work, unit=held.case.unit_code, now=held.now,
        policies=policies_at(session, held.now),
    )  # fmt: skip
    path = held.case.category_path
    limits = categories.in_force(session, path[0], cases.categorised_at(held.steps)).limits if path else {}
    return case_rules.clock_changes(act.verb, readings, limits, Urgency(held.case.urgency))


def _require_relatable(session: Session, case_id: int, other_id: int, verb: RelationVerb) -> None:
    """Make sure that what is merged has one main case, which is none itself, and that what is undone was done."""
    main = queries.main_of(session, case_id)
    linked = session.scalar(select(CaseLink.first_id).where(*_pair(case_id, other_id))) is not None
    match verb:
        case RelationVerb.MERGE if (further := queries.main_of(session, other_id)) is not None:
            raise CaseMergeRefusedError(
                "Case {other} is itself merged into {main}: merge into that one.",
                values={"other": report_number(other_id), "main": report_number(further)},
                field="other",
            )
        case RelationVerb.MERGE if merged := queries.merged_into(session, case_id):
            raise CaseMergeRefusedError(
                "Cases {merged} are merged into this one: merge the other case into it, or take them out first.",
                values={"merged": [report_number(one) for one in merged]},
                field="other",
            )
        case RelationVerb.UNMERGE if main != other_id:
            raise CaseMergeRefusedError(
                "The case is not merged into {other}.", values={"other": report_number(other_id)}, field="other"
            )
        case RelationVerb.LINK if linked:
            raise CaseMergeRefusedError("The two cases are linked already.", field="other")
        case RelationVerb.UNLINK if not linked:
            raise CaseMergeRefusedError("The two cases are not linked.", field="other")


def _require_repeat(session: Session, case_id: int, main_id: int, caller: Caller) -> None:
    """Make sure that one caller sent both, and that the one who says so may know."""
    for one in (case_id, main_id):
        confidentiality.require_shown(session, one, caller.reach(Scope.CASES_DISPATCH).viewer)
    if not repeat_queries.is_same_caller(session, case_id, main_id):
        raise CaseMergeRefusedError(
            "It is not known that one caller sent both: merge them without calling the one a repeat.", field="repeat"
        )


def _require_same_accused(session: Session, case_id: int, main_id: int) -> None:
    """Make sure that whoever may not see one of the cases does not learn of it from the other."""
    accused = [{tuple(row) for row in session.execute(text(_ACCUSED), {"id": one})} for one in (case_id, main_id)]
    if accused[0] != accused[1]:
        raise CaseMergeRefusedError(
            "The two cases do not accuse the same: who may not see one of them would learn of it from the other.",
            field="other",
        )


def _pair(one: int, other: int) -> tuple[Any, Any]:
    first, second = sorted((one, other))
    return CaseLink.first_id == first, CaseLink.second_id == second
