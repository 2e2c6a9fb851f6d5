"""Mapped classes of bulletins: one a cut-off, whose numbers never change, and what was drawn of it when released."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Identity, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of, check_state
from governance.bulletins.states import BULLETIN, Edition, PrintForm


class Bulletin(Base):
    """A bulletin about [since, cut_at): `figures` are written once (figures.Figures), `words` while it is a draft.

    `digest` is the SHA-256 of the figures and words that were released; it stands in the audit as well.
    """

    __tablename__ = "bulletin"
    __table_args__ = (
        check_state(BULLETIN),
        check_one_of("edition", Edition),
        CheckConstraint("since < cut_at", name="span"),
        CheckConstraint("(state = 'released') = (released_at IS NOT NULL)", name="released"),
        Index("ix_bulletin_one_a_cut", "day", "edition", unique=True, postgresql_where=text("state <> 'discarded'")),
        Index("ix_bulletin_cut_at", "cut_at", unique=True, postgresql_where=text("state <> 'discarded'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    edition: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]
    cut_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Text)
    drafted_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    words: Mapped[str | None] = mapped_column(Text)
    words_by: Mapped[str | None] = mapped_column(Text)
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("principal.id"))
    released_by: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str | None] = mapped_column(Text)


class BulletinPrint(Base):
    """What was drawn of a released bulletin, byte by byte. Append-only."""

    __tablename__ = "bulletin_print"
    __table_args__ = (check_one_of("form", PrintForm),)

    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletin.id"), primary_key=True)
    form: Mapped[str] = mapped_column(Text, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(Text)
    drawn_at: Mapped[datetime]
