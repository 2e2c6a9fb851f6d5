"""Who did what to what: an append-only table, written in the transaction of the deed itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Identity, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Base
from core.personal import masked

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class AuditEntry(Base):
    """One deed: actor, action, subject and what was particular about it."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    happened_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)


def record(session: Session, *, actor: str, action: str, subject: str, **detail: Any) -> None:  # noqa: ANN401 (free-form)
    """Add one entry; it is stored if and only if the deed's transaction commits. People in its detail are masked."""
    shown = masked(detail)
    session.add(AuditEntry(happened_at=clock.now(), actor=actor, action=action, subject=subject, detail=shown))
