"""Hand open cases and grid workers' posts over once a release is in force, batch by batch.

Each batch is one transaction that also stores how far it came: a worker that is killed goes on behind its last batch.
Of releases that take effect shortly after one another only the latest hands cases over; each carries its posts.
What was being opened or decided while the batches went by is found as a consumer of events: each case that was opened,
opened again or whose place was decided on since, however late its transaction ended, and that stands under an older
release, comes under the one in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core import audit, clock
from core.db.locks import LockSpace, lock
from core.events import feed
from core.events.kinds import Consumer, EventKind
from governance.boundary_changes import queries, rules
from governance.boundary_changes.states import HANDOVER, HandoverAction, HandoverState
from governance.boundary_changes.tables import ReleaseHandover
from governance.grid_workers import operations as grid_workers
from governance.reports import operations as reports
from governance.reports.rules import Decision, NewPlace
from governance.reports.states import ReassignmentCause
from grids.assignment import queries as assignment
from grids.assignment.rules import LARGEST_ACCURACY_M
from grids.boundaries.queries import database_time
from identity.actors import SERVICE

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.orm import Session

    from core.db import Database
    from governance.boundary_changes.queries import OpenReport
    from grids.assignment.release_index import LayerFacts, ReleaseFacts, ReleaseIndex

BATCH = 2000
"""Cases a transaction looks at: a second's work or less."""
EVENTS = 1000
"""Events a transaction takes."""


@dataclass(frozen=True, slots=True)
class _Work:
    """A release in force whose handover was opened."""

    layer: LayerFacts
    release: ReleaseFacts


def hand_over(database: Database, *, cache: Path | None, batch: int = BATCH) -> list[ReleaseHandover]:
    """Give every open case the area it has in the release now in force, with an entry of history each.

    What is closed stays as it was, and so do reports that no case follows. Returns the handovers that were gone on
    with; run again, nothing happens.

    Raises
    ------
    core.events.feed.FeedNotRebasedError
        When every batch is through; what was stored meanwhile waits.
    """
    done: dict[int, ReleaseHandover] = {}
    more = True
    while more:
        with database.transaction() as session:
            running = _begin(session)
        overtaken = False
        for work in running:
            with database.snapshot() as session:
                index = assignment.load_release(session, work.layer, work.release, cache)
            while True:
                with database.transaction() as session:
                    handover = _next_batch(session, work, index, batch)
                done[work.release.id] = handover
                if handover.state != HandoverState.RUNNING:
                    overtaken |= handover.state == HandoverState.OVERTAKEN
                    break
        more = overtaken or _consume(database, cache, batch)
    return list(done.values())


def _begin(session: Session) -> list[_Work]:
    """Open a handover for each release that took effect, let posts follow, and return those with batches left."""
    now = database_time(session)
    works = []
    for layer, releases in assignment.timelines(session).values():
        in_force = [release for release in releases if release.effective_at <= now]
        lock(session, LockSpace.HANDOVER, layer.id)
        known = queries.handovers(session, layer_id=layer.id)
        for release in in_force[1:]:  # The first release of a layer hands nothing over.
            if release.id not in known:
                known[release.id] = _opened(session, layer, release, now, is_latest=release is in_force[-1])
        latest = known.get(in_force[-1].id) if in_force else None
        if latest is not None and latest.state == HandoverState.RUNNING:
            works.append(_Work(layer, in_force[-1]))
    session.flush()
    return works


def _opened(
    session: Session, layer: LayerFacts, release: ReleaseFacts, now: datetime, *, is_latest: bool
) -> ReleaseHandover:
    handover = ReleaseHandover(
        release_id=release.id,
        state=HandoverState.RUNNING if is_latest else HandoverState.OVERTAKEN,
        started_at=now,
        ended_at=None if is_latest else now,
        to_examine=queries.count_open(session, layer_id=layer.id) if is_latest else 0,
        examined=0,
        moved=0,
        posts_moved=grid_workers.follow_release(
            session, layer_id=layer.id, release_id=release.id, at=release.effective_at
        ),
        reached_id=0,
    )
    session.add(handover)
    return handover


