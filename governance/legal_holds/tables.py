"""Mapped class of legal holds. A row is never deleted, and changes once: when it is lifted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of, check_state
from governance.legal_holds.states import HOLD, HoldKind


class LegalHold(Base):
    """What is kept, why, who ordered it, and who lifted it.

    By its kind one of `report_id`, `phone`, `person_id` and `received_from` is filled. `phone` is personal data: it is
    masked in every answer and goes when the hold is lifted. A span without `received_until` has no end.
    """

    __tablename__ = "legal_hold"
    __table_args__ = (
        check_one_of("kind", HoldKind),
        check_state(HOLD),
        CheckConstraint(
            "(kind = 'report') = (report_id IS NOT NULL) AND (kind = 'staff') = (person_id IS NOT NULL)"
            " AND (kind = 'period') = (received_from IS NOT NULL)"
            " AND (kind = 'caller' AND state = 'in_force') = (phone IS NOT NULL)"
            " AND (received_until IS NULL OR received_until > received_from)",
            name="subject",
        ),
        CheckConstraint(
            "(state = 'lifted') = (lifted_at IS NOT NULL AND lifted_by_id IS NOT NULL AND lifted_by IS NOT NULL"
            " AND lift_reason IS NOT NULL)",
            name="lifted",
        ),
        CheckConstraint("lifted_by_id <> set_by_id", name="second_person"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    report_id: Mapped[int | None] = mapped_column(BigInteger)
    phone: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    received_from: Mapped[datetime | None]
    received_until: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    set_by: Mapped[str] = mapped_column(Text)
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("principal.id"))
    lifted_by: Mapped[str | None] = mapped_column(Text)
    lift_reason: Mapped[str | None] = mapped_column(Text)
