"""Query parameters that several resources take, read in one way."""

from __future__ import annotations

import math

from core.errors import DomainError


class BoxMalformedError(DomainError):
    """A bbox is west,south,east,north in degrees, with south below north."""

    code = "bbox-malformed"


def box_of(text: str, field: str = "query.bbox") -> tuple[float, float, float, float]:
    """Read a box; west above east crosses the antimeridian.

    Raises
    ------
    BoxMalformedError
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise BoxMalformedError(field=field) from error
    inside = abs(west) <= 180 and abs(east) <= 180 and -90 <= south <= north <= 90
    if not inside or not all(map(math.isfinite, (west, south, east, north))):
        raise BoxMalformedError(field=field)
    return west, south, east, north


def plus_restored(text: object) -> object:
    """Give an instant its plus sign back: one that a client did not encode arrives as a space."""
    return text.replace(" ", "+") if isinstance(text, str) and text.count(" ") == 1 and "T" in text else text
