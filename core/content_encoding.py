"""Content encodings of large bodies: which one a client wants, and how it is made quickly."""

from __future__ import annotations

import os
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import brotli
import zstandard

#: What is offered, in order of preference at equal q.
OFFERED = ("zstd", "br", "gzip")

# A map is compressed when it is first asked for: speed counts more than the last tenth of size.
_ZSTD_LEVEL, _BROTLI_QUALITY, _GZIP_LEVEL = 3, 4, 4
_PIECE_BYTES = 2 << 20
_SMALLEST = 1024


def choose_encoding(accept: str | None) -> str:
    """Return the best encoding for an Accept-Encoding header: zstd, br, gzip or identity (RFC 9110 §12.5.3)."""
    weights: dict[str, float] = {}
    for item in (accept or "").lower().split(","):
        name, _, parameters = item.strip().partition(";")
        weight = 1.0
        for parameter in parameters.split(";"):
            key, _, value = parameter.strip().partition("=")
            if key.strip() == "q":
                try:
                    weight = float(value)
                except ValueError:
                    weight = 0.0
        if name:
            weights[name.strip()] = weight
    others = weights.get("*", 0.0)
    best, best_weight = "identity", 0.0
    for name in OFFERED:
        weight = weights.get(name, others)
        if weight > best_weight:
            best, best_weight = name, weight
    return best if best_weight >= weights.get("identity", 0.0) else "identity"


def encode(body: bytes, encoding: str) -> bytes:
    """Encode a body."""
    if encoding == "zstd":
        threads = len(os.sched_getaffinity(0)) if len(body) > _PIECE_BYTES else 0
        return zstandard.ZstdCompressor(level=_ZSTD_LEVEL, threads=threads).compress(body)
    if encoding == "br":
        return bytes(brotli.compress(body, quality=_BROTLI_QUALITY))
    if encoding == "gzip":
        return _gzip(body)
    return body


def worth_encoding(body: bytes) -> bool:
    """Return whether a body is large enough to gain by an encoding."""
    return len(body) >= _SMALLEST


def _gzip(body: bytes) -> bytes:
    """One gzip member whose deflate blocks are made in parallel, each ending on a byte by a sync flush (as pigz)."""
    starts = range(0, max(len(body), 1), _PIECE_BYTES)
    view = memoryview(body)

    def deflate(start: int) -> bytes:
        compressor = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, -15)
        last = start + _PIECE_BYTES >= len(body)
        packed = compressor.compress(view[start : start + _PIECE_BYTES])
        return packed + compressor.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)

    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        blocks = list(pool.map(deflate, starts))
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
    return b"".join([head, *blocks, struct.pack("<LL", zlib.crc32(body), len(body) & 0xFFFFFFFF)])
