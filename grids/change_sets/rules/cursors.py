"""Where a page of defects ends: the place of its last defect in the report, as text for an address."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

import orjson

from grids.change_sets.errors import EditRefusedError

if TYPE_CHECKING:
    Position = tuple[bool, int, int, float, tuple[str, ...], str]


def cursor_of(position: Position) -> str:
    """Return a position (geo.coverage.severity_order) as text."""
    return base64.urlsafe_b64encode(orjson.dumps(position)).decode().rstrip("=")


def position_of(cursor: str) -> Position:
    """Return the position that a cursor names.

    Raises
    ------
    EditRefusedError
        When it is not the `next` of a page.
    """
    try:
        value = orjson.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
        warns, depth, kind, size, codes, key = value
        return bool(warns), int(depth), int(kind), float(size), tuple(str(code) for code in codes), str(key)
    except (ValueError, TypeError, binascii.Error) as error:
        raise EditRefusedError("`after` is the `next` of the page before.", field="after") from error
