"""Rows of a CSV file of reports to drafts: which column is which field, and why a row is none.

The line between refused and kept is the API's: a row that is not of the documented form is rejected with the reason, a
row whose coordinates lead nowhere is kept for triage.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from api.problems import WORDS
from api.schemas.reports import ReportIn
from core import clock
from core.csv_files import CsvFile, folded
from core.errors import DomainError
from governance.cases import rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# Field, and the headers under which it is found without being told.
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "external_id": ("id", "案件编号", "工单编号", "编号", "案件号"),
    "category": ("类别", "案件类别", "案件类型", "问题类型", "事项类别"),
    "text": ("description", "描述", "问题描述", "内容", "诉求内容"),
    "lon": ("lng", "longitude", "经度"),
    "lat": ("latitude", "纬度"),
    "x": ("东坐标", "横坐标"),
    "y": ("北坐标", "纵坐标"),
    "crs": ("坐标系",),
    "address": ("地址", "发生地址", "事发地址", "位置描述"),
    "accuracy_m": ("精度", "定位精度"),
    "reported_at": ("上报时间", "受理时间", "来电时间", "时间"),
    "reporter_name": ("姓名", "联系人", "反映人"),
    "reporter_phone": ("电话", "联系电话", "手机号"),
    "photos": ("图片", "照片"),
}
_KNOWN: Final = {folded(name) for field, names in FIELDS.items() for name in (field, *names)}
_COORDINATES: Final = ("lon", "lat", "x", "y")
_LONGEST: Final = {
    "external_id": 128,
    "category": 128,
    "text": 4000,
    "address": 500,
    "crs": 64,
    "reporter_name": 64,
} | dict.fromkeys(_COORDINATES, 64)
_ALWAYS_SHORT: Final = min(_LONGEST.values())
# What only pydantic may judge: control characters (a text may have lines), and bytes that were no text.
_UNUSUAL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_PHONE: Final = re.compile(r"[0-9+() -]{0,32}")
_TIMES: Final = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y/%m/%d")


class MappingError(DomainError):
    """The column mapping does not fit the file."""

    code = "mapping-invalid"


class RowError(Exception):
    """Why one row is no report."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What rows say that do not say it themselves."""

    channel: str
    crs: str
    category: str | None = None


def open_table(path: Path, encoding: str | None = None) -> CsvFile:
    """Open a file of reports; its header is the line that has most of the known names.

    Raises
    ------
    CsvUnreadableError
    """
    binary = path.open("rb")
    try:
        return CsvFile(binary, encoding, header_score=lambda cells: sum(folded(cell) in _KNOWN for cell in cells))
    except DomainError:
        binary.close()
        raise


def columns_of(header: Sequence[str], told: Mapping[str, str]) -> dict[str, int]:
    """Return the column of each field: as told, else by its own or a known name.

    Raises
    ------
    MappingError
        When a field or a column that was named does not exist.
    """
    unknown = sorted(set(told) - set(FIELDS))
    if unknown:
        raise MappingError(f"There is no field {', '.join(unknown)}; there are {', '.join(FIELDS)}.")
    places = {name: place for place, name in reversed(list(enumerate(header)))}
    missing = sorted(name for name in told.values() if name not in places)
    if missing:
        raise MappingError(f"There is no column {', '.join(missing)}; there are {', '.join(header)}.")
    found = {
        field: place
        for field, names in FIELDS.items()
        for place in [next((places[name] for name in (field, *names) if name in places), None)]
        if place is not None
    }
    taken = {places[column] for column in told.values()}
    return {field: place for field, place in found.items() if place not in taken} | {
        field: places[column] for field, column in told.items()
    }


class Drafts:
    """Makes drafts of rows."""

    def __init__(self, columns: Mapping[str, int], defaults: Defaults) -> None:
        self._columns = [(field, columns.get(field, -1)) for field in FIELDS]
        self._defaults = defaults
        self._now = clock.now()
        self._latest = self._now + rules.AHEAD

    def draft(self, row: list[str]) -> rules.ReportDraft:
        """Return what a row says.

        Raises
        ------
        RowError
            When it is not of the documented form.
        """
        said = {field: (row[place] or None) if place >= 0 else None for field, place in self._columns}
        if said["category"] is None:
            said["category"] = self._defaults.category
        is_short = max(map(len, row)) <= _ALWAYS_SHORT
        if _UNUSUAL.search("".join(row)) or not _is_plain(said, is_short=is_short):
            _judge(said)
        at = _time(said["reported_at"])
        if at is not None and not rules.EARLIEST <= at <= self._latest:
            raise RowError(f"reported_at: {rules.time_problem(at, self._now)}")
        x, y = _coordinate(said["lon"]), _coordinate(said["lat"])
        if x is None and y is None:
            x, y = _coordinate(said["x"]), _coordinate(said["y"])
        photos = said["photos"]
        return rules.ReportDraft(
            channel=self._defaults.channel,
            category=said["category"] or "",
            description=said["text"] or "",
            crs=said["crs"] or self._defaults.crs,
            external_id=said["external_id"],
            address_text=said["address"],
            x=x,
            y=y,
            accuracy_m=_accuracy(said["accuracy_m"]),
            reported_at=at,
            photos=tuple(_split(photos)) if photos else (),
            reporter_name=said["reporter_name"],
            reporter_phone=said["reporter_phone"],
        )


def _is_plain(said: Mapping[str, str | None], *, is_short: bool) -> bool:
    """Whether a row is so ordinary that nothing in it can be refused."""
    if said["category"] is None or said["photos"] is not None:
        return False
    if not is_short and any(len(said[field] or "") > longest for field, longest in _LONGEST.items()):
        return False
    phone = said["reporter_phone"]
    return phone is None or _PHONE.fullmatch(phone) is not None


def _judge(said: Mapping[str, str | None]) -> None:
    """Hold an unusual row to the API's own model."""
    photos = said["photos"]
    fields = {name: said[name] for name in ("external_id", "category", "address", "crs", *_COORDINATES)}
    payload = {name: value for name, value in fields.items() if value is not None} | {
        "text": said["text"] or "",
        "photos": _split(photos) if photos else [],
        "reporter": {"name": said["reporter_name"], "phone": said["reporter_phone"]},
    }
    try:
        ReportIn.model_validate(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise RowError(
            f"{'.'.join(str(part) for part in first['loc'])}: {WORDS.get(first['type'], first['msg'])}"
        ) from None


def _split(photos: str) -> list[str]:
    return [part for part in re.split(r"[\s;|]+", photos) if part]


def _coordinate(value: str | None) -> float | str | None:
    if value is None:
        return None
    try:
        return float(value)
    except ValueError:
        return value.strip() or None


def _accuracy(value: str | None) -> float | None:
    try:
        return rules.usable_accuracy(float(value)) if value is not None else None
    except ValueError:
        raise RowError(f"accuracy_m: {value!r} is not a number") from None


def _time(value: str | None) -> datetime | None:
    """Read a time; one without a zone is the district's civil time."""
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        at = _other_time(value.strip())
    try:
        return (at if at.tzinfo is not None else at.replace(tzinfo=clock.LOCAL)).astimezone(UTC)
    except OverflowError:
        raise RowError(f"reported_at: {value!r} lies before all calendars") from None


def _other_time(value: str) -> datetime:
    for form in _TIMES:
        try:
            return datetime.strptime(value, form)  # noqa: DTZ007 (the caller adds the zone)
        except ValueError:
            continue
    raise RowError(f"reported_at: {value!r} is not a time; write 2026-07-01 09:30:00")
