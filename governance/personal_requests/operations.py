"""Receive, decide, carry out and withdraw what people ask of their own data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core import audit, clock
from core.errors import Detail, DomainError, Kind
from core.personal import masked
from governance.erasure import operations as erasure
from governance.erasure import queries as erasure_queries
from governance.erasure.states import ErasureCause
from governance.legal_holds import queries as legal_holds
from governance.personal_requests import queries
from governance.personal_requests.states import OPEN, REQUEST, RequestAction, RequestKind, RequestState
from governance.personal_requests.tables import PersonalRequest
from governance.reports import queries as reports
from governance.reports import reporter_operations, rules
from identity.people import queries as people

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from identity.actors import Actor


class PersonalRequestInvalidError(DomainError):
    """What was said about the request does not fit together; the detail names the field."""

    code = "personal-request-invalid"
    kind = Kind.INVALID


class PersonalRequestStateError(DomainError):
    """The request's state does not allow that: one is decided first, then carried out, and closed once."""

    code = "personal-request-state"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestIn:
    """What a person asks: the data is found by a telephone number, by reports, or is that of a person who works here.

    `received_at` is when it reached the office, now where it is None.
    """

    kind: RequestKind
    phone: str | None = None
    report_ids: Sequence[int] = ()
    person: int | None = None
    applicant: str | None = None
    wanted: str | None = None
    identity_check: str = ""
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What a reporter's name and telephone number are to be; None leaves one as it is."""

    name: str | None = None
    phone: str | None = None


def receive(session: Session, given: RequestIn, *, days: int, actor: Actor) -> PersonalRequest:
    """Record a request, to be answered within so many days of its receipt.

    Raises
    ------
    PersonalRequestInvalidError, ReportUnknownError, PersonNotFoundError
    """
    now = clock.now()
    received_at = given.received_at or now
    if given.phone is None and not given.report_ids and given.person is None:
        raise PersonalRequestInvalidError(
            "Name a telephone number, reports, or a person who works here.", field="phone"
        )
    if given.phone is not None and not rules.caller_digits(given.phone):
        raise PersonalRequestInvalidError("The telephone number has no digits.", field="phone")
    if received_at > now:
        raise PersonalRequestInvalidError("A request was received before now.", field="received_at")
    ids = sorted({reports.current_id(session, report_id) for report_id in given.report_ids})
    reports.require_known(session, ids)
    if given.person is not None:
        people.get(session, given.person)
    request = PersonalRequest(
        kind=given.kind, state=RequestState.RECEIVED, phone=given.phone, person_id=given.person, report_ids=ids,
        applicant=given.applicant, wanted=given.wanted, identity_check=given.identity_check,
        received_at=received_at, due_at=received_at + timedelta(days=days), received_by_id=actor.id,
        received_by=actor.name, reason="", outcome={},
    )  # fmt: skip
    session.add(request)
    session.flush()
    _record(session, request, "receive", actor, due_at=request.due_at.isoformat())
    return request


def decide(session: Session, number: int, *, grant: bool, reason: str, actor: Actor) -> PersonalRequest:
    """Grant a request or refuse it; a refusal states its reason (个人信息保护法 §50).

    Raises
    ------
    PersonalRequestNotFoundError, PersonalRequestStateError, PersonalRequestInvalidError
    """
    if not grant and not reason.strip():
        raise PersonalRequestInvalidError("A refusal states its reason.", field="reason")
    request = _moved(session, number, RequestAction.GRANT if grant else RequestAction.REFUSE)
    request.decided_at, request.decided_by_id, request.decided_by = clock.now(), actor.id, actor.name
    request.reason = reason
    if not grant:
        _close(request, actor)
    _record(session, request, "grant" if grant else "refuse", actor, reason=reason)
    return request


def withdraw(session: Session, number: int, *, reason: str, actor: Actor) -> PersonalRequest:
    """Close a request that its person has taken back.

    Raises
    ------
    PersonalRequestNotFoundError, PersonalRequestStateError
    """
    request = _moved(session, number, RequestAction.WITHDRAW)
    request.reason = reason
    _close(request, actor)
    _record(session, request, "withdraw", actor, reason=reason)
    return request


def read_data(session: Session, number: int, *, caller_key: bytes, actor: Actor) -> dict[str, Any]:
    """Return the data of a granted request for access or a copy; that it was read is written into the audit.

    Raises
    ------
    PersonalRequestNotFoundError, PersonalRequestStateError
    """
    request = queries.get(session, number)
    if request.kind not in {RequestKind.ACCESS, RequestKind.COPY}:
        raise PersonalRequestStateError(
            "Request {number} is for {kind}, not for access or a copy.",
            values={"number": number, "kind": Detail(request.kind)},
        )
    if request.state not in {RequestState.GRANTED, RequestState.DONE}:
        raise PersonalRequestStateError(
            "Request {number} is {state}: its data is given once it is granted.",
            values={"number": number, "state": Detail(request.state)},
        )
    data = queries.data_of(session, request, caller_key=caller_key)
    _record(session, request, "read_data", actor, reports=len(data["reports"]))
    return data


