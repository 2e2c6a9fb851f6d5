"""What data quality does: examine new reports, offer a source another datum, record the decision on it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from scipy.spatial import cKDTree
from sqlalchemy import insert, select, update

from core import audit, clock
from core.errors import Detail, DomainError, Kind
from core.events import feed
from core.events.kinds import Consumer, EventKind
from core.states import Decision
from geo import datum
from geo.address.locating import locate
from geo.address.names import Kind as NameKind
from geo.address.spots import owners
from governance.channels import operations as channels
from governance.channels.queries import bindings_of
from governance.data_quality import queries, rules
from governance.data_quality.states import CORRECTION, CorrectionState
from governance.data_quality.tables import ReportEvidence, SourceCorrection
from grids.gazetteer import memory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from geo.address.index import LocatingIndex
    from geo.address.locating import Located
    from grids.gazetteer.memory import GazetteerSnapshot
    from identity.actors import Actor

    Row = dict[str, Any]

MOST_A_RUN: Final = 20_000
_BAD: Final = float("nan")


class CorrectionUnknownError(DomainError):
    """There is no such correction."""

    code = "correction-unknown"
    kind = Kind.NOT_FOUND


class CorrectionDecidedError(DomainError):
    """The correction was decided before."""

    code = "correction-decided"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class Examined:
    """What a run looked at and found; `more` when it stopped at its limit."""

    reports: int
    flagged: int
    offered: int
    more: bool = False


def examine(session: Session, *, limit: int = MOST_A_RUN) -> Examined:
    """Examine the reports with a point that were stored since the last run, and offer corrections that are clear.

    A consumer of events: a report is examined once, whenever it was committed. Nothing of the report is changed.

    Raises
    ------
    core.events.feed.FeedNotRebasedError
    """
    batch = feed.read_batch(session, Consumer.EXAMINE, limit=limit)
    rows = queries.unexamined(session, batch.ids(EventKind.REPORT_STORED), limit=limit)
    more = batch.is_full or len(rows) == limit
    # A batch of more reports than a run examines is taken again: those examined before have evidence then.
    if len(rows) < limit:
        feed.advance(session, batch)
    if not rows:
        return Examined(0, 0, 0, more)
    current = memory.current(session)
    clients = sorted({row["client_id"] for row in rows})
    same = queries.same_points(session, clients)
    centres = _Centres(queries.area_centres(session, layer=memory.administrative_layer(session)))
    read = _read_under_each_datum(rows)
    evidence = [
        _evidence(row, read, i, current, same.get((row["client_id"], row["x"], row["y"]), (1, 1)), centres)
        for i, row in enumerate(rows)
    ]
    session.execute(insert(ReportEvidence), evidence)
    offered = sum(_offer(session, client) for client in clients)
    return Examined(len(rows), sum(bool(e["flags"]) for e in evidence), offered, more)


def forget_addresses(session: Session, report_ids: Sequence[int]) -> None:
    """Remove the evidence of addresses and callers on the points of reports; that they were examined stays."""
    session.execute(
        update(ReportEvidence)
        .where(ReportEvidence.report_id.in_(report_ids))
        .values(
            verdict=None, address_geom=None, address_accuracy_m=None, distance_m={}, in_named_area={}, in_coverage={},
            flags=[],
        )
    )  # fmt: skip


def decide(session: Session, *, correction_id: int, take: bool, actor: Actor, reason: str) -> SourceCorrection:
    """Take an offered datum as what the source declares from now on, or refuse it; earlier reports stay as they are.

    Raises
    ------
    CorrectionUnknownError, CorrectionDecidedError
    """
    correction = session.get(SourceCorrection, correction_id, with_for_update=True)
    if correction is None:
        raise CorrectionUnknownError("There is no correction {correction_id}.", values={"correction_id": correction_id})
    decision = Decision.TAKE if take else Decision.REFUSE
    if not CORRECTION.allows(correction, decision):
        raise CorrectionDecidedError(
            "Correction {correction_id} was {state} before.",
            values={"correction_id": correction_id, "state": Detail(correction.state)},
        )
    CORRECTION.move(correction, decision)
    correction.decided_by, correction.decided_at, correction.decision_reason = actor.name, clock.now(), reason
    if take:
        channels.correct_datum(
            session,
            client_id=correction.client_id,
            declared=correction.declared_crs,
            crs=correction.detected_crs,
            actor=actor,
        )
    audit.record(
        session,
        actor=actor,
        action=f"source_correction.{correction.state}",
        subject=f"api_client/{correction.client_id}",
        declared=correction.declared_crs,
        detected=correction.detected_crs,
        reason=reason,
    )
    session.flush()
    return correction


class _Centres:
    """The middles of areas, in metres on a plane good enough for three metres."""

    def __init__(self, centres: Sequence[tuple[str, float, float]]) -> None:
        self._names = [name for name, _, _ in centres]
        points = np.array([(lon, lat) for _, lon, lat in centres], dtype=np.float64).reshape(-1, 2)
        self._stretch = math.cos(math.radians(float(points[:, 1].mean()))) if len(points) else 1.0
        self._tree = cKDTree(self._plane(points)) if len(points) else None

    def _plane(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        metres: NDArray[np.float64] = points * np.array([111_320.0 * self._stretch, 110_950.0])
        return metres

    def named_at(self, lon: float, lat: float) -> str | None:
        """Return the area whose middle this is."""
        if self._tree is None or not (math.isfinite(lon) and math.isfinite(lat)):
            return None
        distance, index = self._tree.query(self._plane(np.array([[lon, lat]]))[0])
        return self._names[int(index)] if distance <= rules.CENTROID_M else None


def _read_under_each_datum(rows: Sequence[Row]) -> dict[str, NDArray[np.float64]]:
    """Read all coordinates under each datum (degrees), and under their own declared CRS ("declared")."""
    xy = np.array([(row["x"], row["y"]) for row in rows], dtype=np.float64)
    usable = np.isfinite(xy).all(axis=1) & (np.abs(xy[:, 0]) <= 180) & (np.abs(xy[:, 1]) <= 90)
    degrees = np.where(usable[:, None], xy, 0.0)
    out: dict[str, NDArray[np.float64]] = {}
    for name in rules.DATUMS:
        converted = np.column_stack(datum.to_wgs84(degrees[:, 0], degrees[:, 1], name))
        out[name] = np.where(usable[:, None], converted, _BAD)
    declared = np.full_like(xy, _BAD)
    for crs in {row["crs"] for row in rows}:
        own = np.array([row["crs"] == crs for row in rows])
        declared[own] = _declared(xy[own], crs, {name: out[name][own] for name in rules.DATUMS})
    out["declared"] = declared
    return out


def _declared(xy: NDArray[np.float64], crs: str, read: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    name = _canonical(crs)
    if name in read:
        return read[name]
    try:
        lon, lat = datum.to_wgs84(xy[:, 0], xy[:, 1], crs)
    except ValueError:
        return np.full_like(xy, _BAD)
    converted: NDArray[np.float64] = np.column_stack([lon, lat])
    return converted


def _canonical(crs: str) -> str:
    try:
        return rules.datum_of(datum.parse_crs(crs).name)
    except ValueError:
        return crs


def _geographic(crs: str) -> bool:
    try:
        return datum.parse_crs(crs).is_geographic
    except ValueError:
        return False


def _evidence(
    row: Row,
    read: Mapping[str, NDArray[np.float64]],
    i: int,
    current: GazetteerSnapshot,
    same_point: tuple[int, int],
    centres: _Centres,
) -> Row:
    declared, geographic = _canonical(row["crs"]), _geographic(row["crs"])
    names = rules.DATUMS if geographic and declared in rules.DATUMS else ()
    points = {declared: read["declared"][i]} | {name: read[name][i] for name in names}
    points = {name: p for name, p in points.items() if np.isfinite(p).all()}
    located = locate(row["address_text"], current.index) if row["address_text"] else None
    best = located.best if located is not None else None
    metric = {name: current.index.frame.to_metres(float(p[0]), float(p[1])) for name, p in points.items()}
    distance_m: dict[str, float] = {}
    if best is not None:
        x, y = current.index.frame.to_metres(best.lon, best.lat)
        distance_m = {name: round(math.hypot(px - x, py - y), 1) for name, (px, py) in metric.items()}
    lon, lat = (float(v) for v in read["declared"][i])
    facts = rules.ReportEvidenceFacts(
        x=row["x"],
        y=row["y"],
        declared=declared,
        geographic=geographic,
        distance_m=distance_m,
        address_accuracy_m=best.accuracy_m if best is not None else 0.0,
        point_accuracy_m=min(row["accuracy_m"] or 0.0, 1000.0),
        in_named_area=_in_named_area(located, metric, current.index),
        in_coverage=_in_coverage(metric, current.index),
        swapped_in_coverage=geographic and _swapped_inside(row, current.index),
        same_point=same_point,
        centroid_of=centres.named_at(lon, lat),
        jump=_jump(row, (lon, lat)),
    )
    return {
        "report_id": row["id"],
        "client_id": row["client_id"],
        "declared_crs": declared,
        "verdict": None if located is None else located.verdict.value,
        "address_geom": None if best is None else f"SRID=4326;POINT({best.lon:.7f} {best.lat:.7f})",
        "address_accuracy_m": None if best is None else best.accuracy_m,
        "distance_m": distance_m,
        "in_named_area": dict(facts.in_named_area),
        "in_coverage": dict(facts.in_coverage),
        "flags": rules.flags(facts),
        "gazetteer": current.releases,
        "examined_at": clock.now(),
    }


def _in_named_area(
    located: Located | None, metric: Mapping[str, tuple[float, float]], index: LocatingIndex
) -> dict[str, bool]:
    """Return under each datum whether the point lies in (or within 50 m of) every area the address names."""
    if located is None or not located.parsed.areas:
        return {}
    named = [[index.areas[owner].outline for owner, _, _ in owners(t, NameKind.AREA)] for t in located.parsed.areas]
    return {
        name: all(any(shapely.dwithin(o, shapely.points(x, y), 50.0) for o in outlines) for outlines in named)
        for name, (x, y) in metric.items()
    }


def _in_coverage(metric: Mapping[str, tuple[float, float]], index: LocatingIndex) -> dict[str, bool]:
    if not index.areas:
        return {}
    return {
        name: math.isfinite(x + y) and bool(len(index.area_tree.query(shapely.points(x, y), predicate="intersects")))
        for name, (x, y) in metric.items()
    }


def _swapped_inside(row: Row, index: LocatingIndex) -> bool:
    x, y = row["x"], row["y"]
    if not (abs(y) <= 180 and abs(x) <= 90 and index.areas):
        return False
    return _in_coverage({"swapped": index.frame.to_metres(y, x)}, index)["swapped"]


def _jump(row: Row, here: tuple[float, float]) -> tuple[float, float] | None:
    if row["before_at"] is None or not all(map(math.isfinite, here)):
        return None
    try:
        lon, lat = (float(v) for v in datum.to_wgs84(row["before_x"], row["before_y"], row["before_crs"]))
    except ValueError:
        return None
    metres = math.hypot((here[0] - lon) * 111_320 * math.cos(math.radians(lat)), (here[1] - lat) * 110_950)
    return (metres, (row["reported_at"] - row["before_at"]).total_seconds()) if math.isfinite(metres) else None


def _offer(session: Session, client: int) -> int:
    """Offer a source the datum its points fit, for each that it declares; return how many were offered."""
    bindings = bindings_of(session, client, clock.now())
    return sum(_offer_for(session, client, crs) for crs in sorted({one.crs for one in bindings}))


def _offer_for(session: Session, client: int, crs: str) -> int:
    """Offer the datum that points fit, unless it is declared, or the same was refused on as much evidence."""
    declared = _canonical(crs)
    if declared not in rules.DATUMS:
        return 0
    found = queries.detection(session, client, declared)
    if found["datum"] is None or rules.datum_of(found["datum"]) == declared:
        return 0
    earlier = session.scalars(select(SourceCorrection).where(SourceCorrection.client_id == client)).all()
    for correction in earlier:
        weighed = correction.evidence.get("points_used", 0)
        same = correction.detected_crs == found["datum"] and correction.state != CorrectionState.TAKEN
        if correction.state == CorrectionState.OFFERED or (same and found["points_used"] < 2 * weighed):
            return 0
    session.add(
        SourceCorrection(
            client_id=client,
            declared_crs=crs,
            detected_crs=found["datum"],
            evidence=found,
            state=CorrectionState.OFFERED,
            offered_at=clock.now(),
        )
    )
    session.flush()
    return 1
