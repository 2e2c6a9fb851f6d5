"""The digests of the chain, all SHA-256. docs/adr/0024 states them so that another program can check them."""

from __future__ import annotations

import hashlib
from typing import Final

import orjson

GENESIS: Final = bytes(32)
"""What stands before the first seal."""
SALT_BYTES: Final = 16


def words_digest(salt: bytes, words: str) -> bytes:
    """Return the commitment to a row's words, which tells nothing about them once the salt is destroyed."""
    return hashlib.sha256(salt + words.encode()).digest()


def row_digest(source: str, plain: str, words: bytes | None) -> bytes:
    """Return the digest of a row: of the JSON array [table, text of the plain columns, hex of the words' digest]."""
    return hashlib.sha256(orjson.dumps([source, plain, None if words is None else words.hex()])).digest()


def next_head(head: bytes, position: int, source: str, row_id: int, digest: bytes) -> bytes:
    """Return the chain's head after one more seal: of the head before, JSON [position, table, id], the row's digest."""
    return hashlib.sha256(head + orjson.dumps([position, source, row_id]) + digest).digest()
