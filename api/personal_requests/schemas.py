"""Requests about a person's own data as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.http.instants import Instant
from api.http.texts import Line, Text
from core.personal import masked, masked_name, masked_phone
from governance.personal_requests.queries import is_overdue
from governance.personal_requests.states import RequestKind, RequestState
from governance.reports.numbers import report_number

if TYPE_CHECKING:
    from governance.personal_requests.tables import PersonalRequest

Name = Annotated[Line, Field(max_length=64)]
Phone = Annotated[Line, Field(max_length=32, pattern=r"^[0-9+() -]+$", examples=["13800001234"])]


class PersonalRequestIn(BaseModel):
    """What a person asks; the data is found by a telephone number, by reports, or is that of who works here."""

    model_config = ConfigDict(extra="forbid")

    kind: RequestKind
    phone: Phone | None = None
    reports: list[Line] = Field(default_factory=list, max_length=1000, examples=[["SJ2607000731-4"]])
    person: int | None = Field(default=None, ge=1, le=2**31 - 1, description="Number of a person who works here.")
    applicant: Name | None = Field(default=None, description="Who asks.")
    wanted: Text | None = Field(default=None, description="What is asked, in the applicant's words.")
    identity_check: Line = Field(
        default="-", description="How it was made sure that the applicant is the person, without names and numbers."
    )
    received_at: Instant | None = Field(default=None, description="When it reached the office; now if left out.")


class RequestDecisionIn(BaseModel):
    """Whether the request is granted, and why; a refusal states its reason."""

    model_config = ConfigDict(extra="forbid")

    grant: bool
    reason: Text = Field(default="", description="Without names and numbers of people: it stays.")


class RequestWithdrawalIn(BaseModel):
    """That the person takes the request back."""

    model_config = ConfigDict(extra="forbid")

    reason: Text = ""


class CorrectionIn(BaseModel):
    """What is correct; null leaves it as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    phone: Phone | None = None


class FulfilmentIn(BaseModel):
    """What a correction puts in place; nothing for the other kinds."""

    model_config = ConfigDict(extra="forbid")

    correction: CorrectionIn | None = None


class PersonalRequestOut(BaseModel):
    """A request, masked; what is personal in it is null once a deletion is done."""

    id: int
    kind: RequestKind
    state: RequestState
    overdue: bool = Field(description="Open, and its deadline has passed.")
    phone: str | None = Field(examples=["138****34"])
    person: int | None
    reports: list[str]
    applicant: str | None = Field(examples=["张*"])
    wanted: str | None
    identity_check: str
    received_at: datetime
    due_at: datetime
    received_by: str
    decided_at: datetime | None
    decided_by: str | None
    reason: str
    closed_at: datetime | None
    closed_by: str | None
    outcome: dict[str, int] = Field(
        description="Counts: `reports` found; `erased`, `corrected`; `held` by legal holds, `detached_months` "
        "that were not reached: both keep it open."
    )


class PersonalRequestPage(BaseModel):
    """A page of requests, the latest first."""

    items: list[PersonalRequestOut]
    overdue: int = Field(description="How many requests are open past their deadline, whatever was asked for.")
    next: int | None = Field(description="Send it as `after` for the next page; null: there are no more.")


class OwnFileOut(BaseModel):
    """A photo or recording of a report; the file itself is read with its number."""

    number: int
    kind: str
    media_type: str
    sha256: str
    received_at: datetime
    taken_at: datetime | None
    lon: float | None = Field(description="Where the camera was, WGS 84.")
    lat: float | None


class OwnReportOut(BaseModel):
    """A report of the person, in clear."""

    number: str
    channel: str
    external_id: str | None
    category: str
    text: str
    address: str | None
    reported_at: datetime
    received_at: datetime
    lon: float | None
    lat: float | None
    areas: list[str]
    photos: list[str]
    attachments: list[OwnFileOut]
    name: str | None
    phone: str | None
    set_aside: dict[str, str] | None


class OwnUnitOut(BaseModel):
    """A unit that the person belongs or belonged to."""

    unit: str
    from_: datetime = Field(alias="from")
    until: datetime | None


class OwnGrantOut(BaseModel):
    """A role of the person."""

    role: str
    area: str | None
    category: str | None


class OwnAccountOut(BaseModel):
    """How the person signs in."""

    login: str
    created_at: datetime
    locked_at: datetime | None


class OwnSignInOut(BaseModel):
    """A session of the person."""

    created_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None
    method: str
    address: str
    program: str


class OwnPersonOut(BaseModel):
    """What is kept of a person who works or worked here."""

    number: int
    name: str
    staff_number: str | None
    phone: str | None
    acts_as: str
    created_at: datetime
    ended_at: datetime | None
    units: list[OwnUnitOut]
    grants: list[OwnGrantOut]
    account: OwnAccountOut | None
    sign_ins: list[OwnSignInOut]


class OwnRequestOut(BaseModel):
    """A request of the same person."""

    number: int
    kind: RequestKind
    state: RequestState
    received_at: datetime


class OwnDataOut(BaseModel):
    """All that is kept of the person, in clear; reading it was written into the audit."""

    request: int
    made_at: datetime
    reports: list[OwnReportOut]
    person: OwnPersonOut | None = Field(description="Of who works or worked here.")
    requests: list[OwnRequestOut]


def _wanted(request: PersonalRequest) -> str | None:
    """Return what is asked with people masked, the applicant too, wherever the name stands."""
    words: str | None = masked(request.wanted)
    if words is None or request.applicant is None:
        return words
    return words.replace(request.applicant, masked_name(request.applicant) or "")


def request_out(request: PersonalRequest) -> PersonalRequestOut:
    """Return a request as it is answered."""
    copied = (
        "id", "received_at", "due_at", "received_by", "decided_at", "decided_by", "closed_at", "closed_by", "outcome",
    )  # fmt: skip
    return PersonalRequestOut(
        **{name: getattr(request, name) for name in copied},
        kind=RequestKind(request.kind), state=RequestState(request.state), overdue=is_overdue(request),
        phone=masked_phone(request.phone), person=request.person_id,
        reports=list(map(report_number, request.report_ids)),
        applicant=masked_name(request.applicant), wanted=_wanted(request),
        identity_check=masked(request.identity_check), reason=masked(request.reason),
    )  # fmt: skip
