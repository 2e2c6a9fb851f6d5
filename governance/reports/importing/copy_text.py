"""Values as PostgreSQL's COPY reads them in its text format."""

from __future__ import annotations

import math
import re
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SPECIAL = re.compile(r"[\\\n\t\r]")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
NONE = "\\N"
# EWKB of a point with SRID 4326, little-endian, before its two doubles.
_POINT = "0101000020E6100000"


def text_field(text: str | None) -> str:
    """Return text with what COPY reads as a sign of its own escaped; None as NULL."""
    if text is None:
        return NONE
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text) if _SPECIAL.search(text) else text


def array(items: Iterable[str]) -> str:
    """Return texts as an array's literal, to be escaped as a field."""
    quoted = ('"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in items)
    return "{" + ",".join(quoted) + "}"


def number(value: float | str | None) -> str:
    """Return a float8, NULL for what is no number."""
    if value is None or isinstance(value, str):
        return NONE
    if math.isfinite(value):
        return repr(float(value))
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def point(lon: float, lat: float) -> str:
    """Return a WGS 84 point as hexadecimal EWKB."""
    return _POINT + struct.pack("<dd", lon, lat).hex()
