"""Every method of a run on one small town: it finds what was planted, says what it left out, and can be stopped."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest
import shapely
import shapely.affinity

from geo import datum
from geo.hotspot import progress as threads
from geo.hotspot.progress import Cancelled
from governance.calendar.workdays import day_types
from governance.hotspots.area_frame import AreaFrame, make_frame
from governance.hotspots.catalogue import ABOUT, HotspotMethod
from governance.hotspots.methods.registry import function_of
from governance.hotspots.notes import NoteCode, note
from governance.hotspots.result_format.stored import write_result
from governance.hotspots.runs.analysis import analyse
from governance.hotspots.study.exposure import Exposure, ExposureKind, LeftOut
from governance.hotspots.study.frame import (
    Background,
    Study,
    local_midnight_s,
    make_study,
)
from governance.hotspots.study.parameters import parse_parameters
from governance.hotspots.study.screened_reports import ReportColumns, ScreenedReports
from governance.hotspots.study.units import read_units

if TYPE_CHECKING:
    from collections.abc import Iterator

SIDE, STEP = 8, 0.003
START, END = date(2026, 5, 1), date(2026, 6, 1)
DAYS = 120
PLANTED = "占道经营"
HOT = 2 * SIDE + 2
COUNT, PLANTED_COUNT = 970, 70
CATEGORIES = ("暴露垃圾", PLANTED, "道路破损")


@pytest.fixture(scope="module")
def frame() -> AreaFrame:
    """64 square grids of some 300 m in one district."""
    codes = [f"g{k:02d}" for k in range(SIDE * SIDE)]
    shapes = np.array(
        [
            shapely.box(113.2 + c * STEP, 34.7 + r * STEP, 113.2 + (c + 1) * STEP, 34.7 + (r + 1) * STEP)
            for r, c in np.ndindex(SIDE, SIDE)
        ],
        dtype=object,
    )
    names = {"d": "上街区"} | {code: f"网格{code}" for code in codes}
    return make_frame(codes, [["d", code] for code in codes], names, ["district", "grid"], shapes)


@pytest.fixture(scope="module")
def screened(frame: AreaFrame) -> ScreenedReports:
    """900 scattered incidents, and 70 of one category around one grid within ten days of May."""
    random = np.random.default_rng(2)
    lon, lat = 113.2 + random.uniform(0, SIDE * STEP, COUNT), 34.7 + random.uniform(0, SIDE * STEP, COUNT)
    day = DAYS - random.integers(1, DAYS + 1, COUNT)
    category = random.choice(CATEGORIES, COUNT)
    lon[-PLANTED_COUNT:] = 113.2 + 2.5 * STEP + random.normal(0, STEP / 2, PLANTED_COUNT)
    lat[-PLANTED_COUNT:] = 34.7 + 2.5 * STEP + random.normal(0, STEP / 2, PLANTED_COUNT)
    day[-PLANTED_COUNT:] = DAYS - 22 + random.integers(0, 10, PLANTED_COUNT)
    category[-PLANTED_COUNT:] = PLANTED
    x, y = datum.from_wgs84(lon, lat, datum.parse_crs(frame.crs))
    area = np.floor((lat - 34.7) / STEP).astype(np.int64) * SIDE + np.floor((lon - 113.2) / STEP).astype(np.int64)
    start_s = local_midnight_s(END) - DAYS * 86400.0
    channel, caller = np.full(COUNT, "12345"), np.full(COUNT, "")
    columns = ReportColumns(
        np.arange(COUNT), lon, lat, start_s + day * 86400.0 + 3600.0, category, channel, caller, area
    )
    return ScreenedReports(
        incidents=columns, points_m=np.column_stack([x, y]), patrol=columns.select(np.arange(0)),
        patrol_points_m=np.empty((0, 2)), reports=COUNT, by_source={"citizen": COUNT}, without_point=0, pile_ups=(),
        sensors=0, merged=0, notes_merged=0, quick_notes=0,
    )  # fmt: skip


def study(frame: AreaFrame, screened: ScreenedReports, known: int = SIDE * SIDE, **given: Any) -> Study:
    """A study whose first `known` grids have 100 households each."""
    parameters = parse_parameters({"replicates": 199, "history_days": DAYS, "scan_days": 60, **given})
    values = np.where(np.arange(SIDE * SIDE) < known, 100.0, np.nan)

    def exposure(areas: AreaFrame, kind: ExposureKind) -> Exposure:
        if kind is ExposureKind.AREA:
            return Exposure(kind, shapely.area(areas.shapes_m) / 1e6, ())
        left_out = tuple(LeftOut(code, note(NoteCode.LEFT_OUT_HOUSEHOLDS)) for code in areas.codes[known:])
        return Exposure(kind, values, left_out)

    return make_study(
        frame,
        screened,
        parameters,
        (START, END),
        seed=7,
        units=read_units(frame, parameters, exposure),
        background=Background(day_types(date(2026, 2, 1), DAYS, {}), None, exposure(frame, ExposureKind.HOUSEHOLDS)),
    )


def test_every_method_is_described_and_can_be_run() -> None:
    assert set(ABOUT) == set(HotspotMethod)
    for method in HotspotMethod:
        assert function_of(method).__module__.startswith("governance.hotspots.methods.")


@pytest.mark.parametrize("zones", ["circles", "neighbours"])
@pytest.mark.parametrize("method", [HotspotMethod.CONCENTRATION, HotspotMethod.POPULATION, HotspotMethod.SCAN])
def test_a_scan_finds_the_planted_place_and_no_other(
    frame: AreaFrame, screened: ScreenedReports, method: HotspotMethod, zones: str
) -> None:
    result = analyse(study(frame, screened, scan_zones=zones), [method])
    assert [c.category for c in result.clusters] == [PLANTED]
    found = result.clusters[0]
    assert f"g{HOT:02d}" in found.areas
    assert found.adjusted_p <= 0.05
    assert found.observed > found.expected
    assert found.relative_risk > 1
    assert len(found.samples) == 5
    shape = shapely.from_geojson(orjson.dumps(found.geometry).decode())
    assert (found.radius_m is None) == (zones == "neighbours")
    if zones == "neighbours":
        members = shapely.union_all(frame.shapes[[frame.codes.index(code) for code in found.areas]])
        assert shape.symmetric_difference(members).area < 1e-9


def test_the_recurrence_interval_counts_the_categories_scanned(frame: AreaFrame, screened: ScreenedReports) -> None:
    """A night's signal in any of three categories comes three times as often as in one."""
    time_s = screened.incidents.time_s.copy()
    time_s[-PLANTED_COUNT:] += 12 * 86400.0
    late = replace(screened, incidents=replace(screened.incidents, time_s=time_s))
    result = analyse(study(frame, late, scan_prospective=1), [HotspotMethod.SCAN])
    found = result.clusters[0]
    assert found.p is not None
    assert found.recurrence_interval_days == pytest.approx(1 / (3 * found.p), rel=0.01)


