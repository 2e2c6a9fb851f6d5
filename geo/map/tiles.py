"""Mapbox Vector Tiles of polygon levels, cut and encoded in memory: no database, a few milliseconds a tile.

A level is projected once into the unit square of the web map; a tile is a search, a clip, a rounding and a compiled
encoder.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from geo.map.tiles_kernels import encode
from geo.refusals import SentenceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.map.simplify import ObjectArray

EXTENT = 4096
BUFFER = 64

#: Latitude at which the square of the web map ends, degrees.
MERCATOR_LATITUDE_DEG = 85.0511287798066

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class TileAddressError(SentenceError):
    """There is no such tile: x and y must lie in 0 … 2^z - 1."""


def check_tile(z: int, x: int, y: int, max_zoom: int) -> None:
    """Raise TileAddressError unless the pyramid has this tile."""
    if not 0 <= z <= max_zoom:
        raise TileAddressError("zoom must lie in 0 … {most}, not {z}", values={"most": max_zoom, "z": z})
    if not (0 <= x < 1 << z and 0 <= y < 1 << z):
        values = {"z": z, "most": (1 << z) - 1, "x": x, "y": y}
        raise TileAddressError("at zoom {z} x and y lie in 0 … {most}, not {x}, {y}", values=values)


def to_world(lonlat: FloatArray) -> FloatArray:
    """Project degrees, shape (n, 2), EPSG:4326, to the web map's unit square, y downwards."""
    # Web Mercator: y = 1/2 - artanh(sin(phi)) / (2 pi), x = (lambda + 180) / 360.
    latitude = np.radians(np.clip(lonlat[:, 1], -MERCATOR_LATITUDE_DEG, MERCATOR_LATITUDE_DEG))
    return np.column_stack([(lonlat[:, 0] + 180.0) / 360.0, 0.5 - np.arctanh(np.sin(latitude)) / (2.0 * np.pi)])


@dataclass(frozen=True, slots=True)
class TileSource:
    """One level at one zoom's detail, ready to be cut.

    Attributes
    ----------
    world : ndarray of shapely geometries, shape (n,)
        In the unit square (see :func:`to_world`).
    tree : shapely.STRtree
    keys : tuple of str
        Names of the properties.
    values : tuple of bytes
        Encoded distinct property values.
    tags : ndarray, shape (n, m), int64
        For each area and key the position of its value, -1 where it has none.
    """

    world: ObjectArray
    tree: shapely.STRtree
    keys: tuple[str, ...]
    values: tuple[bytes, ...]
    tags: IntArray
    bounds: FloatArray = field(repr=False)


def prepare_tiles(areas: ObjectArray, properties: Mapping[str, Sequence[str | int | None]]) -> TileSource:
    """Project a level and encode its properties.

    Parameters
    ----------
    areas : ndarray of shapely.Polygon or shapely.MultiPolygon, shape (n,)
        EPSG:4326, simplified for the zooms the source is to serve.
    properties : mapping of name to n values
        Text, whole numbers, or None (left out of the feature).
    """
    world = shapely.transform(areas, to_world)
    values: dict[bytes, int] = {}
    tags = np.full((len(areas), len(properties)), -1, dtype=np.int64)
    for column, entries in enumerate(properties.values()):
        for row, value in enumerate(entries):
            if value is not None:
                tags[row, column] = values.setdefault(_value(value), len(values))
    return TileSource(world, shapely.STRtree(world), tuple(properties), tuple(values), tags, shapely.bounds(world))


def cut_tile(source: TileSource, layer: str, z: int, x: int, y: int) -> bytes:
    """Encode one tile.

    Parameters
    ----------
    source : TileSource
    layer : str
        Name of the tile's one layer.
    z, x, y : int
        Address in the XYZ scheme.

    Returns
    -------
    bytes
        A Mapbox Vector Tile 2.1 of extent 4096, clipped 64 units beyond the tile. Areas are in the order of the
        source, their ids its positions + 1. An area smaller than a unit is left out. Empty where the tile has none.

    Source
    ------
    Mapbox Vector Tile Specification 2.1.
    """
    side = 1.0 / (1 << z)
    margin = side * BUFFER / EXTENT
    frame = (x * side - margin, y * side - margin, (x + 1) * side + margin, (y + 1) * side + margin)
    rows = np.sort(source.tree.query(shapely.box(*frame)))
    if not len(rows):
        return b""
    shapes = source.world[rows]
    bounds = source.bounds[rows]
    # Only shapes that reach over the frame are clipped.
    over = (bounds[:, 0] < frame[0]) | (bounds[:, 1] < frame[1]) | (bounds[:, 2] > frame[2]) | (bounds[:, 3] > frame[3])
    if over.any():
        shapes[over] = shapely.clip_by_rect(shapes[over], *frame)
    origin, scale = np.array([x * side, y * side]), EXTENT / side
    shapes = _on_units(shapely.transform(shapes, lambda points: (points - origin) * scale))
    kept = ~shapely.is_empty(shapes)
    rows, shapes = rows[kept], shapes[kept]
    if not len(rows):
        return b""
    return _layer(source, layer, rows, _commands(shapes))


