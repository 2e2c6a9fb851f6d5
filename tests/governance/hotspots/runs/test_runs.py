"""A run is stored whole, repeats to the same bytes, can be cancelled, and says what it set aside."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from governance.hotspots import execution
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.result_format.model import PileUp
from governance.hotspots.runs import operations, queries
from governance.hotspots.study.parameters import ParameterInvalidError, parse_parameters
from grids.boundaries.errors import AreaNotFoundError
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who
from tests.factories.releases import publish_areas
from tests.factories.reports import PlacedRow, store_reports

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.db import Database
    from governance.hotspots.result_format import Result

START, END = date(2026, 5, 1), date(2026, 6, 1)
FAST = {"replicates": 199, "history_days": 120, "scan_days": 60}
SIDE = 8
STEP = 0.003


@pytest.fixture
def town(database: Database) -> Database:
    """64 grids in 4 communities of one street and district, with a year's reports and one planted cluster."""
    areas = [AreaRecord("district", "410106", "上街区", shapely.box(113.2, 34.7, 113.2 + 8 * STEP, 34.7 + 8 * STEP))]
    areas.append(AreaRecord("street", "410106001", "济源路街道", areas[0].geom, "410106"))
    for k in range(4):
        x, y = 113.2 + (k % 2) * 4 * STEP, 34.7 + (k // 2) * 4 * STEP
        box = shapely.box(x, y, x + 4 * STEP, y + 4 * STEP)
        areas.append(AreaRecord("community", f"41010600100{k}", f"第{k + 1}社区", box, "410106001"))
    for row, column in np.ndindex(SIDE, SIDE):
        parent = f"41010600100{(column // 4) + 2 * (row // 4)}"
        x, y = 113.2 + column * STEP, 34.7 + row * STEP
        areas.append(
            AreaRecord(
                "grid", f"{parent}{row * SIDE + column:03d}", "网格", shapely.box(x, y, x + STEP, y + STEP), parent
            )
        )
    with database.transaction() as session:
        publish_areas(session, areas, levels=["district", "street", "community", "grid"])
    with database.transaction() as session:
        _reports(session)
    return database


def report(lon: float, lat: float, day: date, category: str, channel: str = "12345", hour: int = 10) -> PlacedRow:
    column, row = int((lon - 113.2) / STEP), int((lat - 34.7) / STEP)
    parent = f"41010600100{(column // 4) + 2 * (row // 4)}"
    path = ["410106", "410106001", parent, f"{parent}{row * SIDE + column:03d}"]
    at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=8)
    return PlacedRow(lon, lat, path, at, category=category, channel=channel)


def _reports(session: Session) -> None:
    random = np.random.default_rng(1)
    rows = []
    for _ in range(900):
        lon, lat = 113.2 + random.uniform(0, 8 * STEP), 34.7 + random.uniform(0, 8 * STEP)
        day = END - timedelta(days=int(random.integers(1, 121)))
        rows.append(report(lon, lat, day, str(random.choice(["暴露垃圾", "占道经营", "道路破损"]))))
    for _ in range(30):  # the planted cluster: one grid and its surroundings, ten days in May
        lon, lat = 113.2 + 2.5 * STEP + random.normal(0, STEP / 3), 34.7 + 2.5 * STEP + random.normal(0, STEP / 3)
        rows.append(report(lon, lat, date(2026, 5, 10) + timedelta(days=int(random.integers(0, 10))), "占道经营"))
    rows += [report(113.2111, 34.7111, END - timedelta(days=1 + k), "其他") for k in range(40)]  # a default geocode
    rows += [report(113.2051, 34.7051, END - timedelta(days=1 + k), "占道经营", "patrol") for k in range(20)]
    store_reports(
        session,
        [
            dataclasses.replace(row, phone=f"1380000{number % 700:04}" if row.channel == "12345" else None)
            for number, row in enumerate(rows, 1)
        ],
    )


def run_of(database: Database, **options: Any) -> int:
    with database.transaction() as session:
        given = {"layer": "admin", "period": (START, END), "parameters": FAST, "actor": who("t"), "queued": False}
        return operations.request_run(session, **{**given, **options}).id


def result_of(database: Database, run_id: int) -> Result:
    with database.transaction() as session:
        return queries.result_of(queries.get_run(session, run_id))


