"""Early warnings on a map: streets coloured by alarm, with expected, observed and probability of each category."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import shapely

from geo.map.geojson import polygon_geojson
from geo.map.simplify import simplify_level, zoom_tolerance_deg
from governance.hotspots.catalogue import ABOUT, HotspotMethod
from presentation.pages.hotspot_units import DETAIL_ZOOM, PLAIN, as_array
from presentation.pages.map_page import FeatureText, LegendEntry, MapLayer
from presentation.words.hotspots import about, number, probability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_ROWS = 14
ALARM = (
    (0.001, "#b30000", "有事项显著偏多，很有把握（q ≤ 0.001）"),
    (0.01, "#fc8d59", "有事项显著偏多，有把握（q ≤ 0.01）"),
    (1.0, "#fdd49e", "有事项显著偏多（q 在判定水平以内）"),
)
CALM = ("#e5f5e0", "各类事项都在往期波动范围内")
UNJUDGED = ("#d9d9d9", "往期不足，未作判断")


def warning_source(result: Mapping[str, Any], shapes: Mapping[str, shapely.Geometry]) -> bytes | None:
    """Write the areas that were judged; None where no series was."""
    by_area: dict[str, list[Mapping[str, Any]]] = {}
    for one in result["warning_series"]:
        by_area.setdefault(one["area"], []).append(one)
    codes = [code for code in by_area if code in shapes]
    if not codes:
        return None
    simple = simplify_level(as_array([shapes[code] for code in codes]), zoom_tolerance_deg(DETAIL_ZOOM))
    text = FeatureText()
    for code, geometry in zip(codes, polygon_geojson(list(shapely.to_wkb(simple))), strict=True):
        series = by_area[code]
        alarms = sorted((s for s in series if s["alarm"]), key=lambda s: s["q"])
        name = series[0]["area_name"]
        text.add(
            geometry,
            {
                "tip": f"{name}：" + ("、".join(s["category"] for s in alarms) + "偏多" if alarms else "没有预警"),
                "card": _card(name, series),
                "style": {**PLAIN, "weight": 1.2, **_style(series, alarms)},
            },
        )
    return text.collection()


def warning_layer(result: Mapping[str, Any], *, shown: bool) -> MapLayer:
    """Say the layer of the warnings, and those of the whole, which no street shows."""
    legend = [LegendEntry(color, words) for _, color, words in ALARM] + [LegendEntry(*CALM), LegendEntry(*UNJUDGED)]
    about_it = ABOUT[HotspotMethod.WARNING]
    top = next((area["above"][0] for area in result["areas"] if area["above"]), None)
    whole = [w for w in sorted(result["warnings"], key=lambda w: w["q"]) if w["area"] == top]
    said = "；".join(f"{w['category']} {w['observed']} 件（预期 {number(w['expected'])} 件）" for w in whole)
    words = about_it.words + (f"全域偏多的有：{said}。" if whole else "全域没有偏多的事项。")
    return MapLayer(about_it.label, "warned", base=True, shown=shown, legend=legend, words=words)


def warning_notes(result: Mapping[str, Any], most: int = 5) -> list[str]:
    """Say the surest warnings in sentences."""
    return [
        f"同期预警：{w['area_name']}{w['category']}本期 {w['observed']} 件，往期预期 {number(w['expected'])} 件，"
        f"偶然达到这么多的概率{about(w['p'])}。"
        for w in sorted(result["warnings"], key=lambda w: w["p"])[:most]
    ]


def _style(series: Sequence[Mapping[str, Any]], alarms: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    if alarms:
        color = next(color for q, color, _ in ALARM if alarms[0]["q"] <= q)
        return {"fillColor": color, "fillOpacity": 0.55}
    judged = any(s["p"] is not None for s in series)
    return {"fillColor": (CALM if judged else UNJUDGED)[0], "fillOpacity": 0.6}


def _card(name: str, series: Sequence[Mapping[str, Any]]) -> str:
    ordered = sorted(series, key=lambda s: (not s["alarm"], s["p"] is None, s["p"] or 0.0, -s["observed"]))
    rows = "".join(
        f'<tr class="{"alarm" if s["alarm"] else ""}"><td>{html.escape(s["category"])}</td><td>{s["observed"]}</td>'
        + (
            f"<td>{number(s['expected'])}</td><td>{number(s['upper'])}</td><td>{probability(s['p'])}</td></tr>"
            if s["p"] is not None
            else '<td colspan="3">往期不足，未判断</td></tr>'
        )
        for s in ordered[:MOST_ROWS]
    )
    alarms = sum(s["alarm"] for s in series)
    words = (
        f'<p class="wg-sure">{alarms} 类事项较往期同样日子显著偏多（粗体）。</p>'
        if alarms
        else '<p class="wg-none">没有事项较往期同样日子显著偏多。</p>'
    )
    more = f"<p><small>另有 {len(ordered) - MOST_ROWS} 类未列出。</small></p>" if len(ordered) > MOST_ROWS else ""
    return (
        f'<div class="wg-card"><h3>{html.escape(name)} · 同期预警</h3>{words}<table class="wg-grid">'
        "<tr><th>事项</th><th>本期</th><th>预期</th><th>上限</th><th>偶然的概率</th></tr>"
        f"{rows}</table>{more}</div>"
    )
