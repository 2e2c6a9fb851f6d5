"""Mapped class of requests about a person's own data. A row is never deleted; what is personal in it goes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of, check_state
from governance.personal_requests.states import REQUEST, RequestKind


class PersonalRequest(Base):
    """What a person asks of the own data, who received and decided it, until when, and what came of it.

    The data is found by `phone`, by the reports that are named, or is that of a person who works here. `phone`,
    `applicant` and `wanted` are personal data: masked in lists, and empty once a deletion is done.
    """

    __tablename__ = "personal_request"
    __table_args__ = (
        check_one_of("kind", RequestKind),
        check_state(REQUEST),
        CheckConstraint("due_at > received_at", name="due_at"),
        CheckConstraint(
            "(state IN ('received', 'withdrawn')) OR (decided_at IS NOT NULL AND decided_by IS NOT NULL)",
            name="decided",
        ),
        CheckConstraint("state <> 'refused' OR reason <> ''", name="refused_with_reason"),
        Index("ix_personal_request_due_at", "due_at", postgresql_where=text("state IN ('received', 'granted')")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    report_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    applicant: Mapped[str | None] = mapped_column(Text)
    wanted: Mapped[str | None] = mapped_column(Text)
    identity_check: Mapped[str] = mapped_column(Text, server_default="")
    """How it was made sure that the applicant is the person, without names and numbers."""
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    received_by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    received_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("principal.id"))
    decided_by: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, server_default="")
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("principal.id"))
    closed_by: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    """Counts: `reports` found, `erased`, `corrected`, `held` by legal holds."""
