"""See what a draft would move before it is published; gather the borders that are in doubt."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely

from core import clock
from geo.point_location.index import PointLocationIndex
from governance.boundary_changes import dispute_queries, queries, rules
from governance.boundary_changes import impact as sums
from governance.grid_workers import operations as worker_operations
from governance.grid_workers import queries as grid_workers
from governance.grid_workers import rules as worker_rules
from grids.assignment.release_index import AreaFacts, LayerFacts, ReleaseFacts, ReleaseIndex
from grids.boundaries import queries as registry
from grids.boundaries.descent import descents
from grids.change_sets import queries as change_sets
from identity.grants import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from governance.boundary_changes.dispute_queries import Dispute
    from governance.boundary_changes.impact import Impact, WorkerOnArea
    from governance.boundary_changes.queries import Points
    from grids.boundaries.records import AreaRecord
    from grids.boundaries.tables import Layer, Release
    from grids.change_sets.tables import ChangeSet
    from identity.keys import Principal

    Areas = dict[str, AreaRecord]
    Box = tuple[float, float, float, float]

_DEGREE_M = 111_320.0


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing a draft would do, with all that a page or a print of it shows.

    `before` and `after` are the areas of all levels that it changes, `around` their unchanged neighbours on the finest
    level; `matters` the points (n, 2) in degrees of the reports that come under another area or unit, and `is_open`
    which of them are open; `unit_names` what units are called; `is_clear` whether workers' names are in clear.
    """

    change_set: ChangeSet
    layer: Layer
    base: Release
    made_at: datetime
    impact: Impact
    before: Areas = field(default_factory=dict)
    after: Areas = field(default_factory=dict)
    around: Areas = field(default_factory=dict)
    matters: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
    is_open: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    unit_names: Mapping[str, str] = field(default_factory=dict)
    is_clear: bool = False


