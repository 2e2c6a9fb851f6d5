"""One level of one release, ready for maps: text fragments, simplified shapes and tile sources, each made once."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING

import numpy as np
import orjson
import shapely

from api.maps.memory import Recent
from geo.map.geojson import polygon_geojson
from geo.map.simplify import EXACT_ZOOM, ObjectArray, simplify_level, zoom_tolerance_deg
from geo.map.tiles import TileSource, prepare_tiles
from grids.boundaries.errors import AreaNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from governance.cases.counts import AreaCounts
    from grids.boundaries.map_queries import LevelColumns

#: Fragments are as large as the map itself (5 KB an area), sources of tiles somewhat less.
FRAGMENTS_KEPT = 3
SOURCES_KEPT = 6


class LevelMap:
    """Immutable content, lazily prepared; safe to share between threads."""

    def __init__(
        self,
        *,
        layer: str,
        layer_name: str,
        level: str,
        is_coverage: bool,
        release: int,
        checksum: str,
        effective_at: datetime,
        columns: LevelColumns,
        parents: Mapping[str, str | None],
    ) -> None:
        self.layer, self.layer_name, self.level = layer, layer_name, level
        self.is_coverage = is_coverage
        self.release, self.checksum, self.effective_at = release, checksum, effective_at
        self.columns = columns
        self._parents = parents
        self._lock = threading.RLock()
        self._heads: list[bytes] | None = None
        self._fragments: Recent[list[bytes]] = Recent(FRAGMENTS_KEPT)
        self._sources: Recent[TileSource] = Recent(SOURCES_KEPT)
        self._shapes: ObjectArray | None = None

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
            raise AreaNotFoundError(f"Layer '{self.layer}' has no area '{within[:80]}' then.", field="within")
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

    def chains(self) -> list[list[str]]:
        """Return the codes from the top down to each area."""
        found = []
        for code in self.columns.codes:
            chain: list[str] = []
            at: str | None = code
            while at is not None and at not in chain:
                chain.append(at)
                at = self._parents.get(at)
            found.append(chain[::-1])
        return found

    def shapes(self) -> ObjectArray:
        """Return the areas as geometries."""
        with self._lock:
            if self._shapes is None:
                self._shapes = np.asarray(shapely.from_wkb(np.array(self.columns.wkb, dtype=object)), dtype=object)
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

        return self._fragments.get(key, make)

    def tile_source(self, zoom: int) -> TileSource:
        """Return the source of the tiles of a zoom; two zooms share one, simplified for the finer."""
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

        return self._sources.get(key, make)

    def feature_collection(
        self, counts: Mapping[str, AreaCounts] | None, *, rows: list[int] | None, zoom: int | None
    ) -> bytes:
        """Write the map of all areas or some rows."""
        heads, fragments = self._feature_heads(), self.fragments(zoom)
        parts = [self._collection_head(zoom)]
        for row in range(len(heads)) if rows is None else rows:
            if counts is None:
                tail = b'null,"reports_30d":null},"geometry":'
            else:
                found = counts.get(self.columns.codes[row])
                tail = (
                    b'%d,"reports_30d":%d},"geometry":' % (found.total, found.recent)
                    if found
                    else b'0,"reports_30d":0},"geometry":'
                )
            parts += (heads[row], tail, fragments[row], b"},")
        if len(parts) > 1:
            parts[-1] = b"}"
        parts.append(b"]}")
        return b"".join(parts)

    def counts_digest(self, counts: Mapping[str, AreaCounts] | None, rows: list[int] | None) -> str:
        """Return a digest of the counts that the map of these rows shows."""
        if counts is None:
            return "none"
        codes = self.columns.codes if rows is None else [self.columns.codes[row] for row in rows]
        numbers = [(f.total, f.recent) if (f := counts.get(code)) else (0, 0) for code in codes]
        return hashlib.blake2b(np.array(numbers, dtype=np.int64).tobytes(), digest_size=12).hexdigest()

    def _collection_head(self, zoom: int | None) -> bytes:
        members = {
            "type": "FeatureCollection",
            "name": f"{self.layer_name} {self.level}",
            "layer": self.layer,
            "level": self.level,
            "release": self.release,
            "effective_at": self.effective_at,
            "simplify": zoom,
        }
        return orjson.dumps(members)[:-1] + b',"features":['

    def _feature_heads(self) -> list[bytes]:
        with self._lock:
            if self._heads is None:
                c = self.columns
                self._heads = [
                    b'{"type":"Feature","id":%b,"properties":%b,"reports_total":'
                    % (
                        orjson.dumps(code),
                        orjson.dumps(
                            {
                                "code": code,
                                "name": name,
                                "level": self.level,
                                "parent_code": parent,
                                "unit_code": unit,
                                "unit_name": unit_name,
                                "area_m2": round(area_m2, 1),
                            }
                        )[:-1],
                    )
                    for code, name, parent, unit, unit_name, area_m2 in zip(
                        c.codes, c.names, c.parent_codes, c.unit_codes, c.unit_names, c.areas_m2, strict=True
                    )
                ]
            return self._heads
