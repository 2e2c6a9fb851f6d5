"""What this process keeps to answer maps from memory: releases in force, counts, finished bodies.

A release never changes, so what was made from one is kept until memory is needed. Which one is in force is what the
process knows of the releases; the counts are read every `counts_refresh_s`. While the database is away the last known
go on.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from core import clock
from core.content_encoding import encode
from geo.map.simplify import EXACT_ZOOM
from geo.map.tiles import cut_tile
from grids.boundaries.errors import ReleaseNotFoundError
from grids.boundaries.map_queries import level_at, parents_elsewhere_at
from grids.boundaries.queries import get_layer
from grids.maps.caches import Recent, Refreshed
from grids.maps.level_map import InForce, LevelMap, gather

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from core.db import Database
    from core.settings import Settings
    from grids.assignment.release_index import LayerFacts, ReleaseFacts
    from grids.assignment.release_timeline import ReleaseTimeline
    from grids.maps.level_map import AreaCounts

BODY_BUDGET_BYTES = 256 * 2**20
TILE_BUDGET_BYTES = 64 * 2**20
LEVEL_BUDGET_BYTES = 512 * 2**20
PAST_KEPT = 16
TAGS_KEPT = 10_000

#: Changes when the same data give other bytes, so that clients ask anew.
FORMAT = "3"

_BODY_BYTES = 1000  # of a body, about, without its bytes


@dataclass(frozen=True, slots=True)
class Counts:
    """Reports per area; every reading has its own number."""

    number: int
    by_code: Mapping[str, AreaCounts] | None


def entity_tag(tag: str, encoding: str) -> str:
    """Return the strong entity tag of one representation."""
    return f'"{tag}"' if encoding == "identity" else f'"{tag}-{encoding}"'


@dataclass(slots=True)
class Body:
    """A finished answer: its tag and its bytes in every encoding asked for so far."""

    tag: str
    plain: bytes
    grown: Callable[[], None]
    encoded: dict[str, bytes] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ready(self, encoding: str) -> bytes | None:
        """Return the bytes in an encoding if they are there."""
        return self.plain if encoding == "identity" else self.encoded.get(encoding)

    def content(self, encoding: str) -> bytes:
        """Return the bytes in an encoding, made at the first asking."""
        found = self.ready(encoding)
        if found is None:
            with self.lock:
                found = self.encoded.get(encoding)
                if found is None:
                    found = self.encoded[encoding] = encode(self.plain, encoding)
            self.grown()
        return found

    def size(self) -> int:
        """Return about how many bytes are held."""
        return _BODY_BYTES + len(self.plain) + sum(map(len, list(self.encoded.values())))


@dataclass(frozen=True, slots=True)
class MapRequest:
    """What a responsibility map is asked for; counts smaller than `least`, but 0, are not shown."""

    layer: str
    level: str | None = None
    within: str | None = None
    at: datetime | None = None
    zoom: int | None = None
    least: int = 1


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a request comes to: its tag, which is all that a client with a good copy needs, and how it is written."""

    tag: str
    write: Callable[[], bytes]


class ReadCounts(Protocol):
    """Counts the reports before an instant in every area of a layer, by code; None where none was ever placed."""

    def __call__(self, session: Session, layer_id: int, until: datetime) -> Mapping[str, AreaCounts] | None:
        """Return the counts by area code."""
        ...