def preview(session: Session, *, change_set_id: int, reader: Principal | None = None) -> Preview:
    """Return what publishing a draft would do.

    Grid workers are masked unless the reader may see their names, and then it is written down who read them.

    The areas before and after are asked by the same rule that places reports and hands them over: what is told here is
    what the handover will do.

    Raises
    ------
    ChangeSetNotFoundError
    """
    now = clock.now()
    clear = reader is not None and reader.holds(Scope.WORKERS_READ)
    change_set = change_sets.get_change_set(session, change_set_id)
    layer, base = change_sets.layer_of(session, change_set), change_sets.base_of(session, change_set)
    overlay = change_sets.overlay(session, change_set)
    stored = _stored(session, layer, base, list(overlay))
    before = {code: r for code, r in stored.items() if not _same(r, overlay[code])}
    after = {c: r for c, r in overlay.items() if r is not None and (c not in stored or c in before)}
    if not before and not after:
        return Preview(change_set, layer, base, now, sums.Impact(), is_clear=clear)
    answering = registry.rules_of_release(session, layer, base), change_sets.rules_of_draft(session, change_set)
    tolerances = answering[0].nearest_tolerance_m, answering[1].nearest_tolerance_m
    boxes = _boxes(layer, before, after, max(tolerances))
    near = {
        a.record.code: a.record
        for a in registry.areas_of_release(session, layer, base, only=registry.AreaFilter(near=boxes))
    }
    drafted = {code: record for code, record in near.items() if code not in before} | after
    since = now - rules.LOOKED_BACK
    points = queries.reports_in_boxes(session, layer_id=layer.id, boxes=boxes, since=since, until=now)
    indexes = _index(layer, base, tolerances[0], near, points), _index(layer, base, tolerances[1], drafted, points)
    chains = rules.Chains(indexes[0]), rules.Chains(indexes[1])
    finest = layer.levels[-1]
    lands = sums.Lands.from_areas(before, after)
    land = sums.land_moves(lands.select({c for side in (before, after) for c, r in side.items() if r.level == finest}))
    gone = before.keys() - after.keys()
    steps = descents(before, after, layer.levels) if gone else []
    rows = [index.assign_many(points.lon, points.lat).row.astype(np.int64) for index in indexes]
    is_open, changes_hands = points.is_open, _differ(rows, chains)
    settled = queries.reports_settled_in(session, layer_id=layer.id, codes=sorted(before), since=since, until=now)
    if settled:
        heir = rules.heirs([(0, step) for step in steps], gone, after.keys())
        codes = [path[-1] for _, path in settled]
        rows[0] = np.append(rows[0], [chains[0].row_of(code) for code in codes])
        rows[1] = np.append(rows[1], [chains[1].row_of(heir.get(code, code)) for code in codes])
        is_open = np.append(is_open, [is_of_open for is_of_open, _ in settled])
    moves = sums.matter_moves((rows[0], rows[1]), chains, is_open)
    changes = sums.area_changes(lands, before, after)
    told = {change.code for change in changes}
    posts = _posts(session, layer, now, chains, clear=clear)
    both = posts, sums.posts_after(posts, steps, after.keys(), gone)
    rehomed = [move for move in moves if move.is_rehomed]
    other_unit = [move for move in moves if move.from_unit != move.to_unit]
    impact = sums.Impact(
        areas=changes,
        land=land,
        examined=len(is_open),
        open_moved=sum(move.still_open for move in rehomed),
        year_moved=sum(move.in_a_year for move in rehomed),
        open_other_unit=sum(move.still_open for move in other_unit),
        year_other_unit=sum(move.in_a_year for move in other_unit),
        moved=moves,
        units=sums.unit_balances(moves, land, chains),
        workers=sums.worker_changes(both, moves, land, chains, told),
        vacant=tuple(sorted(c for c in told & after.keys() if after[c].level == finest and not both[1].get(c))),
    )
    if reader is not None and clear and impact.workers:
        areas = {code for change in impact.workers for code in (*change.before, *change.after)}
        worker_operations.audit_read(session, reader=reader.actor, layer=layer.code, areas=areas)
    return Preview(
        change_set=change_set,
        layer=layer,
        base=base,
        made_at=now,
        impact=impact,
        before={c: r for c, r in before.items() if c in told},
        after={c: r for c, r in after.items() if c in told},
        around={c: r for c, r in near.items() if r.level == finest and c not in told},
        matters=np.stack([points.lon, points.lat], axis=1)[changes_hands],
        is_open=is_open[: len(changes_hands)][changes_hands],
        unit_names=_unit_names([*near.values(), *after.values()]),
        is_clear=clear,
    )


def points_of_last_year(session: Session, *, change_set_id: int) -> NDArray[np.float64]:
    """Return the points (n, 2) in degrees of a layer's reports of the last year, the load of a redesign.

    Raises
    ------
    ChangeSetNotFoundError
    """
    change_set = change_sets.get_change_set(session, change_set_id)
    now = clock.now()
    everywhere = [(-180.0, -90.0, 180.0, 90.0)]
    points = queries.reports_in_boxes(
        session, layer_id=change_set.layer_id, boxes=everywhere, since=now - rules.LOOKED_BACK, until=now
    )
    return np.stack([points.lon, points.lat], axis=1)


def disputes(session: Session, *, layer: str, days: int) -> list[Dispute]:
    """Return a layer's borders in doubt over the last days, the most contested first.

    Raises
    ------
    LayerNotFoundError
    """
    now = clock.now()
    found = registry.get_layer(session, layer)
    return dispute_queries.disputed_edges(session, layer_id=found.id, since=now - timedelta(days=days), now=now)


def _stored(session: Session, layer: Layer, base: Release, codes: Sequence[str]) -> Areas:
    """Return the areas of the base release with these codes."""
    only = registry.AreaFilter(codes=codes)
    return {a.record.code: a.record for a in registry.areas_of_release(session, layer, base, only=only)}


def _same(one: AreaRecord, other: AreaRecord | None) -> bool:
    return (
        other is not None
        and (one.name, one.parent_code, one.unit_code) == (other.name, other.parent_code, other.unit_code)
        and bool(shapely.equals_identical(one.geom, other.geom))
    )


