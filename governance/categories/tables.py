"""Mapped classes of categories: dated rows (core/db/dated.py) of what they are, their limits and the words for them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of
from core.db.dated import DatedBase, holds_once
from governance.categories.states import CategoryKind, LimitUnit, Step, Urgency


class Category(Base):
    """That a category of this code is or was."""

    __tablename__ = "category"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    created_at: Mapped[datetime]


class CategoryState(DatedBase):
    """What a category is: its place in the tree, the office's and the citizens' name for it, and what holds for cases.

    Without `unit_code` the unit of the category above counts.
    """

    __tablename__ = "category_state"
    __table_args__ = (
        *holds_once("category_code", name="category_once_at_a_time"),
        check_one_of("kind", CategoryKind),
        check_one_of("urgency", Urgency),
    )
    KEY: ClassVar = ("category_code",)

    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    public_name: Mapped[str] = mapped_column(Text)
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    open311_code: Mapped[str | None] = mapped_column(Text)
    urgency: Mapped[str] = mapped_column(Text)
    on_the_spot: Mapped[bool] = mapped_column(Boolean)


class CategoryLimit(DatedBase):
    """How long a step may take in cases of a category and urgency; without a row that of the category above counts."""

    __tablename__ = "category_limit"
    __table_args__ = (
        *holds_once("category_code", "step", "urgency", name="category_limit_once_at_a_time"),
        check_one_of("step", Step),
        check_one_of("urgency", Urgency),
        check_one_of("unit", LimitUnit),
        CheckConstraint("amount > 0", name="amount"),
    )
    KEY: ClassVar = ("category_code", "step", "urgency")

    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    step: Mapped[str] = mapped_column(Text)
    urgency: Mapped[str] = mapped_column(Text)
    amount: Mapped[int] = mapped_column(Integer)
    unit: Mapped[str] = mapped_column(Text)


class ChannelWord(DatedBase):
    """By which word a channel (empty: any) means a category; the channel's own row counts before that of any."""

    __tablename__ = "channel_word"
    __table_args__ = (
        *holds_once("channel", "word", name="channel_word_once_at_a_time"),
        Index("ix_channel_word_category_code", "category_code", postgresql_where=text("superseded_at IS NULL")),
    )
    KEY: ClassVar = ("channel", "word")

    channel: Mapped[str] = mapped_column(Text)
    word: Mapped[str] = mapped_column(Text)
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
