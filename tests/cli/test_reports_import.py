"""`reports import`: files of any shape come in once, row by row, and what is no report is named with its reason."""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import shapely
from sqlalchemy import text
from typer.testing import CliRunner

from api.app import create_app
from cli import app
from core import clock
from governance.reports.importing import preparation
from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from click.testing import Result

    from core.db import Database
    from core.settings import Settings

HEADER = ["编号", "类别", "描述", "经度", "纬度", "上报时间", "姓名", "电话", "备注"]
ROWS = [
    ["n-1", "暴露垃圾", "垃圾", "113.005", "34.005", "2026-07-01 09:30:00", "张三", "13800001234", ""],
    ["n-2", "占道经营", "a\\b", "113.015", "34.005", "2026/7/1 09:30", "", "", "x"],
    ["n-3", "暴露垃圾", "两行\n文字", "113.01", "34.005", "2026-07-01T09:30:00+08:00", "", "", ""],
    ["n-4", "暴露垃圾", "没有坐标", "", "", "2026-07-01 09:30:00", "", "", ""],
    ["n-5", "暴露垃圾", "反了", "34.005", "113.005", "2026-07-01 09:30:00", "", "", ""],
]


@pytest.fixture
def squares(database: Database) -> None:
    district = AreaRecord("district", "D", "区", shapely.box(113, 34, 113.02, 34.01))
    grids = [
        AreaRecord("grid", code, f"{code}网格", shapely.box(113 + n / 100, 34, 113 + (n + 1) / 100, 34.01), "D")
        for n, code in enumerate("ab")
    ]
    with database.transaction() as session:
        layer = operations.create_layer(
            session, code="admin", name="行政网格", levels=["district", "grid"], actor=who("test")
        )
        operations.publish(
            session,
            layer=layer,
            areas=[district, *grids],
            publication=operations.Publication(author=who("test")),
            lead_s=0.0,
        )


@pytest.fixture
def take_in(
    squares: None,  # noqa: ARG001 (boundaries first)
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Result]:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("WANGGE_CACHE_DIR", str(tmp_path / "cache"))

    def run(file: Path, *words: str) -> Result:
        return CliRunner().invoke(app, ["reports", "import", str(file), "--channel", "12345", *words])

    return run


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    def write(rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER, encoding: str = "utf-8") -> Path:
        path = tmp_path / "reports.csv"
        with path.open("w", encoding=encoding, newline="") as target:
            csv.writer(target).writerows([header, *rows])
        return path

    return write


def stored(database: Database) -> dict[str, tuple[str, str, list[str]]]:
    with database.transaction() as session:
        rows = session.execute(text("SELECT external_id, description, method, area_path FROM report ORDER BY id"))
        return {row[0]: tuple(row[1:]) for row in rows}


def test_a_file_comes_in_with_its_areas_and_again_without_doubling(
    take_in: Callable[..., Result], table: Callable[..., Path], database: Database
) -> None:
    file = table(ROWS)
    first = take_in(file)
    assert first.exit_code == 0, first.output
    assert stored(database) == {
        "n-1": ("垃圾", "covered", ["D", "a"]),
        "n-2": ("a\\b", "covered", ["D", "b"]),
        "n-3": ("两行\n文字", "boundary", ["D", "a"]),
        "n-4": ("没有坐标", "unassigned", []),
        "n-5": ("反了", "unassigned", []),
    }
    with database.transaction() as session:
        at = session.scalars(text("SELECT DISTINCT reported_at::text FROM report")).all()
        assert at == ["2026-07-01 01:30:00+00"]
        assert session.execute(text("SELECT name, phone FROM reporter")).all() == [("张三", "13800001234")]
    again = take_in(file)
    assert (again.exit_code, len(stored(database))) == (0, 5), again.output
    assert "0 stored, 5 known before, 0 rejected" in again.output


def test_gbk_semicolons_and_named_columns_are_read(
    take_in: Callable[..., Result], tmp_path: Path, database: Database
) -> None:
    file = tmp_path / "gbk.csv"
    file.write_text("甲;乙;丙;丁\nk-1;暴露垃圾;113.005;34.005\n", encoding="gbk")
    words = [w for pair in ("external_id=甲", "category=乙", "lon=丙", "lat=丁") for w in ("--map", pair)]
    result = take_in(file, *words)
    assert result.exit_code == 0, result.output
    assert stored(database) == {"k-1": ("", "covered", ["D", "a"])}