def _boxes(layer: Layer, before: Areas, after: Areas, tolerance_m: float) -> list[Box]:
    """Return boxes around what changes, wide enough for whatever may answer for a point near it.

    Coarser areas only follow the finest, but for those that get another parent, name or unit: all below them counts.
    """
    finest = layer.levels[-1]
    lands = [
        cast("Any", record.geom)
        for side, other in ((before, after), (after, before))
        for code, record in side.items()
        if record.level == finest or code not in other or _is_elsewhere(record, other[code])
    ]
    bounds = shapely.bounds(np.array(lands, dtype=object))
    high = float(np.abs(bounds[:, [1, 3]]).max())
    margin_m = 2 * tolerance_m + 1
    lat = margin_m / _DEGREE_M
    lon = lat / max(np.cos(np.radians(min(high, 89.0))), 0.01)
    wide = bounds + np.array([-lon, -lat, lon, lat])
    together = shapely.union_all(shapely.box(*wide.T))
    return [(w, s, e, n) for w, s, e, n in shapely.bounds(shapely.get_parts(together)).tolist()]


def _is_elsewhere(one: AreaRecord, other: AreaRecord) -> bool:
    return (one.parent_code, one.unit_code) != (other.parent_code, other.unit_code)


def _index(layer: Layer, release: Release, tolerance_m: float, areas: Areas, points: Points) -> ReleaseIndex:
    """Return areas of all levels as a release in memory, as assignment asks it for these points.

    Coarser levels are asked only where the finest has no area: mostly they need no index.
    """
    facts = LayerFacts(layer.id, layer.code, tuple(layer.levels), layer.is_coverage)
    levels: dict[str, list[AreaFacts]] = {}
    indexes: dict[str, PointLocationIndex] = {}
    is_answered = False
    for level in reversed(layer.levels):
        records = sorted((r for r in areas.values() if r.level == level), key=lambda r: r.code.encode())
        levels[level] = [AreaFacts(r.level, r.code, r.name, r.parent_code, r.unit_code, r.unit_name) for r in records]
        lands = [] if is_answered else [cast("Any", r.geom) for r in records]
        indexes[level] = PointLocationIndex.from_geometries(sums.sound(np.array(lands, dtype=object)))
        is_answered = is_answered or bool((indexes[level].locate_many(points.lon, points.lat).areas >= 0).all())
    identity = ReleaseFacts(release.id, release.number, release.checksum, release.effective_at, tolerance_m)
    return ReleaseIndex(facts, identity, levels, indexes)


def _differ(rows: list[NDArray[np.int64]], chains: tuple[rules.Chains, rules.Chains]) -> NDArray[np.bool_]:
    """Return for each point whether its chain of areas or its unit is another afterwards."""
    if not rows[0].size:
        return np.zeros(0, dtype=bool)
    pairs, place = np.unique(np.stack(rows, axis=1), axis=0, return_inverse=True)
    differs = [
        (chains[0].of_row(a), chains[0].unit_of_row(a)) != (chains[1].of_row(b), chains[1].unit_of_row(b))
        for a, b in pairs.tolist()
    ]
    return np.array(differs, dtype=bool)[place.reshape(-1)]


def _posts(
    session: Session, layer: Layer, at: datetime, chains: tuple[rules.Chains, rules.Chains], *, clear: bool
) -> dict[str, list[WorkerOnArea]]:
    """Return who works the areas around, of any level."""
    codes = sorted({*chains[0].codes, *chains[1].codes})
    posts: dict[str, list[WorkerOnArea]] = {}
    for post in grid_workers.posts_at(session, layer_id=layer.id, at=at, codes=codes):
        number, name = worker_rules.shown(post.staff_number, post.name, clear=clear)
        worker = sums.WorkerOnArea(post.staff_number, number, name, post.unit_code)
        posts.setdefault(post.area_code, []).append(worker)
    return posts


def _unit_names(records: Iterable[AreaRecord]) -> dict[str, str]:
    return {r.unit_code: r.unit_name or r.unit_code for r in records if r.unit_code}
