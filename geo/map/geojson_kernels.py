"""Compiled part of geo.map.geojson: reads little-endian WKB byte by byte and writes JSON text."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Text = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]

HEADS = np.frombuffer(b'{"type":"Polygon","coordinates":{"type":"MultiPolygon","coordinates":', dtype=np.uint8).copy()
POLYGON_HEAD = 32
BAD_COORDINATE = -2
_BAD_FORM = -1
# Unsigned positions: with signed ones each access is tested for counting from the end, a third of the time.
_U = tuple(np.uint64(n) for n in range(10))
_PAIRS = np.frombuffer(b"".join(b"%02d" % n for n in range(100)), dtype=np.uint8).copy()


@njit(cache=True, nogil=True)
def _unsigned(source: Text, at: int) -> int:
    return int(
        np.int64(source[at])
        | (np.int64(source[at + 1]) << 8)
        | (np.int64(source[at + 2]) << 16)
        | (np.int64(source[at + 3]) << 24)
    )


@njit(cache=True, nogil=True)
def _write_number(value: float, written: Text, at: np.uint64) -> np.uint64:
    # Units of 1e-7 degrees; `number` holds the whole degrees and two decimals, `low` the other five.
    scaled = np.int64(np.rint(value * 1e7))
    if scaled < 0:
        written[at] = 45
        at += _U[1]
        scaled = -scaled
    number = np.uint32(np.uint64(scaled) // np.uint64(100_000))
    low = np.uint32(np.uint64(scaled) - np.uint64(number) * np.uint64(100_000))
    whole, high = number // np.uint32(100), number % np.uint32(100)
    if whole >= 100:
        written[at] = 48 + whole // np.uint32(100)
        at += _U[1]
    if whole >= 10:
        written[at] = _PAIRS[np.uint64(2 * (whole % np.uint32(100)))]
        at += _U[1]
    written[at] = 48 + whole % np.uint32(10)
    middle, last = low // np.uint32(1000), low % np.uint32(1000)
    tens = last // np.uint32(10)
    written[at + _U[1]] = 46
    written[at + _U[2]] = _PAIRS[np.uint64(2 * high)]
    written[at + _U[3]] = _PAIRS[np.uint64(2 * high + 1)]
    written[at + _U[4]] = _PAIRS[np.uint64(2 * middle)]
    written[at + _U[5]] = _PAIRS[np.uint64(2 * middle + 1)]
    written[at + _U[6]] = _PAIRS[np.uint64(2 * tens)]
    written[at + _U[7]] = _PAIRS[np.uint64(2 * tens + 1)]
    written[at + _U[8]] = 48 + last % np.uint32(10)
    at += _U[9]
    # Drop trailing zeros but the first after the point.
    while written[at - _U[1]] == 48 and written[at - _U[2]] != 46:
        at -= _U[1]
    return at


@njit(cache=True, nogil=True)
def _write_ring(ring: Numbers, count: int, outer: bool, written: Text, at: int) -> int:
    """Write the first `count` vertices of `ring` (x and y in turn); return the position after them."""
    twice_area, x1, y1 = 0.0, 0.0, 0.0
    for k in range(count):
        x, y = ring[2 * k], ring[2 * k + 1]
        if not (abs(x) <= 360.0 and abs(y) <= 360.0):
            return BAD_COORDINATE
        # Shoelace formula about the first vertex; negative: clockwise.
        twice_area += x1 * (y - ring[1]) - (x - ring[0]) * y1
        x1, y1 = x - ring[0], y - ring[1]
    turn = (twice_area < 0.0) == outer
    out = np.uint64(at)
    written[out] = 91
    out += _U[1]
    for k in range(count):
        point = np.uint64(2 * (count - 1 - k if turn else k))
        written[out] = 91
        out = _write_number(ring[point], written, out + _U[1])
        written[out] = 44
        out = _write_number(ring[point + _U[1]], written, out + _U[1])
        written[out] = 93
        written[out + _U[1]] = 44
        out += _U[2]
    if count:
        out -= _U[1]  # the last comma
    written[out] = 93
    return int(np.int64(out)) + 1


@njit(cache=True, nogil=True)
def _write_polygon(source: Text, at: int, stop: int, written: Text, out: int, ring: Numbers) -> tuple[int, int]:
    if at + 4 > stop:
        return _BAD_FORM, out
    rings = _unsigned(source, at)
    at += 4
    written[out] = 91
    out += 1
    place = ring.view(np.uint8)
    for number in range(rings):
        if at + 4 > stop:
            return _BAD_FORM, out
        count = _unsigned(source, at)
        at += 4
        if at + 16 * count > stop:
            return _BAD_FORM, out
        if number:
            written[out] = 44
            out += 1
        first = np.uint64(at)
        for k in range(np.uint64(16 * count)):  # as a slice it takes numba seconds to compile
            place[k] = source[first + k]
        out = _write_ring(ring, count, number == 0, written, out)
        if out < 0:
            return out, out
        at += 16 * count
    written[out] = 93
    return at, out + 1


@njit(cache=True, nogil=True)
def _header(source: Text, at: int, stop: int) -> tuple[int, int]:
    """Return the geometry type and the position after the header; type -1 where it is none of ours."""
    if at + 5 > stop or source[at] != 1:
        return -1, at
    kind = _unsigned(source, at + 1)
    at += 5
    # EWKB's flag for an SRID, which follows in four bytes.
    if kind & 0x20000000:
        kind &= ~0x20000000
        at += 4
    return kind, at


@njit(cache=True, nogil=True)
def _write_one(
    source: Text,
    at: int,
    stop: int,
    written: Text,
    out: int,
    heads: Text,
    ring: Numbers,
) -> int:
    kind, at = _header(source, at, stop)
    if kind not in (3, 6):
        return _BAD_FORM
    head = heads[:POLYGON_HEAD] if kind == 3 else heads[POLYGON_HEAD:]
    for byte in head:
        written[out] = byte
        out += 1
    if kind == 3:
        at, out = _write_polygon(source, at, stop, written, out, ring)
    else:
        if at + 4 > stop:
            return _BAD_FORM
        parts = _unsigned(source, at)
        at += 4
        written[out] = 91
        out += 1
        for part in range(parts):
            kind, at = _header(source, at, stop)
            if kind != 3:
                return _BAD_FORM
            if part:
                written[out] = 44
                out += 1
            at, out = _write_polygon(source, at, stop, written, out, ring)
            if at < 0:
                return at
        written[out] = 93
        out += 1
    if at < 0:
        return at
    if at != stop:
        return _BAD_FORM
    written[out] = 125
    return out + 1


@njit(cache=True, nogil=True)
def write_all(
    source: Text,
    stops: npt.NDArray[np.int64],
    written: Text,
    ends: npt.NDArray[np.int64],
    heads: Text,
) -> int:
    """Return the length of the text, or -(1 + 4 * position + cause) at the first geometry that cannot be written."""
    ring = np.empty(len(source) // 8)  # as large as the largest ring could be; only what is used is ever touched
    out, start = 0, 0
    for position in range(len(stops)):
        out_next = _write_one(source, start, stops[position], written, out, heads, ring)
        if out_next < 0:
            return -(1 + 4 * position - out_next)
        out = out_next
        ends[position] = out
        start = stops[position]
    return out
