"""Columns of a file of reports: which is which field, which must not be passed over, what each was taken for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from core import spreadsheets
from core.csv_files import CsvFile, folded
from core.errors import Detail, DomainError, chained

Table = CsvFile | spreadsheets.SheetFile
"""An open file of rows under a header."""

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

# Field, and the headers under which it is found without being told.
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "external_id": ("id", "案件编号", "工单编号", "编号", "案件号"),
    "category": ("类别", "案件类别", "案件类型", "问题类型", "事项类别"),
    "text": ("description", "描述", "问题描述", "内容", "诉求内容"),
    "lon": ("lng", "longitude", "经度", "经纬度"),
    "lat": ("latitude", "纬度"),
    "x": ("东坐标", "横坐标"),
    "y": ("北坐标", "纵坐标"),
    "crs": ("坐标系",),
    "address": ("地址", "发生地址", "事发地址", "诉求地址", "问题地址", "位置描述"),
    "accuracy_m": ("精度", "定位精度"),
    "reported_at": ("上报时间", "受理时间", "来电时间", "时间"),
    "received_at": ("收到时间", "接收时间", "收件时间"),
    "reporter_name": ("姓名", "联系人", "反映人"),
    "reporter_phone": ("电话", "联系电话", "手机号"),
    "photos": ("图片", "照片"),
    "sensitive": ("敏感信息", "敏感类别", "敏感标记"),
}
_KNOWN: Final = {folded(name) for field, names in FIELDS.items() for name in (field, *names)}
# What a column's name may mean although it is none of the known: passing it over would lose what cannot be had back.
_LOOKS_LIKE: Final[dict[str, re.Pattern[str]]] = {
    "reported_at": re.compile(r"时间|日期|时刻|time|date(?!d)|(?<=[a-z])[_ ]at$", re.IGNORECASE),
    "external_id": re.compile(
        r"编号|单号|案号|件号|流水号|编码|(?:^|[\W_])id$|(?<=[a-z])Id$|(?:^|[\W_])(?i:id|no\.?|number)$|uuid|guid"
    ),
    "address": re.compile(r"地址|地点|位置|住址|地段|address|location|street", re.IGNORECASE),
    "sensitive": re.compile(r"敏感|隐私|未成年|sensitiv|(?:^|[\W_])minors?$", re.IGNORECASE),
    "lon": re.compile(r"经度|纬度|坐标|经纬|longitude|latitude|coordinate|(?:^|[\W_])(?:lng|lon|lat)$", re.IGNORECASE),
}
OF_CASES: Final = frozenset(map(folded, (
    "建案时间", "受理时间", "立案时间", "派遣时间", "派单时间", "接单时间", "签收时间", "挂账时间", "退单时间",
    "回退时间", "处置时间", "处置完成时间", "办理时间", "核查时间", "结案时间", "办结时间", "作废时间", "不予受理时间",
    "评价时间", "处置截止时间", "办理时限", "截止时间",
)))  # fmt: skip
"""Columns of what became of the report, in a file that is a ledger of cases too: they are read by `cases import`."""
_NEVER_AN_ID: Final = re.compile(r"电话|手机|号码|phone|mobile|tel|邮政|zip", re.IGNORECASE)
_SAME_KIND: Final = {"lat": "lon", "x": "lon", "y": "lon"}


class MappingError(DomainError):
    """The column mapping does not fit the file."""

    code = "mapping-invalid"


class ColumnNotUnderstoodError(DomainError):
    """A column looks like a time, an id or a place and is not known. Say what it is, or that it is not read."""

    code = "column-not-understood"


def open_table(path: Path, encoding: str | None = None, sheet: str | None = None) -> Table:
    """Open a file of reports, separated values or a spreadsheet; its header is the line with most of the known names.

    Raises
    ------
    CsvUnreadableError, SheetUnreadableError
    """
    if sheet is not None or spreadsheets.kind_of(path) is not None:
        return spreadsheets.SheetFile(path, sheet=sheet, header_score=_header_score)
    binary = path.open("rb")
    try:
        return CsvFile(binary, encoding, header_score=_header_score)
    except DomainError:
        binary.close()
        raise


def _header_score(cells: Sequence[str]) -> int:
    return sum(folded(cell) in _KNOWN for cell in cells)


def columns_of(header: Sequence[str], told: Mapping[str, str], ignored: Collection[str] = ()) -> dict[str, int]:
    """Return the column of each field: as told, else by its own or a known name, without regard to case and width.

    A column that is `ignored` is found for no field.

    Raises
    ------
    MappingError
        When a field or a column that was named does not exist.
    """
    unknown = sorted(set(told) - set(FIELDS))
    if unknown:
        raise MappingError(
            "There is no field {unknown}; there are {fields}.", values={"unknown": [*unknown], "fields": [*FIELDS]}
        )
    named = {field: _place(header, name) for field, name in told.items()}
    passed = {_place(header, name) for name in ignored}
    places = {folded(name): place for place, name in reversed(list(enumerate(header))) if place not in passed}
    found = {
        field: place
        for field, names in FIELDS.items()
        for place in [next((places[folded(n)] for n in (field, *names) if folded(n) in places), None)]
        if place is not None and place not in named.values()
    }
    return found | named


def _place(header: Sequence[str], name: str) -> int:
    """Return the column of this very name, else the one that is the same without regard to case and width."""
    wanted = folded(name)
    for one in (name, next((column for column in header if folded(column) == wanted), None)):
        if one is not None and one in header:
            return header.index(one)
    raise MappingError("There is no column {name}; there are {header}.", values={"name": name, "header": [*header]})


def check_unread(
    header: Sequence[str], columns: Mapping[str, int], told: Collection[str], ignored: Collection[str]
) -> None:
    """Refuse to pass over a column that looks like a time, an id or a place, unless told to.

    A field that was named (`told`) leaves no doubt about the other columns of its kind.

    Raises
    ------
    ColumnNotUnderstoodError, MappingError
    """
    passed = {_place(header, name) for name in ignored}
    settled = {_SAME_KIND.get(field, field) for field in told}
    doubtful = [
        (name, field)
        for place, name in enumerate(header)
        if place not in columns.values() and place not in passed and folded(name) not in OF_CASES
        for field in [looks_like(name)]
        if field is not None and field not in settled
    ]
    if doubtful:
        doubts = [
            Detail("{name} looks like {field}: --map {field}={name} or --ignore {name}", {"name": name, "field": field})
            for name, field in doubtful
        ]
        raise ColumnNotUnderstoodError(
            "Not all columns are understood. {doubts}. --dry-run shows what each was taken for.",
            values={"doubts": chained(doubts, "{first}; {rest}")},
        )


def looks_like(name: str) -> str | None:
    """Return the field that a column's name sounds like, None when it sounds like none that must not be lost."""
    for field, pattern in _LOOKS_LIKE.items():
        if pattern.search(name) and not (field == "external_id" and _NEVER_AN_ID.search(name)):
            return field
    return None
