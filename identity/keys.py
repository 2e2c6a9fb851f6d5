"""API keys: who calls, what they may do, how much of it.

A key belongs to its holder, a person or a system (identity/principals.py). Keys are 256 random bits, so one SHA-256 is
a sufficient hash (there is nothing to guess); the clear key is shown once, at creation. What a key opens is a set of
scopes (identity/grants.py); for which channels it sends is said in governance/channels.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Identity, Integer, LargeBinary, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from core import audit, clock
from core.db import Base
from core.errors import DatabaseUnavailableError, DomainError, Kind
from identity import principals
from identity.actors import COMMAND_LINE, SERVICE_ACTORS, ActorKind
from identity.granting import grants_of
from identity.grants import EVERYTHING, NOTHING, ROLES, Reach, reach_of
from identity.quotas import Quotas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from core.db import Database
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


class ScopeMissingError(DomainError):
    """The API key may not do that."""

    code = "scope-missing"
    kind = Kind.FORBIDDEN


class ReachLimitedError(DomainError):
    """The grants of the key's holder name areas or categories, and this looks at all of them."""

    code = "reach-limited"
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
    """One key's hash, and whose it is; a withdrawn key keeps its row, for the audit."""

    __tablename__ = "api_client"

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    key_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    quota_per_minute: Mapped[int] = mapped_column(BigInteger, server_default="60000")
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of one request: a key, and the person or system that it belongs to.

    `scopes` are those of the key that `grants` give too, somewhere; without grants (None), all of the key.
    """

    client_id: int
    name: str
    actor: Actor
    scopes: frozenset[str]
    quota_per_minute: int
    grants: tuple[Grant, ...] | None = None

    def require(self, scope: Scope) -> None:
        """Raise unless this principal holds the scope for everything: all areas, all categories.

        Raises
        ------
        ScopeMissingError, ReachLimitedError
        """
        self.require_somewhere(scope)
        if not self.reach(scope).is_everything:
            raise ReachLimitedError(
                f"'{self.actor.name}' holds '{scope}' in some areas or categories only, and this looks at all of them.",
                scope=str(scope),
            )

    def require_somewhere(self, scope: Scope) -> None:
        """Raise ScopeMissingError unless this principal holds the scope; whoever asks applies `reach` to the rows."""
        if scope not in self.scopes:
            raise ScopeMissingError(f"Key '{self.name}' lacks the scope '{scope}'.", scope=str(scope))

    def holds(self, scope: Scope) -> bool:
        """Tell whether this principal holds the scope for everything."""
        return scope in self.scopes and self.reach(scope).is_everything

    def reach(self, scope: Scope) -> Reach:
        """Return the areas and categories in which this principal holds a scope."""
        if scope not in self.scopes:
            return NOTHING
        return EVERYTHING if self.grants is None else reach_of(scope, self.grants)


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
) -> str:
    """Create a key and return it; it is not stored and cannot be shown again.

    It belongs to `holder`; without one, to a system of the key's own name.

    Raises
    ------
    PrincipalNameReservedError, PrincipalExistsError
    """
    if holder not in SERVICE_ACTORS:
        principals.require_free(name)
    if session.scalar(select(ApiClient.id).where(ApiClient.name == name)) is not None:
        raise PrincipalExistsError(f"A key named '{name}' exists already; choose another name.", field="name")
    holder = holder or principals.named(session, name, kind=ActorKind.SYSTEM)
    key = f"wg_{secrets.token_urlsafe(32)}"
    session.add(
        ApiClient(
            name=name,
            holder_id=holder.id,
            key_sha256=hash_key(key),
            scopes=[str(s) for s in scopes],
            quota_per_minute=quota_per_minute,
            created_at=clock.now(),
        )
    )
    audit.record(
        session, actor=actor, action="keys.create", subject=name, scopes=[str(s) for s in scopes], holder=holder.name
    )
    return key


def withdraw_key(session: Session, *, name: str, actor: Actor = COMMAND_LINE) -> bool:
    """Withdraw a key; False when there is no such key in use."""
    client = session.scalar(select(ApiClient).where(ApiClient.name == name, ApiClient.withdrawn_at.is_(None)))
    if client is None:
        return False
    client.withdrawn_at = clock.now()
    audit.record(session, actor=actor, action="keys.withdraw", subject=name)
    return True


class Keyring:
    """Keys as this process knows them: looked up once, remembered for a moment, still good while the database is away.

    A withdrawn key stops working within REMEMBER_S. Quotas are those of identity.quotas: one a key, over all processes.
    """

    REMEMBER_S = 15.0

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[bytes, tuple[float, Principal]] = {}
        self._quotas = Quotas(database)

    def remembered(self, key: str | None) -> Principal | None:
        """Return the principal without touching the database, or None when it has to be looked up."""
        if not key:
            raise KeyMissingError
        entry = self._known.get(hash_key(key))
        return entry[1] if entry is not None and time.monotonic() - entry[0] < self.REMEMBER_S else None

    def authenticate(self, key: str | None) -> Principal:
        """Return the principal of a key.

        Raises
        ------
        KeyMissingError, KeyUnknownError, DatabaseUnavailableError
        """
        found = self.remembered(key)
        if found is not None:
            return found
        digest = hash_key(key or "")
        try:
            principal = self._look_up(digest)
        except DatabaseUnavailableError:
            entry = self._known.get(digest)
            if entry is None:
                raise
            return entry[1]
        if principal is None:
            self._known.pop(digest, None)
            raise KeyUnknownError
        self._known[digest] = (time.monotonic(), principal)
        return principal

    def spend_held(self, principal: Principal, amount: int = 1) -> bool:
        """Count as `spend` does if that needs no word of the database, else say False."""
        return self._quotas.spend_held(principal.client_id, amount)

    def spend(self, principal: Principal, amount: int = 1) -> None:
        """Count `amount` reports or points against the quota of the running minute, or raise QuotaExceededError."""
        quota = principal.quota_per_minute
        if not self._quotas.spend(principal.client_id, amount, quota_per_minute=quota):
            wait_s = self._quotas.wait_s(principal.client_id)
            raise QuotaExceededError(
                f"Key '{principal.name}' may send {quota} a minute; send the rest in {wait_s} s.", retry_after_s=wait_s
            )

    def _look_up(self, digest: bytes) -> Principal | None:
        with self._database.transaction() as session:
            row = session.scalar(
                select(ApiClient).where(ApiClient.key_sha256 == digest, ApiClient.withdrawn_at.is_(None))
            )
            if row is None:
                return None
            actor = principals.get(session, row.holder_id)
            grants = grants_of(session, actor)
            scopes = frozenset(row.scopes)
            if grants is not None:
                scopes &= {str(scope) for grant in grants for scope in ROLES[grant.role]}
            return Principal(
                client_id=row.id,
                name=row.name,
                actor=actor,
                scopes=scopes,
                quota_per_minute=row.quota_per_minute,
                grants=grants,
            )
