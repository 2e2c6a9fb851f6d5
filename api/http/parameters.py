"""Query parameters that several resources take, read in one way."""

from __future__ import annotations

import math
from difflib import get_close_matches
from typing import TYPE_CHECKING

from api.http.language import PARAMETER
from core.errors import Detail, DomainError
from grids.boundaries.errors import ParameterInvalidError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from fastapi.dependencies.models import Dependant

STRICT = "/v1/"
"""Under this path a parameter that an operation does not know is refused; pages bear what others add to their links."""


class ParameterUnknownError(DomainError):
    """The operation has no such parameter, and the answer would not be what was meant."""

    code = "parameter-unknown"


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


def pairs_of(words: list[str] | None, field: str) -> dict[str, str]:
    """Return key=value words as a mapping, or refuse what is none (400)."""
    pairs: dict[str, str] = {}
    for word in words or []:
        key, sign, value = word.partition("=")
        if not sign or not key.strip() or not value.strip():
            raise ParameterInvalidError(
                "'{word}' is not of the form key=value.", values={"word": word[:60]}, field=field
            )
        pairs[key.strip()] = value.strip()
    return pairs


def names_of(dependant: Dependant) -> frozenset[str]:
    """Return the query parameters that a route takes, by its signature and those of what it depends on."""
    own = {field.alias for field in dependant.query_params}
    return frozenset(own.union(*(names_of(inner) for inner in dependant.dependencies)))


def refuse_unknown(given: Iterable[str], known: Collection[str]) -> None:
    """Refuse a parameter that is not among the known ones, naming the one that was probably meant.

    Raises
    ------
    ParameterUnknownError
    """
    for name in given:
        if name not in known and name != PARAMETER:
            there_are = get_close_matches(name, known, n=1) or sorted(known)
            raise ParameterUnknownError(
                (
                    "There is no parameter '{name}' here; perhaps {known} is meant."
                    if len(there_are) == 1 < len(known)
                    else "There is no parameter '{name}' here; there are: {known}."
                ),
                values={"name": name[:60], "known": there_are or Detail("none")},
                field=f"query.{name[:60]}",
            )
