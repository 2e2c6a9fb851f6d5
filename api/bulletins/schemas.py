"""Bulletins as JSON."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from api.http.texts import Note
from governance.bulletins.figures import Figures
from governance.bulletins.states import BulletinState, Edition


class WordsIn(BaseModel):
    """A person's words to a draft."""

    model_config = ConfigDict(extra="forbid")

    words: Note = Field(description="Empty: those that are there are taken away.")


class BulletinHeadOut(BaseModel):
    """A bulletin without its figures."""

    number: int
    day: date
    edition: Edition
    since: datetime
    cut_at: datetime = Field(description="Its figures are those of [since, cut_at), as histories stood then.")
    state: BulletinState
    drafted_at: datetime
    words: str | None
    words_by: str | None
    released_at: datetime | None
    released_by: str | None
    digest: str | None = Field(description="SHA-256 of the figures and words that were released.")
    prints: list[str] = Field(description="Where it is drawn: page, PDF, Word, and a picture for group chats.")


class BulletinOut(BulletinHeadOut):
    """A bulletin."""

    figures: Figures


class BulletinListOut(BaseModel):
    """Bulletins, the latest cut-off first."""

    items: list[BulletinHeadOut]
    next: datetime | None = Field(description="`after` of the next page; null on the last.")
