"""The verbs of hotspot runs: request, carry out, cancel, repeat."""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
from sqlalchemy import select, update

from core import audit, clock
from core.clock import LOCAL
from core.errors import DomainError, Kind
from core.queue import TaskName, enqueue
from geo import datum
from geo.hotspot.progress import Cancelled
from governance.hotspots import queries, topics
from governance.hotspots.analysis import analyse
from governance.hotspots.inputs import honest_input
from governance.hotspots.parameters import Method, parse_parameters
from governance.hotspots.study import local_midnight_s, make_study
from governance.hotspots.tables import HotspotRun
from grids.boundaries.errors import AreaNotFoundError, ReleaseNotFoundError
from grids.boundaries.map_queries import LevelNotFoundError
from grids.boundaries.queries import AreaFilter, areas_at, get_layer, release_at
from grids.boundaries.tables import Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from core.db import Database

KINDS = ("adhoc", "daily", "weekly", "monthly")
LONGEST_PERIOD_DAYS = 3660
BEAT_S = 1.0


class PeriodInvalidError(DomainError):
    """The period of a run is at least one day, ends after it starts, and is not in the future."""

    code = "hotspot-period-invalid"


class RunFinishedError(DomainError):
    """The run has ended already."""

    code = "hotspot-run-finished"
    kind = Kind.CONFLICT


@cache
def code_version() -> str:
    """Return the version of the code that computes: the release's number and a digest of its very sources."""
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for folder in ("geo/hotspot", "governance/hotspots", "geo/datum"):
        for path in sorted((root / folder).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    try:
        number = version("wangge")
    except PackageNotFoundError:
        number = "0.1.0"
    return f"{number}+{digest.hexdigest()[:12]}"


def request_run(  # noqa: PLR0913 (a run is all of this)
    session: Session,
    *,
    layer: str,
    period: tuple[date, date],
    level: str | None = None,
    within: str | None = None,
    categories: Sequence[str] = (),
    methods: Sequence[Method] = tuple(Method),
    parameters: dict[str, Any] | None = None,
    seed: int = 0,
    kind: str = "adhoc",
    actor: str,
    queued: bool = True,
) -> HotspotRun:
    """Store a run and put it into the queue.

    Raises
    ------
    LayerNotFoundError, LevelNotFoundError, AreaNotFoundError, PeriodInvalidError, ParameterInvalidError
    """
    found = get_layer(session, layer)
    chosen = level or found.levels[-1]
    if chosen not in found.levels:
        raise LevelNotFoundError(f"Layer '{layer}' has the levels {', '.join(found.levels)}.", field="level")
    start, end = period
    if not 1 <= (end - start).days <= LONGEST_PERIOD_DAYS or start > clock.now().astimezone(LOCAL).date():
        raise PeriodInvalidError(field="period")
    if within is not None and not areas_at(session, found, clock.now(), only=AreaFilter(code=within), geometry=False):
        raise AreaNotFoundError(f"Layer '{layer}' has no area '{within[:80]}'.", field="within")
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
        requested_by=actor,
        requested_at=clock.now(),
        status="queued",
    )
    session.add(run)
    session.flush()
    audit.record(session, actor=actor, action="hotspots.request", subject=f"run {run.id}", kind=kind)
    if queued:
        enqueue(session, TaskName.HOTSPOT_RUN, run=run.id)
    return run


def cancel_run(session: Session, *, run_id: int, actor: str) -> HotspotRun:
    """Ask a run to stop; a queued one never starts, a running one ends within a moment.

    Raises
    ------
    RunNotFoundError, RunFinishedError
    """
    run = queries.get_run(session, run_id)
    session.refresh(run, with_for_update=True)
    if run.status not in {"queued", "running"}:
        raise RunFinishedError(f"Run {run_id} is {run.status}.")
    run.cancel_requested = True
    if run.status == "queued":
        run.status, run.finished_at = "cancelled", clock.now()
    audit.record(session, actor=actor, action="hotspots.cancel", subject=f"run {run_id}")
    return run


def carry_out(database: Database, run_id: int, *, watch: Callable[[float], None] | None = None) -> None:
    """Carry out a queued run and store its result; a run that ended already is left alone.

    Reading, computing and storing are transactions of their own: a run may last minutes. A run whose worker died is
    begun anew by the next delivery of its job.
    """
    with database.transaction() as session:
        run = queries.get_run(session, run_id)
        session.refresh(run, with_for_update=True)
        if run.status not in {"queued", "running"}:
            return
        run.status, run.started_at, run.code_version = "running", clock.now(), code_version()
    try:
        facts, result = _compute(database, run, _beat(database, run_id, watch))
    except Cancelled:
        _end(database, run_id, status="cancelled")
    except Exception as error:
        detail = error.detail if isinstance(error, DomainError) else type(error).__name__
        _end(database, run_id, status="failed", error=detail)
        raise
    else:
        done = {**facts, "result": result, "result_sha256": hashlib.sha256(result).digest()}
        _end(database, run_id, status="done", progress=1.0, **done)
        if run.kind == "monthly":
            # A month computed again, or one before the last, changes no topic.
            with suppress(topics.TopicOrderError), database.transaction() as session:
                topics.follow(session, run_id=run_id, actor=run.requested_by)


