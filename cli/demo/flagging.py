"""Hotspots of the sample's last months: one monthly run each, carried out now, or reused when nothing is new."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from cli.demo.importing import AUTHOR, demo_actor
from cli.demo.reports import SEED
from governance.hotspots import execution
from governance.hotspots.runs import operations, queries
from governance.hotspots.runs.run_computation import code_version
from governance.hotspots.runs.states import RunStatus
from governance.hotspots.runs.tables import HotspotRun
from governance.reports.tables import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from core.db import Database
    from governance.hotspots.result_format import Result

LAYER = "admin"
# Fewer than the 999 of a planner's run, so that a newcomer does not wait; small p are read from the Gumbel tail.
REPLICATES = 199


@dataclass(frozen=True)
class Flagged:
    """One month's run and its stored result."""

    run: int
    month: date
    result: Result


def flag(database: Database, months: Sequence[tuple[date, date]], watch: Callable[[float], None]) -> list[Flagged]:
    """Run the months that have not been run on the reports there are; progress goes from 0 to 1.

    The earlier month comes first: the notice of the later one tells what became of its topics.
    """
    found = []
    for position, period in enumerate(months):
        run = _existing(database, period)
        if run is None:
            run = _execute(database, period, partial(_part_done, watch, position, len(months)))
        with database.snapshot() as session:
            found.append(Flagged(run, period[0], queries.result_of(queries.get_run(session, run))))
        watch((position + 1) / len(months))
    return found


def _part_done(watch: Callable[[float], None], position: int, parts: int, done: float) -> None:
    watch((position + done) / parts)


def _existing(database: Database, period: tuple[date, date]) -> int | None:
    """Find a finished run of ours, by the very code and over the very reports there are now."""
    with database.snapshot() as session:
        latest = session.scalar(select(func.coalesce(func.max(Report.id), 0)))
        return session.scalar(
            select(HotspotRun.id)
            .where(
                HotspotRun.kind == "monthly",
                HotspotRun.requested_by == AUTHOR,
                HotspotRun.status == RunStatus.DONE,
                HotspotRun.period_start == period[0],
                HotspotRun.period_end == period[1],
                HotspotRun.last_report_id == latest,
                HotspotRun.code_version == code_version(),
            )
            .order_by(HotspotRun.id.desc())
            .limit(1)
        )


def _execute(database: Database, period: tuple[date, date], watch: Callable[[float], None]) -> int:
    with database.transaction() as session:
        run = operations.request_run(
            session,
            layer=LAYER,
            period=period,
            parameters={"replicates": REPLICATES},
            seed=SEED,
            kind="monthly",
            actor=demo_actor(session),
            queued=False,
        ).id
    execution.execute_run(database, run, watch=watch)
    return run
