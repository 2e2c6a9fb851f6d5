"""Mapped classes of suggestions: trained models with their back-tests, and what persons marked as a danger to life."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Identity, Integer, LargeBinary, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of
from governance.suggestions.states import Target


class SuggestionModel(Base):
    """One training of a model: from how many cases, how its back-test ended, and its numbers (model_format.py).

    `lack`: the ledger held too little, no model was made. `parameters` are kept of the latest models of a target alone;
    `sha256` is theirs.
    """

    __tablename__ = "suggestion_model"
    __table_args__ = (
        check_one_of("target", Target),
        Unique("target", "version"),
        CheckConstraint("lack IS NULL OR parameters IS NULL", name="lack"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    target: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    trained_at: Mapped[datetime]
    trained_by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    trained_by: Mapped[str] = mapped_column(Text)
    cases: Mapped[int] = mapped_column(Integer)
    lack: Mapped[str | None] = mapped_column(Text)
    backtest: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    parameters: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary)


class DangerMark(Base):
    """Whether life is in danger in a case, as a person said last; each time stands in the audit."""

    __tablename__ = "suggestion_danger_mark"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"), primary_key=True, autoincrement=False)
    danger: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    by: Mapped[str] = mapped_column(Text)
