"""Executing a run: read, compute and store in transactions of their own, then follow the topics of a month."""

from __future__ import annotations

import hashlib
import math
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from core import clock
from core.errors import DomainError, Kind
from geo.hotspot.arrays import HotspotInputError
from geo.hotspot.progress import Cancelled
from governance.hotspots.runs import queries
from governance.hotspots.runs.run_computation import code_version, compute
from governance.hotspots.runs.states import RUN, RunAction, RunStatus
from governance.hotspots.runs.tables import HotspotRun
from governance.hotspots.topics import operations as topics
from identity import principals

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.db import Database

BEAT_S = 1.0


class RunTooLongError(DomainError):
    """The run computed for longer than a run may; ask for fewer replicates, a shorter period or a smaller area."""

    code = "hotspot-run-too-long"
    kind = Kind.TOO_LARGE


def execute_run(
    database: Database,
    run_id: int,
    *,
    watch: Callable[[float], None] | None = None,
    longest_s: float = math.inf,
) -> None:
    """Execute a queued run, store its result, follow its topics; a run that ended already is left alone.

    Reading, computing and storing are transactions of their own: a run may last minutes. A run whose worker died is
    begun anew by the next delivery of its job. One that computes for more than `longest_s` seconds ends as failed.
    """
    with database.transaction() as session:
        run = queries.get_run(session, run_id)
        session.refresh(run, with_for_update=True)
        if not RUN.allows(run, RunAction.START):
            return
        RUN.move(run, RunAction.START)
        run.started_at, run.code_version = clock.now(), code_version()
    try:
        facts, result = compute(database, run, _beat(database, run_id, watch, longest_s))
    except Cancelled:
        _end(database, run_id, RunAction.CANCEL)
    except Exception as error:
        detail = type(error).__name__
        if isinstance(error, DomainError):
            detail = error.detail
        elif isinstance(error, HotspotInputError):
            detail = str(error)
        _end(database, run_id, RunAction.FAIL, error=detail)
        raise
    else:
        done = {**facts, "result": result, "result_sha256": hashlib.sha256(result).digest()}
        _end(database, run_id, RunAction.FINISH, progress=1.0, **done)
        if run.kind == "monthly":
            # A month computed again, one before the last, and what is no whole month change no topic.
            with suppress(topics.TopicOrderError, topics.TopicRunUnfitError), database.transaction() as session:
                topics.follow_run(session, run_id=run_id, actor=principals.named(session, run.requested_by))


def _beat(
    database: Database, run_id: int, watch: Callable[[float], None] | None, longest_s: float
) -> Callable[[float], bool]:
    """Write progress about once a second; stop when someone asked for it, or when the run takes too long."""
    started = time.monotonic()
    last = 0.0

    def beat(fraction: float) -> bool:
        nonlocal last
        if time.monotonic() - started > longest_s:
            raise RunTooLongError(
                "The run computed for more than {longest_s:g} s at {fraction:.0%} of its work.",
                values={"longest_s": longest_s, "fraction": fraction},
            )
        if time.monotonic() - last < BEAT_S:
            return True
        last = time.monotonic()
        if watch is not None:
            watch(fraction)
        with database.transaction() as session:
            wanted = session.scalar(
                update(HotspotRun)
                .where(HotspotRun.id == run_id, HotspotRun.status == RunStatus.RUNNING)
                .values(progress=fraction)
                .returning(HotspotRun.cancel_requested)
            )
        return not wanted

    return beat


def _end(database: Database, run_id: int, action: RunAction, **values: Any) -> None:  # noqa: ANN401 (columns)
    """End a run with what it leaves behind, unless it ended already."""
    with database.transaction() as session:
        run = session.get_one(HotspotRun, run_id, with_for_update=True)
        if RUN.allows(run, action):
            RUN.move(run, action)
            for name, value in {"finished_at": clock.now(), **values}.items():
                setattr(run, name, value)
