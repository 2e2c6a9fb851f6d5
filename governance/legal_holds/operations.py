"""Set a legal hold, and lift it by a second person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core import audit, clock
from core.db.locks import LockSpace, lock
from core.errors import DomainError, Kind
from governance.legal_holds import queries
from governance.legal_holds.states import HOLD, HoldAction, HoldKind, HoldState
from governance.legal_holds.tables import LegalHold
from governance.reports import rules
from governance.reports.numbers import report_number
from governance.reports.queries import current_id, require_known
from identity import principals
from identity.people import queries as people

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from identity.actors import Actor


class HoldInvalidError(DomainError):
    """A legal hold names one thing: a report, a telephone number, a person who works here, or a span; and a reason."""

    code = "hold-invalid"
    kind = Kind.INVALID


class HoldLiftedError(DomainError):
    """The legal hold is lifted already."""

    code = "hold-lifted"
    kind = Kind.CONFLICT


class HoldSecondPersonError(DomainError):
    """Who set a legal hold cannot lift it: a second person has to."""

    code = "hold-second-person"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True, slots=True)
class HoldSubject:
    """What is to be kept; one of the first four is given. A span without `received_until` has no end."""

    report_id: int | None = None
    phone: str | None = None
    person: int | None = None
    received_from: datetime | None = None
    received_until: datetime | None = None

    @property
    def kind(self) -> HoldKind:
        """Return what kind of hold it makes; raises HoldInvalidError where it is none, or several."""
        given = {
            HoldKind.REPORT: self.report_id,
            HoldKind.CALLER: self.phone,
            HoldKind.STAFF: self.person,
            HoldKind.PERIOD: self.received_from,
        }
        kinds = [kind for kind, value in given.items() if value is not None]
        if len(kinds) != 1:
            named = ", ".join(kinds) or "none"
            raise HoldInvalidError("Name one thing to keep; given: {named}.", values={"named": named}, field="report")
        if self.received_until is not None and self.received_from is None:
            raise HoldInvalidError("A span needs its first instant.", field="received_from")
        if self.received_from and self.received_until and self.received_until <= self.received_from:
            raise HoldInvalidError("The span ends before it begins.", field="received_until")
        if self.phone is not None and not rules.caller_digits(self.phone):
            raise HoldInvalidError("The telephone number has no digits.", field="phone")
        return kinds[0]


def set_hold(session: Session, subject: HoldSubject, *, reason: str, actor: Actor) -> LegalHold:
    """Keep what the subject names from now on, also what of it is still to come.

    Waits for erasures that are under way; what they erase is gone.

    Raises
    ------
    HoldInvalidError, ReportUnknownError, PersonNotFoundError
    """
    kind = subject.kind
    if not reason.strip():
        raise HoldInvalidError("Give the reason: the file or order that asks for it.", field="reason")
    lock(session, LockSpace.LEGAL_HOLDS, 0)
    report_id = None if subject.report_id is None else current_id(session, subject.report_id)
    if report_id is not None:
        require_known(session, [report_id])
    if subject.person is not None:
        people.get(session, subject.person)
    hold = LegalHold(
        kind=kind, state=HoldState.IN_FORCE, report_id=report_id, phone=subject.phone, person_id=subject.person,
        received_from=subject.received_from, received_until=subject.received_until, reason=reason,
        set_at=clock.now(), set_by_id=actor.id, set_by=actor.name,
    )  # fmt: skip
    session.add(hold)
    session.flush()
    audit.record(
        session, actor=actor, action="holds.set", subject=f"hold/{hold.id}", kind=str(kind), reason=reason,
        report=None if report_id is None else report_number(report_id), person=subject.person,
        received_from=_iso(subject.received_from), received_until=_iso(subject.received_until),
    )  # fmt: skip
    return hold


def lift_hold(session: Session, number: int, *, reason: str, actor: Actor) -> LegalHold:
    """Let what a hold kept be erased again; the telephone number that it named goes.

    Raises
    ------
    HoldNotFoundError, HoldLiftedError, HoldInvalidError
    HoldSecondPersonError
        When the actor set it, or is one hand with who did.
    """
    hold = queries.get(session, number, locked=True)
    if not HOLD.allows(hold, HoldAction.LIFT):
        raise HoldLiftedError(
            "Legal hold {number} was lifted by '{lifted_by}'.", values={"number": number, "lifted_by": hold.lifted_by}
        )
    if not reason.strip():
        raise HoldInvalidError("Give the reason: the file or order that ends it.", field="reason")
    if principals.is_among(session, actor, [hold.set_by_id], since=hold.set_at):
        raise HoldSecondPersonError(
            "'{set_by}' set the hold: somebody else has to lift it.", values={"set_by": hold.set_by}
        )
    HOLD.move(hold, HoldAction.LIFT)
    hold.phone = None
    hold.lifted_at, hold.lifted_by_id, hold.lifted_by = clock.now(), actor.id, actor.name
    hold.lift_reason = reason
    audit.record(session, actor=actor, action="holds.lift", subject=f"hold/{number}", reason=reason, set_by=hold.set_by)
    session.flush()
    return hold


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
