"""API keys: who calls, what they may do, how much of it.

A key belongs to its holder, a person or a system (identity/principals.py). Keys are 256 random bits, so one SHA-256 is
a sufficient hash (there is nothing to guess); the clear key is shown once, at creation. What a key opens is a set of
scopes (identity/grants.py); for which channels it sends is stored in governance/channels. A key may expire, and be
replaced under its name; the former one then still opens for a while. `Keyring` reads them for requests.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    Text,
    select,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from core import audit, clock
from core.db import Base
from core.errors import DomainError, Kind
from identity import principals
from identity.actors import COMMAND_LINE, SERVICE_ACTORS, ActorKind
from identity.grants import EVERYTHING, NOTHING, Reach, reach_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from identity.actors import Actor
    from identity.grants import Grant, Scope


class KeyMissingError(DomainError):
    """An API key is needed. Send it as X-API-Key, as a Bearer token, or as the password of HTTP Basic."""

    code = "key-missing"
    kind = Kind.UNAUTHORIZED


class KeyUnknownError(DomainError):
    """The API key is not known or was withdrawn. Ask the administrator for a new one (wangge keys create)."""

    code = "key-unknown"
    kind = Kind.UNAUTHORIZED


class KeyExpiredError(DomainError):
    """The API key has expired. Ask the administrator for its replacement (wangge keys rotate)."""

    code = "key-expired"
    kind = Kind.UNAUTHORIZED


class ExpiryInvalidError(DomainError):
    """A key expires at an instant to come."""

    code = "key-expiry-invalid"
    kind = Kind.INVALID


class KeyNotFoundError(DomainError):
    """There is no key of that name. `wangge keys list` shows those there are."""

    code = "key-not-found"
    kind = Kind.NOT_FOUND


class ScopeMissingError(DomainError):
    """The API key may not do that."""

    code = "scope-missing"
    kind = Kind.FORBIDDEN


class ReachLimitedError(DomainError):
    """The grants of the key's holder name areas or categories, and this looks at all of them."""

    code = "reach-limited"
    kind = Kind.FORBIDDEN


class SecondFactorMissingError(DomainError):
    """Your roles require a second factor: set up an authenticator app first (POST /v1/me/second-factor)."""

    code = "second-factor-missing"
    kind = Kind.FORBIDDEN


class QuotaExceededError(DomainError):
    """The API key has used up its quota for the running minute. Wait and send again."""

    code = "quota-exceeded"
    kind = Kind.QUOTA


class PrincipalExistsError(DomainError):
    """A key of that name exists already."""

    code = "principal-exists"
    kind = Kind.CONFLICT


