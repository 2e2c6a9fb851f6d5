"""Reads of assignment: which releases each layer has, and a release's areas as indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from core import clock
from geo.point_location import storage
from grids.assignment.release_index import AreaFacts, LayerFacts, ReleaseFacts, ReleaseIndex
from grids.boundaries import queries as boundaries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Any

    import psycopg
    from sqlalchemy.orm import Session

    Releases = dict[str, tuple[LayerFacts, tuple[ReleaseFacts, ...]]]

# A layer without a release comes once, with nulls for it.
_RELEASES = """
SELECT l.id, l.code, l.levels, l.is_coverage, l.name,
       r.id, r.number, r.checksum, r.effective_at, r.nearest_tolerance_m
FROM layer l LEFT JOIN release r ON r.layer_id = l.id AND r.withdrawn_at IS NULL
ORDER BY l.code, r.effective_at, r.number
"""
# One message, so that nothing this process suffers can keep the gate from others; each statement sees what is
# committed when it begins.
_LOOK = f"SELECT pass_release_gate(); SELECT clock_timestamp(); {_RELEASES}"


def timelines(session: Session) -> Releases:
    """Return every layer with its releases, the earliest in force first."""
    return _by_layer(session.execute(text(_RELEASES)))


def read_releases(connection: psycopg.Connection) -> tuple[datetime, Releases]:
    """Read every layer's releases as `timelines` does, after those that are being committed; and the database's time.

    Every release that is not among them takes effect later than the database's lease from the call on.
    """
    before = clock.machine()
    cursor = connection.execute(_LOOK)
    cursor.nextset()
    found = cursor.fetchall()
    clock.sync_clock(found[0][0], before=before, after=clock.machine())
    cursor.nextset()
    return found[0][0], _by_layer(cursor)


def _by_layer(rows: Iterable[Sequence[Any]]) -> Releases:
    found: dict[str, tuple[LayerFacts, list[ReleaseFacts]]] = {}
    for layer_id, code, levels, is_coverage, name, *release in rows:
        if code not in found:
            found[code] = LayerFacts(layer_id, code, tuple(levels), is_coverage, name), []
        if release[0] is not None:
            found[code][1].append(ReleaseFacts(*release))
    return {code: (layer, tuple(releases)) for code, (layer, releases) in found.items()}


def load_release(session: Session, layer: LayerFacts, release: ReleaseFacts, cache: Path | None) -> ReleaseIndex:
    """Load a release's areas; a level whose index is not kept under `cache` is built from its geometries.

    Raises
    ------
    ReleaseWithdrawnError
        When it was withdrawn since it was read of: its instant has its predecessor's areas, which must not be kept
        under its name.
    """
    stored_layer = boundaries.get_layer(session, layer.code)
    boundaries.standing_release(session, stored_layer, release.number)
    areas: dict[str, list[AreaFacts]] = {level: [] for level in layer.levels}
    for stored in boundaries.areas_at(session, stored_layer, release.effective_at, geometry=False):
        record = stored.record
        areas.setdefault(record.level, []).append(
            AreaFacts(record.level, record.code, record.name, record.parent_code, record.unit_code, record.unit_name)
        )

    def geometries(level: str) -> Callable[[], Sequence[Any]]:
        only = boundaries.AreaFilter(level=level)
        return lambda: [
            stored.record.geom for stored in boundaries.areas_at(session, stored_layer, release.effective_at, only=only)
        ]

    indexes = {}
    for level in layer.levels:
        key = f"{layer.code}-{level}-{release.checksum}"
        index, built = storage.load_or_build(cache, key, geometries(level))
        if not built and len(index) != len(areas[level]):  # a file under a wrong name
            index, _ = storage.load_or_build(None, key, geometries(level))
        indexes[level] = index
    return ReleaseIndex(layer, release, areas, indexes)
