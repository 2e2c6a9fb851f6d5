"""What an address text may mean, as locating and triage answer it."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.shapes.geojson import Geometry


class WordOut(BaseModel):
    """One word of the text and what it was used for."""

    said: str
    used_for: str
    start: int
    end: int
    read_as: str | None = None


class PlaceCandidateOut(BaseModel):
    """A possible place."""

    lon: float
    lat: float
    accuracy_m: float = Field(description="Radius within which the place is expected, in metres.")
    score: float = Field(ge=0, le=1)
    share: float = Field(ge=0, le=1, description="Shares of all candidates sum to 1.")
    kind: str
    label: str
    reasons: list[str]
    line: Geometry | None = Field(default=None, description="GeoJSON line, when a stretch of road is meant.")
