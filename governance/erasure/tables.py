"""Mapped classes of erasure: which reports have lost their words, when and why. Append-only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of
from governance.erasure.states import ErasureCause


class ReportErasure(Base):
    """A report whose words and persons were erased. While its row is here, its other columns may become empty."""

    __tablename__ = "report_erasure"
    __table_args__ = (check_one_of("cause", ErasureCause),)

    report_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    erased_at: Mapped[datetime]
    cause: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