@pytest.mark.parametrize("method", [HotspotMethod.DENSITY, HotspotMethod.HDBSCAN, HotspotMethod.ST_DBSCAN])
def test_a_density_cluster_says_how_stable_it_is_and_claims_no_test(
    frame: AreaFrame, screened: ScreenedReports, method: HotspotMethod
) -> None:
    result = analyse(study(frame, screened, density_eps_m=60.0, density_alpha_m=80.0), [method])
    assert result.clusters
    for cluster in result.clusters:
        assert cluster.significant is None
        assert cluster.expected is None
        assert 0 <= cluster.stability <= 1
        assert cluster.area_m2 > 0
    largest = max(result.clusters, key=lambda c: c.observed * (c.stability or 0))
    assert f"g{HOT:02d}" in largest.areas
    plain = analyse(study(frame, screened, density_eps_m=60.0, density_resamples=0), [method])
    assert all(c.stability is None for c in plain.clusters)


@pytest.mark.parametrize("method", [HotspotMethod.GI, HotspotMethod.MORAN])
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"rate_per": "households"},
        {"rate_per": "km2"},
        {"unit": "hexagon", "hexagon_edge_m": 200.0},
        {"unit": "hexagon", "hexagon_edge_m": 200.0, "rate_per": "households"},
        {"unit": "hexagon", "hexagon_edge_m": 200.0, "rate_per": "km2"},
    ],
    ids=str,
)
def test_the_hottest_unit_is_where_it_was_planted_whatever_the_unit_and_the_rate(
    frame: AreaFrame, screened: ScreenedReports, method: HotspotMethod, given: dict[str, Any]
) -> None:
    result = analyse(study(frame, screened, **given), [method])
    units = result.units
    assert sum(unit.reports or 0 for unit in units) == result.input.incidents_in_period
    hottest = max(units, key=lambda unit: unit.judged[method].z or -np.inf)
    assert hottest.judged[method].flag == 1
    shape = (
        shapely.from_geojson(orjson.dumps(hottest.geometry).decode())
        if hottest.geometry is not None
        else frame.shapes[frame.codes.index(hottest.code)]
    )
    planted = frame.shapes[HOT].centroid
    assert shape.distance(planted) < 1.5 * STEP
    if "rate_per" in given:
        assert all((unit.rate or 0) * (unit.exposure or 0) == pytest.approx(unit.reports, abs=0.01) for unit in units)
    if method is HotspotMethod.MORAN:
        assert hottest.judged[method].found == "high-high"