def repeat(database: Database, run_id: int) -> tuple[bytes, bytes]:
    """Compute a finished run again from its own cut-off and return both results' SHA-256: stored, repeated."""
    with database.snapshot() as session:
        run = queries.get_run(session, run_id)
        if run.result_sha256 is None:
            raise queries.RunUnfinishedError(f"Run {run_id} is {run.status}; there is nothing to repeat.")
        session.expunge(run)
    _, result = _compute(database, run, None)
    return run.result_sha256, hashlib.sha256(result).digest()


def _compute(
    database: Database, run: HotspotRun, progress: Callable[[float], bool] | None
) -> tuple[dict[str, Any], bytes]:
    parameters = parse_parameters(run.parameters)
    methods = [Method(name) for name in run.methods]
    with database.snapshot() as session:
        layer = session.get_one(Layer, run.layer_id)
        end_s = local_midnight_s(run.period_end)
        # The boundaries at the end of the period, or today's while it is not over.
        at = min(datetime.fromtimestamp(end_s, UTC), run.requested_at)
        release = release_at(session, layer, at) or release_at(session, layer, run.requested_at)
        if release is None:
            raise ReleaseNotFoundError(f"Layer '{layer.code}' has no release in force.")
        if run.release_number is not None and run.release_number != release.number:
            raise ReleaseNotFoundError(f"Run {run.id} stands on release {run.release_number}.")
        frame = queries.read_frame(session, layer, run.level, release.effective_at, run.within)
        stored = run.last_report_id is not None and run.last_reassignment_id is not None
        cut = (
            queries.CutOff(run.last_report_id or 0, run.last_reassignment_id or 0)
            if stored
            else queries.cut_off(session)
        )
        start = min(run.period_end - timedelta(days=parameters.history_days), run.period_start)
        reports = queries.read_reports(
            session,
            run,
            cut,
            start=datetime.fromtimestamp(local_midnight_s(start), UTC),
            end=datetime.fromtimestamp(end_s, UTC),
            codes=frame.codes,
        )
    points_m = _to_metric(reports.lon, reports.lat, frame.crs)
    honest = honest_input(reports, points_m, parameters)
    study = make_study(frame, honest, parameters, (run.period_start, run.period_end), seed=run.seed)
    result = orjson.dumps(analyse(study, methods, progress), option=orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY)
    facts = {
        "release_number": release.number,
        "last_report_id": cut.report_id,
        "last_reassignment_id": cut.reassignment_id,
        "report_ids": reports.ids.astype("<i8").tobytes(),
    }
    return facts, result


def _to_metric(lon: np.ndarray[Any, Any], lat: np.ndarray[Any, Any], crs: str) -> np.ndarray[Any, Any]:
    points = np.full((len(lon), 2), np.nan)
    known = np.isfinite(lon) & np.isfinite(lat)
    if known.any():
        x, y = datum.from_wgs84(lon[known], lat[known], datum.parse_crs(crs))
        points[known] = np.round(np.column_stack([x, y]), 4)
    return points


def _beat(database: Database, run_id: int, watch: Callable[[float], None] | None) -> Callable[[float], bool]:
    """Write progress about once a second, and stop when someone asked for it."""
    last = 0.0

    def beat(fraction: float) -> bool:
        nonlocal last
        if time.monotonic() - last < BEAT_S:
            return True
        last = time.monotonic()
        if watch is not None:
            watch(fraction)
        with database.transaction() as session:
            wanted = session.scalar(
                update(HotspotRun)
                .where(HotspotRun.id == run_id, HotspotRun.status == "running")
                .values(progress=fraction)
                .returning(HotspotRun.cancel_requested)
            )
        return not wanted

    return beat


def _end(database: Database, run_id: int, *, status: str, **values: Any) -> None:  # noqa: ANN401 (columns)
    with database.transaction() as session:
        session.execute(
            update(HotspotRun)
            .where(HotspotRun.id == run_id, HotspotRun.status == "running")
            .values(status=status, finished_at=clock.now(), **values)
        )


def schedule(session: Session, *, layer: str, today: date) -> list[HotspotRun]:
    """Request what is due on a day, once: a warning every day, a week on Mondays, a month on its first day.

    A layer without a release, or that is not there, has nothing due.
    """
    due: list[tuple[str, tuple[date, date], Sequence[Method]]] = [
        ("daily", (today - timedelta(days=7), today), (Method.WARNING, Method.SCAN))
    ]
    if today.weekday() == 0:
        due.append(("weekly", (today - timedelta(days=7), today), tuple(Method)))
    if today.day == 1:
        due.append(("monthly", ((today - timedelta(days=1)).replace(day=1), today), tuple(Method)))
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
                    actor="schedule",
                )
            )
    return requested
