"""Keys as a process knows them while it answers requests: looked up, remembered for a moment, refused."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from core import clock
from core.errors import DatabaseUnavailableError
from identity import principals
from identity.granting import grants_of
from identity.grants import ROLES
from identity.key_failures import KeyAttemptsError, KeyFailures, network_of
from identity.keys import (
    ApiClient,
    KeyExpiredError,
    KeyMissingError,
    KeyUnknownError,
    Principal,
    QuotaExceededError,
    hash_key,
)
from identity.quotas import QuotaKind, Quotas

if TYPE_CHECKING:
    from core.db import Database


class Keyring:
    """Keys as this process knows them: looked up once, remembered for a moment, still good while the database is away.

    A withdrawn key stops working within REMEMBER_S, one that expires at its instant. Quotas are those of
    identity.quotas: one a key, over all processes. Unknown keys are counted and braked (identity.key_failures).
    """

    REMEMBER_S = 15.0

    def __init__(
        self, database: Database, failures: KeyFailures | None = None, *, reads_per_minute: int = 60_000
    ) -> None:
        self._database = database
        self._known: dict[bytes, tuple[float, Principal]] = {}
        self._in_use: tuple[float, frozenset[bytes]] = (-self.REMEMBER_S, frozenset())
        self._quotas = Quotas(database, QuotaKind.SENT)
        self._reads = Quotas(database, QuotaKind.READ)
        self._reads_per_minute = reads_per_minute
        self._failures = failures or KeyFailures(database)

    def remembered(self, key: str | None) -> Principal | None:
        """Return the principal without touching the database, or None when it has to be looked up."""
        if not key:
            raise KeyMissingError
        entry = self._known.get(hash_key(key))
        if entry is None or time.monotonic() - entry[0] >= self.REMEMBER_S:
            return None
        return entry[1] if _still_opens(entry[1]) else None

    def authenticate(self, key: str | None, address: str | None = None) -> Principal:
        """Return the principal of a key that came from an address.

        Raises
        ------
        KeyMissingError, KeyUnknownError, KeyExpiredError, KeyAttemptsError, DatabaseUnavailableError
        """
        found = self.remembered(key)
        if found is not None:
            return found
        digest, network = hash_key(key or ""), network_of(address)
        try:
            if self._failures.brake_s(network):
                self._read_in_use()
                self._refuse_braked(digest, network)
            principal = self._look_up(digest)
        except DatabaseUnavailableError:
            entry = self._known.get(digest)
            if entry is None or not _still_opens(entry[1]):
                raise
            return entry[1]
        except KeyExpiredError:
            self._known.pop(digest, None)
            self._failures.count(network)
            raise
        if principal is None:
            self._known.pop(digest, None)
            self._failures.add(network)
            raise KeyUnknownError
        self._known[digest] = (time.monotonic(), principal)
        return principal

    def refuse_early(self, key: str, address: str | None) -> None:
        """Refuse an unknown key of a braked address without touching the database, where memory is fresh enough.

        Raises
        ------
        KeyAttemptsError
        """
        network = network_of(address)
        if time.monotonic() - self._in_use[0] < self.REMEMBER_S:
            self._refuse_braked(hash_key(key), network)

    def spend_held(self, principal: Principal, amount: int = 1) -> bool:
        """Count as `spend` does if that needs no query, else return False."""
        return self._quotas.spend_held(principal.client_id, amount)

    def spend(self, principal: Principal, amount: int = 1) -> None:
        """Count `amount` reports or points against the quota of the running minute, or raise QuotaExceededError."""
        quota = principal.quota_per_minute
        if not self._quotas.spend(principal.client_id, amount, quota_per_minute=quota):
            wait_s = self._quotas.wait_s(principal.client_id)
            raise QuotaExceededError(
                "Key '{name}' may send {quota} a minute; send the rest in {wait_s} s.",
                values={"name": principal.name, "quota": quota, "wait_s": wait_s},
                retry_after_s=wait_s,
            )

    def spend_read(self, principal: Principal, amount: int = 1) -> None:
        """Count `amount` reports that the caller reads against its minute, or raise QuotaExceededError."""
        quota = self._reads_per_minute
        if not self._reads.spend(principal.client_id, amount, quota_per_minute=quota):
            wait_s = self._reads.wait_s(principal.client_id)
            raise QuotaExceededError(
                "Key '{name}' may read {quota} reports a minute; read on in {wait_s} s.",
                values={"name": principal.name, "quota": quota, "wait_s": wait_s},
                retry_after_s=wait_s,
            )

    def _refuse_braked(self, digest: bytes, network: str) -> None:
        """Raise KeyAttemptsError where the address is braked and the key is none of those in use."""
        wait_s = self._failures.brake_s(network)
        if wait_s and digest not in self._in_use[1]:
            self._failures.count(network)
            raise KeyAttemptsError(
                ("Too many unknown API keys came from {network}; send the right one, or another in {wait_s} s."),
                values={"network": network, "wait_s": wait_s},
                retry_after_s=wait_s,
            )

    def _read_in_use(self) -> None:
        """Read the digests of all keys that are not withdrawn, unless that was done a moment ago."""
        if time.monotonic() - self._in_use[0] < self.REMEMBER_S:
            return
        with self._database.transaction() as session:
            rows = session.execute(
                select(ApiClient.key_sha256, ApiClient.former_sha256).where(ApiClient.withdrawn_at.is_(None))
            )
            digests = frozenset(digest for row in rows for digest in row if digest is not None)
        self._in_use = (time.monotonic(), digests)

    def _look_up(self, digest: bytes) -> Principal | None:
        with self._database.transaction() as session:
            row = session.scalar(
                select(ApiClient).where(
                    or_(ApiClient.key_sha256 == digest, ApiClient.former_sha256 == digest),
                    ApiClient.withdrawn_at.is_(None),
                )
            )
            if row is None:
                return None
            row.require_open(digest, clock.now())
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
                expires_at=row.ends_at(digest),
            )


def _still_opens(principal: Principal) -> bool:
    return principal.expires_at is None or clock.now() < principal.expires_at