def test_households_of_hexagons_sum_to_those_of_the_grids(frame: AreaFrame, screened: ScreenedReports) -> None:
    result = analyse(
        study(frame, screened, unit="hexagon", hexagon_edge_m=170.0, rate_per="households"), [HotspotMethod.GI]
    )
    assert sum(unit.exposure or 0 for unit in result.units) == pytest.approx(6400, abs=0.1)


def test_what_has_no_households_is_left_out_and_said(frame: AreaFrame, screened: ScreenedReports) -> None:
    partly = analyse(
        study(frame, screened, known=60, rate_per="households"), [HotspotMethod.GI, HotspotMethod.POPULATION]
    )
    assert [u.code for u in partly.units if HotspotMethod.GI not in u.judged] == ["g60", "g61", "g62", "g63"]
    said = {(one.method, one.code): one.values for one in partly.notes}
    assert said["gi", NoteCode.RATES_COMPARED_EXCEPT]["left_out"] == 4
    assert said["population", NoteCode.COMPARED_PER_EXCEPT]["left_out"] == 4
    assert partly.population is not None
    assert [one.reason.code for one in partly.population.left_out] == [NoteCode.LEFT_OUT_HOUSEHOLDS] * 4
    nowhere = analyse(
        study(frame, screened, known=0, rate_per="households"),
        [HotspotMethod.GI, HotspotMethod.MORAN, HotspotMethod.POPULATION],
    )
    assert not any(unit.judged for unit in nowhere.units)
    assert nowhere.clusters == []
    assert [(one.method, one.code) for one in nowhere.notes] == [
        (method, NoteCode.EXPOSURE_UNKNOWN) for method in ("gi", "moran", "population")
    ]


def test_no_sentence_is_stored_only_names_that_came_in(frame: AreaFrame, screened: ScreenedReports) -> None:
    given = {"unit": "hexagon", "hexagon_edge_m": 200.0, "rate_per": "households"}
    result = analyse(study(frame, screened, known=60, **given), list(HotspotMethod))
    stored = write_result(result).decode()
    chinese = {text for text in re.findall(r'"([^"]*)"', stored) if re.search(r"[\u4e00-\u9fff]", text)}
    assert chinese <= {*frame.names.values(), *CATEGORIES}
    assert {(one.method, one.code) for one in result.notes} >= {
        ("gi", NoteCode.FALSE_DISCOVERY), ("scan", NoteCode.SCANS_ADJUSTED), ("warning", NoteCode.SERIES_JUDGED),
    }  # fmt: skip