def test_the_planted_cluster_is_found_and_what_was_set_aside_is_said(town: Database) -> None:
    run_id = run_of(town)
    execution.execute_run(town, run_id)
    result = result_of(town, run_id)
    account = result.input
    assert account.on_pile_ups == 40
    assert account.pile_ups == [PileUp(lon=113.2111, lat=34.7111, reports=40)]
    assert account.patrol == 20
    parts = ("without_point", "on_pile_ups", "patrol", "repeat_calls", "incidents")
    assert account.reports == sum(getattr(account, part) for part in parts) == 990
    for method in ("scan", "concentration"):
        found = [c for c in result.clusters if c.method == method]
        assert [c.category for c in found] == ["占道经营"]
        assert any(code.endswith("018") for code in found[0].areas)
        assert (found[0].adjusted_p or 0) <= 0.05
        assert found[0].observed > 1.5 * (found[0].expected or 0)
    scan = next(c for c in result.clusters if c.method == "scan")
    assert date(2026, 5, 7) <= scan.first <= scan.last <= date(2026, 5, 22)
    judged = {unit.code: unit.judged for unit in result.units}
    assert all({HotspotMethod.GI, HotspotMethod.EMERGING} <= methods.keys() for methods in judged.values())
    gi = {code: methods[HotspotMethod.GI] for code, methods in judged.items()}
    assert max(gi, key=lambda code: gi[code].z or 0) in found[0].areas
    assert all((one.flag == 1) <= ((one.q or 0) <= 0.05) for one in gi.values())


def test_a_finished_run_repeats_to_the_same_bytes_also_when_reports_came_in_since(town: Database) -> None:
    given = {
        "methods": tuple(HotspotMethod),
        "parameters": {**FAST, "replicates": 99, "unit": "hexagon", "rate_per": "km2"},
    }
    run_id = run_of(town, **given)
    execution.execute_run(town, run_id)
    with town.transaction() as session:
        store_reports(session, [report(113.2051, 34.7051, date(2026, 5, 20), "占道经营") for _ in range(25)])
    stored, repeated = operations.repeat(town, run_id)
    assert stored == repeated
    again = run_of(town, **given)
    execution.execute_run(town, again)
    assert result_of(town, again) != result_of(town, run_id)


def test_a_finished_run_cannot_be_changed_and_a_second_delivery_does_nothing(town: Database) -> None:
    run_id = run_of(town, methods=[HotspotMethod.GI])
    execution.execute_run(town, run_id)
    before = result_of(town, run_id)
    execution.execute_run(town, run_id)
    assert result_of(town, run_id) == before
    with pytest.raises(IntegrityError, match="immutable"), town.transaction() as session:
        session.execute(text("UPDATE hotspot_run SET seed = 1"))


