"""The knowledge base as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.http.instants import Instant
from api.http.texts import Line, Prose


class KnowledgeEntryIn(BaseModel):
    """What is answered to a question from an instant on."""

    model_config = ConfigDict(extra="forbid")

    question: Line = Field(max_length=200, examples=["犬只登记在哪里办"])
    answer: Prose = Field(examples=["到居住地派出所办理，每年一次。"])
    source: Line = Field(max_length=200, description="Where it stands.", examples=["养犬管理条例第十二条"])
    category: Line | None = Field(default=None, max_length=80, description="Code of the category it belongs to.")
    is_public: bool = Field(default=False, description="May be shown to citizens as it is.")
    start: Instant | None = Field(default=None, description="First instant; now if left out.")
    until: Instant | None = Field(default=None, description="First instant no longer; open if left out.")


class KnowledgeEndIn(BaseModel):
    """When an entry ends."""

    model_config = ConfigDict(extra="forbid")

    at: Instant | None = Field(default=None, description="First instant at which it is none; now if left out.")


class KnowledgeStateOut(BaseModel):
    """What an entry answers for a time."""

    code: str
    question: str
    answer: str
    source: str
    category: str | None
    is_public: bool
    valid_from: datetime
    valid_to: datetime | None


class KnowledgeEntryOut(BaseModel):
    """An entry: what it answered, answers and will answer."""

    code: str
    states: list[KnowledgeStateOut]


class KnowledgeListOut(BaseModel):
    """Entries at an instant, by code."""

    at: datetime
    items: list[KnowledgeStateOut]
    next: str | None = Field(description="Code to go on after; null at the end.")


class KnowledgeOfferedOut(BaseModel):
    """An entry that may answer a question."""

    score: float = Field(description="Share of the question's pairs of characters that the entry has, 0 to 1.")
    entry: KnowledgeStateOut


class KnowledgeSearchOut(BaseModel):
    """The entries nearest to a question, the nearest first."""

    at: datetime
    items: list[KnowledgeOfferedOut]


class KnowledgeGapIn(BaseModel):
    """A question for which there is no answer."""

    model_config = ConfigDict(extra="forbid")

    question: Line = Field(max_length=200, description="Data about people is masked.", examples=["无人机飞行怎么报备"])


class KnowledgeGapClosingIn(BaseModel):
    """Which entry answers it now."""

    model_config = ConfigDict(extra="forbid")

    entry: Line = Field(max_length=80, examples=["K0102"])


class KnowledgeGapOut(BaseModel):
    """A question without an answer (`entry` null), or one that got it."""

    gap: int
    question: str
    recorded_at: datetime
    recorded_by: str
    entry: str | None
    closed_at: datetime | None


class KnowledgeGapListOut(BaseModel):
    """Questions without an answer, in the order in which they were recorded."""

    items: list[KnowledgeGapOut]
    next: int | None = Field(description="Number to go on after; null at the end.")
