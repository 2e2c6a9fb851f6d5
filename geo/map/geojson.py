"""GeoJSON geometry text straight from WKB: wound as RFC 7946 asks, 7 decimals, without a geometry object between.

Ten thousand polygons of 200 vertices are 53 MB of text; a compiled writer makes them in the time a general
serialiser needs for a tenth of it, so that a map of a whole city needs no cache to be answered at once.
"""

from __future__ import annotations

import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from geo.map.geojson_kernels import BAD_COORDINATE, HEADS, write_all

if TYPE_CHECKING:
    from collections.abc import Sequence


#: Degrees are written with this many decimals (1 cm), as RFC 7946 section 11.2 counsels; trailing zeros are left out.
DECIMALS = 7

_PIECE_BYTES = 4 << 20


class WkbError(ValueError):
    """The bytes are not a two-dimensional polygon or multipolygon in degrees."""


def polygon_geojson(wkb: Sequence[bytes]) -> list[bytes]:
    """Write the GeoJSON geometry object of each polygon.

    Parameters
    ----------
    wkb : sequence of bytes, length n
        Little-endian WKB or EWKB of polygons and multipolygons, EPSG:4326, longitude first; no Z or M.

    Returns
    -------
    list of bytes, length n
        UTF-8 GeoJSON objects. Exterior rings run counter-clockwise, interior rings clockwise, whichever way they
        came (RFC 7946 section 3.1.6); a ring keeps its first vertex. Coordinates are rounded to 7 decimals, halves
        to even. A MULTIPOLYGON stays one, even of one part; an empty one has no coordinates. Empty in, empty out.

    Raises
    ------
    WkbError
        For another geometry type, a damaged or big-endian buffer, or a coordinate beyond ±360 or not finite.

    Source
    ------
    RFC 7946, sections 3.1.6, 3.1.7 and 11.2; OGC 06-103r4, section 8.
    """
    pieces: list[Sequence[bytes]] = []
    first, size = 0, 0
    for last, item in enumerate(wkb, 1):
        size += len(item)
        if size >= _PIECE_BYTES or last == len(wkb):
            pieces.append(wkb[first:last])
            first, size = last, 0
    if len(pieces) <= 1:
        return [text for piece in pieces for text in _write_piece(piece)]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        return [text for texts in pool.map(_write_piece, pieces) for text in texts]


def _write_piece(wkb: Sequence[bytes]) -> list[bytes]:
    source = np.frombuffer(b"".join(wkb), dtype=np.uint8)
    stops = np.cumsum([len(item) for item in wkb], dtype=np.int64)
    # A vertex of 16 bytes becomes at most 27, a ring's 4 at most 3, a polygon's 9 at most 3.
    written = np.empty(2 * len(source) + 64 * len(wkb), dtype=np.uint8)
    ends = np.empty(len(wkb), dtype=np.int64)
    failed = write_all(source, stops, written, ends, HEADS)
    if failed < 0:
        position, cause = divmod(-failed - 1, 4)
        what = "coordinate beyond 360 degrees or not finite" if -cause == BAD_COORDINATE else "not a WKB polygon"
        raise WkbError(f"geometry {position}: {what}")
    text: memoryview = written.data
    return [bytes(text[start:stop]) for start, stop in itertools.pairwise([0, *ends.tolist()])]
