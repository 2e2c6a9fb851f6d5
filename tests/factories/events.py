"""Waiting for the feed of events, which other tests on the same server may hold up."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from core.db import Database

_BEHIND = text(
    "SELECT coalesce(max(xid), '0') < pg_snapshot_xmin(pg_current_snapshot()) FROM event"
    " WHERE epoch = (SELECT epoch FROM event_feed)"
)


def wait_until_readable(database: Database, *, seconds: float = 60) -> None:
    """Return when consumers see every event written so far.

    They read behind the oldest transaction of the whole server, which may be that of another test's database.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with database.snapshot() as session:
            if session.scalar(_BEHIND):
                return
        time.sleep(0.02)
    message = f"a transaction was open for {seconds} s: events written before its end cannot be read"
    raise TimeoutError(message)
