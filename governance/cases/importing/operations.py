"""Take cases of an old system in: everything is read and mapped before the first batch is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import text

from core import audit, clock
from governance.cases.importing.categories_then import CategoriesThen
from governance.cases.importing.histories import ClockHistories
from governance.cases.importing.reconciling import Reconciliation
from governance.cases.importing.storing import BATCH, CaseTally, Keeper
from governance.cases.lifecycle.queries import working_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from core.db import Database
    from core.errors import Detail
    from governance.cases.importing.histories import ToldCase
    from identity.actors import Actor

_UNITS = "SELECT unit_code, name FROM unit_state WHERE superseded_at IS NULL ORDER BY lower(valid_during)"
_RECEIVED = """
SELECT k.external_id, r.received_at FROM report_key k JOIN report r ON r.id = k.report_id
WHERE k.channel = :channel AND k.external_id IS NOT NULL
"""


@dataclass(slots=True)
class CaseImport:
    """What an import did: the tally, the lines refused and why, and the counts of file and ledger by month."""

    tally: CaseTally = field(default_factory=CaseTally)
    refused: list[tuple[int, Detail]] = field(default_factory=list)
    months: Reconciliation = field(default_factory=Reconciliation)


def take_in(
    database: Database,
    cases: Iterable[ToldCase],
    *,
    channel: str,
    name: str,
    actor: Actor,
    advance: Callable[[int], None] = lambda _: None,
) -> CaseImport:
    """Store the histories of a channel's cases, a batch a transaction; what is here already is known, or goes on.

    Run again, nothing is stored twice. `advance` is told how many cases a batch had.
    """
    found, now = CaseImport(), clock.now()
    with database.snapshot() as session, database.bulk() as connection:
        keeper = Keeper(
            database, connection, channel, CategoriesThen(session, channel).category_of, ClockHistories(),
            working_time(session, known_by=now), now,
        )  # fmt: skip
        for batch in _batches(cases):
            found.months.count_told(batch)
            found.refused += keeper.store(batch, found.tally)
            advance(len(batch))
    with database.transaction() as session:
        found.months.count_stored(session, found.tally.ids.values())
        counts = {
            "stored": found.tally.stored, "known": found.tally.known, "moved_on": found.tally.moved_on,
            "refused": len(found.refused),
        }  # fmt: skip
        audit.record(session, actor=actor, action="cases.import", subject=name, channel=channel, **counts)
    return found


def units_by_word(database: Database) -> dict[str, str]:
    """Return the units there are and were, by code and by name; a name of two units is none's."""
    with database.snapshot() as session:
        rows = session.execute(text(_UNITS)).all()
    names: dict[str, set[str]] = {}
    for code, name in rows:
        names.setdefault(name, set()).add(code)
    return {name: min(codes) for name, codes in names.items() if len(codes) == 1} | {code: code for code, _ in rows}


def received_by_external_id(database: Database, channel: str) -> dict[str, datetime]:
    """Return when each report of a channel was received."""
    with database.snapshot() as session:
        return {row.external_id: row.received_at for row in session.execute(text(_RECEIVED), {"channel": channel})}


def _batches(cases: Iterable[ToldCase]) -> Iterator[list[ToldCase]]:
    waiting = iter(cases)
    while batch := list(islice(waiting, BATCH)):
        yield batch
