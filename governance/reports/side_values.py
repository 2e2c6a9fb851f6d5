"""What is sent beside a report: accuracy, photos, the caller. None of it is a reason to refuse the report.

A value that cannot be read is set aside: kept as it was sent, with the reporter's data, and listed in the answer.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

LONGEST_NAME: Final = 64
MOST_PHOTOS: Final = 20
PHONE: Final = re.compile(r"[0-9+() -]{0,32}")
PHOTO: Final = re.compile(r"https?://[!-~]{1,1992}")
_NUMBER: Final = re.compile(r"(?:\+?86[ -]?)?1[3-9]\d{9}|0\d{2,3}[ -]?\d{7,8}|(?<!\d)\d{7,8}(?!\d)")
_LENGTH: Final = re.compile(r"[±约<≤]?\s*(\d+(?:\.\d+)?)\s*(?:m|米|公尺|meters?|metres?)?", re.IGNORECASE)
_BETWEEN_PHOTOS: Final = re.compile(r"[\s;|,，；]+(?=https?://)|[;|]+")
_NONE: Final = frozenset({"", "-", "--", "/", "null", "none", "nan", "n/a", "无", "空"})
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class SideValues:
    """What could be read, and by field what could not, as it was sent."""

    accuracy_m: float | None = None
    photos: tuple[str, ...] = ()
    name: str | None = None
    phone: str | None = None
    set_aside: tuple[tuple[str, str], ...] = ()


def read_side_values(*, accuracy: Any, photos: Any, name: Any, phone: Any) -> SideValues:  # noqa: ANN401 (as sent)
    """Read the side values of a report. Never raises."""
    if accuracy is None and photos is None and _is_plain_caller(name, phone):
        return SideValues(name=name, phone=phone or None)
    metres, accuracy_left = _accuracy(accuracy)
    links, photos_left = _photos(photos)
    called, name_left = _name(name)
    number, phone_left = _phone(phone)
    left = {
        "accuracy_m": accuracy_left,
        "photos": photos_left,
        "reporter.name": name_left,
        "reporter.phone": phone_left,
    }
    aside = tuple((field, _as_text(value)) for field, value in left.items() if value is not None)
    return SideValues(metres, links, called, number, aside)


def _is_plain_caller(name: Any, phone: Any) -> bool:  # noqa: ANN401 (as sent)
    """Whether a caller is so ordinary that nothing needs reading: letters and digits, none of them a control sign."""
    return (name is None or (isinstance(name, str) and len(name) <= LONGEST_NAME and name.isalnum())) and (
        phone is None or (isinstance(phone, str) and PHONE.fullmatch(phone) is not None)
    )


def _accuracy(value: Any) -> tuple[float | None, Any]:  # noqa: ANN401 (as sent)
    """Return metres, None where they are not known (phones send -1 or NaN), and what could not be read."""
    if isinstance(value, bool):
        return None, value
    if isinstance(value, str):
        said = unicodedata.normalize("NFKC", value).strip()
        match = _LENGTH.fullmatch(said)
        if match is None:
            try:
                value = float(said) if "_" not in said else value
            except ValueError:
                return None, None if said.casefold() in _NONE else value
            if isinstance(value, str):
                return None, value
        else:
            value = float(match[1])
    if value is None:
        return None, None
    if not isinstance(value, int | float):
        return None, value
    try:
        metres = float(value)
    except OverflowError:
        return None, value
    return (metres if 0 <= metres < float("inf") else None), None


def _photos(value: Any) -> tuple[tuple[str, ...], Any]:  # noqa: ANN401 (as sent)
    if value is None:
        return (), None
    parts = value
    if isinstance(value, str):
        parts = [part for part in _BETWEEN_PHOTOS.split(value.strip()) if part]
    if not isinstance(parts, list):
        return (), value
    good = [part for part in parts if isinstance(part, str) and PHOTO.fullmatch(part)]
    left = [
        part
        for part in parts
        if not (isinstance(part, str) and (PHOTO.fullmatch(part) or part.strip().casefold() in _NONE))
    ]
    left += good[MOST_PHOTOS:]
    return tuple(good[:MOST_PHOTOS]), left or None


def _name(value: Any) -> tuple[str | None, Any]:  # noqa: ANN401 (as sent)
    if value is None or value == "":
        return None, None
    if not isinstance(value, str) or len(value) > LONGEST_NAME or _CONTROL.search(value):
        return None, value
    return value, None


def _phone(value: Any) -> tuple[str | None, Any]:  # noqa: ANN401 (as sent)
    """Return a number, and the words it was found in when they say more (an extension, a second number)."""
    if isinstance(value, str) and PHONE.fullmatch(value):
        return value or None, None
    if value is None:
        return None, None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None, value
    said = "".join(c for c in unicodedata.normalize("NFKC", value) if c.isprintable()).strip()
    said = said.removeprefix("=").strip("'\"").strip().removesuffix(".0")
    if said.casefold() in _NONE:
        return None, None
    if PHONE.fullmatch(said):
        return said, None
    found = _NUMBER.search(said)
    return (found[0] if found is not None else None), value


def _as_text(value: Any) -> str:  # noqa: ANN401 (as sent)
    """Return a value as it was sent, in words that the database can keep."""
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return said.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
