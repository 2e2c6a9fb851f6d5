"""Mapped classes of attachments: append-only and sealed; an erasure empties the words, the row stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Float,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of
from governance.attachments.states import AttachmentKind, SubjectKind


class Attachment(Base):
    """A file as it was taken in: what it hangs on, its hash, and what its camera wrote into it.

    `folder` is where its copies are in the store; None: it was erased. `perceptual_hash` is that of rules; the place is
    the camera's, WGS 84; `link_key` signs the links to it.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        check_one_of("subject_kind", SubjectKind),
        check_one_of("kind", AttachmentKind),
        CheckConstraint("stage IN ('before', 'after')", name="stage"),
        UniqueConstraint("subject_kind", "subject_id", "sha256", name="uq_attachment_subject_sha256"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    stage: Mapped[str | None] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    size_bytes: Mapped[int] = mapped_column(Integer)
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    received_at: Mapped[datetime]
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    sent_by: Mapped[str] = mapped_column(Text)
    folder: Mapped[str | None] = mapped_column(Text, unique=True)
    taken_at: Mapped[datetime | None]
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    perceptual_hash: Mapped[int | None] = mapped_column(BigInteger)
    link_key: Mapped[bytes | None] = mapped_column(LargeBinary)


class AttachmentClearing(Base):
    """A decision whether the public may see a photo; the latest counts, without one it may not. Append-only."""

    __tablename__ = "attachment_clearing"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), index=True)
    cleared: Mapped[bool]
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    actor: Mapped[str] = mapped_column(Text)