def _on_units(shapes: ObjectArray) -> ObjectArray:
    """Round to whole tile units; where that spoils a ring, let GEOS build it anew."""
    rounded = shapely.transform(shapes, np.rint)
    broken = ~shapely.is_valid(rounded)
    if broken.any():
        whole = shapely.set_precision(shapely.make_valid(shapes[broken]), 1.0)
        # Only the polygons of what is left: lines and points are what collapsed.
        parts, owner = shapely.get_parts(whole, return_index=True)
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
        flat = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
        mended = np.full(len(whole), shapely.MultiPolygon(), dtype=object)
        if flat.any():
            owners, indices = np.unique(owner[flat], return_inverse=True)
            mended[owners] = shapely.multipolygons(parts[flat], indices=indices)
        rounded[broken] = mended
    return rounded


def _commands(shapes: ObjectArray) -> list[bytes]:
    """Encode the drawing commands of each shape."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    ring_stops = np.searchsorted(ring, np.arange(1, len(rings) + 1)).astype(np.int64)
    is_outer = np.ones(len(rings), dtype=np.bool_)
    is_outer[1:] = part[1:] != part[:-1]
    shape_of_ring = owner[part]
    shape_stops = np.searchsorted(shape_of_ring, np.arange(1, len(shapes) + 1)).astype(np.int64)
    written = np.empty(10 * len(points) + 16 * len(rings), dtype=np.uint8)
    ends = np.empty(len(shapes), dtype=np.int64)
    encode(np.ascontiguousarray(points).astype(np.int64), ring_stops, is_outer, shape_stops, written, ends)
    text = written[: ends[-1]].tobytes()
    bounds = [0, *ends.tolist()]
    return [text[start:stop] for start, stop in itertools.pairwise(bounds)]


def _layer(source: TileSource, name: str, rows: IntArray, commands: list[bytes]) -> bytes:
    used: dict[int, int] = {}
    features = []
    for row, command in zip(rows.tolist(), commands, strict=True):
        if not command:
            continue
        # Pairs of key and value, values numbered as they come in this tile.
        tags = b"".join(
            _varint(key) + _varint(used.setdefault(value, len(used)))
            for key, value in enumerate(source.tags[row].tolist())
            if value >= 0
        )
        # Fields of a feature: 1 id, 2 tags, 3 type (3: polygon), 4 geometry; of a layer: 1 name, 2 features, 3 keys,
        # 4 values, 5 extent, 15 version.
        body = b"\x08" + _varint(row + 1) + _chunk(2, tags) + b"\x18\x03" + _chunk(4, command)
        features.append(_chunk(2, body))
    if not features:
        return b""
    keys = [_chunk(3, key.encode()) for key in source.keys]
    values = [_chunk(4, source.values[value]) for value in used]
    layer = [b"\x78\x02", _chunk(1, name.encode()), *features, *keys, *values, b"\x28", _varint(EXTENT)]
    return _chunk(3, b"".join(layer))


def _value(value: str | int) -> bytes:
    # Field 1 text, field 6 sint64 in zigzag encoding.
    return _chunk(1, value.encode()) if isinstance(value, str) else b"\x30" + _varint((value << 1) ^ (value >> 63))


def _varint(value: int) -> bytes:
    if value < 128:
        return bytes((value,))
    digits = bytearray()
    # Seven bits a byte, the lowest first; the eighth bit announces another.
    while value > 127:
        digits.append(value & 127 | 128)
        value >>= 7
    digits.append(value)
    return bytes(digits)


def _chunk(number: int, content: bytes) -> bytes:
    """Encode a length-delimited protobuf field."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content
