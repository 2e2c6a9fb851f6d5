"""See what a draft would move; hand open matters over once a release is in force."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely
from sqlalchemy import text

from core import audit, clock
from governance.boundary_changes import queries, rules
from governance.boundary_changes.tables import ReleaseHandover
from grids.assignment import queries as assignment
from grids.boundaries import queries as registry
from grids.change_sets import queries as change_sets

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from governance.boundary_changes.rules import Impact
    from grids.boundaries.records import AreaRecord

    Areas = dict[str, AreaRecord]


def preview(session: Session, *, change_set_id: int) -> tuple[Impact, Areas, Areas]:
    """Return what publishing a draft would do, with the areas it touches before and after.

    Raises
    ------
    ChangeSetNotFoundError
    """
    change_set = change_sets.get_change_set(session, change_set_id)
    layer, base = change_sets.layer_of(session, change_set), change_sets.base_of(session, change_set)
    overlay = change_sets.overlay(session, change_set)
    now = clock.now()
    if not overlay:
        return rules.impact((), [], [], np.zeros(0, dtype=bool)), {}, {}
    stored = {a.record.code: a.record for a in registry.areas_of_release(session, layer, base)}
    drafted = change_sets.draft_areas(session, change_set)
    touched_before = {code: stored[code] for code in overlay if code in stored}
    touched_after = {code: record for code, record in overlay.items() if record is not None}
    lands = [cast("Any", r.geom) for r in (*touched_before.values(), *touched_after.values())]
    west, south, east, north = (float(v) for v in shapely.total_bounds(lands))
    box = (west, south, east, north)
    times, points = queries.reports_in_box(
        session, layer_id=layer.id, box=box, since=now - rules.LOOKED_BACK, until=now
    )
    finest = layer.levels[-1]
    spots = np.asarray(shapely.points(points), dtype=object).reshape(-1)
    before, after = (rules.responsible(spots, _near(areas, finest, box)) for areas in (stored, drafted))
    still_open = np.array([rules.is_open(at, now) for at in times], dtype=bool)
    changes = rules.area_changes(touched_before, touched_after)
    return rules.impact(changes, before, after, still_open), touched_before, touched_after


def points_of_last_year(session: Session, *, change_set_id: int) -> NDArray[np.float64]:
    """Return the points (n, 2) in degrees of a layer's reports of the last year, the load of a redesign.

    Raises
    ------
    ChangeSetNotFoundError
    """
    change_set = change_sets.get_change_set(session, change_set_id)
    now = clock.now()
    everywhere = (-180.0, -90.0, 180.0, 90.0)
    _, points = queries.reports_in_box(
        session, layer_id=change_set.layer_id, box=everywhere, since=now - rules.LOOKED_BACK, until=now
    )
    return points


def disputes(session: Session, *, layer: str, days: int) -> list[queries.Dispute]:
    """Return a layer's borders in doubt over the last days, the most contested first.

    Raises
    ------
    LayerNotFoundError
    """
    now = clock.now()
    found = registry.get_layer(session, layer)
    return queries.disputed_edges(session, layer_id=found.id, since=now - timedelta(days=days), now=now)


def hand_over(session: Session, *, cache: Path | None) -> list[ReleaseHandover]:
    """Give every open matter the area it has in the release now in force, with an entry of history each.

    What was closed stays as it was. A release is handed over once; run again, nothing happens.
    """
    now = clock.now()
    done = []
    timelines = assignment.timelines(session)
    for layer_code, release_id, number in queries.handovers_due(session, now=now):
        layer, releases = timelines[layer_code]
        release = next(r for r in releases if r.id == release_id)
        index = assignment.load_release(session, layer, release, cache)
        ids, points, accuracies, paths = queries.open_reports(session, layer_id=layer.id, since=now - rules.OPEN_FOR)
        rows = index.assign_many(points[:, 0].copy(), points[:, 1].copy()).row
        codes: NDArray[np.object_] = index.table.codes[rows]
        moved = 0
        for i, code in enumerate(codes):
            if code == (paths[i][-1] if paths[i] else None):
                continue
            found = index.assign(float(points[i, 0]), float(points[i, 1]), accuracies[i])
            session.execute(
                text(_REASSIGN),
                {
                    "report": ids[i], "at": now, "layer": layer.id, "release": number, "method": str(found.method),
                    "path": list(found.path), "lon": found.lon, "lat": found.lat, "accuracy": accuracies[i],
                    "reason": found.reason,
                },
            )  # fmt: skip
            moved += 1
        handover = ReleaseHandover(release_id=release_id, done_at=now, examined=len(ids), moved=moved)
        session.add(handover)
        audit.record(
            session, actor="system", action="releases.hand_over", subject=f"{layer_code}/{number}",
            examined=len(ids), moved=moved,
        )  # fmt: skip
        done.append(handover)
    session.flush()
    return done


_REASSIGN = """
INSERT INTO report_reassignment
    (report_id, decided_at, actor, cause, layer_id, release_number, method, area_path, geom, accuracy_m, reason)
VALUES (:report, :at, 'system', 'release', :layer, :release, :method, CAST(:path AS text[]),
        ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), :accuracy, :reason)
"""


def _near(areas: Areas, level: str, box: tuple[float, float, float, float]) -> list[AreaRecord]:
    frame = shapely.box(*box)
    return [
        r for r in areas.values() if r.level == level and r.geom is not None and frame.intersects(cast("Any", r.geom))
    ]
