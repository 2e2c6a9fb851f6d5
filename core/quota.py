"""What a key has left of its minute, over all processes.

The database counts what it has granted of a minute; a process fetches a part of what is left and spends that from
memory, so that few requests ask the database. While it is away each process counts for itself.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Base
from core.errors import DatabaseUnavailableError

if TYPE_CHECKING:
    from core.db import Database

PARTS: Final = 50
"""A process fetches this part of what is left: so much, at most, lies unused in each."""

# The row is locked from here to the commit: processes fetch one after the other.
_BEGIN_MINUTE = """
INSERT INTO quota_use AS q (client_id, minute, granted) VALUES (%(client)s, %(minute)s, 0)
ON CONFLICT (client_id) DO UPDATE SET
    granted = CASE WHEN q.minute < excluded.minute THEN 0 ELSE q.granted END,
    minute = GREATEST(q.minute, excluded.minute)
RETURNING granted
"""
_GRANT = "UPDATE quota_use SET granted = granted + %(amount)s WHERE client_id = %(client)s"


class QuotaUse(Base):
    """What was granted of a key's latest minute (minutes since 1970)."""

    __tablename__ = "quota_use"

    client_id: Mapped[int] = mapped_column(ForeignKey("api_client.id"), primary_key=True)
    minute: Mapped[int] = mapped_column(BigInteger)
    granted: Mapped[int] = mapped_column(BigInteger)


@dataclass(slots=True)
class _Held:
    """What this process may still spend of a minute, and has spent of it."""

    minute: int
    left: int = 0
    spent: int = 0


class Quotas:
    """The quotas of all keys, as this process spends them. For any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: dict[int, _Held] = {}
        self._lock = threading.Lock()
        self._fetching = threading.Lock()

    def spend_held(self, client_id: int, amount: int) -> bool:
        """Spend from what this process holds; False when that is not enough."""
        with self._lock:
            held = self._of_this_minute(client_id)
            return _spend(held, amount)

    def spend(self, client_id: int, amount: int, *, quota_per_minute: int) -> bool:
        """Spend, fetching more if need be; False when the minute's quota has not that much left."""
        if self.spend_held(client_id, amount):
            return True
        with self._fetching:
            if self.spend_held(client_id, amount):
                return True
            with self._lock:
                held = self._of_this_minute(client_id)
                missing = amount - held.left
            try:
                granted = self._fetch(client_id, held.minute, missing, quota_per_minute)
            except DatabaseUnavailableError:
                granted = missing if held.spent + amount <= quota_per_minute else 0
            with self._lock:
                held.left += granted
                return _spend(held, amount)

    def _of_this_minute(self, client_id: int) -> _Held:
        minute = int(clock.now().timestamp() // 60)
        held = self._held.get(client_id)
        if held is None or held.minute != minute:
            held = self._held[client_id] = _Held(minute)
        return held

    def _fetch(self, client_id: int, minute: int, missing: int, quota_per_minute: int) -> int:
        with self._database.bulk() as connection:  # not one of the pool's: its caller may hold one of those
            granted = connection.execute(_BEGIN_MINUTE, {"client": client_id, "minute": minute}).fetchone()
            left = quota_per_minute - (granted[0] if granted else 0)
            if left < missing:
                return 0
            amount = max(missing, left // PARTS)
            connection.execute(_GRANT, {"client": client_id, "amount": amount})
            return amount


def _spend(held: _Held, amount: int) -> bool:
    if held.left < amount:
        return False
    held.left -= amount
    held.spent += amount
    return True
