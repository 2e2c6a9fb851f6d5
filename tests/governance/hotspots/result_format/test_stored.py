"""A result is validated when it is written and when it is read; results of earlier formats read as today's."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.notes import NoteCode
from governance.hotspots.result_format.stored import read_result, write_result
from tests.factories import hotspot_results as make


@pytest.mark.parametrize("method", list(HotspotMethod))
def test_a_result_is_read_as_it_was_written(method: HotspotMethod) -> None:
    written = make.result_of(method)
    stored = write_result(written)
    assert read_result(stored) == written
    assert write_result(read_result(stored)) == stored


@pytest.mark.parametrize(
    "spoil",
    [
        lambda r: r.update(surprise=1),
        lambda r: r.pop("period"),
        lambda r: r["clusters"][0].update(method="guess"),
        lambda r: r["clusters"][0].update(observed="many"),
        lambda r: r["notes"].append({"code": "note/past_too_short", "values": {"days": 60}}),
        lambda r: r.update(format=4),
    ],
)
def test_what_is_no_result_is_refused(spoil: Any) -> None:
    stored = orjson.loads(write_result(make.result_of(HotspotMethod.SCAN)))
    spoil(stored)
    with pytest.raises(ValidationError):
        read_result(orjson.dumps(stored))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "many"])
def test_a_method_cannot_store_what_is_no_number(value: Any) -> None:
    result = make.result_of(HotspotMethod.SCAN)
    result.clusters[0].expected = value
    with pytest.raises(ValidationError, match="expected"):
        write_result(result)


TREND = {"start": "2026-03-09", "step_days": 7, "counts": [1, 9]}
CLUSTER = {
    "method": "scan", "number": 0, "category": "积水", "areas": ["g1"], "geometry": {"type": "Point",
    "coordinates": [113.2, 34.7]}, "first": "2026-05-03", "last": "2026-05-09", "observed": 9, "expected": 3.0,
    "relative_risk": 4.0, "log_likelihood_ratio": 9.1, "p": 0.001, "p_kind": "gumbel", "adjusted_p": 0.01,
    "recurrence_interval_days": None, "radius_m": 100.0, "significant": True,
    "categories": [{"category": "积水", "reports": 9}], "trend": TREND, "samples": [1],
}  # fmt: skip
WARNING = {
    "area": "s", "area_name": "街道", "category": "积水", "observed": 9, "expected": 2.0, "upper": 5.0, "p": 0.001,
    "q": 0.01,
}  # fmt: skip
COMMON: dict[str, Any] = {
    "crs_of_distances": "WGS 84 / UTM zone 49N", "period": {"start": "2026-05-01", "end": "2026-06-01"},
    "history_start": "2026-03-09", "levels": ["street", "grid"], "names": {"s": "街道", "g1": "一网格", "g2": "二网格"},
    "by_category": [],
}  # fmt: skip
FORMAT_1: dict[str, Any] = {
    **COMMON,
    "format": 1,
    "input": {"reports": 9, "without_point": 0, "on_pile_ups": 0, "patrol": 0, "repeat_calls": 0, "incidents": 9,
              "pile_ups": [], "incidents_in_period": 9, "patrol_in_period": 0},
    "areas": [
        {"code": "g1", "above": ["s"], "reports": 9, "gi_z": 4.0, "gi_p": 0.001, "gi_q": 0.01, "gi": 1,
         "emerging": "NEW_HOT", "emerging_steps": [0, 0, 1]},
        {"code": "g2", "above": ["s"], "reports": 0, "gi_z": None, "gi_p": None, "gi_q": None, "gi": 0,
         "emerging": "NONE", "emerging_steps": [0, 0, 0]},
    ],
    "clusters": [CLUSTER],
    "warnings": [{**WARNING, "trend": TREND}],
    "emerging_words": {"NEW_HOT": "仅最近一期显著偏高"},
    "notes": ["同期预警：2 个序列（街道 × 事项），其中 1 个往期足以比较，按错误发现率校正。"],
}  # fmt: skip
FORMAT_2: dict[str, Any] = {
    **COMMON,
    "format": 2,
    "methods": ["scan", "gi", "moran", "population", "emerging", "warning"],
    "input": {**FORMAT_1["input"], "by_source": {"citizen": 9}, "sensors": 0, "notes_of_calls": 0, "quick_notes": 0,
              "calendar": {"library": "chinesecalendar 1", "library_years": [2004, 2026], "entered_years": [],
                           "unknown_years": []}},
    "areas": [{"code": "g1", "above": ["s"]}, {"code": "g2", "above": ["s"]}],
    "unit": "hexagon",
    "rate_per": "households",
    "units": [
        {"code": "hex200:0:0", "name": "一网格附近", "geometry": {"type": "Point", "coordinates": [113.2, 34.7]},
         "reports": 9, "exposure": 100.0, "rate": 0.09, "gi_z": 4.0, "gi_p": 0.001, "gi_q": 0.01, "gi": 1,
         "moran_z": 4.0, "moran_p": 0.001, "moran_q": 0.01, "moran": 0, "moran_kind": "high-low",
         "emerging": "NEW_HOT", "emerging_steps": [0, 0, 1]},
        {"code": "hex200:1:0", "name": "二网格附近", "geometry": {"type": "Point", "coordinates": [113.2, 34.7]},
         "emerging": "NONE", "emerging_steps": [0, 0, 0]},
    ],
    "clusters": [{**CLUSTER, "stability": None, "area_m2": None}],
    "warning_series": [{**WARNING, "alarm": True}, {**WARNING, "category": "其他", "alarm": False}],
    "warnings": [{**WARNING, "alarm": True, "trend": TREND}],
    "emerging_words": {"NEW_HOT": "仅最近一期显著偏高"},
    "emerging_frames": [{"first": "2026-05-18", "last": "2026-05-24"}],
    "population": {"per": "households", "total": 100.0, "areas": 1,
                   "left_out": [{"area": "g2", "reason": "户数不详"}]},
    "notes": ["冷热区（Gi*）：按每户的率（标准化）比较，1 个六边形没有这个数。"],
}  # fmt: skip


@pytest.mark.parametrize("old", [FORMAT_1, FORMAT_2], ids=["format 1", "format 2"])
def test_earlier_formats_read_as_todays(old: dict[str, Any]) -> None:
    found = read_result(orjson.dumps(old))
    assert (found.format, found.period.days, found.whole) == (3, 31, "s")
    (cluster,) = found.clusters
    assert (cluster.method, cluster.observed, cluster.last) == (HotspotMethod.SCAN, 9, date(2026, 5, 9))
    first, second = found.units
    gi = first.judged[HotspotMethod.GI]
    assert (gi.found, gi.flag, gi.z, gi.q) == ("hot", 1, 4.0, 0.01)
    assert first.judged[HotspotMethod.EMERGING].steps == [0, 0, 1]
    assert (first.reports, second.judged[HotspotMethod.EMERGING].found) == (9, "NONE")
    (alarm,) = found.warnings
    assert (alarm.area, alarm.q, alarm.trend and alarm.trend.counts) == ("s", 0.01, [1, 9])


def test_what_format_2_added_is_kept() -> None:
    found = read_result(orjson.dumps(FORMAT_2))
    first = found.units[0]
    assert (first.near, first.near_name, first.rate) == ("g1", "一网格", 0.09)
    assert first.judged[HotspotMethod.MORAN].found == "high-low"
    assert HotspotMethod.GI not in found.units[1].judged
    assert [one.alarm for one in found.series] == [True, False]
    assert found.population is not None
    assert found.population.left_out[0].reason.code == NoteCode.LEFT_OUT_HOUSEHOLDS
    (said,) = found.notes
    assert (said.code, said.method, said.values["left_out"]) == (
        NoteCode.RATES_COMPARED_EXCEPT,
        HotspotMethod.GI,
        1,
    )
