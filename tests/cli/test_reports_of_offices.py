"""`reports import` of files as offices export them: nothing is swallowed, dated now, renamed or passed over unsaid."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import shapely
from sqlalchemy import text
from typer.testing import CliRunner

from cli import app
from geo.address.index import LocatingIndex
from geo.address.rows import GazetteerRows, RoadRow
from governance.hotspots import execution
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.runs import operations as hotspots
from governance.hotspots.runs import queries as runs
from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from grids.gazetteer.memory import GazetteerCache
from tests.factories import workbooks
from tests.factories.identity import who
from tests.factories.sample import import_sample_gazetteer, publish_sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from core.db import Database
    from core.settings import Settings

INTAKE = Path(__file__).resolve().parents[1] / "data" / "intake"


@pytest.fixture
def take_in(
    database: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    square = AreaRecord("district", "D", "区", shapely.box(113.27, 34.8, 113.28, 34.81))
    with database.transaction() as session:
        layer = operations.create_layer(session, code="admin", name="行政", levels=["district"], actor=who("test"))
        operations.publish(
            session, layer=layer, areas=[square], publication=operations.Publication(author=who("test")), lead_s=0.0
        )
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("WANGGE_CACHE_DIR", str(tmp_path / "cache"))

    def run(name: str, *words: str, content: str | Path | None = None) -> Result:
        file = tmp_path / name
        if content is None:
            shutil.copy(INTAKE / name, file)
        elif isinstance(content, str):
            file.write_text(content, encoding="utf-8")
        return CliRunner().invoke(app, ["reports", "import", str(file), "--channel", "12345", *words])

    return run


def stored(database: Database, what: str) -> dict[str, str]:
    with database.transaction() as session:
        rows = session.execute(text(f"SELECT external_id, ({what})::text FROM report ORDER BY id"))
        return {row[0]: row[1] for row in rows}


def local(database: Database) -> dict[str, str]:
    return stored(database, "to_char(reported_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI')")


def test_forty_reports_of_which_two_have_a_broken_quote_give_thirty_eight_and_two_named_lines(
    take_in: Callable[..., Result], database: Database, tmp_path: Path
) -> None:
    result = take_in("42_merge3.csv", "--language", "zh")
    assert result.exit_code == 2, result.output
    assert set(stored(database, "category")) == {f"B42-{n}" for n in range(2, 40)}
    raw = (tmp_path / "42_merge3.csv.rejected.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(raw.decode("utf-8-sig").splitlines()))
    assert rows[0][:3] == ["行号", "原因", "工单编号"]
    assert [row[0] for row in rows[1:]] == ["2", "41"]
    assert "引号" in rows[1][1]
    assert rows[1][4] == '"光明超市门口占道'


def test_dates_of_real_exports_are_read_and_doubtful_ones_refused_by_name(
    take_in: Callable[..., Result], database: Database, tmp_path: Path
) -> None:
    result = take_in("05_dates.csv")
    assert result.exit_code == 2, result.output
    found = local(database)
    midnight, other = {"B5-2", "B5-9", "B5-14", "B5-22"}, {"B5-7": "16:05", "B5-13": "20:05"}
    expected = {
        f"B5-{n}": f"2025-06-03 {other.get(f'B5-{n}', '00:00' if f'B5-{n}' in midnight else '08:05')}"
        for n in range(27)
        if n not in {11, 18, 21, 23, 24}
    } | {"B5-17": "2025-06-04 00:00"}
    assert found == expected
    with (tmp_path / "05_dates.csv.rejected.csv").open(encoding="utf-8-sig", newline="") as source:
        why = {row["工单编号"]: row["reason"] for row in csv.DictReader(source)}
    assert "may be 2025-03-06 or 2025-06-03" in why["B5-11"]
    assert set(why) == {"B5-11", "B5-18", "B5-21", "B5-23", "B5-24", "B5-27", "B5-28"}


def test_one_date_that_can_only_be_month_first_tells_the_whole_column(
    take_in: Callable[..., Result], database: Database
) -> None:
    rows = "a,类,6/3/2025 8:05 AM\nb,类,12/31/2017 11:59:58 PM\nc,类,2025-01-02 03:04\n"
    result = take_in("us.csv", content=f"id,category,time,n\n{rows}".replace(",time,n", ",上报时间"))
    assert result.exit_code == 0, result.output
    assert local(database) == {"a": "2025-06-03 08:05", "b": "2017-12-31 23:59", "c": "2025-01-02 03:04"}
    assert "dates are read as mdy" in result.output


@pytest.mark.parametrize(("told", "day"), [("dmy", "2025-03-06"), ("mdy", "2025-06-03"), ("%m/%d/%Y", "2025-06-03")])
def test_the_order_of_dates_can_be_told(
    take_in: Callable[..., Result], database: Database, told: str, day: str
) -> None:
    result = take_in("x.csv", "--date-format", told, content="id,category,上报时间\na,类,6/3/2025\n")
    assert (result.exit_code, local(database)) == (0, {"a": f"{day} 00:00"}), result.output


def test_a_column_that_looks_like_a_time_an_id_or_an_address_is_not_passed_over_unsaid(
    take_in: Callable[..., Result], database: Database
) -> None:
    words = ("--map", "category=诉求类型", "--map", "text=诉求描述")
    refused = take_in("44_partial.csv", *words)
    assert refused.exit_code != 0
    for said in ("工单号 looks like external_id", "事发地点 looks like address", "诉求时间 looks like reported_at"):
        assert said in str(refused.exception)
    assert stored(database, "category") == {}
    told = ("--map", "reported_at=诉求时间", "--map", "external_id=工单号", "--ignore", "事发地点")
    assert take_in("44_partial.csv", *words, *told).exit_code == 0
    assert local(database) == {"B44-1": "2025-06-03 08:05", "B44-2": "2025-06-04 08:05"}


def test_a_dry_run_shows_what_each_column_is_taken_for_and_stores_nothing(
    take_in: Callable[..., Result], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    result = take_in("05_dates.csv", "--dry-run")
    assert result.exit_code == 0, result.output
    for said in ("来电时间", "reported_at", "45811.33680555 → 2025-06-03 08:05:00+08:00", "7 rows would be rejected"):
        assert said in result.output
    assert stored(database, "category") == {}


@pytest.mark.parametrize("name", ["45_rejself.csv", "others.csv"])
def test_rejected_rows_never_overwrite_the_file_read_nor_another(
    take_in: Callable[..., Result], tmp_path: Path, name: str
) -> None:
    (tmp_path / "others.csv").write_text("mine\n")
    result = take_in("45_rejself.csv", "--rejected", str(tmp_path / name))
    assert result.exit_code != 0
    assert "--rejected" in str(result.exception)
    assert (tmp_path / "45_rejself.csv").read_bytes() == (INTAKE / "45_rejself.csv").read_bytes()
    assert (tmp_path / "others.csv").read_text() == "mine\n"


def test_coordinates_are_read_as_offices_write_them(take_in: Callable[..., Result], database: Database) -> None:
    result = take_in("07_coords.csv")
    assert result.exit_code == 0, result.output
    methods = stored(database, "method")
    assert len(methods) == 32
    placed = {f"B7-{n}" for n in [*range(1, 12), 20, 21, 22, 23, 28]}
    assert {key for key, method in methods.items() if method != "unassigned"} == placed
    assert stored(database, "round(ST_X(geom)::numeric, 4)")["B7-3"] == "113.2741"


def test_spreadsheets_come_in_with_their_times_ids_and_the_rows_that_are_none(
    take_in: Callable[..., Result], database: Database, tmp_path: Path
) -> None:
    result = take_in("orders.xls")
    assert result.exit_code == 0, result.output
    assert local(database) == {"20250603080500": "2025-06-03 08:05", "B-2": "2025-06-03 08:05"}
    rows = [
        ["编号", "类别", "地址", "经度", "纬度", "上报时间"],
        ["x-1", "占道经营", "新乡路\n12号", 113.2741, 34.8023, (45811.5,)],
        ["x-2", None, "", 113.2741, 34.8023, (45811.5,)],
        ["合计", 2],
    ]
    (tmp_path / "x.xlsx").write_bytes(workbooks.xlsx({"工单": rows, "说明": [["读我"]]}))
    result = take_in("x.xlsx", "--language", "zh", content=tmp_path / "x.xlsx")
    assert (result.exit_code, "sheets not read: 说明" in result.output) == (2, True), result.output
    assert stored(database, "address_text")["x-1"] == "新乡路 12号"
    assert local(database)["x-1"] == "2025-06-03 12:00"
    rejected = (tmp_path / "x.xlsx.rejected.csv").read_text("utf-8-sig").splitlines()
    assert rejected[1].startswith("3,类别：为空,x-2,")


def test_0_0_with_a_good_address_is_placed_by_the_address(
    take_in: Callable[..., Result], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    roads = [
        RoadRow("新乡路", shapely.LineString([(113.275, 34.79), (113.275, 34.82)])),
        RoadRow("孟津路", shapely.LineString([(113.26, 34.805), (113.29, 34.805)])),
    ]
    index = LocatingIndex(GazetteerRows(roads=roads))
    monkeypatch.setattr(GazetteerCache, "index", lambda _: index)
    rows = "".join(f"{name},类,0,0.0,{address}\n" for name, address in (("a", "新乡路与孟津路交叉口"), ("b", "")))
    result = take_in("zero.csv", content=f"编号,类别,经度,纬度,地址\n{rows}")
    assert result.exit_code == 0, result.output
    assert stored(database, "method") == {"a": "covered", "b": "unassigned"}
    assert stored(database, "reason_code")["b"] == "no_position"


def test_blank_rows_and_totals_are_no_reports_and_shortened_ids_are_no_ids(
    take_in: Callable[..., Result], database: Database
) -> None:
    result = take_in("10_blank.csv")
    assert (result.exit_code, set(stored(database, "category"))) == (0, {"B10-1", "B10-2"}), result.output
    assert "line 8 adds others up" in result.output
    again = take_in("09_sciid.csv")
    assert (again.exit_code, "5 stored" in again.output, "5 ids were shortened" in again.output) == (0, True, True)


def test_one_category_in_several_spellings_is_one(take_in: Callable[..., Result], database: Database) -> None:
    result = take_in("52_cat.csv")
    assert result.exit_code == 2, result.output
    assert stored(database, "category") == {f"B52-{n}": "占道经营" for n in (3, 4, 5)}


@pytest.mark.parametrize(("name", "count"), [("06_phones.csv", 20), ("50_acc.csv", 6), ("51_photo.csv", 4)])
def test_no_report_is_refused_for_its_phone_photo_or_accuracy(
    take_in: Callable[..., Result], database: Database, name: str, count: int
) -> None:
    result = take_in(name)
    assert result.exit_code == 0, result.output
    assert len(stored(database, "category")) == count
    assert "aside" in result.output
    with database.transaction() as session:
        kept = session.execute(text("SELECT set_aside FROM reporter WHERE set_aside IS NOT NULL")).scalars().all()
    assert kept
    again = take_in(name)
    assert (again.exit_code, f"0 stored, {count} known before" in again.output) == (0, True)


def test_sixty_callers_who_name_one_school_are_a_cluster_and_no_default_geocode(
    database: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the file to the result: 800 reports with points of their own, 60 with an address in words alone."""
    publish_sample(database)
    import_sample_gazetteer(database)
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("WANGGE_CACHE_DIR", str(tmp_path / "cache"))
    file = INTAKE.parent / "hotspots" / "named_place_pile_up.csv"
    imported = CliRunner().invoke(app, ["reports", "import", str(file), "--channel", "12345"])
    assert imported.exit_code == 0, imported.output
    with database.transaction() as session:
        places = session.execute(text("SELECT DISTINCT area_path[4], ST_AsText(geom) FROM report WHERE x IS NULL"))
        ((grid, _),) = places.all()
        run_id = hotspots.request_run(
            session,
            layer="admin",
            period=(date(2024, 3, 1), date(2024, 4, 1)),
            methods=[HotspotMethod.CONCENTRATION],
            actor=who("test"),
            queued=False,
        ).id
    execution.execute_run(database, run_id)
    with database.transaction() as session:
        result = runs.result_of(runs.get_run(session, run_id))
    assert (result.input.pile_ups, result.input.on_pile_ups, result.input.without_point) == ([], 0, 0)
    assert [found.observed for found in result.clusters if grid in found.areas and found.significant][:1] >= [60]