def test_emerging_and_warning_say_their_findings_in_words(frame: AreaFrame, screened: ScreenedReports) -> None:
    result = analyse(study(frame, screened), [HotspotMethod.EMERGING, HotspotMethod.WARNING])
    steps = [unit.judged[HotspotMethod.EMERGING].steps or [] for unit in result.units]
    assert {len(own) for own in steps} == {len(result.steps)} == {12}
    assert result.steps[-1].last == date(2026, 5, 31)
    series = {(one.area, one.category): one for one in result.series}
    planted = series["d", PLANTED]
    assert planted.alarm
    assert planted.expected is not None
    assert planted.upper is not None
    assert planted.observed > planted.upper > planted.expected
    assert all((one.trend is not None) == one.alarm for one in series.values())
    assert all((one.p is None) == (one.expected is None) for one in series.values())


def test_counts_over_unequal_land_are_warned_of_and_rates_and_equal_grids_are_not(
    frame: AreaFrame, screened: ScreenedReports
) -> None:
    methods = [HotspotMethod.GI, HotspotMethod.MORAN, HotspotMethod.EMERGING]
    narrow = np.array([shapely.affinity.scale(s, 0.4, 0.4) if k % 3 else s for k, s in enumerate(frame.shapes)])
    unequal = make_frame(frame.codes, frame.chains, frame.names, frame.levels, narrow)

    def warned(areas: AreaFrame, **given: Any) -> list[HotspotMethod | None]:
        notes = analyse(study(areas, screened, **given), methods).notes
        return [one.method for one in notes if one.code.startswith("note/unequal_land")]

    assert warned(frame) == []
    assert warned(unequal) == methods
    assert warned(unequal, rate_per="km2") == [HotspotMethod.EMERGING]


def recorded(
    screened: ScreenedReports, day: np.ndarray, channel: np.ndarray | str = "12345", category: np.ndarray | str = "积水"
) -> ScreenedReports:
    """One incident on each of some days (day 0 is the first of the history), all over the town."""
    count = len(day)
    scattered = np.arange(count) % (COUNT - PLANTED_COUNT)
    rows = screened.incidents.select(scattered)
    start_s = local_midnight_s(END) - DAYS * 86400.0
    incidents = replace(
        rows, time_s=start_s + day * 86400.0 + 3600.0, channel=np.broadcast_to(np.array(channel), count),
        category=np.broadcast_to(np.array(category), count),
    )  # fmt: skip
    points = screened.points_m[scattered]
    return replace(screened, incidents=incidents, points_m=points, reports=count)


def test_days_before_the_first_report_of_ledger_channel_and_category_are_no_zeros(
    frame: AreaFrame, screened: ScreenedReports
) -> None:
    """Twenty a day from day 62 of 120 on; the period is the last 31 days."""
    methods = [HotspotMethod.WARNING, HotspotMethod.EMERGING]
    codes = lambda result: {(one.method, one.code): one.values for one in result.notes}  # noqa: E731
    steady = np.repeat(np.arange(62, DAYS), 20)
    young = analyse(study(frame, recorded(screened, steady)), methods)
    assert young.warnings == []
    assert {one.basis for one in young.series} <= {"cusum", None}
    assert young.series[0].area == "d"
    assert young.series[0].basis == "cusum"
    assert min(one.since for one in young.series if one.since) == date(2026, 4, 4)
    assert codes(young)["warning", NoteCode.JUDGED_BY_CUSUM]["least_days"] == 60
    assert len(young.steps) == 8
    assert all(not any(unit.judged[HotspotMethod.EMERGING].steps or []) for unit in young.units)
    assert young.by_category[0].before is None
    assert young.by_category[0].trend.start >= date(2026, 4, 4)
    risen = np.append(steady, np.repeat(np.arange(DAYS - 10, DAYS), 15))
    assert analyse(study(frame, recorded(screened, risen)), methods).warnings

    # A channel that joins in the period is left out of the comparison, and it is noted.
    always, joining = np.repeat(np.arange(DAYS), 20), np.repeat(np.arange(100, DAYS), 20)
    channel = np.repeat(["12345", "随手拍"], [len(always), len(joining)])
    joined = analyse(study(frame, recorded(screened, np.append(always, joining), channel)), methods)
    assert joined.warnings == []
    assert all(not any(unit.judged[HotspotMethod.EMERGING].steps or []) for unit in joined.units)
    for method in methods:
        left_out = {"channel": "随手拍", "since": "2026-05-12", "reports": len(joining)}
        assert codes(joined)[method, NoteCode.CHANNEL_TOO_NEW] == left_out

    # A channel that stops is noted, with what is missing.
    channel = np.repeat(["12345", "随手拍"], [len(always), 20 * 100])
    day = np.append(always, np.repeat(np.arange(100), 20))
    stopped = analyse(study(frame, recorded(screened, day, channel)), [])
    assert codes(stopped) == {
        (None, NoteCode.CHANNEL_SILENT): {"channel": "随手拍", "since": "2026-05-12", "missing": 400}
    }

    # Today is not over: what a channel has not sent yet is not missing, and a silence counts by whole days.
    until_yesterday = np.append(always, np.repeat(np.arange(DAYS - 1), 20))
    channel = np.repeat(["12345", "随手拍"], [len(always), 20 * (DAYS - 1)])
    for still_open, noted in ((True, {}), (False, {"missing": 20})):
        made = replace(study(frame, recorded(screened, until_yesterday, channel)), still_open=still_open)
        silent = codes(analyse(made, [])).get((None, NoteCode.CHANNEL_SILENT), {})
        assert {name: silent[name] for name in silent if name == "missing"} == noted

    # A category that is new has no past to be compared with.
    category = np.repeat(["积水", "噪声"], [len(always), len(joining)])
    new = analyse(study(frame, recorded(screened, np.append(always, joining), category=category)), methods)
    assert new.warnings == []
    assert {one.p for one in new.series if one.category == "噪声"} == {None}
    assert codes(new)["warning", NoteCode.RECORD_TOO_SHORT]["categories"] == ["噪声"]


