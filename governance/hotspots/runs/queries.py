"""Reads for hotspot runs: the reports of a snapshot, areas of a release, runs and their results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import select, text

from core.errors import Detail, DomainError, Kind
from governance.hotspots.area_frame import AreaFrame, make_frame
from governance.hotspots.result_format.stored import read_result
from governance.hotspots.runs.states import RunStatus
from governance.hotspots.runs.tables import HotspotRun
from governance.hotspots.study.screened_reports import ReportColumns
from grids.boundaries.queries import AreaFilter, areas_at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import shapely
    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from governance.hotspots.result_format import Result
    from grids.boundaries.tables import Layer


class RunNotFoundError(DomainError):
    """There is no such hotspot run."""

    code = "hotspot-run-not-found"
    kind = Kind.NOT_FOUND


class RunUnfinishedError(DomainError):
    """The hotspot run has no result (yet)."""

    code = "hotspot-run-unfinished"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class DataRead:
    """Which rows a run read: the very reports and the reassignments that placed them.

    The last number of each table comes with them, and bounds nothing: a row with a lower number may be committed
    after the run has read. `reassignments` is None for runs from before they were kept.
    """

    reports: NDArray[np.int64]
    reassignments: NDArray[np.int64] | None
    last_report_id: int
    last_reassignment_id: int


def data_of(run: HotspotRun) -> DataRead | None:
    """Return which rows a run has read, None when it has read none yet."""
    if run.report_ids is None:
        return None
    placed = None if run.reassignment_ids is None else np.frombuffer(run.reassignment_ids, dtype="<i8")
    reports = np.frombuffer(run.report_ids, dtype="<i8")
    return DataRead(reports, placed, run.last_report_id or 0, run.last_reassignment_id or 0)


# Where each report belonged as of the last reassignment of its own that the run read, or, for runs that kept no list of
# them, as of the last one of then.
_REPORTS = """
SELECT {id}, ST_X(p.geom), ST_Y(p.geom), extract(epoch FROM r.reported_at)::float8, r.category, r.channel,
       coalesce(encode(m.caller_hash, 'hex'), ''), p.area_path, nullif(p.decision, 0), coalesce(r.address_text, ''),
       (r.x IS NULL AND r.address_text IS NOT NULL) OR (p.geom IS NOT NULL AND NOT coalesce(p.geom ~= r.geom, false))
