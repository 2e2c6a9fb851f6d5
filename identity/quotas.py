"""What a key has left of its minute, over all processes: of what it may send, and of what it may read.

A key's minute begins with the first report or point of the kind and lasts by the database's clock alone; a process
measures what is left of it with its monotonic clock, which never jumps. The database counts what it has granted of a
minute; a process fetches a part of what is left and spends that from memory, so that few requests ask the database.
While it is away each process counts for itself.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from time import monotonic
from typing import TYPE_CHECKING, Final

from sqlalchemy import BigInteger, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of
from core.errors import DatabaseUnavailableError

if TYPE_CHECKING:
    from core.db import Database

PARTS: Final = 50
"""A process fetches this part of what is left: so much, at most, lies unused in each."""
MINUTE_S: Final = 60.0

# A minute ends after 60 s, and also when the clock went back behind its beginning: else nothing would be granted until
# the clock has caught up. The 5 s are for those who had to wait for another's row while that one began a minute.
_IS_OVER = "excluded.started_at NOT BETWEEN q.started_at - interval '5 seconds' AND q.started_at + interval '1 minute'"
# The row is locked from here to the commit: processes fetch one after the other.
_BEGIN_MINUTE = f"""
INSERT INTO quota_use AS q (client_id, kind, started_at, granted) VALUES (%(client)s, %(kind)s, clock_timestamp(), 0)
ON CONFLICT (client_id, kind) DO UPDATE SET
    granted = CASE WHEN {_IS_OVER} THEN 0 ELSE q.granted END,
    started_at = CASE WHEN {_IS_OVER} THEN excluded.started_at ELSE q.started_at END
RETURNING granted, started_at, extract(epoch FROM started_at + interval '1 minute' - clock_timestamp())::float8
"""
_GRANT = "UPDATE quota_use SET granted = granted + %(amount)s WHERE client_id = %(client)s AND kind = %(kind)s"


class QuotaKind(StrEnum):
    """What is counted: reports and points that a key sends, or reports that it reads."""

    SENT = "sent"
    READ = "read"


class QuotaUse(Base):
    """What was granted of a key's latest minute of a kind, and when that began by the database's clock."""

    __tablename__ = "quota_use"
    __table_args__ = (check_one_of("kind", QuotaKind),)

    client_id: Mapped[int] = mapped_column(ForeignKey("api_client.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    started_at: Mapped[datetime]
    granted: Mapped[int] = mapped_column(BigInteger)


@dataclass(slots=True)
class _Held:
    """What this process may still spend of a minute, and has spent of it.

    `started_at` names the minute (None: one that this process counts for itself); it ends when the monotonic clock
    reaches `until`.
    """

    started_at: datetime | None
    until: float
    left: int = 0
    spent: int = 0


class Quotas:
    """The quotas of all keys of one kind, as this process spends them. For any thread."""

    def __init__(self, database: Database, kind: QuotaKind) -> None:
        self._database = database
        self._kind = kind
        self._held: dict[int, _Held] = {}
        self._lock = threading.Lock()
        self._fetching = threading.Lock()

    def spend_held(self, client_id: int, amount: int) -> bool:
        """Spend from what this process holds; False when that is not enough."""
        with self._lock:
            held = self._held_now(client_id)
            return held is not None and _spend(held, amount)

    def spend(self, client_id: int, amount: int, *, quota_per_minute: int) -> bool:
        """Spend, fetching more if need be; False when the minute's quota has not that much left."""
        if self.spend_held(client_id, amount):
            return True
        with self._fetching:
            if self.spend_held(client_id, amount):
                return True
            with self._lock:
                known = self._held_now(client_id) or _Held(None, monotonic() + MINUTE_S)
                # To be fetched; and what this process may still spend by its own count while the database is away.
                missing, unspent = amount - known.left, quota_per_minute - known.spent
            try:
                held, granted = self._fetch(client_id, known, amount, quota_per_minute)
            except DatabaseUnavailableError:
                held, granted = known, missing if amount <= unspent else 0
            with self._lock:
                self._held[client_id] = held
                held.left += granted
                return _spend(held, amount)

    def wait_s(self, client_id: int) -> int:
        """Return in how many seconds, from 1 on, the key's minute is over."""
        with self._lock:
            held = self._held_now(client_id)
        return 1 if held is None else max(1, math.ceil(held.until - monotonic()))

    def _held_now(self, client_id: int) -> _Held | None:
        held = self._held.get(client_id)
        return held if held is not None and monotonic() < held.until else None

    def _fetch(self, client_id: int, known: _Held, amount: int, quota_per_minute: int) -> tuple[_Held, int]:
        """Have the database grant what is missing for `amount`, and some more; return the minute and the grant."""
        asked = monotonic()
        with self._database.bulk() as connection:  # not one of the pool's: its caller may hold one of those
            whose = {"client": client_id, "kind": self._kind}
            row = connection.execute(_BEGIN_MINUTE, whose).fetchone()
            granted, started_at, left_s = row or (quota_per_minute, None, 0.0)
            # What is held belongs to one minute. Its end is by this process's monotonic clock.
            held = known if known.started_at == started_at else _Held(started_at, asked + left_s)
            missing, left = amount - held.left, quota_per_minute - granted
            if left < missing:
                return held, 0
            # A fiftieth of what is left at once, so that most spends need no query.
            more = max(missing, left // PARTS)
            connection.execute(_GRANT, whose | {"amount": more})
            return held, more


def _spend(held: _Held, amount: int) -> bool:
    if held.left < amount:
        return False
    held.left -= amount
    held.spent += amount
    return True
