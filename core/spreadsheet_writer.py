"""Tables for spreadsheets: a workbook of text cells, and cells of CSV that no program takes for a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import BinaryIO

CSV: Final = "text/csv; charset=utf-8"
MOST_ROWS: Final = 1_048_576
"""Rows of a sheet, its heading among them; programs read no more."""
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""Media types of the two forms in which tables are given out."""
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What makes spreadsheet programs take a cell for a formula."""
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_CONTENT_TYPES: Final = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>'
)
_ROOT: Final = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_SHEETS: Final = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)


def plain_cell(words: str) -> str:
    """Return a cell for CSV: with an apostrophe before what would start a formula."""
    return f"'{words}" if words.startswith(FORMULA_STARTS) else words


def csv_table(rows: Iterable[Sequence[str]]) -> bytes:
    """Write CSV, UTF-8 with a mark that spreadsheets know; no cell starts a formula."""
    target = io.BytesIO()
    write_csv(target, rows)
    return target.getvalue()


def write_csv(target: BinaryIO, rows: Iterable[Sequence[str]]) -> None:
    """Write CSV as `csv_table` does, row by row into an open file."""
    words = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    csv.writer(words).writerows([plain_cell(cell) for cell in row] for row in rows)
    words.detach()


def workbook(title: str, rows: Iterable[Sequence[str]]) -> bytes:
    """Write an Excel workbook of one sheet (ECMA-376) whose cells are all text."""
    target = io.BytesIO()
    write_workbook(target, title, rows)
    return target.getvalue()


def write_workbook(target: BinaryIO, title: str, rows: Iterable[Sequence[str]]) -> None:
    """Write a workbook as `workbook` does, row by row into an open file."""
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _ROOT,
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>'
        f'<sheet name="{escape(title)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _SHEETS,
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for row in rows:
                sheet.write(f"<row>{''.join(map(_cell, row))}</row>".encode())
            sheet.write(b"</sheetData></worksheet>")


def _cell(words: str) -> str:
    plain = "".join(character for character in words if character >= " " or character in "\t\n\r")
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(plain)}</t></is></c>'
