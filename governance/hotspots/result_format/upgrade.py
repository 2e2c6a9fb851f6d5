"""Reading stored results of earlier formats as ones of today. The bytes in the database stay as they were written.

Format 1: grids alone, early warnings without series without an alarm. Format 2: units, series, methods. Format 3:
reasons and notes as codes with values, where earlier formats hold Chinese sentences. `_SENTENCES` are those sentences
as they were written up to format 2: they never change.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from core.words import Message
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.notes import Note, NoteCode, measure, note, per, unit_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.words import Value

FORMAT = 3
FOUND_BY_FLAG = {1: "hot", -1: "cold", 0: "none"}

_LABELS: dict[str, HotspotMethod] = {
    "Gi*": HotspotMethod.GI,
    "区域集中": HotspotMethod.CONCENTRATION,
    "时空聚集": HotspotMethod.SCAN,
    "演变类型": HotspotMethod.EMERGING,
    "密集区（DBSCAN）": HotspotMethod.DENSITY,
    "层次密集区（HDBSCAN）": HotspotMethod.HDBSCAN,
    "时空密集区（ST-DBSCAN）": HotspotMethod.ST_DBSCAN,
    "冷热区（Gi*）": HotspotMethod.GI,
    "高低聚集与异常（局部莫兰）": HotspotMethod.MORAN,
    "事项区域集中（伯努利扫描）": HotspotMethod.CONCENTRATION,
    "相对户数偏多（泊松扫描）": HotspotMethod.POPULATION,
    "时空聚集（时空重排扫描）": HotspotMethod.SCAN,
    "演变类型（新兴热点）": HotspotMethod.EMERGING,
    "同期预警": HotspotMethod.WARNING,
}
_PER = {"每户": "households", "每平方公里": "km2", "每公里道路": "road_km"}
_UNITS = {"网格": "grid", "六边形": "hexagon"}
_MEASURES = {"小时": "hours", "公里": "km"}

_UNIT = "(?P<unit>网格|六边形)"
_EFFORT = (
    r"渠道“(?P<channel>.*)”的 (?P<findings>\d+) 件巡查发现已计入，"
    r"按巡查 (?P<amount>\d+) (?P<measure>小时|公里)校正"
)
_SENTENCES: tuple[tuple[str, NoteCode], ...] = (
    (r"节假日：(?P<years>[\d、]+) 年的放假安排未知，该年各日按普通星期看待。", NoteCode.CALENDAR_UNKNOWN),
    (r"(?:各网格)?没有“(?P<per>\S+)”所需的数，未作判断。", NoteCode.EXPOSURE_UNKNOWN),
    (r"按六边形时巡查发现仍另计，未作校正。", NoteCode.FINDINGS_APART_IN_HEXAGONS),
    (r"按(?P<per>\S+)的率（标准化）比较。", NoteCode.RATES_COMPARED),
    (rf"按(?P<per>\S+)的率（标准化）比较，(?P<left_out>\d+) 个{_UNIT}没有这个数。", NoteCode.RATES_COMPARED_EXCEPT),
    (
        (
            rf"(?P<many>\d+) 个{_UNIT}同时检验，(?P<replicates>\d+) 次置换不足以在校正后达到 (?P<level>[\d.e-]+)，"
            "改用解析 z 值判定。"
        ),
        NoteCode.DECIDED_BY_Z,
    ),
    (
        (
            rf"(?P<many>\d+) 个{_UNIT}同时检验，按 Benjamini-Hochberg 校正，"
            r"标出的\S+中误报的期望占比不超过 (?P<level>\d+%)。"
        ),
        NoteCode.FALSE_DISCOVERY,
    ),
    (
        r"渠道“(?P<channel>.*)”有 (?P<days>\d+) 天没有巡查工时记录，其 (?P<findings>\d+) 件巡查发现仍另计，未作校正。",
        NoteCode.EFFORT_MISSING,
    ),
    (rf"{_EFFORT}。", NoteCode.EFFORT_USED),
    (rf"{_EFFORT}；(?P<left_out>\d+) 件所在网格当周没有工时，仍另计。", NoteCode.EFFORT_USED_EXCEPT),
    (r"按(?P<per>\S+)比较，各网格均有这个数。", NoteCode.COMPARED_PER),
    (r"按(?P<per>\S+)比较；(?P<left_out>\d+) 个网格没有这个数，未参与比较。", NoteCode.COMPARED_PER_EXCEPT),
    (
        (
            r"对 (?P<categories>\d+) 类事项分别扫描，p 值已乘以 \d+（Bonferroni），"
            r"只列出校正后不超过 (?P<level>[\d.e-]+) 的聚集。"
        ),
        NoteCode.SCANS_ADJUSTED,
    ),
    (r"没有一类事项达到 (?P<least_reports>\d+) 件，未作判断。", NoteCode.TOO_FEW_REPORTS),
    (r"历史不足(?P<least_steps>三)步，未作判断。", NoteCode.HISTORY_TOO_SHORT),
    (r"往期不足 (?P<least_days>\d+) 天，未作判断。", NoteCode.PAST_TOO_SHORT),
    (
        r"(?P<series>\d+) 个序列（街道 × 事项），其中 (?P<judged>\d+) 个往期足以比较，按错误发现率校正。",
        NoteCode.SERIES_JUDGED,
    ),
    (r"本期有法定假日，往期假日太少，按周末水平比较；警报可能只是假日所致。", NoteCode.HOLIDAYS_AS_WEEKENDS),
    (r"户数不详", NoteCode.LEFT_OUT_HOUSEHOLDS),
    (r"地名库在此没有道路（不足 (?P<least_m>\d+) 米）", NoteCode.LEFT_OUT_ROADS),
    (r"为零", NoteCode.LEFT_OUT_ZERO),
)


def _level(text: str) -> float:
    return int(text[:-1]) / 100 if text.endswith("%") else float(text)


_READ: dict[str, Callable[[str], Value]] = {
    "per": lambda text: per(_PER[text]) if text in _PER else Message(code=f"per/{text}"),
    "unit": lambda text: unit_words(_UNITS[text]),
    "measure": lambda text: measure(_MEASURES[text]),
    "level": _level,
    "amount": float,
    "least_m": float,
    "channel": str,
    "years": lambda text: [int(year) for year in text.split("、")],
    "least_steps": lambda _: 3,
}


def note_of_sentence(text: str) -> Note:
    """Return the note that an earlier format wrote as this sentence; one that is not known stays as it was written."""
    label, colon, rest = text.partition("：")
    method = _LABELS.get(label) if colon else None
    said = rest if method is not None else text
    for pattern, code in _SENTENCES:
        found = re.fullmatch(pattern, said)
        if found is not None:
            values = {name: _READ.get(name, int)(value) for name, value in found.groupdict().items()}
            return note(code, method, **values)
    return note(NoteCode.AS_WRITTEN, method, text=said)


def upgraded(result: dict[str, Any]) -> dict[str, Any]:
    """Return a stored result of any format in the form of today's."""
    version = result.get("format", 1)
    if version < 2:
        result = _from_1_to_2(result)
    if version < FORMAT:
        result = _from_2_to_3(result)
    return result


