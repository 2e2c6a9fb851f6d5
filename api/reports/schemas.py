"""Requests and answers of the intake as pydantic models: the checks of form are theirs alone.

The line between refusing and keeping: a payload that is not of the documented types is refused (422); a payload that
is, with coordinates that lead nowhere, is kept as `unassigned` for triage.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, StringConstraints

from api.http.instants import Instant
from api.http.texts import LINE_PATTERN, TEXT_PATTERN
from api.shapes.reasons import ReasonOut
from governance.reports.rules import LONGEST
from governance.reports.states import Sensitivity
from grids.assignment.rules import AssignmentMethod

Line = Annotated[str, StringConstraints(pattern=LINE_PATTERN, min_length=1, max_length=LONGEST["category"])]
Text = Annotated[str, StringConstraints(pattern=TEXT_PATTERN, max_length=LONGEST["text"])]
Words = Annotated[str, StringConstraints(pattern=LINE_PATTERN, max_length=LONGEST["lon"])]
Coordinate = Annotated[
    Annotated[float, Strict()] | Words | None,
    Field(union_mode="left_to_right", description="A number, or a number as text; anything else is kept for triage."),
]


class ReporterIn(BaseModel):
    """Who reported: kept apart from the report, masked in every answer."""

    model_config = ConfigDict(extra="forbid")

    name: Any = Field(None, examples=["张三"], description="Up to 64 characters; set aside when it is none.")
    phone: Any = Field(None, examples=["13800001234"], description="A number as text; set aside when it is none.")


class ReportIn(BaseModel):
    """One report as a channel sends it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "external_id": "12345-2026-000731",
                    "category": "illegal-building",
                    "text": "新乡路与孟津路交叉口有人违法搭建",
                    "lon": 113.28045,
                    "lat": 34.80135,
                    "crs": "GCJ-02",
                    "accuracy_m": 15,
                    "reported_at": "2026-07-01T09:30:00+08:00",
                    "reporter": {"name": "张三", "phone": "13800001234"},
                    "photos": ["https://photos.example/2026/07/1.jpg"],
                }
            ]
        },
    )

    channel: Line | None = Field(
        None, description="May be left out: a report belongs to the channel of its key. Another channel is a 403."
    )
    external_id: Line | None = Field(
        None, description="The sender's own id: with the channel it makes sending again harmless."
    )
    category: Line
    text: Text = ""
    lon: Coordinate = None
    lat: Coordinate = None
    x: Coordinate = None
    y: Coordinate = None
    crs: Annotated[str, StringConstraints(pattern=LINE_PATTERN, min_length=1, max_length=LONGEST["crs"])] | None = (
        Field(None, description="Datum or EPSG code of the coordinates; the key's declared datum when left out.")
    )
    address: Annotated[str, StringConstraints(pattern=LINE_PATTERN, max_length=LONGEST["address"])] | None = Field(
        None, examples=["新乡路与孟津路交叉口"]
    )
    accuracy_m: Any = Field(
        None,
        examples=[15, "15米"],
        description="Radius of uncertainty; negative or not finite: not known; set aside when it is no length.",
    )
    reported_at: Instant | None = Field(
        None, description="With a time zone, at most 10 minutes ahead of our clock; now when left out."
    )
    reporter: ReporterIn | None = None
    sensitive: list[Sensitivity] = Field(
        default_factory=list,
        max_length=len(Sensitivity),
        description="Marks: about a minor under 14, about somebody's health. Few see the texts of such a report.",
    )
    photos: Any = Field(
        None,
        examples=[["https://photos.example/2026/07/1.jpg"]],
        description="Up to 20 http(s) addresses of up to 2,000 characters; others are set aside.",
    )


class ReportBatchIn(BaseModel):
    """Many reports; each gets its own result."""

    reports: list[ReportIn] = Field(max_length=10_000)


