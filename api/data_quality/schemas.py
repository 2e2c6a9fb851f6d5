"""How far a source's coordinates can be believed, as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.http.texts import LINE_PATTERN
from governance.data_quality import rules
from governance.data_quality.states import CorrectionState


class DatumFitOut(BaseModel):
    """How a source's points fit when read in a datum; shares run from 0 to 1."""

    model_config = ConfigDict(extra="allow")

    certain_addresses: int | None = Field(default=None, description="Points with a certain address.")
    median_m: int | None = Field(default=None, description="Median distance from the address, in metres.")
    fits_address: float | None = Field(default=None, description="Share of points near their address.")


class DetectionOut(BaseModel):
    """Which datum a source's points are in, by sign tests against their addresses."""

    datum: str | None
    reason: str
    points_used: int
    p_value: float | None
    votes: dict[str, float | None] = Field(description="By datum, the share of points that it brings nearest.")
    offset_m: dict[str, float | None]
    median_m: dict[str, float | None]


class DeclarationOut(BaseModel):
    """A declared datum, beside how the points fit in each."""

    declared_crs: str
    under: dict[str, DatumFitOut]
    detection: DetectionOut


class CorrectionOut(BaseModel):
    """An offered datum and what became of it."""

    id: int
    declared_crs: str
    detected_crs: str
    state: CorrectionState
    offered_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None


class OfferedCorrectionOut(CorrectionOut):
    """An offered datum with the evidence that it was offered on."""

    source: str
    evidence: DetectionOut


class NoticedOut(BaseModel):
    """Something noticed about a point, with its evidence in numbers beside the flag."""

    model_config = ConfigDict(extra="allow")

    flag: rules.Flag


class SourceOut(BaseModel):
    """One source's standing. Shares run from 0 to 1; `under` holds how its points fit when read in each datum."""

    source: str
    channel: str | None = Field(description="Channels that the key sends for, by name; null: none.")
    declared_crs: str | None
    reports: int
    with_point: int
    with_address: int
    examined: int
    declarations: list[DeclarationOut]
    flags: dict[str, int]
    flag_labels: dict[str, str]
    corrections: list[OfferedCorrectionOut]


class ExaminedOut(BaseModel):
    """What a run looked at."""

    reports: int
    flagged: int
    offered: int


class FlaggedOut(BaseModel):
    """A report about whose point something was noticed. Nothing of the report was changed."""

    number: str
    address: str | None
    x: float
    y: float
    crs: str
    verdict: str | None
    address_lon: float | None
    address_lat: float | None
    distance_m: dict[str, float]
    flags: list[NoticedOut]
    examined_at: datetime


class CorrectionDecisionIn(BaseModel):
    """A decision on an offered datum."""

    model_config = ConfigDict(extra="forbid")

    take: bool
    reason: str = Field(min_length=1, max_length=500, pattern=LINE_PATTERN)
