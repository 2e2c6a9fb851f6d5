"""One level of one release, ready for maps: text fragments, simplified shapes and tile sources, each made once."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import orjson
import shapely

from geo.map.geojson import polygon_geojson
from geo.map.simplify import EXACT_ZOOM, ObjectArray, simplify_level, zoom_tolerance_deg
from geo.map.tiles import TileSource, prepare_tiles
from grids.boundaries.errors import AreaNotFoundError
from grids.boundaries.map_queries import LevelColumns, LevelNotFoundError
from grids.maps.caches import Recent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime


V = TypeVar("V")

#: Of one level: the geometry's text for the zooms used last, and the sources of tiles.
TEXT_BUDGET_BYTES = 160 * 2**20
SOURCE_BUDGET_BYTES = 256 * 2**20

# About a row with its head and its words; measured (GEOS 3.14) a geometry without vertices, and one vertex.
_ROW_BYTES, _SHAPE_BYTES, _VERTEX_BYTES = 1500, 430, 24


def gather(pieces: Iterable[LevelColumns], *, with_text: bool) -> tuple[LevelColumns, list[bytes] | None]:
    """Join the pieces of a level; with text, each is written while the database still sends the next."""
    if not with_text:
        return LevelColumns.from_pieces(pieces), None
    arrived = []
    with ThreadPoolExecutor(1) as writer:
        written = []
        for piece in pieces:
            arrived.append(piece)
            written.append(writer.submit(polygon_geojson, piece.wkb))
        columns = LevelColumns.from_pieces(arrived)
    return columns, [text for texts in written for text in texts.result()]


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
            raise LevelNotFoundError(
                "Layer '{layer}' has the levels {levels}.",
                values={"layer": self.layer, "levels": [*self.levels]},
                field="level",
            )
        return level


@dataclass(frozen=True, slots=True)
class AreaCounts:
    """Reports of one area: all, and those of the last 30 days. Counted by who knows of reports, and passed in."""

    total: int
    recent: int

    def shown_from(self, least: int) -> tuple[int | None, int | None]:
        """Return the counts, None for one that is not 0 and smaller than `least`: so few reports point to people."""
        total, recent = (None if 0 < count < least else count for count in (self.total, self.recent))
        return total, recent


class LevelMap:
    """Immutable content, lazily prepared; safe to share between threads."""

    def __init__(
        self,
        *,
        release: InForce,
        level: str,
        columns: LevelColumns,
        parents_elsewhere: Mapping[str, str | None],
        exact: list[bytes] | None = None,
        grown: Callable[[], None] = lambda: None,
    ) -> None:
        self.layer, self.layer_name, self.level = release.layer, release.layer_name, level
        self.is_coverage = release.is_coverage
        self.release, self.checksum, self.effective_at = release.release, release.checksum, release.effective_at
        self.columns = columns
        self._parents = {**parents_elsewhere, **dict(zip(columns.codes, columns.parent_codes, strict=True))}
        self._lock = threading.RLock()
        self._heads: list[bytes] | None = None
        self._digest: str | None = None
        self._fragments: Recent[list[bytes]] = Recent(TEXT_BUDGET_BYTES, _text_bytes)
        self._sources: Recent[TileSource] = Recent(SOURCE_BUDGET_BYTES, lambda source: _shape_bytes(source.world))
        self._shapes: ObjectArray | None = None
        self._own_bytes = sum(map(len, columns.wkb)) + _ROW_BYTES * len(columns.codes) + 200 * len(self._parents)
        self._grown = grown
        if exact is not None:
            self._fragments.get(EXACT_ZOOM, lambda: exact)

    def size(self) -> int:
        """Return about how many bytes are held."""
        return self._own_bytes + self._fragments.held + self._sources.held

    def rows_within(self, within: str | None) -> list[int] | None:
        """Return the positions of the areas below (or equal to) an area; None for all.

        Raises
        ------
        AreaNotFoundError
            When the release has no area of that code.
        """
        if within is None:
            return None
        if within not in self._parents:
            raise AreaNotFoundError(
                "Layer '{layer}' has no area '{within}' then.",
                values={"layer": self.layer, "within": within[:80]},
                field="within",
            )
        rows = []
        for row, code in enumerate(self.columns.codes):
            at: str | None = code
            for _ in range(len(self._parents)):
                if at is None or at == within:
                    break
                at = self._parents.get(at)
            if at == within:
                rows.append(row)
        return rows

    def shapes(self) -> ObjectArray:
        """Return the areas as geometries."""
        with self._lock:
            if self._shapes is None:
                self._shapes = np.asarray(shapely.from_wkb(np.array(self.columns.wkb, dtype=object)), dtype=object)
                self._own_bytes += _shape_bytes(self._shapes)
            return self._shapes

    def simplified(self, zoom: int) -> ObjectArray:
        """Return the areas simplified together for a zoom."""
        return simplify_level(self.shapes(), zoom_tolerance_deg(zoom), is_coverage=self.is_coverage)

    def fragments(self, zoom: int | None) -> list[bytes]:
        """Return the GeoJSON geometry of each area, simplified for a zoom or (None) exact."""
        key = EXACT_ZOOM if zoom is None else min(zoom, EXACT_ZOOM)

        def make() -> list[bytes]:
            exact = key == EXACT_ZOOM
            return polygon_geojson(self.columns.wkb if exact else list(shapely.to_wkb(self.simplified(key))))

        return self._kept(self._fragments, key, make)

    def tile_source(self, zoom: int) -> TileSource:
        """Return the source of the tiles of a zoom; two zooms share one, simplified for the finer."""
        # Rounded up to an even zoom.
        key = min(zoom + zoom % 2, EXACT_ZOOM)

        def make() -> TileSource:
            c = self.columns
            properties: dict[str, Sequence[str | int | None]] = {
                "code": c.codes,
                "name": c.names,
                "parent_code": c.parent_codes,
                "unit_code": c.unit_codes,
                "unit_name": c.unit_names,
            }
            return prepare_tiles(self.simplified(key), properties)

        return self._kept(self._sources, key, make)

    def feature_collection(
        self, counts: Mapping[str, AreaCounts] | None, *, rows: list[int] | None, zoom: int | None, least: int = 1
    ) -> bytes:
        """Write the map of all areas or some rows; counts smaller than `least`, but 0, are null."""
        heads, fragments = self._feature_heads(), self.fragments(zoom)
        parts = [self._collection_head(zoom, least)]
        for row in range(len(heads)) if rows is None else rows:
            if counts is None:
                tail = b'null,"reports_30d":null},"geometry":'
            else:
                found = counts.get(self.columns.codes[row])
                total, recent = found.shown_from(least) if found else (0, 0)
                tail = b'%b,"reports_30d":%b},"geometry":' % (_number(total), _number(recent))
            parts += (heads[row], tail, fragments[row], b"},")
        if len(parts) > 1:
            parts[-1] = b"}"
        parts.append(b"]}")
        return b"".join(parts)

    def counts_digest(self, counts: Mapping[str, AreaCounts] | None, rows: list[int] | None, least: int) -> str:
        """Return a digest of the counts that the map of these rows shows: of none that it hides."""
        if counts is None:
            return "none"
        codes = self.columns.codes if rows is None else [self.columns.codes[row] for row in rows]
        shown = [f.shown_from(least) if (f := counts.get(code)) else (0, 0) for code in codes]
        # What is hidden is one number, so that the digest does not tell it.
        numbers = [[-1 if count is None else count for count in pair] for pair in shown]
        return hashlib.blake2b(np.array(numbers, dtype=np.int64).tobytes(), digest_size=12).hexdigest()

    def _collection_head(self, zoom: int | None, least: int) -> bytes:
        members = {
            "type": "FeatureCollection",
            "name": f"{self.layer_name} {self.level}",
            "layer": self.layer,
            "level": self.level,
            "release": self.release,
            "effective_at": self.effective_at,
            "simplify": zoom,
            "counts_shown_from": least,
        }
        return orjson.dumps(members)[:-1] + b',"features":['

    def heads_digest(self) -> str:
        """Return a digest of all that the map says of its areas but their counts and shapes."""
        with self._lock:
            if self._digest is None:
                self._digest = hashlib.blake2b(b"\n".join(self._feature_heads()), digest_size=12).hexdigest()
            return self._digest

    def _kept(self, kept: Recent[V], key: int, make: Callable[[], V]) -> V:
        found = kept.peek(key)
        if found is None:
            found = kept.get(key, make)
            self._grown()
        return found

    def _feature_heads(self) -> list[bytes]:
        with self._lock:
            if self._heads is None:
                c = self.columns
                self._heads = [
                    # Up to where the counts belong.
                    orjson.dumps(
                        {
                            "type": "Feature",
                            "id": code,
                            "properties": {
                                "code": code,
                                "name": name,
                                "level": self.level,
                                "parent_code": parent,
                                "unit_code": unit,
                                "unit_name": unit_name,
                                "area_m2": round(area_m2, 1),
                            },
                        }
                    )[:-2]
                    + b',"reports_total":'
                    for code, name, parent, unit, unit_name, area_m2 in zip(
                        c.codes, c.names, c.parent_codes, c.unit_codes, c.unit_names, c.areas_m2, strict=True
                    )
                ]
            return self._heads


def _number(count: int | None) -> bytes:
    return b"null" if count is None else b"%d" % count


def _text_bytes(texts: list[bytes]) -> int:
    return sum(map(len, texts)) + 50 * len(texts)


def _shape_bytes(shapes: ObjectArray) -> int:
    return _SHAPE_BYTES * len(shapes) + _VERTEX_BYTES * int(shapely.get_num_coordinates(shapes).sum())