class ReportAreaOut(BaseModel):
    """One area of the chain, coarsest first."""

    level: str = Field(examples=["street"])
    code: str = Field(examples=["410106001"])
    name: str = Field(examples=["济源路街道"])
    unit: str | None = Field(None, description="Code of the responsible unit.")
    unit_name: str | None = None


class ReportReleaseOut(BaseModel):
    """The published state of a layer that answered."""

    layer: str = Field(examples=["admin"])
    number: int = Field(examples=[1])


class ReportCandidateOut(BaseModel):
    """An area that the point may lie in as well."""

    level: str
    code: str
    name: str
    share: float = Field(description="Share of the point's circle of uncertainty that lies in it.")


class MaskedReporter(BaseModel):
    """The reporter as answers show one."""

    name: str | None = Field(None, examples=["张*"])
    phone: str | None = Field(None, examples=["138****34"])


class ReportReceipt(ReasonOut):
    """The first answer to a report, the same however often it is sent."""

    number: str = Field(examples=["SJ2607000731-4"])
    channel: str = Field(examples=["12345"])
    external_id: str | None
    received_at: datetime
    method: AssignmentMethod
    areas: list[ReportAreaOut]
    release: ReportReleaseOut | None
    distance_to_edge_m: float | None
    candidates: list[ReportCandidateOut]
    set_aside: list[str] = Field(
        default_factory=list,
        description="Fields whose values could not be read; they are kept as sent, with the reporter's data.",
        examples=[["reporter.phone"]],
    )


class ReportOut(ReportReceipt):
    """A report with where it belongs now."""

    category: str
    text: str
    address: str | None
    lon: float | None
    lat: float | None
    sent: SentPoint
    accuracy_m: float | None
    reported_at: datetime
    photos: list[str]
    reporter: MaskedReporter | None
    reassigned: bool = Field(description="Whether triage or a later release has moved it since.")
    confidential: bool = Field(description="The reporter stays unknown to the units that handle the case.")
    sensitive: list[Sensitivity] = Field(
        description="Marks; without the scope sensitive:read the texts of a marked report are `***`."
    )


class SensitivityIn(BaseModel):
    """Why a report is sensitive."""

    model_config = ConfigDict(extra="forbid")

    kinds: list[Sensitivity] = Field(min_length=1, max_length=len(Sensitivity))


class SensitivityRemovalIn(BaseModel):
    """Why a mark does not hold."""

    model_config = ConfigDict(extra="forbid")

    reason: Text = Field(min_length=1)


class SensitivityOut(BaseModel):
    """The marks of a report now."""

    number: str
    sensitive: list[Sensitivity]


class SentPoint(BaseModel):
    """The coordinates as they were sent."""

    x: float | None
    y: float | None
    crs: str


class ReporterOut(BaseModel):
    """The reporter in clear; reading it was written into the audit."""

    number: str
    name: str | None
    phone: str | None
    set_aside: dict[str, str] | None = Field(None, description="Values that could not be read, as sent, by field.")


class ReportPage(BaseModel):
    """One page of reports, newest first."""

    items: list[ReportOut]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class PointGeometry(BaseModel):
    """A GeoJSON point of WGS 84."""

    type: Literal["Point"] = "Point"
    coordinates: list[float] = Field(min_length=2, max_length=2)


class ReportFeature(BaseModel):
    """A report as a GeoJSON feature."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: PointGeometry | None
    properties: ReportOut


class ReportCollection(BaseModel):
    """One page of reports as GeoJSON."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[ReportFeature]
    next: str | None


class ProblemOut(BaseModel):
    """Why one row was not taken."""

    type: str = Field(examples=["urn:wangge:problem:payload-invalid"])
    title: str
    status: int
    detail: str
    field: str | None = None


class RowResult(BaseModel):
    """What became of one row of a batch."""

    index: int
    status: int = Field(description="201 stored now, 200 stored before, else the status of the problem.")
    report: ReportReceipt | None = None
    problem: ProblemOut | None = None


class BatchResult(BaseModel):
    """One result a row, in the order sent."""

    stored: int
    replayed: int
    refused: int
    results: list[RowResult]