def finish(
    session: Session, number: int, *, caller_key: bytes, actor: Actor, correction: Correction | None = None
) -> PersonalRequest:
    """Carry out a granted request and close it; what is not reached leaves a correction or deletion open.

    Not reached is what a legal hold keeps and, where all of a telephone number is to go, what lies in detached months.

    Access and a copy are closed as handed over. A correction changes the reporter's rows, never the report. A deletion
    erases (governance/erasure), and empties what is personal in this person's requests; the requests stay.

    Raises
    ------
    PersonalRequestNotFoundError, PersonalRequestStateError, PersonalRequestInvalidError
    PersonEndedError, HeldError
        Of a deletion of a person who works here still, or whom a hold keeps.
    """
    request = queries.get(session, number, locked=True)
    _require(request, RequestAction.FINISH)
    if (correction is not None) != (request.kind == RequestKind.CORRECTION and request.person_id is None):
        raise PersonalRequestInvalidError(
            "A correction of a reporter's rows, and nothing else, names what is correct.", field="correction"
        )
    ids = queries.reports_of(session, request, caller_key=caller_key)
    outcome: dict[str, Any] = {"reports": len(ids)}
    if request.kind == RequestKind.DELETION:
        outcome |= _delete(session, request, ids, caller_key=caller_key, actor=actor)
    elif correction is not None:
        outcome |= _correct(session, ids, correction, caller_key=caller_key)
    request.outcome = {
        key: request.outcome.get(key, 0) + value if key in _ADDED else value for key, value in outcome.items()
    }
    if not outcome.get("held") and not outcome.get("detached_months"):
        REQUEST.move(request, RequestAction.FINISH)
        _close(request, actor)
        if request.kind == RequestKind.DELETION:
            _forget_person(session, request)
    _record(session, request, "finish", actor, **outcome)
    return request


_ADDED = ("erased", "corrected")
"""Counts that add up where a hold keeps a request open, and it is finished later."""


def _delete(
    session: Session, request: PersonalRequest, ids: list[int], *, caller_key: bytes, actor: Actor
) -> dict[str, int]:
    note = f"personal request {request.id}"
    if request.person_id is not None:
        erasure.erase_person(session, people.get(session, request.person_id, locked=True), actor=actor, note=note)
    done = erasure.erase(session, ids, cause=ErasureCause.REQUEST, actor=actor, note=note, caller_key=caller_key)
    outcome = {"erased": len(done.reports), "held": len(done.held)}
    if request.phone is not None and (months := erasure_queries.detached_months(session, clock.now())):
        outcome["detached_months"] = len(months)
    return outcome


def _correct(session: Session, ids: list[int], correction: Correction, *, caller_key: bytes) -> dict[str, int]:
    if correction.name is None and correction.phone is None:
        raise PersonalRequestInvalidError("Name what is correct: the name, the telephone number.", field="correction")
    if correction.phone is not None and not rules.caller_digits(correction.phone):
        raise PersonalRequestInvalidError("The telephone number has no digits.", field="correction.phone")
    held = legal_holds.held_reports(session, ids, caller_key=caller_key)
    changed = reporter_operations.correct_reporters(
        session,
        [report_id for report_id in ids if report_id not in held],
        name=correction.name,
        phone=correction.phone,
        caller_key=caller_key,
    )
    return {"corrected": changed, "held": len(held)}


def _forget_person(session: Session, request: PersonalRequest) -> None:
    """Empty what is personal in the closed requests of the person whose data is deleted."""
    digits = rules.caller_digits(request.phone)
    same = session.scalars(
        select(PersonalRequest).where(PersonalRequest.phone.is_not(None), PersonalRequest.state.not_in(OPEN))
    )
    for other in [request, *(one for one in same if digits and rules.caller_digits(one.phone) == digits)]:
        other.phone = other.applicant = other.wanted = None


def _moved(session: Session, number: int, action: RequestAction) -> PersonalRequest:
    request = queries.get(session, number, locked=True)
    _require(request, action)
    REQUEST.move(request, action)
    return request


def _require(request: PersonalRequest, action: RequestAction) -> None:
    if not REQUEST.allows(request, action):
        raise PersonalRequestStateError(
            "Request {id} is {state}: it cannot be changed so.",
            values={"id": request.id, "state": Detail(request.state)},
        )


def _close(request: PersonalRequest, actor: Actor) -> None:
    request.closed_at, request.closed_by_id, request.closed_by = clock.now(), actor.id, actor.name


def _record(session: Session, request: PersonalRequest, action: str, actor: Actor, **detail: Any) -> None:  # noqa: ANN401 (free-form)
    session.flush()
    audit.record(
        session, actor=actor, action=f"personal_requests.{action}", subject=f"request/{request.id}", kind=request.kind,
        **masked(detail),
    )  # fmt: skip