def test_rejected_rows_are_kept_in_a_file_with_line_and_reason(
    take_in: Callable[..., Result], table: Callable[..., Path], database: Database
) -> None:
    bad = [
        ["b-1", "", *ROWS[0][2:]],
        ["b-2", "类", "a\x00b", *ROWS[0][3:]],
        ["b-3", "类", "", "113", "34", "gestern", "", "", ""],
        ["b-4", "类", "", "113", "34", "2999-01-01 00:00", "", "", ""],
        ["b-5", "类", "", "113", "34", "2026-07-01", "", "<script>", ""],
        ["b-6", "too", "short"],
        ["b-7", "类", "", "113", "34", "", "", "", ""],
        ["n-1", "其他", *ROWS[0][2:]],
    ]
    result = take_in(table([*ROWS, *bad]), "--batch", "4")
    assert result.exit_code == 2, result.output
    assert len(stored(database)) == 6
    with (table([]).with_name("reports.csv.rejected.csv")).open(encoding="utf-8-sig", newline="") as source:
        found = {row["编号"] + row["类别"]: (row["line"], row["reason"]) for row in csv.DictReader(source)}
    assert set(found) == {"b-1", "b-2类", "b-3类", "b-4类", "b-6too", "b-7类", "n-1其他"}
    assert "category" in found["b-1"][1]
    assert "text" in found["b-2类"][1]
    assert "gestern" in found["b-3类"][1]
    assert "future" in found["b-4类"][1]
    assert "no time" in found["b-7类"][1]
    assert "3 columns" in found["b-6too"][1]
    assert "other content" in found["n-1其他"][1]
    assert found["b-1"][0] == "8"


def test_rows_without_an_id_are_known_by_their_content(
    take_in: Callable[..., Result], table: Callable[..., Path], database: Database
) -> None:
    twice = [["", *ROWS[0][1:]], ["", *ROWS[0][1:]], ["", *ROWS[1][1:]]]
    assert "3 stored" in take_in(table(twice)).output
    assert "0 stored, 3 known before" in take_in(table(twice)).output
    with database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM report")) == 3


def test_the_api_knows_what_was_imported_and_refuses_what_an_import_refuses(
    take_in: Callable[..., Result],
    table: Callable[..., Path],
    settings: Settings,
    make_key: Callable[..., dict[str, str]],
) -> None:
    from fastapi.testclient import TestClient

    take_in(table(ROWS))
    report = {
        "external_id": "n-1", "category": "暴露垃圾", "text": "垃圾", "lon": 113.005, "lat": 34.005,
        "reported_at": "2026-07-01T09:30:00+08:00", "reporter": {"name": "张三", "phone": "13800001234"},
    }  # fmt: skip
    twice = {"category": "类", "lon": 113.005, "lat": 34.005, "x": 500000, "y": 3764000}
    with TestClient(create_app(settings)) as client:
        key = make_key("intake", channel="12345")
        answer = client.post("/v1/reports", json=report, headers=key)
        refused = client.post("/v1/reports", json=twice, headers=key)
        in_batch = client.post("/v1/reports/batch", json={"reports": [twice]}, headers=key).json()["results"][0]
    in_file = take_in(table([["类", "113.005", "34.005", "500000", "3764000"]], ["类别", "经度", "纬度", "x", "y"]))
    assert "--ignore the columns of one" in in_file.output
    why = table([]).with_name("reports.csv.rejected.csv").read_text("utf-8-sig").splitlines()[1]
    assert (refused.status_code, in_batch["status"], in_file.exit_code) == (422, 422, 2)
    for said in (refused.json()["detail"], in_batch["problem"]["detail"], why):
        assert "x: send lon and lat, or x and y, not both" in said
    assert answer.status_code == 200, answer.text
    assert "inside grid a网格" in answer.json()["reason"]
    assert answer.json()["reason_zh"].startswith("该点位于网格“a网格”内")


