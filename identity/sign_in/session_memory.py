"""Sessions as a process knows them while it answers requests: looked up, remembered a minute, forgotten at a notice.

What ends a session or changes what its person may do sends a notice with its commit (triggers of migration 0032), and
every process forgets: a session that was ended opens nothing more from then on. Where notices may have been missed,
each request is looked up.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from core import clock
from core.db.notices import Notices
from core.errors import DomainError, Kind
from identity import principals
from identity.granting import grants_of
from identity.grants import ROLES
from identity.keys import ApiClient, Principal
from identity.sign_in import second_factors
from identity.sign_in.accounts import is_open
from identity.sign_in.hashing import hash_token
from identity.sign_in.tables import Account, PersonSession, SignInMethod

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from core.db import Database
    from core.settings import Settings

CHANNEL: Final = "wangge_sign_in"
EVERYBODY: Final = "*"
REMEMBER_S: Final = 60.0
"""A session in use is written down as seen this often."""
_MOST_KNOWN: Final = 10_000


class SessionUnknownError(DomainError):
    """The session has ended: signed out, idle for too long, or ended by an administrator. Sign in again."""

    code = "session-unknown"
    kind = Kind.UNAUTHORIZED


@dataclass(frozen=True, slots=True)
class _Entry:
    looked_up: float
    account: int
    principal: Principal


class SessionMemory:
    """The sessions that this process has seen. For any thread."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._known: dict[bytes, _Entry] = {}
        self._forgotten = 0
        self._lock = threading.Lock()
        self._notices = Notices(database.libpq_url, CHANNEL, heard=self._forget, lost=self.forget_all)

    def remembered(self, token: str) -> Principal | None:
        """Return the principal without touching the database, or None when it has to be looked up."""
        entry = self._known.get(hash_token(token))
        if entry is None or time.monotonic() - entry.looked_up >= REMEMBER_S or not self._notices.is_sure:
            return None
        end = entry.principal.expires_at
        return entry.principal if end is None or clock.now() < end else None

    def authenticate(self, token: str) -> Principal:
        """Return the principal of a session's token, and write down that it was seen.

        Raises
        ------
        SessionUnknownError, DatabaseUnavailableError
        """
        found = self.remembered(token)
        if found is not None:
            return found
        self._notices.start()
        digest, forgotten, now = hash_token(token), self._forgotten, time.monotonic()
        entry = self._look_up(digest, now)
        with self._lock:
            if entry is None:
                self._known.pop(digest, None)
            elif forgotten == self._forgotten:  # else what was read may be older than the notice
                self._make_room(now)
                self._known[digest] = entry
        if entry is None:
            raise SessionUnknownError
        return entry.principal

    @contextmanager
    def ending(self) -> Iterator[Session]:
        """Yield a transaction that ends sessions; once it is committed this process remembers none.

        Other processes hear its notice; this one does not wait for it.
        """
        with self._database.transaction() as session:
            yield session
        self.forget_all()

    def close(self) -> None:
        """Listen no longer."""
        self._notices.close()

    def _look_up(self, digest: bytes, now: float) -> _Entry | None:
        with self._database.transaction() as session:
            row = session.scalar(
                select(PersonSession).where(PersonSession.token_sha256 == digest, *is_open(self._settings))
            )
            if row is None:
                return None
            account = session.get_one(Account, row.principal_id)
            client = session.get_one(ApiClient, account.client_id)
            seen = clock.now()
            if seen - row.last_seen_at > timedelta(seconds=REMEMBER_S / 2):
                row.last_seen_at = seen
            actor = principals.get(session, row.principal_id)
            grants = grants_of(session, actor) or ()
            # Who comes from an OpenID provider has shown there what the provider asks for.
            lacks = (
                row.method == SignInMethod.PASSWORD
                and second_factors.is_required(self._settings, grants)
                and not second_factors.has_one(session, account)
            )
            scopes = frozenset(str(scope) for grant in grants for scope in ROLES[grant.role])
            return _Entry(
                now,
                row.principal_id,
                Principal(
                    client_id=client.id,
                    name=actor.name,
                    actor=actor,
                    scopes=frozenset() if lacks else scopes,
                    quota_per_minute=client.quota_per_minute,
                    grants=grants,
                    expires_at=row.created_at + timedelta(hours=self._settings.session_longest_hours),
                    session_id=row.id,
                    lacks_second_factor=lacks,
                ),
            )

    def _forget(self, whose: str) -> None:
        """Forget the sessions of an account, or of everybody."""
        with self._lock:
            self._forgotten += 1
            kept = {} if whose == EVERYBODY else self._known
            self._known = {digest: entry for digest, entry in kept.items() if str(entry.account) != whose}

    def _make_room(self, now: float) -> None:
        if len(self._known) >= _MOST_KNOWN:
            self._known = {d: entry for d, entry in self._known.items() if now - entry.looked_up < REMEMBER_S}
            if len(self._known) >= _MOST_KNOWN:
                self._known = {}

    def forget_all(self) -> None:
        """Remember no session: each is looked up when it comes next."""
        self._forget(EVERYBODY)
