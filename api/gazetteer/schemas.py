"""Payloads of locating: an address text in, candidates with accuracy, score and reason out."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from api.shapes.places import PlaceCandidateOut, WordOut
from api.shapes.reasons import ReasonOut
from geo.address.tokens import LONGEST_TEXT
from grids.gazetteer.operations import MOST_TEXTS


class TextIn(BaseModel):
    """One text to locate."""

    model_config = ConfigDict(extra="forbid")

    address: str = Field(max_length=LONGEST_TEXT, examples=["新乡路与孟津路交叉口向南100米路西"])
    area: str | None = Field(default=None, max_length=32, description="Code of the area the caller says it lies in.")
    id: str | None = Field(default=None, max_length=128, description="Given back with the answer.")


class TextsIn(BaseModel):
    """Many texts to locate."""

    model_config = ConfigDict(extra="forbid")

    texts: list[TextIn] = Field(min_length=1, max_length=MOST_TEXTS)


class LocatedOut(ReasonOut):
    """The answer to one text; only `certain` may be used without a human."""

    id: str | None = None
    address: str
    verdict: str = Field(examples=["certain", "ambiguous", "coarse", "doubtful", "not_found"])
    candidates: list[PlaceCandidateOut]
    words: list[WordOut]
    gazetteer: dict[str, int] = Field(description="Release numbers the answer was found in.")


class LocatedManyOut(BaseModel):
    """The answers to many texts, in their order."""

    count: int
    certain: int
    results: list[LocatedOut]


class LandmarkOut(BaseModel):
    """A thing near the point."""

    kind: str
    name: str
    distance_m: float
    bearing_deg: float = Field(description="From the thing to the point, clockwise from north.")


class ReversedOut(BaseModel):
    """A point in words."""

    text: str = Field(examples=["中心路与济源路交叉口东南约40米"])
    road: str | None
    areas: list[str]
    landmarks: list[LandmarkOut]
    gazetteer: dict[str, int]
