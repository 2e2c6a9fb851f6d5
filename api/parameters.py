"""Query parameters that several resources take, read in one way."""

from __future__ import annotations

import math

from core.errors import DomainError
from grids.boundaries.errors import ParameterInvalidError


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


def pairs_of(words: list[str] | None, field: str) -> dict[str, str]:
    """Return key=value words as a mapping, or refuse what is none (400)."""
    pairs: dict[str, str] = {}
    for word in words or []:
        key, sign, value = word.partition("=")
        if not sign or not key.strip() or not value.strip():
            raise ParameterInvalidError(f"'{word[:60]}' is not of the form key=value.", field=field)
        pairs[key.strip()] = value.strip()
    return pairs