def _next_batch(session: Session, work: _Work, index: ReleaseIndex, size: int) -> ReleaseHandover:
    """Look at the next open cases of a running handover, and end it after the last."""
    handover = session.get_one(ReleaseHandover, work.release.id, with_for_update=True, populate_existing=True)
    if handover.state != HandoverState.RUNNING:
        return handover
    now = clock.now()
    if queries.number_in_force(session, layer_id=work.layer.id, at=now) != work.release.number:
        HANDOVER.move(handover, HandoverAction.OVERTAKE)
        handover.ended_at = now
        return handover
    found = queries.open_reports(session, layer_id=work.layer.id, after=handover.reached_id, limit=size)
    handover.moved += _reassign(session, work, index, found, now)
    handover.examined += len(found)
    if found:
        handover.reached_id = found[-1].id
    if len(found) < size:
        HANDOVER.move(handover, HandoverAction.FINISH)
        handover.ended_at = now
        audit.record(
            session, actor=SERVICE, action="releases.hand_over", subject=f"{work.layer.code}/{work.release.number}",
            examined=handover.examined, moved=handover.moved, posts_moved=handover.posts_moved,
        )  # fmt: skip
    session.flush()
    return handover


def _consume(database: Database, cache: Path | None, size: int) -> bool:
    """Hand over what the next events name and an older release placed; return whether there may be more events."""
    with database.transaction() as session:
        batch = feed.read_batch(session, Consumer.HAND_OVER, limit=EVENTS)
        ids = batch.ids(EventKind.CASE_OPENED, EventKind.CASE_MOVED, EventKind.REPORT_REASSIGNED)
        now = database_time(session)
        for layer, releases in assignment.timelines(session).values() if ids else ():
            in_force = [release for release in releases if release.effective_at <= now]
            if len(in_force) > 1:  # The first release of a layer hands nothing over.
                _hand_over_late(database, session, _Work(layer, in_force[-1]), cache, ids, size)
        feed.advance(session, batch)
    return batch.is_full


def _hand_over_late(
    database: Database, session: Session, work: _Work, cache: Path | None, ids: list[range], size: int
) -> None:
    """Give those of these reports that stand under an older release their area in the one in force."""
    after, index = 0, None
    while True:
        found = queries.open_reports_under_older(
            session, ids, layer_id=work.layer.id, number=work.release.number, after=after, limit=size
        )
        if not found:
            return
        if index is None:
            with database.snapshot() as reading:
                index = assignment.load_release(reading, work.layer, work.release, cache)
        moved = _reassign(session, work, index, found, clock.now())
        handover = session.get(ReleaseHandover, work.release.id, with_for_update=True)
        if moved and handover is not None:
            handover.moved += moved
            handover.examined += moved
            handover.to_examine += moved
        after = found[-1].id


def _reassign(session: Session, work: _Work, index: ReleaseIndex, found: list[OpenReport], now: datetime) -> int:
    """Write an entry of history for each report whose chain of areas is another now; return how many."""
    places = _new_places(session, work, index, found)
    changed = [
        Decision(report.id, report.seen, place)
        for report, place in zip(found, places, strict=True)
        if place is not None and list(place.path) != report.area_path
    ]
    if not changed:
        return 0
    return reports.reassign(
        session,
        changed,
        cause=ReassignmentCause.RELEASE,
        actor=SERVICE,
        layer_id=work.layer.id,
        release_number=work.release.number,
        at=now,
    )


def _new_places(session: Session, work: _Work, index: ReleaseIndex, found: list[OpenReport]) -> list[NewPlace | None]:
    """Place reports in the release: by their point, or, where a person named an area, by that area's land."""
    places: list[NewPlace | None] = [None] * len(found)
    by_point = [i for i, report in enumerate(found) if report.lon is not None and not report.by_area]
    points = np.array([[found[i].lon, found[i].lat] for i in by_point], dtype=np.float64).reshape(-1, 2)
    rows = index.assign_many(points[:, 0].copy(), points[:, 1].copy()).row
    chains = rules.Chains(index)
    for i, row in zip(by_point, rows.tolist(), strict=True):
        report = found[i]
        if chains.of_row(row) == report.area_path:
            continue
        accuracy_m = min(report.accuracy_m, LARGEST_ACCURACY_M) if report.accuracy_m else None
        placed = index.assign(float(report.lon or 0), float(report.lat or 0), accuracy_m)
        places[i] = NewPlace(str(placed.method), placed.path, placed.reason, placed.lon, placed.lat, report.accuracy_m)
    settled = [i for i, report in enumerate(found) if report.by_area and report.area_path]
    gone = {found[i].area_path[-1] for i in settled} - chains.codes
    heirs = rules.heirs(queries.lineage_of(session, layer_id=work.layer.id, codes=sorted(gone)), gone, chains.codes)
    for i in settled:
        code = found[i].area_path[-1]
        places[i] = rules.by_land(code, code if code in chains.codes else heirs.get(code), chains)
    return places
