"""Reads of requests about a person's own data: which there are, which are late, and the data itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select, text

from core import clock
from core.errors import DomainError, Kind
from governance.attachments import queries as attachments
from governance.personal_requests.states import OPEN, RequestKind, RequestState
from governance.personal_requests.tables import PersonalRequest
from governance.reports.callers import reports_of_callers
from governance.reports.numbers import report_number
from identity.people import queries as people

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

_REPORTS: Final = """
SELECT r.id, r.channel, r.external_id, r.category, r.description AS text, r.address_text AS address, r.reported_at,
       r.received_at, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat, p.area_path AS areas, r.photos, m.name, m.phone,
       m.set_aside
FROM report r JOIN report_place p ON p.report_id = r.id LEFT JOIN reporter m ON m.report_id = r.id
WHERE r.id = ANY(:ids) ORDER BY r.id
"""
_SIGN_INS: Final = """
SELECT created_at, last_seen_at, ended_at, method, address, program FROM person_session
WHERE principal_id = :person ORDER BY id
"""
_ACCOUNT: Final = "SELECT login, created_at, locked_at FROM account WHERE principal_id = :person"


class PersonalRequestNotFoundError(DomainError):
    """There is no request of that number. `wangge personal-requests list` shows those there are."""

    code = "personal-request-not-found"
    kind = Kind.NOT_FOUND


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFilter:
    """Which requests are wanted; what is None does not limit them. `overdue` ones are open past their deadline."""

    state: RequestState | None = None
    kind: RequestKind | None = None
    overdue: bool = False


def get(session: Session, number: int, *, locked: bool = False) -> PersonalRequest:
    """Return a request by its number.

    Raises
    ------
    PersonalRequestNotFoundError
    """
    found = session.get(PersonalRequest, number, with_for_update=locked or None)
    if found is None:
        raise PersonalRequestNotFoundError("There is no request {number}.", values={"number": number})
    return found


def page(
    session: Session, wanted: RequestFilter, *, limit: int, after: int | None = None
) -> tuple[list[PersonalRequest], int | None]:
    """Return a page of requests, the latest first, and the number to go on after (None: there are no more)."""
    query = select(PersonalRequest).order_by(PersonalRequest.id.desc()).limit(limit + 1)
    if wanted.state is not None:
        query = query.where(PersonalRequest.state == wanted.state)
    if wanted.kind is not None:
        query = query.where(PersonalRequest.kind == wanted.kind)
    if wanted.overdue:
        query = query.where(PersonalRequest.state.in_(OPEN), PersonalRequest.due_at < clock.now())
    if after is not None:
        query = query.where(PersonalRequest.id < after)
    found = list(session.scalars(query))
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def count_overdue(session: Session) -> int:
    """Count the open requests whose deadline has passed."""
    return int(
        session.scalar(
            select(func.count())
            .select_from(PersonalRequest)
            .where(PersonalRequest.state.in_(OPEN), PersonalRequest.due_at < clock.now())
        )
        or 0
    )


def is_overdue(request: PersonalRequest) -> bool:
    """Tell whether a request is open past its deadline."""
    return request.state in OPEN and request.due_at < clock.now()


def reports_of(session: Session, request: PersonalRequest, *, caller_key: bytes) -> list[int]:
    """Return the ids of the reports that a request is about: those named, and all of its telephone number."""
    found = set(request.report_ids)
    if request.phone is not None:
        found.update(reports_of_callers(session, [request.phone], caller_key))
    return sorted(found)


def data_of(session: Session, request: PersonalRequest, *, caller_key: bytes) -> dict[str, Any]:
    """Return the data that is kept of the person of a request: reports, and of who works here the person's own rows."""
    ids = reports_of(session, request, caller_key=caller_key)
    return {
        "request": request.id,
        "made_at": clock.now(),
        "reports": _reports(session, ids),
        "person": None if request.person_id is None else _person(session, request.person_id, clock.now()),
        "requests": _earlier(session, request),
    }


def _reports(session: Session, ids: Sequence[int]) -> list[dict[str, Any]]:
    rows = [dict(row) for row in session.execute(text(_REPORTS), {"ids": list(ids)}).mappings()]
    files: dict[int, list[dict[str, Any]]] = {row["id"]: [] for row in rows}
    for one in attachments.of_reports(session, ids):
        known = {name: getattr(one, name) for name in ("kind", "media_type", "received_at", "taken_at", "lon", "lat")}
        files[one.subject_id].append({"number": one.id, "sha256": one.sha256.hex()} | known)
    found = [(row.pop("id"), row) for row in rows]
    return [{"number": report_number(report)} | row | {"attachments": files[report]} for report, row in found]


def _person(session: Session, person: int, at: datetime) -> dict[str, Any]:
    """Return what is kept of a person who works or worked here."""
    profile = people.profile(session, person, at)
    account = session.execute(text(_ACCOUNT), {"person": person}).mappings().one_or_none()
    own = profile.person
    return {
        "number": own.id,
        "name": own.name,
        "staff_number": own.staff_number,
        "phone": own.phone,
        "acts_as": profile.acts_as,
        "created_at": own.created_at,
        "ended_at": own.ended_at,
        "units": [
            {"unit": row.unit_code, "from": row.start, "until": row.until}
            for row in people.units_between(session, person)
        ],
        "grants": [{"role": g.role, "area": g.area, "category": g.category} for g in profile.grants],
        "account": None if account is None else dict(account),
        "sign_ins": [dict(row) for row in session.execute(text(_SIGN_INS), {"person": person}).mappings()],
    }


def _earlier(session: Session, request: PersonalRequest) -> list[dict[str, Any]]:
    """Return the requests that the same person made, by telephone number or person."""
    same = PersonalRequest.phone == request.phone
    if request.person_id is not None:
        same = PersonalRequest.person_id == request.person_id
    rows = session.scalars(select(PersonalRequest).where(same).order_by(PersonalRequest.id)).all()
    return [{"number": row.id, "kind": row.kind, "state": row.state, "received_at": row.received_at} for row in rows]
