"""What the public sees, as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.http.texts import Line, Text
from governance.cases.lifecycle.states import CaseState, Verb


class TraceIn(BaseModel):
    """A matter's number and its token; in the body, so that no log has them."""

    model_config = ConfigDict(extra="forbid")

    number: Line = Field(max_length=40, examples=["SJ2607000731-4"])
    token: Line = Field(max_length=40, examples=["7K2M-9QXR-41TD"])


class RatingIn(TraceIn):
    """A rating of a closed matter."""

    rating: int = Field(ge=1, le=5, description="1 to 5; 5 is the best.")
    comment: Text | None = Field(default=None, max_length=500)


class ReopeningIn(TraceIn):
    """Why a closed matter is not solved."""

    reason: Text = Field(min_length=1, max_length=500)


class PublicPhotoOut(BaseModel):
    """A photo that the office has cleared for the public."""

    stage: str | None
    file_url: str
    thumbnail_url: str
    links_until: datetime


class PublicStepOut(BaseModel):
    """A step: what was done and when, at which unit; never by whom."""

    at: datetime
    verb: Verb
    state: CaseState
    unit: str | None
    reason: str | None = Field(description="Why a matter was not taken; null for all other steps.")
    answer: str | None = Field(description="What was answered to a question; null for all other steps.")
    source: str | None = Field(description="Where that stands, such as a regulation and its article.")


class TraceOut(BaseModel):
    """A matter as its caller sees it."""

    number: str
    received_at: datetime
    category: str
    state: CaseState | None = Field(description="Null: it was received and waits to be accepted.")
    unit: str | None
    steps: list[PublicStepOut]
    photos: list[PublicPhotoOut]
    rating: int | None
    may_rate: bool
    may_reopen: bool
    answer_until: datetime | None = Field(description="Until when it can be rated or reopened; null: it is not closed.")


class TraceTokenOut(BaseModel):
    """A token for the caller of a matter: shown now and never again."""

    number: str
    token: str
    expires_at: datetime
    url: str = Field(description="Address of the page; what is behind # reaches no server's log.")
    qr_svg: str = Field(description="The address as QR code, an SVG image.")


class NearbyOut(BaseModel):
    """A matter near a place that is followed already; its place is blurred to some ten metres."""

    state: CaseState
    opened_at: datetime
    category: str
    text: str = Field(description="People in it are masked.")
    lon: float
    lat: float
    distance_m: float
    photos: list[PublicPhotoOut]


class NearbyListOut(BaseModel):
    """What is reported nearby already, the nearest first."""

    items: list[NearbyOut]
