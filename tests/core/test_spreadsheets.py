"""Spreadsheets are read as tables of text, whatever they are called; one made to harm is refused in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core import spreadsheets
from core.spreadsheets import SheetFile, SheetUnreadableError
from tests.factories import workbooks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEADER = ["工单编号", "类别", "经度", "上报时间"]
ROW = ["a-1", "占道\n经营", "113.2741", "2025-06-03 08:05:00"]
TABLE = "<tr><th>工单编号</th><th>类别</th><th>经度</th><th>上报时间</th></tr><tr><td>a-1</td>"
HTML = f"""<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><title>x</title><style>td {{}}</style></head>
<body><table><tr><td colspan=4>六月工单 &amp; 其他</td></tr>{TABLE}<td>占道<br>经营&nbsp;</td><td x:num>113.2741
<td>2025-06-03 08:05:00</td></tr><tr><td></td></tr></table></body></html>"""
EXCEL_2003 = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="一"><Table><Row><Cell><Data ss:Type="String">工单编号</Data></Cell><Cell><Data>类别</Data></Cell>
<Cell><Data>经度</Data></Cell><Cell><Data>上报时间</Data></Cell></Row><Row><Cell><Data>a-1</Data></Cell>
<Cell><Data>占道&#10;经营</Data></Cell><Cell/><Cell ss:Index="4"><Data>2025-06-03 08:05:00</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


def read(path: Path, content: bytes, sheet: str | None = None) -> tuple[list[str], list[list[str]], SheetFile]:
    path.write_bytes(content)
    assert spreadsheets.kind_of(path) is not None
    opened = SheetFile(path, sheet=sheet, header_score=lambda cells: sum(cell in HEADER for cell in cells))
    try:
        return opened.header, [cells for _, cells, problem in opened.rows() if problem is None], opened
    finally:
        opened.close()


def test_a_workbook_gives_its_rows_with_all_digits_and_times_as_iso(tmp_path: Path) -> None:
    rows = [
        ["六月工单"], [], HEADER, ["a-1", "占道\n经营", 113.2741, (45811.33680555555,)], [None, None, None, None],
        [20250603080500, "是", -0.5, "2025年6月3日"], [410106198507231239.0, "", 7.0, (45811,)],
    ]  # fmt: skip
    header, found, opened = read(tmp_path / "x.csv", workbooks.xlsx({"空": [], "工单": rows, "说明": [["读我"]]}))
    assert (header, found[0]) == (HEADER, ROW)
    assert found[1] == ["20250603080500", "是", "-0.5", "2025年6月3日"]
    assert found[2] == ["4.10106E+17", "", "7", "2025-06-03"], "sixteen digits and more are lost in Excel"
    assert (opened.above, opened.others) == ([(1, "六月工单")], ["说明"])
    assert read(tmp_path / "x", workbooks.xlsx({"工单": rows, "说明": [["读", "我"]]}), "说明")[0] == ["读", "我"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_html_and_excel_2003_under_the_name_of_xls_are_read(tmp_path: Path, encoding: str) -> None:
    header, found, opened = read(tmp_path / "a.xls", HTML.encode(encoding))
    assert (header, found, opened.above) == (HEADER, [ROW], [(1, "六月工单 & 其他")])
    header, found, _ = read(tmp_path / "b.xls", EXCEL_2003.encode(encoding))
    assert (header, found) == (HEADER, [[*ROW[:2], "", ROW[3]]])


def test_a_row_wider_than_the_header_is_told_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbooks.xlsx({"s": [["a", "b"], ["1", "2", "3"], ["1"]]}))
    opened = SheetFile(path)
    rows = list(opened.rows())
    opened.close()
    assert [(number, cells, problem is None) for number, cells, problem in rows] == [
        (2, ["1", "2", "3"], False), (3, ["1", ""], True)
    ]  # fmt: skip


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = f'<worksheet xmlns="{MAIN}"><sheetData><row>%s</row></sheetData></worksheet>'
FAR = SHEET % '<c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c>'
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
    + SHEET % '<c t="inlineStr"><is><t>%s</t></is></c>'
)


@pytest.mark.parametrize(
    "content",
    [
        lambda: workbooks.xlsx({"s": FAR}),
        lambda: workbooks.xlsx({"s": [["a" * (100 << 20)]]}),
        lambda: workbooks.xlsx({"s": [["a"]]})[:900],
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000),
        lambda: b"<html><body><p>no table</p></body></html>",
    ],
    ids=["a cell far out", "100 MB of one letter", "cut", "no workbook", "no table"],
)
def test_a_file_made_to_harm_or_damaged_is_refused_in_words_and_nothing_is_left(
    tmp_path: Path, content: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheets, "MEMORY_BYTES", 200 << 20)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    with pytest.raises(SheetUnreadableError):
        read(tmp_path / "x.xlsx", content())
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize("entity", ["&b;", "&x;"])
def test_no_entity_of_a_file_is_expanded(tmp_path: Path, entity: str) -> None:
    try:
        header, _, _ = read(tmp_path / "x.xlsx", workbooks.xlsx({"s": LAUGHS % entity}))
    except SheetUnreadableError:
        return
    assert not {"haha", "root:"} & {part for name in header for part in (name[:4], name[:5])}, header


def test_text_is_no_spreadsheet_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    for content in (b"a,b\n1,2\n", "编号,类别\n".encode("gbk"), b"<a>,b\n", b""):
        path.write_bytes(content)
        assert spreadsheets.kind_of(path) is None
