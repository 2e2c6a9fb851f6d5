"""Content encodings: chosen by the client, readable by others."""

from __future__ import annotations

import gzip

import brotli
import pytest
import zstandard

from core.content_encoding import choose_encoding, encode


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "identity"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("identity", "identity"),
        ("gzip;q=0", "identity"),
        ("*", "zstd"),
        ("gzip;q=0.2, identity;q=0.9", "identity"),
        ("br;q=x", "identity"),
    ],
)
def test_the_client_chooses_the_encoding(accept: str | None, expected: str) -> None:
    assert choose_encoding(accept) == expected


def test_encodings_can_be_read_by_others() -> None:
    body = bytes(range(256)) * 30_000
    assert gzip.decompress(encode(body, "gzip")) == body
    assert brotli.decompress(encode(body, "br")) == body
    assert zstandard.ZstdDecompressor().decompress(encode(body, "zstd")) == body
    assert gzip.decompress(encode(b"", "gzip")) == b""
