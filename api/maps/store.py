"""What this process keeps to answer maps from memory: releases in force, counts, finished bodies.

A release never changes, so what was made from one is kept until memory is needed. The release in force is asked for
every `release_poll_s`, the counts every `counts_refresh_s`; while the database is away the last known go on.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.maps.encoding import encode
from api.maps.level import LevelMap
from api.maps.memory import Recent, Refreshed
from core import clock
from geo.map.tiles import cut_tile
from governance.cases.counts import counts_by_area
from grids.boundaries.errors import ReleaseNotFoundError
from grids.boundaries.map_queries import LevelNotFoundError, level_at, parents_at
from grids.boundaries.queries import get_layer, release_at

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from core.db import Database
    from core.settings import Settings
    from governance.cases.counts import AreaCounts

BODY_BUDGET_BYTES = 256 * 2**20
TILE_BUDGET_BYTES = 64 * 2**20
LEVEL_BUDGET_BYTES = 192 * 2**20  # of WKB; what is made of it is several times as much
PAST_KEPT = 16

#: Changes when the same data give other bytes, so that clients ask anew.
FORMAT = "1"


@dataclass(frozen=True, slots=True)
class InForce:
    """Which release of a layer answers for an instant."""

    layer_id: int
    layer: str
    layer_name: str
    levels: tuple[str, ...]
    is_coverage: bool
    release: int
    checksum: str
    effective_at: datetime

    def level(self, level: str | None) -> str:
        """Return the level, the finest when none is named, or raise LevelNotFoundError."""
        if level is None:
            return self.levels[-1]
        if level not in self.levels:
            raise LevelNotFoundError(f"Layer '{self.layer}' has the levels {', '.join(self.levels)}.", field="level")
        return level


@dataclass(frozen=True, slots=True)
class Counts:
    """Reports per area; the number changes with every reading that found other counts."""

    number: int
    by_code: Mapping[str, AreaCounts] | None


@dataclass(slots=True)
class Body:
    """A finished answer: its tag and its bytes in every encoding asked for so far."""

    tag: str
    plain: bytes
    encoded: dict[str, bytes] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def etag(self, encoding: str) -> str:
        """Return the strong entity tag of one representation."""
        return f'"{self.tag}"' if encoding == "identity" else f'"{self.tag}-{encoding}"'

    def ready(self, encoding: str) -> bytes | None:
        """Return the bytes in an encoding if they are there."""
        return self.plain if encoding == "identity" else self.encoded.get(encoding)

    def content(self, encoding: str) -> bytes:
        """Return the bytes in an encoding, made at the first asking."""
        with self.lock:
            if encoding != "identity" and encoding not in self.encoded:
                self.encoded[encoding] = encode(self.plain, encoding)
        return self.ready(encoding) or b""

    def size(self) -> int:
        """Return the bytes held."""
        return len(self.plain) + sum(map(len, list(self.encoded.values())))


@dataclass(frozen=True, slots=True)
class MapRequest:
    """What a responsibility map is asked for."""

    layer: str
    level: str | None = None
    within: str | None = None
    at: datetime | None = None
    zoom: int | None = None


class MapStore:
    """Maps of this process; every method may be called from any thread."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self._lock = threading.Lock()
        self._in_force: dict[str, Refreshed[InForce]] = {}
        self._counts: dict[int, Refreshed[Counts]] = {}
        self._number = itertools.count()
        self._levels: Recent[LevelMap] = Recent(LEVEL_BUDGET_BYTES, lambda level: sum(map(len, level.columns.wkb)))
        self._bodies: Recent[Body] = Recent(BODY_BUDGET_BYTES, Body.size)
        self._tiles: Recent[Body] = Recent(TILE_BUDGET_BYTES, lambda body: 200 + body.size())
        self._past_counts: Recent[Counts] = Recent(PAST_KEPT)

    def in_force(self, layer: str, at: datetime | None = None) -> InForce:
        """Return the release of a layer that answers now, or answered at an instant.

        Raises
        ------
        LayerNotFoundError, ReleaseNotFoundError
            When there is no such layer, or none of its releases was in force.
        """
        if at is not None:
            return self._read_in_force(layer, at)
        kept = self._in_force.get(layer)
        if kept is None:
            kept = Refreshed(self._settings.release_poll_s, lambda: self._read_in_force(layer, None))
            kept.get()  # A layer that is not there is not remembered.
            with self._lock:
                kept = self._in_force.setdefault(layer, kept)
        return kept.get()

    def level(self, release: InForce, level: str | None) -> LevelMap:
        """Return one level of a release."""
        name = release.level(level)
        return self._levels.get((release.layer_id, release.release, name), lambda: self._read_level(release, name))

    def counts(self, release: InForce, at: datetime | None = None) -> Counts:
        """Return the reports per area now, or before an instant."""
        if at is not None:
            return self._past_counts.get((release.layer_id, at), lambda: self._read_counts(release.layer_id, at))
        with self._lock:
            kept = self._counts.setdefault(
                release.layer_id,
                Refreshed(self._settings.counts_refresh_s, lambda: self._read_counts(release.layer_id, None)),
            )
        return kept.get()

    def responsibility(self, request: MapRequest) -> Body:
        """Return the responsibility map as GeoJSON."""
        release = self.in_force(request.layer, request.at)
        level = release.level(request.level)
        counts = self.counts(release, request.at)
        return self._bodies.get(
            _body_key(release, level, request, counts), lambda: self._make_body(release, level, request, counts)
        )

    def responsibility_if_ready(self, request: MapRequest) -> Body | None:
        """Return the map if neither the database nor any work is needed for it."""
        kept = self._in_force.get(request.layer)
        if request.at is not None or kept is None:
            return None
        fresh, release = kept.fresh()
        if not fresh or release is None or release.layer_id not in self._counts:
            return None
        counts_fresh, counts = self._counts[release.layer_id].fresh()
        if not counts_fresh or counts is None:
            return None
        return self._bodies.peek(_body_key(release, release.level(request.level), request, counts))

    def content(self, body: Body, encoding: str) -> bytes:
        """Return a body's bytes in an encoding, and keep within the budget."""
        found = body.ready(encoding)
        if found is None:
            found = body.content(encoding)
            self._bodies.shrink()
        return found

    def tile(self, layer: str, level: str, address: tuple[int, int, int], at: datetime | None = None) -> Body:
        """Return one vector tile; its body is empty where the layer has no area.

        The address (z, x, y) must have been checked.
        """
        release = self.in_force(layer, at)
        name = release.level(level)

        def make() -> Body:
            content = cut_tile(self.level(release, name).tile_source(address[0]), name, *address)
            return Body(hashlib.blake2b(content, digest_size=16).hexdigest(), content)

        return self._tiles.get((release.layer_id, release.release, name, address), make)

    def _make_body(self, release: InForce, level: str, request: MapRequest, counts: Counts) -> Body:
        areas = self.level(release, level)
        rows = areas.rows_within(request.within)
        identity = (
            FORMAT,
            areas.layer,
            areas.level,
            str(areas.release),
            areas.checksum,
            areas.effective_at.isoformat(),
            request.within or "",
            str(request.zoom),
            areas.counts_digest(counts.by_code, rows),
        )
        tag = hashlib.blake2b("\n".join(identity).encode(), digest_size=16).hexdigest()
        return Body(tag, areas.feature_collection(counts.by_code, rows=rows, zoom=request.zoom))

    def _read_in_force(self, layer: str, at: datetime | None) -> InForce:
        with self._database.transaction() as session:
            found = get_layer(session, layer)
            release = release_at(session, found, at or clock.now())
            if release is None:
                raise ReleaseNotFoundError(f"Layer '{found.code}' had no release in force then.", field="at")
            return InForce(
                layer_id=found.id,
                layer=found.code,
                layer_name=found.name,
                levels=tuple(found.levels),
                is_coverage=found.is_coverage,
                release=release.number,
                checksum=release.checksum,
                effective_at=release.effective_at,
            )

    def _read_level(self, release: InForce, level: str) -> LevelMap:
        with self._database.snapshot() as session:
            layer = get_layer(session, release.layer)
            return LevelMap(
                layer=release.layer,
                layer_name=release.layer_name,
                level=level,
                is_coverage=release.is_coverage,
                release=release.release,
                checksum=release.checksum,
                effective_at=release.effective_at,
                columns=level_at(session, layer, level, release.effective_at),
                parents=parents_at(session, layer, release.effective_at),
            )

    def _read_counts(self, layer_id: int, at: datetime | None) -> Counts:
        with self._database.snapshot() as session:
            found = counts_by_area(session, layer_id=layer_id, until=at or clock.now())
        kept = self._counts.get(layer_id)
        before = kept.fresh()[1] if kept is not None and at is None else None
        if before is not None and before.by_code == found:
            return before
        return Counts(next(self._number), found)


def _body_key(release: InForce, level: str, request: MapRequest, counts: Counts) -> tuple[object, ...]:
    return (release.layer_id, release.release, level, request.within, request.zoom, counts.number)
