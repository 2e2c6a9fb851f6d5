"""Reads of legal holds: which there are, and which reports they keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, text

from core.db.locks import LockSpace, lock_shared
from core.errors import DomainError, Kind
from governance.legal_holds.states import HoldKind, HoldState
from governance.legal_holds.tables import LegalHold
from governance.reports.callers import reports_of_callers
from identity.sign_in.retention import Kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

# A hold names a report or a half-open span of receipt.
_HELD = """
SELECT r.id FROM report r
WHERE r.id = ANY(:ids) AND EXISTS (
    SELECT FROM legal_hold h WHERE h.state = 'in_force' AND (h.report_id = r.id
        OR (r.received_at >= h.received_from AND r.received_at < coalesce(h.received_until, 'infinity'))))
"""


class HoldNotFoundError(DomainError):
    """There is no legal hold of that number. `wangge holds list` shows those there are."""

    code = "hold-not-found"
    kind = Kind.NOT_FOUND


class HeldError(DomainError):
    """A legal hold keeps this; nothing was erased. It can be erased once a second person has lifted the hold."""

    code = "held"
    kind = Kind.CONFLICT


def get(session: Session, hold: int, *, locked: bool = False) -> LegalHold:
    """Return a hold by its number.

    Raises
    ------
    HoldNotFoundError
    """
    found = session.get(LegalHold, hold, with_for_update=locked or None)
    if found is None:
        raise HoldNotFoundError("There is no legal hold {hold}.", values={"hold": hold})
    return found


def page(
    session: Session, *, state: HoldState | None = None, limit: int, after: int | None = None
) -> tuple[list[LegalHold], int | None]:
    """Return a page of holds, the latest first, and the number to go on after (None: there are no more)."""
    query = select(LegalHold).order_by(LegalHold.id.desc()).limit(limit + 1)
    if state is not None:
        query = query.where(LegalHold.state == state)
    if after is not None:
        query = query.where(LegalHold.id < after)
    found = list(session.scalars(query))
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def held_reports(session: Session, report_ids: Sequence[int], *, caller_key: bytes) -> set[int]:
    """Return those of these reports that a hold keeps; until the transaction ends no further hold is set.

    Holds on callers are followed by the number itself, so that a report of today is held too.
    """
    lock_shared(session, LockSpace.LEGAL_HOLDS, 0)
    held = set(session.scalars(text(_HELD), {"ids": list(report_ids)}))
    phones = session.scalars(
        select(LegalHold.phone).where(LegalHold.state == HoldState.IN_FORCE, LegalHold.phone.is_not(None))
    ).all()
    if phones:
        held.update(reports_of_callers(session, [phone for phone in phones if phone], caller_key, among=report_ids))
    return held


def held_sign_ins(session: Session) -> Kept:
    """Return the persons and spans whose sign-ins holds keep; until the transaction ends no further hold is set."""
    lock_shared(session, LockSpace.LEGAL_HOLDS, 0)
    rows = session.execute(
        select(LegalHold.person_id, LegalHold.received_from, LegalHold.received_until).where(
            LegalHold.state == HoldState.IN_FORCE, LegalHold.kind.in_((HoldKind.STAFF, HoldKind.PERIOD))
        )
    ).all()
    persons = [person for person, _, _ in rows if person is not None]
    return Kept(persons, [(start, until) for _, start, until in rows if start is not None])


def require_free_person(session: Session, person: int) -> None:
    """Make sure that no hold keeps a person who works or worked here.

    Raises
    ------
    HeldError
    """
    lock_shared(session, LockSpace.LEGAL_HOLDS, 0)
    hold = session.scalar(
        select(LegalHold.id)
        .where(LegalHold.state == HoldState.IN_FORCE, LegalHold.person_id == person)
        .order_by(LegalHold.id)
        .limit(1)
    )
    if hold is not None:
        raise HeldError(
            "Legal hold {hold} keeps person {person}: nothing was erased.", values={"hold": hold, "person": person}
        )