FROM {reports}
CROSS JOIN LATERAL report_place_as_of(r, r.id{as_of}) p
LEFT JOIN reporter m ON m.report_id = r.id
WHERE {which}
ORDER BY {order}
"""
# The ids that the run kept, in the order in which it read them. Those from before ids bore their month stay as they
# are: they stand in the run's result.
_READ_THEN = """unnest(%(ids)s::bigint[]) WITH ORDINALITY AS kept (id, place)
LEFT JOIN report_key k ON k.old_id = kept.id
JOIN report r ON r.id = coalesce(k.report_id, kept.id)"""
_DECIDED_THEN = f"""{_READ_THEN}
CROSS JOIN LATERAL (
    SELECT coalesce(max(a.id), 0) AS decision FROM report_reassignment a
    WHERE a.report_id = r.id AND a.id IN (SELECT unnest(%(reassignments)s::bigint[]))
) read"""
_SPAN = """r.reported_at >= %(start)s AND r.reported_at < %(end)s AND r.id >= report_first_id(%(start)s)
    AND (p.layer_id = %(layer)s OR p.layer_id IS NULL)"""


_LAST = "SELECT coalesce((SELECT max(id) FROM report), 0), coalesce((SELECT max(id) FROM report_reassignment), 0)"


def read_reports(
    session: Session, run: HotspotRun, *, start: datetime, end: datetime, codes: Sequence[str]
) -> tuple[ReportColumns, DataRead]:
    """Read the reports of a run, and return which rows those are: the rows it read before, or its span when it has not.

    All of the layer are read, with those the run wants marked: default geocodes are found among all.
    The session's snapshot is the cut-off of a run that reads for the first time.
    """
    values: dict[str, Any] = {}
    earlier = data_of(run)
    if earlier is not None:
        values |= {"ids": earlier.reports.tolist(), "last_reassignment": earlier.last_reassignment_id}
        reports, as_of = _READ_THEN, ", %(last_reassignment)s"
        if earlier.reassignments is not None:
            values["reassignments"] = earlier.reassignments.tolist()
            reports, as_of = _DECIDED_THEN, ", read.decision"
        sql = _REPORTS.format(id="kept.id", reports=reports, which="true", as_of=as_of, order="kept.place")
    else:
        values |= {"start": start, "end": end, "layer": run.layer_id}
        sql = _REPORTS.format(id="r.id", reports="report r", which=_SPAN, as_of="", order="r.id")
    driver = session.connection().connection.driver_connection
    if driver is None:  # pragma: no cover (SQLAlchemy's type allows it)
        raise RuntimeError
    rows = driver.execute(sql, values).fetchall()
    position = {code: number for number, code in enumerate(codes)}
    areas = [next((position[c] for c in reversed(row[7] or []) if c in position), -1) for row in rows]
    columns = list(zip(*rows, strict=True)) if rows else [()] * 11
    found = ReportColumns(
        ids=np.array(columns[0], dtype=np.int64),
        lon=np.array(columns[1], dtype=np.float64),
        lat=np.array(columns[2], dtype=np.float64),
        time_s=np.array(columns[3], dtype=np.float64),
        category=np.array(columns[4], dtype=np.str_),
        channel=np.array(columns[5], dtype=np.str_),
        caller=np.array(columns[6], dtype=np.str_),
        area=np.array(areas, dtype=np.int64),
        wanted=np.array([_wanted(run, row[4], row[7]) for row in rows], dtype=np.bool_),
        address=np.array([str(a).strip() for a in columns[9]], dtype=np.str_),
        placed_here=np.array(columns[10], dtype=np.bool_),
    )
    if earlier is not None:
        return found, earlier
    placed_by = np.array(sorted(i for i in columns[8] if i is not None), dtype=np.int64)
    last = session.execute(text(_LAST)).one()
    return found, DataRead(found.ids, placed_by, last[0], last[1])


def _wanted(run: HotspotRun, category: str, area_path: Sequence[str] | None) -> bool:
    return (not run.categories or category in run.categories) and (
        run.within is None or run.within in (area_path or ())
    )


def read_frame(session: Session, layer: Layer, level: str, at: datetime, within: str | None) -> AreaFrame:
    """Read the areas of a level, and the names of all above them."""
    stored = areas_at(session, layer, at, only=AreaFilter(level=level, within=within))
    above = {a.record.code: a.record for a in areas_at(session, layer, at, geometry=False)}
    chains = []
    for area in stored:
        chain = [area.record.code]
        while (parent := above[chain[-1]].parent_code) is not None and parent in above and parent not in chain:
            chain.append(parent)
        chains.append(chain[::-1])
    shapes = np.empty(len(stored), dtype=object)
    shapes[:] = [area.record.geom for area in stored]
    levels = layer.levels[: layer.levels.index(level) + 1]
    return make_frame([a.record.code for a in stored], chains, {c: r.name for c, r in above.items()}, levels, shapes)


def area_outlines(session: Session, layer: Layer, level: str, at: datetime) -> dict[str, shapely.Geometry]:
    """Return the polygons of a level by code."""
    stored = areas_at(session, layer, at, only=AreaFilter(level=level))
    return {a.record.code: a.record.geom for a in stored if a.record.geom is not None}


def get_run(session: Session, run_id: int) -> HotspotRun:
    """Return a run, or raise RunNotFoundError."""
    run = session.get(HotspotRun, run_id)
    if run is None:
        raise RunNotFoundError("There is no hotspot run {run_id}.", values={"run_id": run_id}, field="run")
    return run


def list_runs(
    session: Session, *, before: int | None = None, kind: str | None = None, limit: int = 50
) -> Sequence[HotspotRun]:
    """Return runs, newest first."""
    query = select(HotspotRun).order_by(HotspotRun.id.desc()).limit(limit)
    if before is not None:
        query = query.where(HotspotRun.id < before)
    if kind is not None:
        query = query.where(HotspotRun.kind == kind)
    return session.scalars(query).all()


def latest_done(session: Session, *, layer_id: int | None = None, kind: str | None = None) -> HotspotRun:
    """Return the newest finished run, or raise RunNotFoundError."""
    query = (
        select(HotspotRun)
        .where(HotspotRun.status == RunStatus.DONE)
        .order_by(HotspotRun.period_end.desc(), HotspotRun.id.desc())
    )
    if layer_id is not None:
        query = query.where(HotspotRun.layer_id == layer_id)
    if kind is not None:
        query = query.where(HotspotRun.kind == kind)
    run = session.scalar(query.limit(1))
    if run is None:
        raise RunNotFoundError("No hotspot run has finished yet. Start one with POST /v1/hotspots/runs.", field="run")
    return run


def result_of(run: HotspotRun) -> Result:
    """Return the result of a finished run, or raise RunUnfinishedError."""
    if run.result is None:
        raise RunUnfinishedError(
            "Run {id} is {status}; it has no result.", values={"id": run.id, "status": Detail(run.status)}
        )
    return read_result(run.result)
