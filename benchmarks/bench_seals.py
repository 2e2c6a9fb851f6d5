"""100,000 entries of the audit: sealed by the worker's operation, and verified.

    .venv/bin/python benchmarks/bench_seals.py

The peer is the copying of the same rows into a table with the same indexes, without digests. Wanted: 1,000 rows sealed
a second, so that a busy day's entries of a district take seconds, and a million rows verified in less than ten minutes.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import text

from benchmarks.intake_setting import district_database
from benchmarks.verdict import machine, verdict
from core.db import Database
from core.seals import operations, queries, verification
from core.settings import Settings
from identity.actors import SCHEDULE

ROWS = 100_000
# Each in an event of its own, as requests record them.
RECORD = """
DO $$ BEGIN
    FOR number IN 1..100000 LOOP
        INSERT INTO audit_entry (happened_at, actor_id, actor, action, subject, detail)
        VALUES (clock_timestamp(), 1, 'system', 'reports.read_in_clear', 'report/' || number,
            jsonb_build_object('reports', ARRAY['SJ' || number], 'note', '申请2026-' || number));
    END LOOP;
END $$
"""
PEER = """
CREATE TABLE peer (LIKE seal INCLUDING ALL);
INSERT INTO peer SELECT row_number() OVER (ORDER BY id), 'audit_entry', id, sha256('x'), sha256('y'), sha256('z')
FROM audit_entry
"""


def measure(database: Database) -> bool:
    """Print what was measured; return whether the bounds are kept."""
    with database.transaction() as session:
        session.execute(text(RECORD))
    print("recorded", flush=True)
    begin, sealed, more = time.perf_counter(), 0, True
    while more:
        with database.transaction() as session:
            done = operations.seal_next(session, actor=SCHEDULE)
        sealed, more = sealed + done.rows, done.more
    sealing_s = time.perf_counter() - begin
    begin = time.perf_counter()
    with database.transaction() as session:
        session.execute(text(PEER))
    peer_s = time.perf_counter() - begin
    begin = time.perf_counter()
    with database.snapshot() as session:
        found = verification.verify(session, [queries.head(session)])
    verify_s = time.perf_counter() - begin
    with database.snapshot() as session:
        size = session.scalar(text("SELECT pg_total_relation_size('seal') + pg_total_relation_size('seal_salt')"))
    print(f"rows sealed {sealed:,} in {sealing_s:.1f} s (copied without digests in {peer_s:.1f} s)")
    print(f"bytes a seal {size / sealed:.0f}")
    print(f"verified in {verify_s:.1f} s, {found.count} findings")
    kept = verdict("rows sealed a second", sealed / sealing_s, 5_000, at_least=True)
    return verdict("rows verified a second", sealed / verify_s, 8_334, at_least=True) and kept and not found.count


if __name__ == "__main__":
    print(machine())
    with district_database("seals", sample=False) as (url, _):
        opened = Database(Settings(DATABASE_URL=url, log_level="ERROR"))
        kept = measure(opened)
        opened.close()
    sys.exit(0 if kept else 1)
