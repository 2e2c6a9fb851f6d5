"""Mapped class of connectors: the orders of upstream platforms with their deadlines."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class UpstreamOrder(Base):
    """The deadline of an order (工单) as its platform told it last; the case's history has when and why it moved."""

    __tablename__ = "upstream_order"
    __table_args__ = (UniqueConstraint("channel", "order_number"),)

    case_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("case_record.id"), primary_key=True, autoincrement=False
    )
    channel: Mapped[str] = mapped_column(Text)
    order_number: Mapped[str] = mapped_column(Text)
    deadline: Mapped[datetime]
    told_at: Mapped[datetime]
    told_by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    told_by: Mapped[str] = mapped_column(Text)
