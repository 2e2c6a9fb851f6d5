"""Grid workers and their posts, and how far handovers are, as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.http.instants import Instant
from api.http.texts import Line
from governance.boundary_changes.states import HandoverState


class WorkerIn(BaseModel):
    """A grid worker on an area."""

    model_config = ConfigDict(extra="forbid")

    staff_number: Line = Field(max_length=80, examples=["SL-0001"])
    name: Line = Field(max_length=80, examples=["网格员（示例）01"])
    unit_code: Line | None = Field(
        default=None, description="The worker's unit; else the one that answers for the area."
    )
    until: Instant | None = Field(default=None, description="First moment no longer; open if left out.")


class WorkersIn(BaseModel):
    """Who works an area from an instant on: exactly these, nobody else."""

    model_config = ConfigDict(extra="forbid")

    workers: list[WorkerIn] = Field(max_length=100)
    start: Instant | None = Field(default=None, description="From when on; now if left out.")


class PostOut(BaseModel):
    """A grid worker on an area; number and name are masked for keys without `workers:read`."""

    area_code: str
    area_name: str
    staff_number: str
    name: str
    unit_code: str | None
    unit_name: str | None
    valid_from: datetime
    valid_to: datetime | None


class PostListOut(BaseModel):
    """Who works which area at an instant."""

    layer: str
    at: datetime
    masked: bool
    posts: list[PostOut]
    next: str | None = Field(default=None, description="Cursor of the next page; null on the last.")


class HandoverOut(BaseModel):
    """How far the open matters are with coming under a release's areas."""

    release: int
    state: HandoverState = Field(
        description="overtaken: a later release took effect before it was through, and hands over instead."
    )
    started_at: datetime
    ended_at: datetime | None
    to_examine: int = Field(description="Open matters when it began; those that came since are handed over too.")
    examined: int
    moved: int
    posts_moved: int = Field(description="Grid workers' posts that ended or moved because their area ended.")


class HandoverListOut(BaseModel):
    """Handovers of a layer's releases, latest first."""

    handovers: list[HandoverOut]
