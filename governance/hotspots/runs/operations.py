"""The verbs of hotspot runs: request, carry out, cancel, repeat."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from core import audit, clock
from core.clock import LOCAL
from core.errors import Detail, DomainError, Kind
from core.queue import TaskName, enqueue
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.runs import queries
from governance.hotspots.runs.run_computation import compute
from governance.hotspots.runs.states import RUN, RunAction, RunStatus
from governance.hotspots.runs.tables import HotspotRun
from governance.hotspots.study.parameters import parse_parameters
from grids.boundaries.errors import AreaNotFoundError
from grids.boundaries.map_queries import LevelNotFoundError
from grids.boundaries.queries import AreaFilter, areas_at, get_layer, release_at
from grids.boundaries.tables import Layer
from identity.actors import SCHEDULE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from core.db import Database
    from identity.actors import Actor

KINDS = ("adhoc", "daily", "weekly", "monthly")
LONGEST_PERIOD_DAYS = 3660


class PeriodInvalidError(DomainError):
    """The period of a run is at least one day, ends after it starts, and is not in the future."""

    code = "hotspot-period-invalid"


class RunsTooManyError(DomainError):
    """The caller has as many runs waiting or running as one caller may; wait for one to end, or cancel one."""

    code = "hotspot-runs-too-many"
    kind = Kind.QUOTA


class RunFinishedError(DomainError):
    """The run has ended already."""

    code = "hotspot-run-finished"
    kind = Kind.CONFLICT


def request_run(  # noqa: PLR0913 (a run is all of this)
    session: Session,
    *,
    layer: str,
    period: tuple[date, date],
    level: str | None = None,
    within: str | None = None,
    categories: Sequence[str] = (),
    methods: Sequence[HotspotMethod] = tuple(HotspotMethod),
    parameters: dict[str, Any] | None = None,
    seed: int = 0,
    kind: str = "adhoc",
    actor: Actor,
    queued: bool = True,
    most_open: int | None = None,
) -> HotspotRun:
    """Store a run and put it into the queue; refuse it when `most_open` of the actor's runs wait or run already.

    Raises
    ------
    LayerNotFoundError, LevelNotFoundError, AreaNotFoundError, PeriodInvalidError, ParameterInvalidError,
    RunsTooManyError
    """
    found = get_layer(session, layer)
    chosen = level or found.levels[-1]
    if chosen not in found.levels:
        raise LevelNotFoundError(
            "Layer '{layer}' has the levels {levels}.",
            values={"layer": layer, "levels": [*found.levels]},
            field="level",
        )
    start, end = period
    if not 1 <= (end - start).days <= LONGEST_PERIOD_DAYS or start > clock.now().astimezone(LOCAL).date():
        raise PeriodInvalidError(field="period")
    if within is not None and not areas_at(session, found, clock.now(), only=AreaFilter(code=within), geometry=False):
        raise AreaNotFoundError(
            "Layer '{layer}' has no area '{within}'.", values={"layer": layer, "within": within[:80]}, field="within"
        )
    if most_open is not None:
        _refuse_too_many(session, actor, most_open)
    run = HotspotRun(
        kind=kind,
        layer_id=found.id,
        level=chosen,
        within=within,
        period_start=start,
        period_end=end,
        categories=list(dict.fromkeys(categories)),
        methods=[str(method) for method in dict.fromkeys(methods)],
        parameters=parse_parameters(parameters or {}).as_json(),
        seed=seed,
        requested_by=actor.name,
        requested_at=clock.now(),
        status=RunStatus.QUEUED,
    )
    session.add(run)
    session.flush()
    audit.record(session, actor=actor, action="hotspots.request", subject=f"run {run.id}", kind=kind)
    if queued:
        enqueue(session, TaskName.HOTSPOT_RUN, run=run.id)
    return run


def _refuse_too_many(session: Session, actor: Actor, most_open: int) -> None:
    waiting = (RunStatus.QUEUED, RunStatus.RUNNING)
    counted = select(func.count()).where(HotspotRun.requested_by == actor.name, HotspotRun.status.in_(waiting))
    if (session.scalar(counted) or 0) >= most_open:
        raise RunsTooManyError(
            "{most_open} of your runs wait or run; one caller may have no more at once.",
            values={"most_open": most_open},
        )


def cancel_run(session: Session, *, run_id: int, actor: Actor) -> HotspotRun:
    """Ask a run to stop; a queued one never starts, a running one ends within a moment.

    Raises
    ------
    RunNotFoundError, RunFinishedError
    """
    run = queries.get_run(session, run_id)
    session.refresh(run, with_for_update=True)
    if not RUN.allows(run, RunAction.CANCEL):
        raise RunFinishedError("Run {run_id} is {status}.", values={"run_id": run_id, "status": Detail(run.status)})
    run.cancel_requested = True
    if run.status == RunStatus.QUEUED:
        RUN.move(run, RunAction.CANCEL)
        run.finished_at = clock.now()
    audit.record(session, actor=actor, action="hotspots.cancel", subject=f"run {run_id}")
    return run


def repeat(database: Database, run_id: int) -> tuple[bytes, bytes]:
    """Compute a finished run again from its own cut-off and return both results' SHA-256: stored, repeated."""
    with database.snapshot() as session:
        run = queries.get_run(session, run_id)
        if run.result_sha256 is None:
            raise queries.RunUnfinishedError(
                "Run {run_id} is {status}; there is nothing to repeat.",
                values={"run_id": run_id, "status": Detail(run.status)},
            )
        session.expunge(run)
    _, result = compute(database, run, None)
    return run.result_sha256, hashlib.sha256(result).digest()


def schedule(session: Session, *, layer: str, today: date) -> list[HotspotRun]:
    """Request what is due on a day, once: a warning every day, a week on Mondays, a month on its first day.

    A layer without a release, or that is not there, has nothing due.
    """
    due: list[tuple[str, tuple[date, date], Sequence[HotspotMethod]]] = [
        ("daily", (today - timedelta(days=7), today), (HotspotMethod.WARNING, HotspotMethod.SCAN))
    ]
    if today.weekday() == 0:
        due.append(("weekly", (today - timedelta(days=7), today), tuple(HotspotMethod)))
    if today.day == 1:
        due.append(("monthly", ((today - timedelta(days=1)).replace(day=1), today), tuple(HotspotMethod)))
    found = session.scalar(select(Layer).where(Layer.code == layer))
    if found is None or release_at(session, found, clock.now()) is None:
        return []
    requested = []
    for kind, period, methods in due:
        exists = session.scalar(
            select(HotspotRun.id)
            .where(
                HotspotRun.kind == kind,
                HotspotRun.layer_id == found.id,
                HotspotRun.period_start == period[0],
                HotspotRun.period_end == period[1],
            )
            .limit(1)
        )
        if exists is None:
            requested.append(
                request_run(
                    session,
                    layer=layer,
                    period=period,
                    methods=methods,
                    # A daily scan asks what is alive now, and how often one would wait for as strong a signal.
                    parameters={"scan_prospective": 1} if kind == "daily" else {},
                    kind=kind,
                    actor=SCHEDULE,
                )
            )
    return requested