class ApiClient(Base):
    """One key's hash, and whose it is; a withdrawn key keeps its row, for the audit.

    The client as which a person sends who signs in (identity/sign_in) has no key: `key_sha256` is null.

    A key that was replaced is the `former` one; it opens what the key opens until `former_until`. `issued_at` is when
    the present one was made (None: with the row).
    """

    __tablename__ = "api_client"
    __table_args__ = (CheckConstraint("(former_sha256 IS NULL) = (former_until IS NULL)", name="former"),)

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    key_sha256: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    quota_per_minute: Mapped[int] = mapped_column(BigInteger, server_default="60000")
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    issued_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    former_sha256: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    former_until: Mapped[datetime | None]

    @hybrid_property
    def has_key(self) -> bool:
        """Whether it is a key's, not that of a person who signs in."""
        return self.key_sha256 is not None

    @has_key.inplace.expression
    @classmethod
    def _has_key(cls) -> ColumnElement[bool]:
        return cls.key_sha256.is_not(None)

    def ends_at(self, digest: bytes) -> datetime | None:
        """Return when the present or the former key stops to open (None: never)."""
        return self.expires_at if digest == self.key_sha256 else self.former_until

    def require_open(self, digest: bytes, now: datetime) -> None:
        """Raise KeyExpiredError where the present or the former key has ended."""
        end = self.ends_at(digest)
        if end is not None and end <= now:
            day = end.astimezone(clock.LOCAL).isoformat(" ", "minutes")
            raise KeyExpiredError(
                (
                    "Key '{name}' expired {day}; ask the administrator (wangge keys rotate)."
                    if digest == self.key_sha256
                    else "Key '{name}' was replaced, and its replacement alone opens since {day}; ask the "
                    "administrator (wangge keys rotate)."
                ),
                values={"name": self.name, "day": day},
            )


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of one request: a person or system, whether it sent a key or a person's session.

    `client_id` and `name` are the key's, or those of the person who is signed in. `scopes` are those of the key that
    `grants` give too, somewhere; without grants (None), all of the key. A session has what the grants give.
    """

    client_id: int
    name: str
    actor: Actor
    scopes: frozenset[str]
    quota_per_minute: int
    grants: tuple[Grant, ...] | None = None
    expires_at: datetime | None = None
    session_id: int | None = None
    lacks_second_factor: bool = False

    def require(self, scope: Scope) -> None:
        """Raise unless this principal holds the scope for everything: all areas, all categories.

        Raises
        ------
        ScopeMissingError, ReachLimitedError
        """
        self.require_somewhere(scope)
        if not self.reach(scope).is_everything:
            raise ReachLimitedError(
                ("'{name}' holds '{scope}' in some areas or categories only, and this looks at all of them."),
                values={"name": self.actor.name, "scope": scope},
                scope=str(scope),
            )

    def require_somewhere(self, scope: Scope) -> None:
        """Raise unless this principal holds the scope somewhere; whoever asks applies `reach` to the rows.

        Raises
        ------
        ScopeMissingError, SecondFactorMissingError
        """
        self.require_second_factor()
        if scope not in self.scopes:
            raise ScopeMissingError(
                "Key '{name}' lacks the scope '{scope}'."
                if self.session_id is None
                else "'{name}' lacks the scope '{scope}'.",
                values={"name": self.name, "scope": scope},
                scope=str(scope),
            )

    def require_second_factor(self) -> None:
        """Raise SecondFactorMissingError where the person has to have a second factor and has none."""
        if self.lacks_second_factor:
            raise SecondFactorMissingError

    def holds(self, scope: Scope) -> bool:
        """Return whether this principal holds the scope for everything."""
        return scope in self.scopes and self.reach(scope).is_everything

    def reach(self, scope: Scope) -> Reach:
        """Return the areas and categories in which this principal holds a scope."""
        if scope not in self.scopes:
            return NOTHING
        held = EVERYTHING if self.grants is None else reach_of(scope, self.grants)
        return held if self.viewer is None else Reach(held.pairs, self.viewer)

    @property
    def viewer(self) -> int | None:
        """The person who looks; None: a program does."""
        return self.actor.id if self.actor.kind is ActorKind.PERSON else None


def hash_key(key: str) -> bytes:
    """Return the SHA-256 under which a key is stored."""
    return hashlib.sha256(key.encode()).digest()


def create_key(
    session: Session,
    *,
    name: str,
    scopes: Sequence[Scope],
    actor: Actor = COMMAND_LINE,
    holder: Actor | None = None,
    quota_per_minute: int = 60_000,
    expires_at: datetime | None = None,
) -> str:
    """Create a key and return it; it is not stored and cannot be shown again.

    It belongs to `holder`; without one, to a system of the key's own name.

    Raises
    ------
    PrincipalNameReservedError, PrincipalExistsError, ExpiryInvalidError
    """
    if holder not in SERVICE_ACTORS:
        principals.require_free(name)
    if session.scalar(select(ApiClient.id).where(ApiClient.name == name)) is not None:
        raise PrincipalExistsError(
            "A key named '{name}' exists already; choose another name.", values={"name": name}, field="name"
        )
    holder = holder or principals.named(session, name, kind=ActorKind.SYSTEM)
    now = clock.now()
    require_to_come(expires_at, now)
    key = new_key()
    session.add(
        ApiClient(
            name=name,
            holder_id=holder.id,
            key_sha256=hash_key(key),
            scopes=[str(s) for s in scopes],
            quota_per_minute=quota_per_minute,
            created_at=now,
            expires_at=expires_at,
        )
    )
    audit.record(
        session, actor=actor, action="keys.create", subject=name, scopes=[str(s) for s in scopes], holder=holder.name,
        **expiry_detail(expires_at),
    )  # fmt: skip
    return key


def withdraw_key(session: Session, *, name: str, actor: Actor = COMMAND_LINE) -> bool:
    """Withdraw a key; False when there is no such key in use."""
    client = session.scalar(
        select(ApiClient).where(ApiClient.name == name, ApiClient.withdrawn_at.is_(None), ApiClient.has_key)
    )
    if client is None:
        return False
    client.withdrawn_at = clock.now()
    audit.record(session, actor=actor, action="keys.withdraw", subject=name)
    return True


def list_keys(session: Session, *, ending_before: datetime | None = None) -> Sequence[ApiClient]:
    """Return all keys, withdrawn ones too, or those in use that expire before an instant (or have), by when."""
    query = select(ApiClient).where(ApiClient.has_key).order_by(ApiClient.id)
    if ending_before is not None:
        query = select(ApiClient).where(ApiClient.withdrawn_at.is_(None), ApiClient.expires_at < ending_before)
        query = query.order_by(ApiClient.expires_at, ApiClient.id)
    return session.scalars(query).all()


def new_key() -> str:
    """Make a key of 256 random bits."""
    return f"wg_{secrets.token_urlsafe(32)}"


def require_to_come(expires_at: datetime | None, now: datetime) -> None:
    """Raise ExpiryInvalidError where a key would expire before it is made."""
    if expires_at is not None and expires_at <= now:
        raise ExpiryInvalidError(
            "{expires_at} is over; name an instant to come.",
            values={"expires_at": expires_at.isoformat()},
            field="expires_at",
        )


def expiry_detail(expires_at: datetime | None) -> dict[str, str]:
    """Return what the audit keeps of a key's expiry."""
    return {} if expires_at is None else {"expires_at": expires_at.isoformat()}