def test_marks_of_a_column_are_kept_and_what_is_no_mark_is_refused(
    take_in: Callable[..., Result], table: Callable[..., Path], settings: Settings, database: Database,
    make_key: Callable[..., dict[str, str]],
) -> None:  # fmt: skip
    from fastapi.testclient import TestClient

    header = ["编号", "类别", "描述", "敏感信息"]
    rows = [["s-1", "噪音", "一", "未成年人；健康"], ["s-2", "噪音", "二", " Minor "], ["s-3", "噪音", "三", "无"]]
    more = [["s-4", "噪音", "四", "health,health"], ["s-5", "噪音", "五", "也许"], ["s-6", "噪音", "六", ""]]
    stopped = take_in(table(rows, [*header[:3], "是否未成年"]))
    assert "是否未成年 looks like sensitive" in str(stopped.exception)
    assert take_in(table(rows, header)).exit_code == 0
    assert take_in(table([*rows, *more], header)).exit_code == 2, "these go through the staging table"
    why = table([]).with_name("reports.csv.rejected.csv").read_text("utf-8-sig")
    assert "sensitive: 也许 is no mark: write minor, health, or nothing" in why
    marks = text(
        "SELECT external_id, string_agg(kind, ' ' ORDER BY kind), min(set_by), bool_and(set_at = received_at)"
        " FROM report JOIN report_sensitivity ON report_id = report.id GROUP BY 1 ORDER BY 1"
    )
    with database.transaction() as session:
        assert [tuple(row) for row in session.execute(marks)] == [
            ("s-1", "health minor", "12345", True), ("s-2", "minor", "12345", True), ("s-4", "health", "12345", True),
        ]  # fmt: skip
    sent = {"external_id": "s-1", "category": "噪音", "text": "一", "sensitive": ["minor", "health"]}
    with TestClient(create_app(settings)) as client:
        key = make_key("intake", channel="12345")
        known, other = (client.post("/v1/reports", json=sent | more, headers=key) for more in ({}, {"sensitive": []}))
    assert (known.status_code, other.status_code) == (200, 409), "without its marks it is another report"


def test_rows_of_an_old_system_keep_when_it_received_them(
    take_in: Callable[..., Result], table: Callable[..., Path], database: Database, tmp_path: Path
) -> None:
    header = ["编号", "类别", "上报时间", "收到时间"]
    rows = [
        ["o-1", "垃圾", "2016-12-31 23:00", "2017-01-01 07:59"],  # in UTC still in December
        ["o-2", "垃圾", "2017-01-01 09:00", "2017-01-01 08:30"],
        ["o-3", "垃圾", "2017-01-03 09:00", "2017-01-01 08:30"],
        ["o-4", "垃圾", "2017-01-03 09:00", ""],
    ]
    done = take_in(table(rows, header), "--language", "en")
    assert "3 stored, 0 known before, 1 rejected" in done.output, done.output
    assert "received_at: lies a day or more before reported_at" in (tmp_path / "reports.csv.rejected.csv").read_text()
    with database.transaction() as session:
        stored = session.execute(
            text("SELECT external_id, id / 1000000000, received_at FROM report ORDER BY external_id")
        )
        months = {external_id: (month, received) for external_id, month, received in stored}
    assert [months[name][0] for name in ("o-1", "o-2")] == [201612, 201701]
    assert months["o-1"][1].isoformat() == "2016-12-31T23:59:00+00:00"
    assert months["o-4"][1] > clock.now() - timedelta(hours=1)
    assert "0 stored, 3 known before" in take_in(table(rows, header)).output


def test_a_row_that_the_database_refuses_falls_alone(
    squares: None,  # noqa: ARG001
    take_in: Callable[..., Result],
    table: Callable[..., Path],
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = preparation.text_field
    monkeypatch.setattr(preparation, "text_field", lambda value: "\\x00" if value == "a\\b" else real(value))
    result = take_in(table(ROWS))
    assert result.exit_code == 2, result.output
    assert set(stored(database)) == {"n-1", "n-3", "n-4", "n-5"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--map", "nonsense=类别"), "no field nonsense"),
        (("--map", "category=Kategorie"), "no column Kategorie"),
        (("--map", "category"), "key=value"),
        (("--crs", "Venus"), "unknown coordinate reference system"),
        (("--date-format", "us"), "ymd, mdy, dmy"),
        (("--ignore", "Kategorie"), "no column Kategorie"),
        (("--encoding", "klingon"), "No encoding is called klingon"),
    ],
)
def test_a_wrong_word_is_answered_with_what_would_be_right(
    take_in: Callable[..., Result], table: Callable[..., Path], words: tuple[str, str], said: str
) -> None:
    result = take_in(table(ROWS), *words)
    assert result.exit_code != 0
    assert said in f"{result.output} {result.exception}"
