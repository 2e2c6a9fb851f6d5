"""Early warnings on a map: streets coloured by alarm, with expected, observed and probability of each category."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import shapely

from geo.map.geojson import polygon_geojson
from geo.map.simplify import simplify_level, zoom_tolerance_deg
from governance.hotspots.catalogue import ABOUT, HotspotMethod, class_of
from governance.hotspots.findings import series_class
from presentation.colours import CHANGE_OPACITY, fill_of, var_of
from presentation.pages.features import FeatureText, card_html
from presentation.pages.hotspot_units import DETAIL_ZOOM, PLAIN, as_array
from presentation.pages.map_page import LegendEntry, MapLayer
from presentation.words.hotspots import about, class_words, method_label, method_words, number, probability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from governance.hotspots.result_format import Result, SeriesJudgement

MOST_ROWS = 14
METHOD = HotspotMethod.WARNING


def warning_source(result: Result, shapes: Mapping[str, shapely.Geometry]) -> bytes | None:
    """Write the areas that were judged; None where no series was."""
    by_area: dict[str, list[SeriesJudgement]] = {}
    for one in result.series:
        by_area.setdefault(one.area, []).append(one)
    codes = [code for code in by_area if code in shapes]
    if not codes:
        return None
    simple = simplify_level(as_array([shapes[code] for code in codes]), zoom_tolerance_deg(DETAIL_ZOOM))
    text = FeatureText()
    for code, geometry in zip(codes, polygon_geojson(list(shapely.to_wkb(simple))), strict=True):
        series = by_area[code]
        alarms = _alarms(series)
        name = series[0].area_name
        text.add(
            geometry,
            {
                "code": code,
                "find": f"{name}（{code}）",
                "tip": f"{name}：" + ("、".join(s.category for s in alarms) + "偏多" if alarms else "没有预警"),
                "card": _card(name, series),
                "style": {**PLAIN, "weight": 1.2, **_style(series)},
            },
        )
    return text.collection()


def warning_layer(result: Result, *, shown: bool) -> MapLayer:
    """Say the layer of the warnings, and those of the whole, which no street shows."""
    legend = [
        LegendEntry(fill_of(METHOD, one.code), class_words(METHOD, one.code), opacity=CHANGE_OPACITY)
        for one in ABOUT[METHOD].classes
    ]
    whole = [w for w in _alarms(result.series) if w.area == result.whole]
    said = "；".join(f"{w.category} {w.observed} 件（按往期推算约 {number(w.expected or 0.0)} 件）" for w in whole)
    words = method_words(METHOD, "words") + (f"全域偏多的有：{said}。" if whole else "全域没有偏多的类别。")
    return MapLayer(method_label(METHOD), "warned", base=True, shown=shown, legend=legend, words=words)


def warning_notes(result: Result, most: int = 5) -> list[str]:
    """Say the surest warnings in sentences."""
    return [
        f"同期预警：{w.area_name}{w.category}本期 {w.observed} 件，按往期推算约 {number(w.expected or 0.0)} 件，"
        f"偶然达到这么多的概率{about(w.p or 0.0)}。"
        for w in sorted(result.warnings, key=lambda w: w.p or 0.0)[:most]
    ]


def _alarms(series: Sequence[SeriesJudgement]) -> list[SeriesJudgement]:
    """Return those that give an alarm, the surest first."""
    return sorted((one for one in series if one.alarm), key=lambda one: one.q or 0.0)


def _style(series: Sequence[SeriesJudgement]) -> dict[str, Any]:
    """Colour an area by its surest alarm; without one it is calm, or not judged where no series could be."""
    alarms = _alarms(series)
    judged = [one for one in series if one.p is not None]
    shown = (alarms or judged or list(series))[0]
    code = class_of(METHOD, series_class(shown), shown.q)
    return {"fillColor": var_of(fill_of(METHOD, code)), "fillOpacity": CHANGE_OPACITY}


def _card(name: str, series: Sequence[SeriesJudgement]) -> str:
    ordered = sorted(series, key=lambda s: (not s.alarm, s.p is None, s.p or 0.0, -s.observed))
    rows = "".join(
        f'<tr class="{"alarm" if s.alarm else ""}"><td>{html.escape(s.category)}</td><td>{s.observed}</td>'
        + (
            f"<td>{number(s.expected)}</td><td>{number(s.upper)}</td><td>{probability(s.p)}</td></tr>"
            if s.p is not None and s.expected is not None and s.upper is not None
            else '<td colspan="3">往期不足，未判断</td></tr>'
        )
        for s in ordered[:MOST_ROWS]
    )
    alarms = sum(s.alarm for s in series)
    words = (
        f'<p class="wg-sure">{alarms} 类上报较往期同样日子显著偏多（粗体）。</p>'
        if alarms
        else '<p class="wg-none">没有类别较往期同样日子显著偏多。</p>'
    )
    more = f"<p><small>另有 {len(ordered) - MOST_ROWS} 类未列出。</small></p>" if len(ordered) > MOST_ROWS else ""
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("类别", "本期", "按往期推算", "上限", "偶然的概率"))
    grid = f'<table class="wg-grid"><tr>{heads}</tr>{rows}</table>'
    return card_html(f"{name} · 同期预警", before=words + grid + more)