def _from_1_to_2(result: dict[str, Any]) -> dict[str, Any]:
    """Grids were the only units, counts the only values, and series without an alarm were not kept."""
    clusters = [{"stability": None, "area_m2": None, **cluster} for cluster in result["clusters"]]
    series = [{**warning, "alarm": True} for warning in result["warnings"]]
    return {
        "methods": [],
        **result,
        "unit": "grid",
        "rate_per": "none",
        "areas": [{"code": area["code"], "above": area["above"]} for area in result["areas"]],
        "units": [{name: value for name, value in area.items() if name != "above"} for area in result["areas"]],
        "warning_series": series,
        "clusters": clusters,
    }


def _from_2_to_3(result: dict[str, Any]) -> dict[str, Any]:
    """Sentences become codes, each method's values of a unit stand together, and each series stands once."""
    gone = ("emerging_words", "emerging_frames", "warnings", "warning_series")
    changed = {name: value for name, value in result.items() if name not in gone}
    trends = {(one["area"], one["category"]): one.get("trend") for one in result["warnings"]}
    changed["format"] = FORMAT
    changed["notes"] = [note_of_sentence(text) for text in result["notes"]]
    changed["units"] = [_unit(unit, result["names"]) for unit in result["units"]]
    changed["series"] = [
        {**one, "trend": trends.get((one["area"], one["category"]))} for one in result["warning_series"]
    ]
    changed["steps"] = result.get("emerging_frames") or []
    if "population" in result:
        left_out = [{**area, "reason": note_of_sentence(area["reason"])} for area in result["population"]["left_out"]]
        changed["population"] = {**result["population"], "left_out": left_out}
    return changed


def _unit(unit: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Put the values of gi, moran and emerging (`gi_z`, `moran_kind`, ...) together by method."""
    kept = ("code", "geometry", "reports", "reports_and_findings", "expected", "exposure", "rate")
    changed: dict[str, Any] = {name: unit[name] for name in kept if name in unit}
    if "name" in unit:
        name = str(unit["name"]).removesuffix("附近")
        named = [code for code, own in names.items() if own == name]
        changed |= {"near": named[0] if len(named) == 1 else None, "near_name": name}
    judged: dict[str, Any] = {}
    for method in ("gi", "moran"):
        if method in unit:
            flag = unit[method]
            found = unit["moran_kind"] if method == "moran" else FOUND_BY_FLAG[flag]
            judged[method] = {"found": found, "flag": flag} | {k: unit[f"{method}_{k}"] for k in ("z", "p", "q")}
    if "emerging" in unit:
        judged["emerging"] = {"found": unit["emerging"], "steps": unit["emerging_steps"]}
    return {**changed, "judged": judged}
