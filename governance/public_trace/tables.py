"""Mapped class of the tokens by which callers follow their matters."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class TraceToken(Base):
    """A token of a report, by its SHA-256 alone, until it expires. Append-only."""

    __tablename__ = "trace_token"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    report_id: Mapped[int] = mapped_column(BigInteger, index=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    expires_at: Mapped[datetime]