class MapStore:
    """Maps of this process; every method may be called from any thread."""

    def __init__(
        self, database: Database, settings: Settings, releases: ReleaseTimeline, read_counts: ReadCounts
    ) -> None:
        self._database, self._settings, self._releases = database, settings, releases
        self._read_area_counts = read_counts
        self._lock = threading.Lock()
        self._counts: dict[int, Refreshed[Counts]] = {}
        self._number = itertools.count()
        self._levels: Recent[LevelMap] = Recent(LEVEL_BUDGET_BYTES, LevelMap.size)
        self._bodies: Recent[Body] = Recent(BODY_BUDGET_BYTES, Body.size)
        self._tags: Recent[str] = Recent(TAGS_KEPT)
        self._tiles: Recent[Body] = Recent(TILE_BUDGET_BYTES, Body.size)
        self._past_counts: Recent[Refreshed[Counts]] = Recent(PAST_KEPT)

    def in_force(self, layer: str, at: datetime | None = None) -> InForce:
        """Return the release of a layer that answers now, or answered at an instant.

        Raises
        ------
        LayerNotFoundError, ReleaseNotFoundError
            When there is no such layer, or none of its releases was in force.
        BoundariesNotLoadedError
        """
        return _answering(*self._releases.in_force(layer, at))

    def level(self, release: InForce, level: str | None, *, with_text: bool = False) -> LevelMap:
        """Return one level of a release; with its exact text written while it is read, if it has to be read."""
        key = (release.layer_id, release.release, release.level(level))
        return self._levels.get(
            key,
            lambda: self._read_level(release, key[2], with_text=with_text, grown=lambda: self._levels.weigh(key)),
        )

    def counts(self, release: InForce, at: datetime | None = None) -> Counts:
        """Return the reports per area now, or before an instant (which ages too: a report may come in late)."""
        kept = Refreshed(self._settings.counts_refresh_s, lambda: self._read_counts(release.layer_id, at))
        if at is not None:
            return self._past_counts.get((release.layer_id, at), lambda: kept).get()
        with self._lock:
            kept = self._counts.setdefault(release.layer_id, kept)
        return kept.get()

    def responsibility(self, request: MapRequest) -> Drawing:
        """Return the responsibility map as GeoJSON, ready to be written."""
        release = self.in_force(request.layer, request.at)
        level = release.level(request.level)
        counts = self.counts(release, request.at)
        exact = request.zoom is None or request.zoom >= EXACT_ZOOM

        def name() -> str:
            return _tag(self.level(release, level, with_text=exact), request, counts)

        def write() -> bytes:
            areas = self.level(release, level, with_text=exact)
            return areas.feature_collection(
                counts.by_code, rows=areas.rows_within(request.within), zoom=request.zoom, least=request.least
            )

        return Drawing(self._tags.get(_tag_key(release, level, request, counts), name), write)

    def content(self, drawing: Drawing, encoding: str) -> bytes:
        """Return a map's bytes in an encoding."""
        tag = drawing.tag
        return self._bodies.get(tag, lambda: Body(tag, drawing.write(), lambda: self._bodies.weigh(tag))).content(
            encoding
        )

    def tag_if_ready(self, request: MapRequest) -> str | None:
        """Return the tag of a map if neither the database nor any work is needed for it."""
        now = clock.now()
        if request.at is not None or not self._releases.is_confirmed:
            return None
        release = _answering(*self._releases.known_in_force(request.layer, now))
        if release.layer_id not in self._counts:
            return None
        counts_fresh, counts = self._counts[release.layer_id].fresh()
        if not counts_fresh or counts is None:
            return None
        return self._tags.peek(_tag_key(release, release.level(request.level), request, counts))

    def content_if_ready(self, tag: str, encoding: str) -> bytes | None:
        """Return a map's bytes in an encoding if they are there."""
        body = self._bodies.peek(tag)
        return body.ready(encoding) if body is not None else None

    def tile(self, layer: str, level: str, address: tuple[int, int, int], at: datetime | None = None) -> Body:
        """Return one vector tile; its body is empty where the layer has no area.

        The address (z, x, y) must have been checked.
        """
        release = self.in_force(layer, at)
        name = release.level(level)
        key = (release.layer_id, release.release, name, address)

        def make() -> Body:
            content = cut_tile(self.level(release, name).tile_source(address[0]), name, *address)
            tag = hashlib.blake2b(content, digest_size=16).hexdigest()
            return Body(tag, content, lambda: self._tiles.weigh(key))

        return self._tiles.get(key, make)

    def _read_level(self, release: InForce, level: str, *, with_text: bool, grown: Callable[[], None]) -> LevelMap:
        with self._database.snapshot() as session:
            layer = get_layer(session, release.layer)
            columns, exact = gather(level_at(session, layer, level, release.effective_at), with_text=with_text)
            return LevelMap(
                release=release,
                level=level,
                columns=columns,
                parents_elsewhere=parents_elsewhere_at(session, layer, level, release.effective_at),
                exact=exact,
                grown=grown,
            )

    def _read_counts(self, layer_id: int, at: datetime | None) -> Counts:
        with self._database.snapshot() as session:
            return Counts(next(self._number), self._read_area_counts(session, layer_id, at or clock.now()))


def _answering(layer: LayerFacts, release: ReleaseFacts | None) -> InForce:
    if release is None:
        raise ReleaseNotFoundError(
            "Layer '{code}' had no release in force then.", values={"code": layer.code}, field="at"
        )
    return InForce(
        layer_id=layer.id,
        layer=layer.code,
        layer_name=layer.name,
        levels=layer.levels,
        is_coverage=layer.is_coverage,
        release=release.number,
        checksum=release.checksum,
        effective_at=release.effective_at,
    )


def _tag_key(release: InForce, level: str, request: MapRequest, counts: Counts) -> tuple[object, ...]:
    return (release.layer_id, release.release, level, request.within, request.zoom, request.least, counts.number)


def _tag(areas: LevelMap, request: MapRequest, counts: Counts) -> str:
    identity = (
        FORMAT,
        areas.layer,
        areas.layer_name,
        areas.level,
        str(areas.release),
        areas.checksum,
        areas.effective_at.isoformat(),
        areas.heads_digest(),
        request.within or "",
        str(request.zoom),
        str(request.least),
        areas.counts_digest(counts.by_code, areas.rows_within(request.within), request.least),
    )
    return hashlib.blake2b("\n".join(identity).encode(), digest_size=16).hexdigest()
