"""Accounts, their one-time tokens, and sessions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Identity, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of


class TokenKind(StrEnum):
    """What a one-time token is for: the first password, or another one in place of one that was lost."""

    INVITATION = "invitation"
    RESET = "reset"


class SignInMethod(StrEnum):
    """How a session began: with a password, or at an OpenID provider."""

    PASSWORD = "password"  # noqa: S105 (a way, no password)
    OPENID = "openid"


class Account(Base):
    """How a person signs in; without `password_hash` the person has to be invited first.

    `login` is kept as `rules.normalized_login` writes it. `client_id` is the client without a key as which the person
    sends and reads: quotas and reports hang on it as on a key's.
    """

    __tablename__ = "account"

    principal_id: Mapped[int] = mapped_column(ForeignKey("principal.id"), primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("api_client.id"), unique=True)
    login: Mapped[str] = mapped_column(Text, unique=True)
    password_hash: Mapped[str | None] = mapped_column(Text)
    password_set_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]


class AccountToken(Base):
    """A one-time token by which a password is set; its SHA-256 alone is stored."""

    __tablename__ = "account_token"
    __table_args__ = (check_one_of("kind", TokenKind),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    principal_id: Mapped[int] = mapped_column(Integer, ForeignKey("account.principal_id"))
    kind: Mapped[str] = mapped_column(Text)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("principal.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    """When it was used, or replaced by a later one."""


class PersonSession(Base):
    """A person who is signed in at one browser or program; the SHA-256 of the session's token alone is stored.

    `last_seen_at` is at most a minute behind. A session that has ended keeps its row for the audit.
    """

    __tablename__ = "person_session"
    __table_args__ = (check_one_of("method", SignInMethod),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    principal_id: Mapped[int] = mapped_column(Integer, ForeignKey("account.principal_id"))
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    method: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    program: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
