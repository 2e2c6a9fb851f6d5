"""Compiled part of geo.map.geojson: reads little-endian WKB byte by byte and writes JSON text."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

HEADS = np.frombuffer(b'{"type":"Polygon","coordinates":{"type":"MultiPolygon","coordinates":', dtype=np.uint8).copy()
POLYGON_HEAD = 32
BAD_COORDINATE = -2
_BAD_FORM = -1
_PAIRS = np.frombuffer(b"".join(b"%02d" % n for n in range(100)), dtype=np.uint8).copy()


@njit(cache=True, nogil=True)
def _unsigned(source: npt.NDArray[np.uint8], at: int) -> int:
    return int(
        np.int64(source[at])
        | (np.int64(source[at + 1]) << 8)
        | (np.int64(source[at + 2]) << 16)
        | (np.int64(source[at + 3]) << 24)
    )


@njit(cache=True, nogil=True)
def _double(source: npt.NDArray[np.uint8], at: int, bits: npt.NDArray[np.uint64]) -> float:
    word = np.uint64(0)
    for byte in range(8):
        word |= np.uint64(source[at + byte]) << np.uint64(8 * byte)
    bits[0] = word
    return bits.view(np.float64)[0]  # type: ignore[no-any-return]


@njit(cache=True, nogil=True)
def _write_number(value: float, written: npt.NDArray[np.uint8], at: int) -> int:
    scaled = np.int64(np.rint(value * 1e7))
    if scaled < 0:
        written[at] = 45
        at += 1
        scaled = -scaled
    number = np.uint32(scaled // 100_000)
    low = np.uint32(scaled - np.int64(number) * 100_000)
    whole, high = number // np.uint32(100), number % np.uint32(100)
    if whole >= 10:
        if whole >= 100:
            written[at] = 48 + whole // np.uint32(100)
            at += 1
        written[at] = _PAIRS[2 * (whole % np.uint32(100))]
        at += 1
    written[at] = 48 + whole % np.uint32(10)
    written[at + 1] = 46
    middle, last = low // np.uint32(1000), low % np.uint32(1000)
    written[at + 2] = _PAIRS[2 * high]
    written[at + 3] = _PAIRS[2 * high + 1]
    written[at + 4] = _PAIRS[2 * middle]
    written[at + 5] = _PAIRS[2 * middle + 1]
    tens = last // np.uint32(10)
    written[at + 6] = _PAIRS[2 * tens]
    written[at + 7] = _PAIRS[2 * tens + 1]
    written[at + 8] = 48 + last % np.uint32(10)
    at += 9
    while written[at - 1] == 48 and written[at - 2] != 46:
        at -= 1
    return at


@njit(cache=True, nogil=True)
def _write_ring(
    source: npt.NDArray[np.uint8],
    at: int,
    count: int,
    outer: bool,
    written: npt.NDArray[np.uint8],
    out: int,
    bits: npt.NDArray[np.uint64],
) -> int:
    x0, y0 = _double(source, at, bits), _double(source, at + 8, bits)
    twice_area, x1, y1 = 0.0, 0.0, 0.0
    for k in range(count):
        x, y = _double(source, at + 16 * k, bits), _double(source, at + 16 * k + 8, bits)
        if not (abs(x) <= 360.0 and abs(y) <= 360.0):
            return BAD_COORDINATE
        twice_area += x1 * (y - y0) - (x - x0) * y1
        x1, y1 = x - x0, y - y0
    turn = (twice_area < 0.0) == outer
    written[out] = 91
    out += 1
    for k in range(count):
        point = at + 16 * (count - 1 - k if turn else k)
        written[out] = 91
        out = _write_number(_double(source, point, bits), written, out + 1)
        written[out] = 44
        out = _write_number(_double(source, point + 8, bits), written, out + 1)
        written[out] = 93
        written[out + 1] = 44
        out += 2
    if count:
        out -= 1  # the last comma
    written[out] = 93
    return out + 1


@njit(cache=True, nogil=True)
def _write_polygon(
    source: npt.NDArray[np.uint8],
    at: int,
    stop: int,
    written: npt.NDArray[np.uint8],
    out: int,
    bits: npt.NDArray[np.uint64],
) -> tuple[int, int]:
    if at + 4 > stop:
        return _BAD_FORM, out
    rings = _unsigned(source, at)
    at += 4
    written[out] = 91
    out += 1
    for ring in range(rings):
        if at + 4 > stop:
            return _BAD_FORM, out
        count = _unsigned(source, at)
        at += 4
        if at + 16 * count > stop:
            return _BAD_FORM, out
        if ring:
            written[out] = 44
            out += 1
        out = _write_ring(source, at, count, ring == 0, written, out, bits)
        if out < 0:
            return out, out
        at += 16 * count
    written[out] = 93
    return at, out + 1


@njit(cache=True, nogil=True)
def _header(source: npt.NDArray[np.uint8], at: int, stop: int) -> tuple[int, int]:
    """Return the geometry type and the position after the header; type -1 where it is none of ours."""
    if at + 5 > stop or source[at] != 1:
        return -1, at
    kind = _unsigned(source, at + 1)
    at += 5
    if kind & 0x20000000:
        kind &= ~0x20000000
        at += 4
    return kind, at


@njit(cache=True, nogil=True)
def _write_one(
    source: npt.NDArray[np.uint8],
    at: int,
    stop: int,
    written: npt.NDArray[np.uint8],
    out: int,
    heads: npt.NDArray[np.uint8],
    bits: npt.NDArray[np.uint64],
) -> int:
    kind, at = _header(source, at, stop)
    if kind not in (3, 6):
        return _BAD_FORM
    head = heads[:POLYGON_HEAD] if kind == 3 else heads[POLYGON_HEAD:]
    for byte in head:
        written[out] = byte
        out += 1
    if kind == 3:
        at, out = _write_polygon(source, at, stop, written, out, bits)
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
            at, out = _write_polygon(source, at, stop, written, out, bits)
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
    source: npt.NDArray[np.uint8],
    stops: npt.NDArray[np.int64],
    written: npt.NDArray[np.uint8],
    ends: npt.NDArray[np.int64],
    heads: npt.NDArray[np.uint8],
) -> int:
    """Return the length of the text, or -(1 + 4 * position + cause) at the first geometry that cannot be written."""
    bits = np.zeros(1, dtype=np.uint64)
    out, start = 0, 0
    for position in range(len(stops)):
        out_next = _write_one(source, start, stops[position], written, out, heads, bits)
        if out_next < 0:
            return -(1 + 4 * position - out_next)
        out = out_next
        ends[position] = out
        start = stops[position]
    return out
