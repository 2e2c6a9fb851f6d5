"""The results of a month in a ledger of 1,000,000 cases of a year: computed, frozen, verified, read.

    .venv/bin/python benchmarks/bench_assessment.py [--rows 1000000]

Wanted: a month computed and frozen in 60 s together; a bulletin counted in 1 s; what dashboards ask in 200 ms in the
95th percentile. The peer is
one statement of SQL that counts the closing rate of the month by unit, out of the same histories.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import text

from benchmarks.assessment_reference import differences
from benchmarks.case_histories import lay_histories, state_offices
from benchmarks.case_ledger import fill
from benchmarks.intake_setting import district_database
from benchmarks.verdict import machine, verdict
from core import clock
from core.db import Database
from core.settings import Settings
from governance.assessment import comparison_queries, operations, queries
from governance.assessment.rule_files import read_indicators, rule_of
from governance.assessment.states import Grouping, IndicatorAction
from governance.assessment.verifying import verify
from governance.bulletins import counting
from governance.bulletins import operations as bulletins
from governance.cases.lifecycle.overview import overview
from identity import principals
from identity.actors import ActorKind
from identity.grants import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable

    from identity.actors import Actor

ROWS, ASKED = 1_000_000, 20
SINCE: Final = datetime(2020, 1, 1, tzinfo=UTC)
STANDARD: Final = Path(__file__).resolve().parent.parent / "data" / "assessment" / "standard.json"
_PEER: Final = """
SELECT s.unit_code, count(*), count(*) FILTER (WHERE c.state IN ('closed', 'rated'))
FROM case_record c JOIN LATERAL (
    SELECT unit_code FROM case_step s WHERE s.case_id = c.id AND s.unit_code IS NOT NULL ORDER BY number DESC LIMIT 1) s
    ON true
WHERE c.opened_at >= :since AND c.opened_at < :until GROUP BY 1
"""


def people(database: Database) -> tuple[Actor, Actor]:
    """Return two people, with the standard's indicators confirmed by the second."""
    with database.transaction() as session:
        one, two = (principals.named(session, f"bench-{name}", kind=ActorKind.PERSON) for name in ("one", "two"))
        given = [
            row.model_copy(update={"valid_from": date(2020, 1, 1)}) for row in read_indicators(STANDARD.read_bytes())
        ]
        for row in operations.propose_indicators(session, given, actor=one):
            operations.decide_indicator(session, row.id, IndicatorAction.CONFIRM, actor=two)
    return one, two


def measure_month(database: Database, one: Actor, two: Actor) -> tuple[int, bool]:
    """Compute, freeze and verify the month before the last; return the run, and whether the bound is kept."""
    until = clock.now().astimezone(clock.LOCAL).date().replace(day=1)
    until = (until - timedelta(days=1)).replace(day=1)
    first = (until - timedelta(days=1)).replace(day=1)
    begin = time.perf_counter()
    with database.transaction() as session:
        run = operations.compute(session, first, until, actor=one).id
    computed = time.perf_counter()
    with database.transaction() as session:
        frozen = operations.freeze(session, run, actor=two)
        print(f"{first}: {frozen.cases:,} cases count for {frozen.facts:,} things")
    took = time.perf_counter() - begin
    print(f"computed in {computed - begin:.1f} s, frozen in {took - (computed - begin):.1f} s")
    is_kept = verdict("a month computed and frozen", took, 60, at_least=False, unit=" s")
    begin = time.perf_counter()
    with database.snapshot() as session:
        stored = queries.run(session, run)
        found = verify(session, stored) if stored is not None else None
    print(f"verified in {time.perf_counter() - begin:.1f} s: {'every digit holds' if found and found.holds else found}")
    begin = time.perf_counter()
    with database.snapshot() as session:
        session.execute(text(_PEER), {"since": first, "until": until}).all()
    print(f"one rate by unit, in SQL: {time.perf_counter() - begin:.1f} s")
    return run, is_kept


def measure_bulletins(database: Database, one: Actor) -> bool:
    """Count a bulletin at its cut-off, as the worker does, and some late; tell whether the bound is kept."""
    now = clock.now()
    begin = time.perf_counter()
    with database.transaction() as session:
        figures = counting.count(session, since=now - timedelta(hours=8), cut=now)
    took = time.perf_counter() - begin
    begin = time.perf_counter()
    with database.transaction() as session:
        late = bulletins.draft_due(session, actor=one)
    print(f"drafted up to a day late: {(time.perf_counter() - begin) / len(late):.2f} s a bulletin")
    return verdict(f"a bulletin, {figures.in_hand:,} cases in hand", took, 1, at_least=False, unit=" s")


def measure_dashboards(database: Database, run: int) -> bool:
    """Ask what dashboards show; tell whether all keep the bound."""
    with database.snapshot() as session:
        stored = queries.visible_run(session, run, sees_all=True)
        closed = queries.indicator_of(session, stored, "closed")
        rule, unit = rule_of(closed.rule), queries.values_of(session, run, grouping=Grouping.UNIT)[0].subject

        def compared() -> object:
            return comparison_queries.compare(session, run, rule, Grouping.UNIT)

        def evidence() -> object:
            return queries.evidence(session, run, rule, Grouping.UNIT, unit, reach=EVERYTHING, limit=100)

        return all([
            _asked("values by unit", lambda: queries.values_of(session, run, grouping=Grouping.UNIT)),
            _asked("values of one indicator", lambda: queries.values_of(session, run, indicator_id=closed.id)),
            _asked("units compared with chance", compared),
            _asked("evidence of a unit's value", evidence),
            _asked("overview of cases, a week", lambda: overview(
                session, reach=EVERYTHING, now=clock.now(), days=7, level=1)),
        ])  # fmt: skip


def check(database: Database, one: Actor) -> bool:
    """Compute the whole year, and compare each formula with a slow plain count of the same histories."""
    until = clock.now().astimezone(clock.LOCAL).date()
    with database.transaction() as session:
        run = operations.compute(session, until - timedelta(days=365), until, actor=one)
        found = differences(session, run)
        print(f"{run.cases:,} cases of a year counted twice: {'; '.join(found) or 'every formula is the same'}")
    return not found


def _asked(name: str, ask: Callable[[], object]) -> bool:
    taken = []
    for _ in range(ASKED + 1):
        begin = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - begin) * 1e3)
    p95 = statistics.quantiles(taken[1:], n=20)[-1]
    return verdict(f"{name} (median {statistics.median(taken):.1f} ms), p95", p95, 200, at_least=False, unit=" ms")


def main() -> int:
    """Make the ledger, measure, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--check", action="store_true", help="Count the year a second time, plainly.")
    words = parser.parse_args()
    rows = words.rows
    print(machine())
    with district_database("bench_assessment") as (url, _):
        database = Database(Settings(DATABASE_URL=url, log_level="ERROR"))
        with database.transaction() as session:
            state_offices(session, SINCE)
        fill(database, rows, cases=False)
        print(f"{rows:,} cases with {lay_histories(database):,} steps")
        one, two = people(database)
        run, month_kept = measure_month(database, one, two)
        kept = all([measure_bulletins(database, one), measure_dashboards(database, run), month_kept])
        if words.check:
            kept &= check(database, one)
        print(machine())
        database.close()
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