@pytest.mark.parametrize("method", list(HotspotMethod))
def test_a_method_gives_the_same_bytes_on_one_thread_and_on_three(
    frame: AreaFrame, screened: ScreenedReports, method: HotspotMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    for count in (1, 3):
        monkeypatch.setattr(threads, "_processors", lambda count=count: count)
        result = analyse(study(frame, screened, rate_per="households", replicates=99), [method])
        written.append(write_result(result))
    assert written[0] == written[1]


@pytest.mark.parametrize("method", list(HotspotMethod))
def test_a_method_tells_how_far_it_is_and_can_be_stopped_midway(
    frame: AreaFrame, screened: ScreenedReports, method: HotspotMethod
) -> None:
    told: list[float] = []
    analyse(study(frame, screened, replicates=99), [method], told.append)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)
    assert len(told) >= 3
    calls: Iterator[int] = iter(range(len(told)))
    with pytest.raises(Cancelled):
        analyse(study(frame, screened, replicates=99), [method], lambda _: next(calls) < 2)


def test_a_town_without_incidents_has_no_findings(frame: AreaFrame, screened: ScreenedReports) -> None:
    nothing = replace(
        screened, incidents=screened.incidents.select(np.arange(0)), points_m=np.empty((0, 2)), reports=0, by_source={}
    )
    result = analyse(study(frame, nothing, unit="hexagon"), list(HotspotMethod))
    assert result.clusters == result.series == []
    assert [(one.code, one.method) for one in result.notes] == [(NoteCode.NO_REPORTS, None)]


def test_categories_that_no_report_has_and_an_empty_period_are_noted(
    frame: AreaFrame, screened: ScreenedReports
) -> None:
    result = analyse(study(frame, screened), [HotspotMethod.GI], asked=[PLANTED, "占道经宫"])
    unknown = [one.values for one in result.notes if one.code == NoteCode.CATEGORY_WITHOUT_REPORTS]
    assert unknown == [{"category": "占道经宫"}]
    days = np.floor((screened.incidents.time_s - local_midnight_s(START)) / 86400.0)
    past = screened.incidents.select(np.flatnonzero(days < 0))
    before = replace(screened, incidents=past, points_m=screened.points_m[days < 0])
    noted = analyse(study(frame, before), [HotspotMethod.GI]).notes
    assert noted[0].code == NoteCode.NO_REPORTS_IN_PERIOD
    assert noted[0].values == {"start": "2026-05-01", "end": "2026-05-31"}
