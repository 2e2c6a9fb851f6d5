"""1,000 people, 300 grid workers, 70 units: take in a file, list a page, resolve the principal of a request.

    .venv/bin/python benchmarks/bench_people.py

The peer is the time before people: the same look-up of a key's principal with nobody in the database. Wanted: a
remembered principal within 0.2 ms.
"""

from __future__ import annotations

import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.intake_setting import district_database
from benchmarks.verdict import machine, verdict
from core import clock
from core.db import Database
from core.settings import Settings
from identity.actors import COMMAND_LINE
from identity.granting import grants_of
from identity.grants import Grant
from identity.keyring import Keyring
from identity.people import queries
from identity.people.imports import import_people
from identity.people.table_files import PersonRow
from identity.principals import get
from identity.units.operations import UnitIn, state_units
from identity.units.queries import units_at

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE, WORKERS, UNITS = 1_000, 300, 70


def timed(work: Callable[[], object], times: int = 200) -> float:
    """Return the median of several runs, in milliseconds."""
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken) * 1000


def measure(database: Database, key: str) -> bool:
    """Print what was measured in a database with nobody in it; tell whether the bound is kept."""
    keyring = Keyring(database)

    def look_up() -> None:
        keyring._known.clear()  # noqa: SLF001 (as when it was not remembered)
        keyring.authenticate(key)

    before_ms = timed(look_up)
    begin = time.perf_counter()
    with database.transaction() as session:
        units = [UnitIn(f"U{i:02}", f"单位{i}", "department", "U00" if i else None, START) for i in range(UNITS)]
        state_units(session, units, actor=COMMAND_LINE)
    units_s = time.perf_counter() - begin
    rows = [
        PersonRow(
            i + 2, f"某人（示例）{i}", f"P{i:04}", "13800000000", (f"U{i % UNITS:02}",),
            Grant("grid-worker" if i < WORKERS else "street-staff", f"admin/{i % 64}"),
        )
        for i in range(PEOPLE)
    ]  # fmt: skip
    begin = time.perf_counter()
    with database.transaction() as session:
        import_people(session, rows, actor=COMMAND_LINE)
    import_s = time.perf_counter() - begin
    with database.snapshot() as session:
        now = clock.now()
        person = queries.by_words(session, "P0500")
        print(f"70 units stated                  {units_s:8.2f} s")
        print(f"1,000 people taken in            {import_s:8.2f} s")
        print(f"list 70 units                    {timed(lambda: units_at(session, now)):8.2f} ms")
        print(f"list 100 people                  {timed(lambda: queries.profiles(session, now, limit=100)):8.2f} ms")
        print(f"list 1,000 people                {timed(lambda: queries.profiles(session, now), 20):8.2f} ms")
        print(f"a person's grants with stand-ins {timed(lambda: grants_of(session, get(session, person.id))):8.2f} ms")
    print(f"principal, not remembered        {timed(look_up):8.2f} ms ({before_ms:.2f} ms with nobody)")
    remembered_ms = timed(lambda: keyring.authenticate(key), 5000)
    return verdict("principal of a request, remembered", remembered_ms, 0.2, at_least=False, unit=" ms")


if __name__ == "__main__":
    print(machine())
    with district_database("people", sample=False) as (url, key):
        opened = Database(Settings(DATABASE_URL=url, log_level="ERROR"))
        kept = measure(opened, key)
        opened.close()
    sys.exit(0 if kept else 1)
