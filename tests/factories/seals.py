"""Seal all that is committed, and say what a check of the chain finds."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from core.events import upkeep
from core.events.kinds import Consumer
from core.seals import operations, verification
from tests.factories.identity import who

if TYPE_CHECKING:
    from core.db import Database
    from core.seals.queries import Head


def seal_all(database: Database, *, limit: int = operations.EVENTS) -> int:
    """Seal until nothing waits: other databases of the cluster may hold the feed up for a moment."""
    rows, end = 0, time.monotonic() + 60
    while time.monotonic() < end:
        with database.transaction() as session:
            rows += operations.seal_next(session, actor=who("sealer"), limit=limit).rows
        with database.transaction() as session:
            if all(lag.next_at is None for lag in upkeep.state(session).lags if lag.consumer == Consumer.SEAL):
                return rows
    raise TimeoutError


def findings(database: Database, *heads: Head) -> list[str]:
    """Return what a check finds, as `kind table row`, with the position where no row is meant."""
    with database.snapshot() as session:
        done = verification.verify(session, heads)
    assert done.count == len(done.findings)
    return [f"{f.kind} {f.table} {f.row_id}" if f.table else f"{f.kind} {f.position}" for f in done.findings]
