"""Mapped classes of the chain: seals, the salts of words, what was removed by a rule, and the sealed tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of
from core.seals.states import Removed


class Seal(Base):
    """One link of the hash chain: a row's digest, and the head that the chain has with it. Append-only."""

    __tablename__ = "seal"
    __table_args__ = (UniqueConstraint("source", "row_id"),)

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(Text)
    row_id: Mapped[int] = mapped_column(BigInteger)
    words_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    head: Mapped[bytes] = mapped_column(LargeBinary)


class SealSalt(Base):
    """The salt under which the words of a sealed row were digested; deleted only when they were removed by a rule."""

    __tablename__ = "seal_salt"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(LargeBinary)


class SealRemoval(Base):
    """Rows of a sealed table that a rule removed, or whose words it erased. Sealed itself, and append-only."""

    __tablename__ = "seal_removal"
    __table_args__ = (check_one_of("what", Removed),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    ids: Mapped[Any] = mapped_column(INT8MULTIRANGE)
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    note: Mapped[str] = mapped_column(Text)


class SealedTable(Base):
    """A table whose rows are sealed, and what its columns of words become when they are erased."""

    __tablename__ = "sealed_table"

    source: Mapped[str] = mapped_column(Text, primary_key=True)
    blank: Mapped[dict[str, Any]] = mapped_column(JSONB)
