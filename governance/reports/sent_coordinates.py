"""Coordinates as they are sent in words: degrees with signs, degrees-minutes-seconds, full width, a decimal comma.

Only forms that can mean one number are read; all others stay words, which intake keeps for triage.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Final

_PLAIN: Final = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|[+-]?\.\d+")
_COMMA: Final = re.compile(r"([+-]?\d{1,3}),(\d{3,})")
_SIDED: Final = re.compile(
    r"(?P<before>[NSEW]|东经|西经|北纬|南纬)?\s*(?P<sign>[+-])?(?P<d>\d{1,3}(?:\.\d+)?)\s*[°度]?\s*"
    r"(?:(?<=[\s°度])(?P<m>\d{1,2}(?:\.\d+)?)\s*['′分]?\s*(?:(?<=[\s'′分])(?P<s>\d{1,2}(?:\.\d+)?)\s*(?:\"|″|''|′′|秒)?)?)?"
    r"\s*(?P<after>[NSEW])?",
    re.IGNORECASE,
)
_EAST: Final = ("E", "W", "东经", "西经")
_NEGATIVE: Final = ("S", "W", "南纬", "西经")
_LABEL: Final = {
    "lon": re.compile(r"(?:经度|lng|lon|longitude)\s*[:=]?\s*", re.IGNORECASE),
    "lat": re.compile(r"(?:纬度|lat|latitude)\s*[:=]?\s*", re.IGNORECASE),
}
_PAIR: Final = re.compile(r"(?:POINT\s*)?\(?\s*([^,;，；\s]+)\s*[,;，；\s]\s*([^,;，；\s]+)\s*\)?", re.IGNORECASE)


Coordinate = float | str | None
"""A number, words that are none, or nothing."""


def read_point(lon: Coordinate, lat: Coordinate, x: Coordinate, y: Coordinate) -> tuple[Coordinate, Coordinate]:
    """Return the coordinates east and north of whichever pair was sent: degrees (lon, lat) or metres (x, y).

    One cell `lon` may hold both degrees ("113.27,34.80").

    Raises
    ------
    ValueError
        When both pairs were sent.
    """
    east, north = _read(x, "x"), _read(y, "y")
    if lon is None and lat is None:
        return east, north
    pair = read_pair(lon) if isinstance(lon, str) else None
    degrees = (_read(lon, "lon"), _read(lat, "lat"))
    if pair is not None and degrees[1] is None:
        degrees = pair
    if degrees == (None, None):
        return east, north
    if east is not None or north is not None:
        raise ValueError
    return degrees


def _read(value: Coordinate, axis: str) -> Coordinate:
    if not isinstance(value, str):
        return value
    try:
        if "_" not in value:  # which Python takes for a separator of thousands
            number = float(value)
            return None if math.isnan(number) else number
    except ValueError:
        pass
    return read_coordinate(value, axis)


def read_coordinate(text: str, axis: str) -> float | str | None:
    """Return a coordinate as a number, as its words when they are none, None when they mean that there is none.

    `axis` is `lon` or `lat` for degrees, which may carry E, W, N or S; `x` or `y` for metres, which may not.
    """
    said = "".join(c for c in unicodedata.normalize("NFKC", text).replace("。", ".") if c.isprintable()).strip(" ;()[]")
    if axis in _LABEL and (label := _LABEL[axis].match(said)):
        said = said[label.end() :]
    if _PLAIN.fullmatch(said):
        return float(said)
    if said.casefold() in {"", "-", "--", "/", "null", "none", "n/a", "无", "空"}:
        return None
    comma = _COMMA.fullmatch(said)
    if comma is not None and axis in {"lon", "lat"}:
        return float(f"{comma[1]}.{comma[2]}")
    number = _degrees(said, axis) if axis in {"lon", "lat"} else None
    return text.strip() if number is None else number


def read_pair(text: str) -> tuple[float, float] | None:
    """Return the two numbers of a cell such as 113.27,34.80, None when it does not hold two."""
    said = unicodedata.normalize("NFKC", text).replace("。", ".").strip()
    match = _PAIR.fullmatch(said)
    if match is None or _COMMA.fullmatch(said):
        return None
    one, other = match.groups()
    for east, north in ((one, other), (other, one)):
        # The second order only where letters or labels say it (34.80N,113.27E).
        if east is one or not (_PLAIN.fullmatch(one) or _PLAIN.fullmatch(other)):
            lon, lat = read_coordinate(east, "lon"), read_coordinate(north, "lat")
            if isinstance(lon, float) and isinstance(lat, float):
                return lon, lat
    return None


def _degrees(said: str, axis: str) -> float | None:
    match = _SIDED.fullmatch(said)
    if match is None:
        return None
    sides = [side.upper() for side in (match["before"], match["after"]) if side]
    if len(sides) > 1 or (sides and match["sign"]) or any((side in _EAST) != (axis == "lon") for side in sides):
        return None
    degrees, minutes, seconds = (float(match[part] or 0) for part in "dms")
    if minutes >= 60 or seconds >= 60 or (match["m"] and "." in match["d"]) or (match["s"] and "." in match["m"]):
        return None
    is_negative = match["sign"] == "-" or any(side in _NEGATIVE for side in sides)
    return (-1 if is_negative else 1) * (degrees + minutes / 60 + seconds / 3600)
