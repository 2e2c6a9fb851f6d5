"""Compiled part of geo.map.tiles: drawing commands of integer polygons."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

ByteArray = npt.NDArray[np.uint8]
IntArray = npt.NDArray[np.int64]


@njit(cache=True, nogil=True)
def _put(value: int, written: ByteArray, at: int) -> int:
    while value > 127:
        written[at] = (value & 127) | 128
        value >>= 7
        at += 1
    written[at] = value
    return at + 1


@njit(cache=True, nogil=True)
def _zigzag(value: int) -> int:
    return (value << 1) ^ (value >> 63)


@njit(cache=True, nogil=True)
def encode(
    points: IntArray,
    ring_stops: IntArray,
    is_outer: npt.NDArray[np.bool_],
    shape_stops: IntArray,
    written: ByteArray,
    ends: IntArray,
) -> None:
    """Write move, line and close commands of every ring; `ends` receives where each shape's end."""
    at, ring = 0, 0
    for shape in range(len(shape_stops)):
        x, y = 0, 0
        while ring < shape_stops[shape]:
            start = ring_stops[ring - 1] if ring else 0
            stop = ring_stops[ring] - 1  # the closing vertex is the command ClosePath
            twice_area, distinct = 0, 0
            for k in range(start, stop):
                twice_area += points[k, 0] * points[k + 1, 1] - points[k + 1, 0] * points[k, 1]
                if points[k, 0] != points[k + 1, 0] or points[k, 1] != points[k + 1, 1]:
                    distinct += 1
            if twice_area != 0 and distinct >= 3:
                # In tile coordinates, y downwards, an exterior ring has a positive area.
                backwards = (twice_area > 0) != is_outer[ring]
                way = -1 if backwards else 1
                first = True
                for step in range(stop - start):
                    k = stop - step if backwards else start + step
                    # The last of equal vertices is written: then exactly `distinct` are.
                    if points[k, 0] == points[k + way, 0] and points[k, 1] == points[k + way, 1]:
                        continue
                    if first:
                        # Command words: count << 3 | id, with MoveTo 1, LineTo 2, ClosePath 7.
                        at = _put(9, written, at)
                    at = _put(_zigzag(points[k, 0] - x), written, at)
                    at = _put(_zigzag(points[k, 1] - y), written, at)
                    if first:
                        at = _put(((distinct - 1) << 3) | 2, written, at)
                        first = False
                    x, y = points[k, 0], points[k, 1]
                at = _put(15, written, at)
            ring += 1
        ends[shape] = at
