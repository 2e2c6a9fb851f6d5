"""Who did what to what: an append-only table, written in the transaction of the deed itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import BigInteger, ForeignKey, Identity, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Base
from core.personal import masked

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Acting(Protocol):
    """Who did it: a principal, as identity.actors.Actor gives it."""

    @property
    def id(self) -> int:
        """Number of the principal's row."""
        ...

    @property
    def name(self) -> str:
        """Name that the entry keeps."""
        ...


class AuditEntry(Base):
    """One deed: actor (the principal, and its name then), action, subject and what was particular about it."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    happened_at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)


def record(session: Session, *, actor: Acting, action: str, subject: str, **detail: Any) -> None:  # noqa: ANN401 (free-form)
    """Add one entry; it is stored if and only if the deed's transaction commits. People in its detail are masked."""
    shown = masked(detail)
    session.add(
        AuditEntry(
            happened_at=clock.now(), actor_id=actor.id, actor=actor.name, action=action, subject=subject, detail=shown
        )
    )
