"""Findings of patrols count against how much the patrols looked, or stay apart and the run says so."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from geo.hotspot.scan import ScanOptions, TimeWindows, circular_zones, poisson_scan
from governance.hotspots import execution
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.methods.patrol_adjustment import (
    PatrolFindings,
    by_weeks,
    expected_in_space,
    expected_in_time,
)
from governance.hotspots.notes import NoteCode, measure
from governance.hotspots.patrol_effort.operations import record_effort
from governance.hotspots.runs import operations, queries
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who
from tests.factories.releases import publish_areas
from tests.factories.reports import PlacedRow, store_reports

if TYPE_CHECKING:
    from core.db import Database
    from governance.hotspots.result_format import Result

EFFORT = {NoteCode.EFFORT_MISSING, NoteCode.EFFORT_USED, NoteCode.EFFORT_USED_EXCEPT}
SIDE, STEP, DAYS = 6, 0.003, 42
END = date(2026, 6, 1)
START = END - timedelta(days=14)
#: Patrols looked eight times as much in these grids, in the last week.
CAMPAIGN = (14, 15, 20, 21)
PLACES = np.array([[300.0 * x, 300.0 * y] for y in range(SIDE) for x in range(SIDE)])
RUN = {"replicates": 199, "history_days": DAYS, "scan_days": DAYS, "scan_min_reports": 5, "patrol": "adjusted"}


def hours() -> np.ndarray:
    table = np.ones((SIDE * SIDE, DAYS))
    table[list(CAMPAIGN), -7:] = 8.0
    return table


def found_of(table: np.ndarray, effort: np.ndarray) -> PatrolFindings:
    area, day = (np.repeat(axis, table[table > 0].astype(int)) for axis in np.nonzero(table))
    return PatrolFindings("patrol", np.full(len(area), "垃圾"), area, day, effort)


def test_weeks_of_effort_are_counted_back_from_the_end_and_keep_their_sum() -> None:
    daily = np.arange(10.0)[None, :]
    weekly = by_weeks(daily)
    assert weekly[0].tolist() == [1.0] * 3 + [6.0] * 7
    assert weekly.sum() == daily.sum()


def test_more_hours_let_more_findings_be_expected_in_space() -> None:
    effort = hours()
    found = found_of(np.random.default_rng(1).poisson(0.5 * effort), effort)
    counts, expected = expected_in_space(np.full(36, 10.0), np.ones(36), [found])
    assert counts.sum() == pytest.approx(expected.sum())
    assert counts.sum() == 360 + len(found.area)
    assert (expected[list(CAMPAIGN)] > expected[0] * 1.2).all()
    assert found.select(np.array([14, 2])).table().sum(axis=1).tolist() == found.table().sum(axis=1)[[14, 2]].tolist()


def test_a_campaign_of_patrols_is_no_cluster_once_its_hours_are_known() -> None:
    zones, effort = circular_zones(PLACES, max_radius_m=700), hours()
    options = {"windows": TimeWindows("prospective", max_length=7), "replicates": 99}
    p: dict[str, list[float]] = {"known": [], "blind": []}
    for run in range(60):
        random = np.random.default_rng([run, 21])
        table = random.poisson(0.2 * effort)
        area, day = random.integers(0, 36, 400), random.integers(0, DAYS, 400)
        for name, looked in (("known", effort), ("blind", np.ones_like(effort))):
            found = [found_of(table, looked)]
            cases, expected = expected_in_time(area, day, np.arange(DAYS) % 7, found, "垃圾")
            result = poisson_scan(cases, expected, zones, ScanOptions(**options, seed=run))
            p[name].append(result.clusters[0].p_monte_carlo if result.clusters else 1.0)
    shares = {name: np.mean(np.array(values) <= 0.05) for name, values in p.items()}
    assert shares["known"] <= 0.08
    assert shares["blind"] > 0.5


@pytest.fixture
def town(database: Database) -> Database:
    """36 grids; citizens everywhere, patrols as their hours; thirty findings more in one grid than hours explain."""
    whole = shapely.box(113.2, 34.7, 113.2 + SIDE * STEP, 34.7 + SIDE * STEP)
    areas = [AreaRecord("street", "1", "街道", whole)]
    for k in range(SIDE * SIDE):
        x, y = 113.2 + (k % SIDE) * STEP, 34.7 + (k // SIDE) * STEP
        areas.append(AreaRecord("grid", f"1{k:02d}", "网格", shapely.box(x, y, x + STEP, y + STEP), "1"))
    random = np.random.default_rng(4)
    spots = [(int(random.integers(36)), int(random.integers(DAYS)), "12345") for _ in range(400)]
    spots += [(int(a), int(d), "patrol") for a, d in zip(*np.nonzero(random.poisson(0.2 * hours())), strict=True)]
    spots += [(8, DAYS - 1 - k % 5, "patrol") for k in range(30)]
    with database.transaction() as session:
        publish_areas(session, areas, levels=["street", "grid"])
        store_reports(
            session,
            (
                PlacedRow(
                    channel=channel,
                    category="垃圾",
                    lon=113.2 + (k % SIDE + random.uniform(0.1, 0.9)) * STEP,
                    lat=34.7 + (k // SIDE + random.uniform(0.1, 0.9)) * STEP,
                    at=f"{END - timedelta(days=DAYS - day)}T10:00:00+08:00",
                    path=["1", f"1{k:02d}"],
                )
                for k, day, channel in spots
            ),
        )
    return database


def record(database: Database, *, without_day: int | None = None) -> None:
    rows = [
        {"area": f"1{k:02d}", "day": END - timedelta(days=DAYS - day), "channel": "patrol", "amount": amount}
        for (k, day), amount in np.ndenumerate(hours())
        if day != without_day
    ]
    with database.transaction() as session:
        record_effort(session, layer="admin", rows=rows, unit="hours", source="演示", actor=who("t"))


def run(database: Database, **parameters: Any) -> tuple[int, Result]:
    with database.transaction() as session:
        number = operations.request_run(
            session,
            layer="admin",
            period=(START, END),
            methods=[HotspotMethod.GI, HotspotMethod.SCAN],
            parameters={**RUN, **parameters},
            actor=who("t"),
            queued=False,
        ).id
    execution.execute_run(database, number)
    with database.transaction() as session:
        return number, queries.result_of(queries.get_run(session, number))


def test_findings_beyond_the_hours_are_found_and_a_campaign_is_not(town: Database) -> None:
    record(town)
    _, result = run(town)
    clusters = [c for c in result.clusters if c.method == "scan"]
    assert clusters
    assert all("108" in c.areas for c in clusters)
    unit = next(u for u in result.units if u.code == "108")
    assert (unit.reports_and_findings or 0) >= (unit.reports or 0) + 30
    used = [one.values for one in result.notes if one.code == NoteCode.EFFORT_USED]
    assert [(values["channel"], values["measure"]) for values in used] == [("patrol", measure("hours"))] * 2
    assert result.input.patrol > 0


def test_without_effort_the_findings_stay_apart_and_it_is_said(town: Database) -> None:
    _, apart = run(town, patrol="apart")
    _, nothing = run(town)
    record(town, without_day=DAYS - 3)
    _, gap = run(town)
    for result in (nothing, gap):
        assert result.clusters == apart.clusters
        assert result.units == apart.units
    said = [one for one in gap.notes if one.code == NoteCode.EFFORT_MISSING]
    assert [(one.method, one.values["days"]) for one in said] == [("gi", 1), ("scan", 1)]
    assert not any(one.code in EFFORT for one in apart.notes)


def test_an_adjusted_run_repeats_to_the_same_bytes_when_more_effort_came_in(town: Database) -> None:
    record(town)
    number, result = run(town)
    with town.transaction() as session:
        extra = [{"area": "100", "day": END - timedelta(days=1), "channel": "patrol", "amount": 500}]
        record_effort(session, layer="admin", rows=extra, unit="hours", source="演示", actor=who("t"))
    stored, repeated = operations.repeat(town, number)
    assert stored == repeated
    assert run(town)[1] != result


def test_hexagons_keep_findings_apart_and_say_so(town: Database) -> None:
    record(town)
    _, result = run(town, unit="hexagon", hexagon_edge_m=200.0)
    assert any(one.code == NoteCode.FINDINGS_APART_IN_HEXAGONS for one in result.notes)
