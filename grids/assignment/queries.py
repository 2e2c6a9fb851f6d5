"""Reads of assignment: which releases each layer has, and a release's areas as indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from geo.point_location import storage
from grids.assignment.release_index import AreaFacts, LayerFacts, ReleaseFacts, ReleaseIndex
from grids.boundaries import queries as boundaries
from grids.boundaries.tables import Layer, Release

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    from sqlalchemy.orm import Session


def timelines(session: Session) -> dict[str, tuple[LayerFacts, tuple[ReleaseFacts, ...]]]:
    """Return every layer with its releases, the earliest in force first."""
    layers = {
        layer.id: LayerFacts(layer.id, layer.code, tuple(layer.levels), layer.nearest_tolerance_m, layer.is_coverage)
        for layer in session.scalars(select(Layer))
    }
    releases: dict[int, list[ReleaseFacts]] = {layer_id: [] for layer_id in layers}
    rows = session.execute(
        select(Release.layer_id, Release.id, Release.number, Release.checksum, Release.effective_at).order_by(
            Release.effective_at, Release.number
        )
    )
    for layer_id, release_id, number, checksum, effective_at in rows:
        if layer_id in releases:
            releases[layer_id].append(ReleaseFacts(release_id, number, checksum, effective_at))
    return {layer.code: (layer, tuple(releases[layer.id])) for layer in layers.values()}


def load_release(session: Session, layer: LayerFacts, release: ReleaseFacts, cache: Path | None) -> ReleaseIndex:
    """Load a release's areas; a level whose index is not kept under `cache` is built from its geometries."""
    stored_layer = boundaries.get_layer(session, layer.code)
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
