"""Keys that were refused: counted by the address they came from, and an address that sends too many is braked.

What is guessed at is 256 random bits, so the brake keeps no guess from coming true; it keeps those who try from the
database and from those whose keys are good. A braked address is still let in with a key that is in use: the digests of
all keys in use are read once in a while, however many unknown ones come, and compared in memory.

Each process counts for itself, in buckets that fill again over a minute; an address of IPv6 is its network of 64 bits,
which one subscriber has whole. What was counted is added to one row an address and hour.
"""

from __future__ import annotations

import ipaddress
import math
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy import BigInteger, Identity, Text, UniqueConstraint, delete, select, text
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Base
from core.errors import DatabaseUnavailableError, DomainError, Kind
from core.settings import LOGS_KEPT_DAYS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.db import Database

log = structlog.get_logger("wangge.keys")

OTHERS: Final = "others"
"""Stands for addresses beyond those that an hour keeps apart, and for callers without an address."""
KEPT: Final = timedelta(days=LOGS_KEPT_DAYS)
FLUSH_S: Final = 5.0
_MINUTE_S: Final = 60.0
_ALL: Final = 20
"""All addresses together may fail as often as this many of them before unknown keys of every address are braked."""
_MOST_BRAKED, _MOST_APART = 4096, 1000
"""Addresses that a process remembers for its brake, and those of one hour that get rows of their own."""

_ADD = text("""
INSERT INTO key_failure AS f (address, hour, failures, first_at, last_at)
SELECT address, date_trunc('hour', first_at, 'UTC'), failures, first_at, last_at
FROM unnest(CAST(:addresses AS text[]), CAST(:failures AS bigint[]), CAST(:first AS timestamptz[]),
    CAST(:last AS timestamptz[])) AS t(address, failures, first_at, last_at) ORDER BY address
ON CONFLICT (address, hour) DO UPDATE SET failures = f.failures + excluded.failures,
    first_at = least(f.first_at, excluded.first_at), last_at = greatest(f.last_at, excluded.last_at)
""")


class KeyAttemptsError(DomainError):
    """Too many unknown API keys came from this address. Check the key, and wait before it is sent again."""

    code = "key-attempts"
    kind = Kind.QUOTA


class KeyFailure(Base):
    """How often keys from an address were refused within an hour."""

    __tablename__ = "key_failure"
    __table_args__ = (UniqueConstraint("address", "hour"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    address: Mapped[str] = mapped_column(Text)
    hour: Mapped[datetime]
    failures: Mapped[int] = mapped_column(BigInteger)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


def network_of(address: str | None) -> str:
    """Return what an address is counted under: itself, the first 64 bits of IPv6, or OTHERS where it is none."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return OTHERS
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))


@dataclass(slots=True)
class _Bucket:
    """How many failures are left now; `most` come back in a minute."""

    most: float
    left: float
    at: float

    def refill(self, now: float) -> float:
        # Token bucket: `most` a minute flow back, and the bucket holds no more than `most`.
        self.left = min(self.most, self.left + (now - self.at) * self.most / _MINUTE_S)
        self.at = now
        return self.left


@dataclass(slots=True)
class _Count:
    failures: int
    first_at: datetime
    last_at: datetime


@dataclass(slots=True)
class KeyFailures:
    """The failures that a process has seen, its brake, and the thread that writes them down. For any thread."""

    database: Database
    per_minute: int = 30
    _buckets: OrderedDict[str, _Bucket] = field(default_factory=OrderedDict)
    _everybody: _Bucket = field(init=False)
    _counts: dict[tuple[str, datetime], _Count] = field(default_factory=dict)
    _apart: dict[datetime, set[str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        """Fill everybody's bucket."""
        self._everybody = _Bucket(_ALL * self.per_minute, _ALL * self.per_minute, monotonic())

    def brake_s(self, address: str) -> int:
        """Return for how many seconds the address is braked; 0: it is not."""
        with self._lock:
            now, bucket = monotonic(), self._buckets.get(address)
            # Seconds until one whole failure is left again.
            waits = [
                (1 - one.refill(now)) * _MINUTE_S / one.most for one in (self._everybody, bucket) if one is not None
            ]
        return max(0, *(math.ceil(wait - 1e-9) for wait in waits))

    def count(self, address: str) -> None:
        """Count a refused key of an address that leaves its brake as it is: one that is braked, one that expired."""
        with self._lock:
            self._count(address, clock.now())

    def add(self, address: str) -> None:
        """Count an unknown key of an address; too many of them brake it."""
        now, at = monotonic(), clock.now()
        with self._lock:
            bucket = self._buckets.setdefault(address, _Bucket(self.per_minute, self.per_minute, now))
            self._buckets.move_to_end(address)
            if len(self._buckets) > _MOST_BRAKED:
                self._buckets.popitem(last=False)
            # Braked from the failure on that leaves less than one: logged once a brake.
            was_free = bucket.refill(now) >= 1
            for one in (bucket, self._everybody):
                one.left = max(0.0, one.refill(now) - 1)
            braked = was_free and bucket.left < 1
            self._count(address, at)
        if braked:
            log.warning("unknown keys of an address are braked", address=address, per_minute=self.per_minute)

    def _count(self, address: str, at: datetime) -> None:
        hour = at.replace(minute=0, second=0, microsecond=0)
        self._apart = {known: names for known, names in self._apart.items() if known == hour}
        apart = self._apart.setdefault(hour, set())
        if address not in apart and len(apart) >= _MOST_APART:
            address = OTHERS
        apart.add(address)
        count = self._counts.setdefault((address, hour), _Count(0, at, at))
        count.failures += 1
        count.last_at = at

    def flush(self) -> None:
        """Add what was counted to the rows; while the database is away it stays counted."""
        with self._lock:
            taken, self._counts = self._counts, {}
        if not taken:
            return
        values = {
            "addresses": [address for address, _ in taken],
            "failures": [count.failures for count in taken.values()],
            "first": [count.first_at for count in taken.values()],
            "last": [count.last_at for count in taken.values()],
        }
        try:
            with self.database.transaction() as session:
                session.execute(_ADD, values)
                session.execute(delete(KeyFailure).where(KeyFailure.hour < clock.now() - KEPT))
        except DatabaseUnavailableError:
            with self._lock:
                for key, count in taken.items():
                    kept = self._counts.setdefault(key, _Count(0, count.first_at, count.last_at))
                    kept.failures += count.failures
                    kept.first_at = min(kept.first_at, count.first_at)

    def start(self) -> None:
        """Write down what is counted from now on, every few seconds."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="key-failures", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write down the rest and end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self.flush()

    def _run(self) -> None:
        while not self._stop.wait(FLUSH_S):
            self.flush()


def list_key_failures(
    session: Session, *, address: str | None = None, since: datetime | None = None, limit: int, after: int | None = None
) -> tuple[list[KeyFailure], int | None]:
    """Return a page of rows, the latest first, and the number to go on after (None: there are no more).

    `address` is an address, or what it is counted under; `since` limits by the last failure.
    """
    query = select(KeyFailure).order_by(KeyFailure.id.desc()).limit(limit + 1)
    if after is not None:
        query = query.where(KeyFailure.id < after)
    if address is not None:
        network = network_of(address)
        query = query.where(KeyFailure.address == (address if network == OTHERS else network))
    if since is not None:
        query = query.where(KeyFailure.last_at >= since)
    found = list(session.scalars(query))
    return found[:limit], found[limit - 1].id if len(found) > limit else None