def test_a_queued_run_is_cancelled_at_once_and_a_running_one_at_its_next_beat(
    town: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued = run_of(town)
    with town.transaction() as session:
        assert operations.cancel_run(session, run_id=queued, actor=who("t")).status == "cancelled"
    execution.execute_run(town, queued)
    monkeypatch.setattr(execution, "BEAT_S", 0.0)
    running = run_of(town, methods=[HotspotMethod.GI, HotspotMethod.EMERGING])

    def stop(_: float) -> None:
        with town.transaction() as session:
            operations.cancel_run(session, run_id=running, actor=who("t"))

    execution.execute_run(town, running, watch=stop)
    with town.transaction() as session:
        assert queries.get_run(session, running).status == "cancelled"
        assert queries.get_run(session, running).result is None


def test_a_run_over_nothing_is_done_and_empty(town: Database) -> None:
    run_id = run_of(town, period=(date(2020, 1, 1), date(2020, 2, 1)))
    execution.execute_run(town, run_id)
    assert result_of(town, run_id).clusters == []


def test_within_and_categories_limit_what_is_read(town: Database) -> None:
    run_id = run_of(town, within="410106001000", categories=["暴露垃圾"], methods=[HotspotMethod.GI])
    execution.execute_run(town, run_id)
    result = result_of(town, run_id)
    assert len(result.areas) == 16
    assert [entry.category for entry in result.by_category] == ["暴露垃圾"]


def test_what_is_due_is_requested_once(town: Database) -> None:
    for today, kinds in ((date(2026, 6, 1), {"daily", "weekly", "monthly"}), (date(2026, 6, 2), {"daily"})):
        with town.transaction() as session:
            assert {r.kind for r in operations.schedule(session, layer="admin", today=today)} == kinds
        with town.transaction() as session:
            assert operations.schedule(session, layer="admin", today=today) == []
    with town.transaction() as session:
        assert operations.schedule(session, layer="nowhere", today=date(2026, 6, 3)) == []


@pytest.mark.parametrize(
    "given",
    [
        {"replicates": 10**9},
        {"replicates": 99.5},
        {"level": "x"},
        {"nonsense": 1},
        {"level": True},
        {"patrol": "a"},
    ],
)
def test_parameters_out_of_range_are_refused_by_name(given: dict[str, Any]) -> None:
    with pytest.raises(ParameterInvalidError) as refused:
        parse_parameters(given)
    assert refused.value.field == f"parameters.{next(iter(given))}"


def test_a_run_that_cannot_be_is_refused(town: Database) -> None:
    with pytest.raises(operations.PeriodInvalidError):
        run_of(town, period=(END, START))
    with pytest.raises(AreaNotFoundError):
        run_of(town, within="9")
    with town.transaction() as session, pytest.raises(queries.RunNotFoundError):
        queries.get_run(session, 10**6)


def test_a_run_that_takes_too_long_ends_as_failed_and_its_error_says_so(town: Database) -> None:
    run_id = run_of(town)
    with pytest.raises(execution.RunTooLongError):
        execution.execute_run(town, run_id, longest_s=0)
    with town.transaction() as session:
        run = queries.get_run(session, run_id)
        assert (run.status, run.result) == ("failed", None)
        assert "computed for more than 0 s" in (run.error or "")


def test_a_caller_may_have_only_so_many_runs_open(town: Database) -> None:
    first, _ = run_of(town, actor=who("a"), most_open=2), run_of(town, actor=who("a"), most_open=2)
    with pytest.raises(operations.RunsTooManyError):
        run_of(town, actor=who("a"), most_open=2)
    run_of(town, actor=who("b"), most_open=2)
    with town.transaction() as session:
        operations.cancel_run(session, run_id=first, actor=who("a"))
    run_of(town, actor=who("a"), most_open=2)


def test_days_to_come_are_no_days_without_reports(town: Database) -> None:
    with town.transaction() as session:
        today = session.execute(text("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")).scalar_one()
    run_id = run_of(
        town, period=(today - timedelta(days=3), today + timedelta(days=400)), methods=[HotspotMethod.WARNING]
    )
    execution.execute_run(town, run_id)
    result = result_of(town, run_id)
    assert (result.period.start, result.period.end) == (today - timedelta(days=3), today + timedelta(days=1))
    told = [one.values for one in result.notes if one.code == "note/period_not_over"]
    assert told == [{"until": today.isoformat(), "days": 399}]


def test_a_default_geocode_stays_set_aside_in_a_run_of_one_category_or_area(town: Database) -> None:
    with town.transaction() as session:
        store_reports(session, [report(113.2111, 34.7111, END - timedelta(days=1 + k), "占道经营") for k in range(9)])
    whole = run_of(town, methods=[HotspotMethod.CONCENTRATION])
    execution.execute_run(town, whole)
    (pile,) = result_of(town, whole).input.pile_ups
    assert pile.reports == 49
    one = run_of(town, methods=[HotspotMethod.CONCENTRATION], categories=["占道经营"])
    execution.execute_run(town, one)
    account = result_of(town, one).input
    assert account.pile_ups == [pile.model_copy(update={"reports": 9})]
    assert [entry.category for entry in result_of(town, one).by_category] == ["占道经营"]
    stored, again = operations.repeat(town, one)
    assert stored == again
    elsewhere = run_of(town, methods=[HotspotMethod.CONCENTRATION], within="410106001003")
    execution.execute_run(town, elsewhere)
    assert result_of(town, elsewhere).input.reports < account.reports + 300
    assert result_of(town, elsewhere).input.pile_ups == []


def test_a_place_that_many_name_is_found_and_not_set_aside(town: Database) -> None:
    """Sixty calls name one school in words: our geocoder puts them on one point."""
    with town.transaction() as session:
        school = [report(113.2171, 34.7171, date(2026, 5, 1) + timedelta(days=k % 30), "占道经营") for k in range(60)]
        store_reports(session, [dataclasses.replace(row, address="盛世小学门口") for row in school])
    run_id = run_of(town, methods=[HotspotMethod.CONCENTRATION])
    execution.execute_run(town, run_id)
    result = result_of(town, run_id)
    assert [pile.reports for pile in result.input.pile_ups] == [40]
    place = report(113.2171, 34.7171, END, "占道经营").path[-1]
    assert any(place in found.areas for found in result.clusters)
