"""Units from a file: by code, all or none, said again without effect, refused with the lines that are wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core import clock
from core.csv_files import CsvUnreadableError
from core.spreadsheet_writer import workbook
from identity.units import operations, queries, table_files
from identity.units.operations import UnitIn
from identity.units.table_files import UnitsFileError, import_units, read_units
from tests.factories.identity import who

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

HEADING = ["单位编码", "单位名称", "单位类型", "上级单位编码", "版本单位编码"]
ROWS = [
    ["s", "济源路街道", "街道", "c", "410106003;410106003-old"],
    ["c", "城市运行中心", "centre", "", ""],
    ["d", "城管局", "委办局", "c", ""],
]


def _file(folder: Path, rows: list[list[str]], heading: list[str] = HEADING) -> Path:
    path = folder / "units.csv"
    path.write_text("\n".join(",".join(row) for row in [heading, *rows]), encoding="utf-8")
    return path


def test_units_come_from_a_file_once_and_the_file_may_be_said_again(session: Session, tmp_path: Path) -> None:
    start = clock.now()
    old = UnitIn("d", "城市管理局", "department", None, start)
    operations.state_units(session, [old, UnitIn("other", "不在文件", "street", None, start)], actor=who("t"))
    rows = read_units(_file(tmp_path, ROWS))
    tried = import_units(session, rows, actor=who("t"), dry_run=True)
    assert len(queries.units_at(session, clock.now())) == 2, "a trial stores nothing"
    done = import_units(session, rows, actor=who("t"))
    assert done == tried == table_files.UnitsImported(rows=3, added=2, changed=1, unchanged=0, mapped=2)
    now = clock.now()
    held = {one.unit_code: (one.name, one.kind, one.parent_code) for one in queries.units_at(session, now)}
    assert held == {
        "s": ("济源路街道", "street", "c"), "c": ("城市运行中心", "centre", None), "d": ("城管局", "department", "c"),
        "other": ("不在文件", "street", None),
    }  # fmt: skip
    by_code = queries.units_at(session, now, queries.UnitFilter(release_code="410106003-old"))
    assert [one.unit_code for one in by_code] == ["s"]
    again = import_units(session, read_units(_workbook(tmp_path)), actor=who("t"))
    assert again == table_files.UnitsImported(rows=3, added=0, changed=0, unchanged=3, mapped=0)


def _workbook(folder: Path) -> Path:
    path = folder / "units.xlsx"
    path.write_bytes(workbook("units", [HEADING, *ROWS]))
    return path


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        ([["s", "", "街道", "", ""]], "line 2", "name"),
        ([["s", "x", "王国", "", ""]], "line 2", "王国"),
        ([["a/b", "x", "街道", "", ""]], "line 2", "slash"),
        ([["s", "x", "街道", "", ""], ["s", "y", "街道", "", ""]], "line 2", "several rows"),
        ([["s", "x", "街道", "", "1"], ["t", "y", "街道", "", "1"]], "line 2", "several units"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, rows: list[list[str]], line: str, words: str) -> None:
    with pytest.raises(UnitsFileError) as refused:
        read_units(_file(tmp_path, rows))
    assert refused.value.field == line
    assert words in refused.value.detail


def test_a_file_without_a_needed_column_or_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CsvUnreadableError, match="单位类型"):
        read_units(_file(tmp_path, [["s", "x"]], HEADING[:2]))
    with pytest.raises(UnitsFileError, match="the file has none"):
        read_units(_file(tmp_path, []))
