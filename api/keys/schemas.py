"""Payloads of API keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.http.instants import Instant
from api.http.texts import Line


class KeyOut(BaseModel):
    """A key and what it opens; never the key itself."""

    name: str
    holder: str = Field(description="Person or system that it belongs to.")
    scopes: list[str]
    channels: list[str] = Field(description="Channels that it sends reports for.")
    systems: list[str] = Field(description="The datum or CRS of its coordinates, by channel.")
    quota_per_minute: int
    created_at: datetime
    expires_at: datetime | None
    former_until: datetime | None = Field(description="Until when the key before it opens too.")
    state: Literal["in_use", "expired", "withdrawn"]


class KeyListOut(BaseModel):
    """All keys, in the order in which they were made."""

    items: list[KeyOut]


class KeyIn(BaseModel):
    """A key to be made, for a system of its name."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Line, Field(min_length=1, examples=["hotline"])]
    roles: list[Line] = Field(min_length=1, max_length=20, examples=[["intake"]])
    channel: Line | None = Field(default=None, description="Channel it sends reports for.", examples=["12345"])
    crs: Line = Field(default="WGS84", description="Datum or CRS of its coordinates.", examples=["GCJ-02"])
    quota_per_minute: int = Field(default=60_000, ge=1, le=10_000_000)
    expires_at: Instant | None = None


class RotationIn(BaseModel):
    """How a key is replaced."""

    model_config = ConfigDict(extra="forbid")

    overlap_days: int = Field(default=7, ge=0, le=90, description="Days for which the former key opens too.")
    expires_at: Instant | None = Field(default=None, description="If left out, the new key lives as long.")


class KeyMadeOut(BaseModel):
    """A key that was made: shown this once."""

    name: str
    key: str
    expires_at: datetime | None
    former_until: datetime | None
