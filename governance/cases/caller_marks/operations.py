"""Propose a mark on a caller; a second person confirms or refuses it; lift it; erase it with the report's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete

from core import audit, clock
from core.personal import masked_text
from governance.cases.caller_marks import queries, rules
from governance.cases.caller_marks.states import CALLER_MARK, CallerMarkAction, CallerMarkState
from governance.cases.caller_marks.tables import CallerMark
from governance.cases.lifecycle import queries as cases
from governance.cases.protection import confidentiality
from identity import principals

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from governance.cases.caller_marks.states import CallerMarkKind
    from identity.actors import Actor
    from identity.grants import Reach


def propose(
    session: Session, case_id: int, kind: CallerMarkKind, *, reason: str, last_day: date, reach: Reach, actor: Actor
) -> CallerMark:
    """Propose to mark who reported a case of a reach until the end of a day; it counts once a second person agrees.

    Raises
    ------
    CaseNotFoundError, CallerMarkInvalidError, CallerUnknownError
    ReporterConfidentialError
        When the reporter is kept from the person.
    """
    view = cases.case(session, case_id, reach=reach)
    confidentiality.require_shown(session, case_id, reach.viewer)
    rules.require_last_day(last_day, queries.today())
    if not reason.strip():
        raise rules.CallerMarkInvalidError("Write why the caller is marked.", field="reason")
    if not queries.callers_of(session, [case_id]):
        raise rules.CallerUnknownError(field="report")
    mark = CallerMark(
        report_id=case_id, kind=kind, reason=masked_text(reason.strip()), last_day=last_day,
        state=CallerMarkState.PROPOSED, proposed_at=clock.now(), proposed_by_id=actor.id, proposed_by=actor.name,
    )  # fmt: skip
    session.add(mark)
    session.flush()
    audit.record(
        session, actor=actor, action="caller_marks.propose", subject=view.number, mark=mark.id, kind=str(kind),
        last_day=last_day.isoformat(),
    )  # fmt: skip
    return mark


def decide(
    session: Session, number: int, action: CallerMarkAction, *, reach: Reach, actor: Actor, reason: str | None = None
) -> CallerMark:
    """Confirm or refuse a mark that waits, or lift one that counts, with a reason.

    Raises
    ------
    CallerMarkNotFoundError, CallerMarkDecidedError, CallerMarkInvalidError
    CallerMarkSecondPersonError
        When who proposed it, or is one hand with that person, confirms it. Refusing one's own is allowed.
    """
    mark = queries.held_mark(session, number, reach=reach)
    if not CALLER_MARK.allows(mark, action):
        raise rules.CallerMarkDecidedError("The mark is {state}.", values={"state": mark.state})
    is_own = principals.is_among(session, actor, [mark.proposed_by_id], since=mark.proposed_at)
    if action is CallerMarkAction.CONFIRM and is_own:
        raise rules.CallerMarkSecondPersonError
    if action is CallerMarkAction.LIFT and not (reason or "").strip():
        raise rules.CallerMarkInvalidError("Write why the mark is lifted.", field="reason")
    CALLER_MARK.move(mark, action)
    now = clock.now()
    if action is CallerMarkAction.LIFT:
        mark.lifted_at, mark.lifted_by, mark.lifted_for = now, actor.name, masked_text((reason or "").strip())
    else:
        mark.decided_at, mark.decided_by_id, mark.decided_by = now, actor.id, actor.name
    audit.record(
        session, actor=actor, action=f"caller_marks.{action}", subject=queries.number_of(mark), mark=mark.id,
        **({} if reason is None else {"reason": reason}),
    )  # fmt: skip
    session.flush()
    return mark


def erase(session: Session, report_ids: Sequence[int]) -> int:
    """Delete the marks on reports whose words are erased, and return how many. The audit keeps what was done."""
    gone = delete(CallerMark).where(CallerMark.report_id.in_(report_ids)).returning(CallerMark.id)
    return len(session.scalars(gone).all())
