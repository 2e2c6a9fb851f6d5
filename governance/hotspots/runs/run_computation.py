"""From a run's row to its result's bytes: read in one snapshot, screened, analysed, written.

The same row, computed again with the rows it read, makes the same bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import numpy as np

from core.clock import LOCAL
from core.settings import PROJECT_ROOT
from core.words import Message
from geo import datum
from governance.calendar.workdays import day_types, entered
from governance.channels.queries import kinds_on
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.notes import NoteCode
from governance.hotspots.patrol_effort.operations import read_effort
from governance.hotspots.result_format.stored import write_result
from governance.hotspots.runs import queries
from governance.hotspots.study.exposure import ExposureKind, exposure
from governance.hotspots.study.frame import (
    Background,
    days_so_far,
    first_day_read,
    local_midnight_s,
    make_study,
)
from governance.hotspots.study.parameters import parse_parameters
from governance.hotspots.study.screened_reports import screen_reports
from governance.hotspots.study.units import read_units
from governance.hotspots.topics.fitness import Unfit, has_data, unfit_for_topics
from grids.boundaries.errors import ReleaseNotFoundError
from grids.boundaries.queries import release_at
from grids.boundaries.tables import Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from core.db import Database
    from geo.hotspot.progress import Progress
    from governance.hotspots.area_frame import AreaFrame
    from governance.hotspots.result_format import Result
    from governance.hotspots.runs.tables import HotspotRun
    from governance.hotspots.study.exposure import Exposure
    from grids.boundaries.tables import Release


@cache
def code_version() -> str:
    """Return the version of the code that computes: the release's number and a digest of its very sources."""
    digest = hashlib.sha256()
    for folder in ("geo/hotspot", "governance/calendar", "governance/hotspots", "geo/datum"):
        for path in sorted((PROJECT_ROOT / folder).rglob("*.py")):
            digest.update(path.relative_to(PROJECT_ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    try:
        number = version("wangge")
    except PackageNotFoundError:
        number = "0.1.0"
    return f"{number}+{digest.hexdigest()[:12]}"


def compute(database: Database, run: HotspotRun, progress: Progress | None) -> tuple[dict[str, Any], bytes]:
    """Return the facts to store beside the result (release, rows read), and the result.

    Raises
    ------
    ReleaseNotFoundError
        When the layer had no release, or no longer has the one the run stands on.
    geo.hotspot.progress.Cancelled
    """
    parameters = parse_parameters(run.parameters)
    methods = [HotspotMethod(name) for name in run.methods]
    today = run.requested_at.astimezone(LOCAL).date()
    period = days_so_far((run.period_start, run.period_end), today)
    with database.snapshot() as session:
        layer = session.get_one(Layer, run.layer_id)
        release = _release(session, run, layer)
        frame = queries.read_frame(session, layer, run.level, release.effective_at, run.within)
        read_exposure = partial(exposure, session, layer=layer, at=release.effective_at, known_by=run.requested_at)
        units = read_units(frame, parameters, read_exposure)
        start = first_day_read(parameters, period)
        background = _background(session, run, frame, release, (start, period[1]), read_exposure)
        sources = kinds_on(session, run.period_start)
        reports, read = queries.read_reports(
            session,
            run,
            start=datetime.fromtimestamp(local_midnight_s(start), UTC),
            end=datetime.fromtimestamp(local_midnight_s(period[1]), UTC),
            codes=frame.codes,
        )
    points_m = _to_metric(reports.lon, reports.lat, frame.crs)
    screened = screen_reports(reports, points_m, parameters, sources, frame.names.values())
    study = make_study(
        frame, screened, parameters, period, seed=run.seed, units=units, background=background,
        days_to_come=(run.period_end - period[1]).days,
    )  # fmt: skip
    study = replace(study, still_open=period[1] > today)
    from governance.hotspots.runs.analysis import analyse  # noqa: PLC0415 (every method's libraries, which only runs need)

    analysed = analyse(study, methods, progress, asked=run.categories)
    _note_unfit(run, layer.levels, analysed)
    result = write_result(analysed)
    facts = {
        "release_number": release.number,
        "last_report_id": read.last_report_id,
        "last_reassignment_id": read.last_reassignment_id,
        "report_ids": reports.ids.astype("<i8").tobytes(),
        "reassignment_ids": None if read.reassignments is None else read.reassignments.astype("<i8").tobytes(),
        "effort_import_ids": list(background.effort.imports) if background.effort else None,
    }
    return facts, result


def _note_unfit(run: HotspotRun, levels: Sequence[str], result: Result) -> None:
    """Note why a monthly run makes no topics."""
    if run.kind != "monthly":
        return
    reasons = unfit_for_topics(run, levels, requested_on=run.requested_at.astimezone(LOCAL).date())
    if not has_data(result):
        reasons.append(Unfit.NO_DATA)
    if reasons:
        result.note(NoteCode.NO_TOPICS, reasons=[Message(code=reason) for reason in reasons])


def _release(session: Session, run: HotspotRun, layer: Layer) -> Release:
    """Take the boundaries at the end of the period, or today's while it is not over."""
    at = min(datetime.fromtimestamp(local_midnight_s(run.period_end), UTC), run.requested_at)
    release = release_at(session, layer, at) or release_at(session, layer, run.requested_at)
    if release is None:
        raise ReleaseNotFoundError("Layer '{code}' has no release in force.", values={"code": layer.code})
    if run.release_number is not None and run.release_number != release.number:
        raise ReleaseNotFoundError(
            "Run {id} stands on release {release_number}.", values={"id": run.id, "release_number": run.release_number}
        )
    return release


def _background(
    session: Session,
    run: HotspotRun,
    frame: AreaFrame,
    release: Release,
    days: tuple[date, date],
    read_exposure: Callable[[AreaFrame, ExposureKind], Exposure],
) -> Background:
    """Read what the reports are seen against, as it was known when the run was requested, or as the run saw it."""
    parameters = parse_parameters(run.parameters)
    own = entered(session, known_by=run.requested_at)
    effort = risk = None
    if parameters.patrol == "adjusted":
        layer, seen = session.get_one(Layer, run.layer_id), run.effort_import_ids
        effort = read_effort(session, frame, days, layer=layer, at=release.effective_at, imports=seen)
    if HotspotMethod.POPULATION in run.methods:
        risk = read_exposure(frame, ExposureKind(parameters.population_per))
    return Background(day_types(days[0], (days[1] - days[0]).days, own), effort, risk)


def _to_metric(lon: np.ndarray[Any, Any], lat: np.ndarray[Any, Any], crs: str) -> np.ndarray[Any, Any]:
    points = np.full((len(lon), 2), np.nan)
    known = np.isfinite(lon) & np.isfinite(lat)
    if known.any():
        x, y = datum.from_wgs84(lon[known], lat[known], datum.parse_crs(crs))
        points[known] = np.round(np.column_stack([x, y]), 4)
    return points
