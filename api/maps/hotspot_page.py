"""The map of a run, or of two side by side: a layer per method, what each cluster is, how sure, what was set aside."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely

from api.maps.page import FeatureText, LegendEntry, MapLayer, Pane, map_page
from geo.map.geojson import polygon_geojson
from geo.map.simplify import simplify_level, zoom_tolerance_deg
from governance.hotspots.methods.catalogue import ABOUT, Method
from governance.hotspots.rules import place_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.map.simplify import ObjectArray

DETAIL_ZOOM = 15
STEP_DAYS = 7
PLAIN = {"color": "#b9b2a5", "weight": 0.6, "fillColor": "#faf8f3", "fillOpacity": 0.5}
HEAT = (
    (0.001, "#b2182b", "显著偏多（q ≤ 0.001）"),
    (0.01, "#ef8a62", "显著偏多（q ≤ 0.01）"),
    (1.0, "#fddbc7", "显著偏多（q 在判定水平以内）"),
)
COLD = ("#92c5de", "显著偏少")
EMERGING_COLORS = {
    "NEW_HOT": "#ff7f00", "CONSECUTIVE_HOT": "#e31a1c", "INTENSIFYING_HOT": "#99000d", "PERSISTENT_HOT": "#cb181d",
    "DIMINISHING_HOT": "#fc9272", "SPORADIC_HOT": "#fdbf6f", "OSCILLATING_HOT": "#cab2d6", "HISTORICAL_HOT": "#b15928",
    "NEW_COLD": "#a6cee3", "CONSECUTIVE_COLD": "#1f78b4", "INTENSIFYING_COLD": "#08306b", "PERSISTENT_COLD": "#2171b5",
    "DIMINISHING_COLD": "#9ecae1", "SPORADIC_COLD": "#c6dbef", "OSCILLATING_COLD": "#bcbddc",
    "HISTORICAL_COLD": "#6baed6",
}  # fmt: skip
EMERGING_NAMES = {
    "NEW": "新增", "CONSECUTIVE": "连续", "INTENSIFYING": "加强", "PERSISTENT": "持续", "DIMINISHING": "减弱",
    "SPORADIC": "零星", "OSCILLATING": "振荡", "HISTORICAL": "历史",
}  # fmt: skip
CLUSTERS = {
    Method.CONCENTRATION: {"color": "#7b3294", "weight": 2, "fillColor": "#c2a5cf", "fillOpacity": 0.35},
    Method.SCAN: {"color": "#d7301f", "weight": 2.5, "fillColor": "#fc8d59", "fillOpacity": 0.35},
    Method.DENSITY: {"color": "#238b45", "weight": 1.5, "dashArray": "5 4", "fillColor": "#74c476", "fillOpacity": 0.2},
}


@dataclass(frozen=True, slots=True)
class RunView:
    """A finished run as a map needs it; `shapes` are the polygons of its areas by code."""

    number: int
    layer_name: str
    result: Mapping[str, Any]
    shapes: Mapping[str, shapely.Geometry]
    outlines: Sequence[shapely.Geometry] = ()


def hotspot_page(view: RunView, beside: RunView | None = None, *, basemap_url: str = "") -> bytes:
    """Write the page of a run, or of two that are compared."""
    return map_page(_pane(view, basemap_url), _pane(beside, basemap_url) if beside is not None else None)


def _pane(view: RunView, basemap_url: str) -> Pane:
    result = view.result
    start, end = date.fromisoformat(result["period"]["start"]), date.fromisoformat(result["period"]["end"])
    frames = _frames(result, start, end)
    sources: dict[str, bytes] = {"areas": _areas(view)}
    layers = [
        *_area_layers(result),
        *_cluster_layers(result, frames, sources),
    ]
    if view.outlines:
        sources["outlines"] = _outlines(view.outlines)
        layers.append(MapLayer("街道/镇界线", "outlines", interactive=False))
    if result["input"]["pile_ups"]:
        sources["piles"] = _pile_ups(result)
        layers.append(
            MapLayer(
                "已剔除的默认坐标",
                "piles",
                legend=[LegendEntry("#636363", "大量上报落在同一点，不参与分析", dot=True)],
            )
        )
    account = result["input"]
    shapes = list(view.shapes.values())
    return Pane(
        title=f"{view.layer_name} · 热点图",
        subtitle=f"{start:%Y-%m-%d} 至 {end - timedelta(days=1):%Y-%m-%d}，第 {view.number} 次分析；"
        f"本期 {account['incidents_in_period']} 件",
        sources=sources,
        layers=layers,
        bounds=tuple(shapely.total_bounds(shapes).tolist()) if shapes else None,
        notes=[
            *_warnings(result),
            account_words(result),
            *result["notes"],
        ],
        frames=[f"{a:%m-%d} 至 {b:%m-%d}" for a, b in frames],
        basemap_url=basemap_url,
    )


def account_words(result: Mapping[str, Any]) -> str:
    """Say what was read and what was set aside, in numbers that add up."""
    account = result["input"]
    return (
        f"自 {result['history_start']} 起读入 {account['reports']} 件：剔除默认坐标 {account['on_pile_ups']} 件，"
        f"合并同一人重复来电 {account['repeat_calls']} 件，巡查上报 {account['patrol']} 件另计，"
        f"{account['without_point']} 件无坐标；用于分析 {account['incidents']} 件。"
    )


def _warnings(result: Mapping[str, Any]) -> list[str]:
    return [
        f"同期预警：{w['area_name']}{w['category']}本期 {w['observed']} 件，往期预期 {w['expected']:.1f} 件，"
        f"偶然达到这么多的概率{_about(w['p'])}。"
        for w in sorted(result["warnings"], key=lambda w: w["p"])[:5]
    ]


def _frames(result: Mapping[str, Any], start: date, end: date) -> list[tuple[date, date]]:
    """Whole weeks back from the period's end, over the period and what clusters reach back to."""
    firsts = [date.fromisoformat(c["first"]) for c in result["clusters"] if c["method"] == Method.SCAN]
    begin = min([start, *firsts])
    weeks = max(1, -(-(end - begin).days // STEP_DAYS))
    days = [end - timedelta(days=STEP_DAYS * k) for k in range(weeks, 0, -1)]
    return [(day, day + timedelta(days=STEP_DAYS - 1)) for day in days]


def _areas(view: RunView) -> bytes:
    names = view.result["names"]
    by_code = {area["code"]: area | unit for area, unit in zip(view.result["areas"], view.result["units"], strict=True)}
    codes = [code for code in by_code if code in view.shapes]
    simple = simplify_level(_array([view.shapes[code] for code in codes]), zoom_tolerance_deg(DETAIL_ZOOM))
    text = FeatureText()
    for code, geometry in zip(codes, polygon_geojson(list(shapely.to_wkb(simple))), strict=True):
        area = by_code[code]
        name, above = names.get(code, code), "".join(names.get(c, "") for c in area["above"][1:])
        text.add(
            geometry,
            {
                "tip": f"{above}{name}" + (f" 本期 {area['reports']} 件" if "reports" in area else ""),
                "card": _area_card(area, f"{above}{name}", view.result),
                "by_gi": {**PLAIN, **_gi_style(area)},
                "by_emerging": {**PLAIN, **_emerging_style(area)},
            },
        )
    return text.collection()


def _gi_style(area: Mapping[str, Any]) -> dict[str, Any]:
    if area.get("gi") == 1:
        color = next(color for q, color, _ in HEAT if area["gi_q"] <= q)
        return {"fillColor": color, "fillOpacity": 0.8}
    return {"fillColor": COLD[0], "fillOpacity": 0.7} if area.get("gi") == -1 else {}


def _emerging_style(area: Mapping[str, Any]) -> dict[str, Any]:
    color = EMERGING_COLORS.get(area.get("emerging", ""))
    return {"fillColor": color, "fillOpacity": 0.75} if color else {}


def _area_card(area: Mapping[str, Any], name: str, result: Mapping[str, Any]) -> str:
    rows = [("代码", area["code"])]
    if "reports" in area:
        rows.append(("本期件数", str(area["reports"])))
    words = ""
    if area.get("gi_z") is not None:
        rows.append(("Gi* z 值", f"{area['gi_z']:.2f}"))
        rows.append(("校正后 q", _p(area["gi_q"])))
        words = {
            1: '<p class="wg-sure">与相邻网格合计，明显多于全域平均。</p>',
            -1: '<p class="wg-none">与相邻网格合计，明显少于全域平均。</p>',
        }.get(area["gi"], '<p class="wg-none">与全域平均的差别可能只是偶然。</p>')
    if area.get("emerging") not in {None, "NONE"}:
        rows.append(("演变", f"{_emerging_name(area['emerging'])}：{result['emerging_words'][area['emerging']]}"))
    return f'<div class="wg-card"><h3>{html.escape(name)}</h3>{_table(rows)}{words}</div>'


def _emerging_name(code: str) -> str:
    kind, _, side = code.partition("_")
    return f"{EMERGING_NAMES[kind]}{'热点' if side == 'HOT' else '冷点'}"


def _area_layers(result: Mapping[str, Any]) -> list[MapLayer]:
    layers = []
    if any("gi" in area for area in result["units"]):
        legend = [LegendEntry(color, text) for _, color, text in HEAT]
        legend += [LegendEntry(*COLD), LegendEntry(PLAIN["fillColor"], "差别可能只是偶然")]  # type: ignore[arg-type]
        layers.append(
            MapLayer(
                ABOUT[Method.GI].label,
                "areas",
                style="by_gi",
                base=True,
                legend=legend,
                words=ABOUT[Method.GI].words,
            )
        )
    present = sorted({a["emerging"] for a in result["units"] if a.get("emerging", "NONE") != "NONE"})
    if any("emerging" in area for area in result["units"]):
        legend = [
            LegendEntry(EMERGING_COLORS[c], f"{_emerging_name(c)}：{result['emerging_words'][c]}") for c in present
        ]
        legend.append(LegendEntry(PLAIN["fillColor"], "无上述规律"))  # type: ignore[arg-type]
        words = ABOUT[Method.EMERGING].words
        layers.append(
            MapLayer(
                ABOUT[Method.EMERGING].label,
                "areas",
                style="by_emerging",
                base=True,
                shown=not layers,
                legend=legend,
                words=words,
            )
        )
    return layers or [MapLayer("", "areas", "by_gi")]


def _cluster_layers(
    result: Mapping[str, Any], frames: Sequence[tuple[date, date]], sources: dict[str, bytes]
) -> list[MapLayer]:
    layers = []
    for method, style in CLUSTERS.items():
        own = [c for c in result["clusters"] if c["method"] == method]
        if not own:
            continue
        text = FeatureText()
        for cluster in own:
            title = _title(cluster, result)
            text.add(
                orjson.dumps(cluster["geometry"]),
                {
                    "tip": f"{title}：{cluster['observed']} 件",
                    "card": cluster_card(cluster, title),
                    "style": style,
                    "frames": _span(cluster, frames),
                },
            )
        sources[str(method)] = text.collection()
        legend = [LegendEntry(str(style["fillColor"]), f"{len(own)} 处", border=f"2px solid {style['color']}")]
        shown = method is not Method.DENSITY
        layers.append(MapLayer(ABOUT[method].label, str(method), shown=shown, legend=legend, words=ABOUT[method].words))
    return layers


def _span(cluster: Mapping[str, Any], frames: Sequence[tuple[date, date]]) -> list[int]:
    first, last = date.fromisoformat(cluster["first"]), date.fromisoformat(cluster["last"])
    touched = [k for k, (a, b) in enumerate(frames) if first <= b and last >= a]
    return [touched[0], touched[-1]] if touched else [-1, -1]


def _title(cluster: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    above = {area["code"]: area["above"] for area in result["areas"]}
    where = place_name(cluster["areas"], above, result["names"]) if cluster["areas"] else ""
    return f"{where}{cluster['category'] or '各类事项'}"


def cluster_card(cluster: Mapping[str, Any], title: str) -> str:
    """Write what a cluster is, how sure it is, and what it consists of."""
    rows = [("时间", f"{cluster['first']} 至 {cluster['last']}"), ("观测", f"{cluster['observed']} 件")]
    if cluster["expected"] is not None:
        rows.append(("期望", f"{cluster['expected']:.1f} 件"))
        risk = cluster["relative_risk"]
        rows.append(("相对风险", f"{risk:.2f} 倍" if risk is not None else "圈外没有同类事项"))
        rows.append(("p 值", f"{_p(cluster['p'])}（校正后 {_p(cluster['adjusted_p'])}）"))
    if cluster["recurrence_interval_days"] is not None:
        rows.append(("重现期", f"{cluster['recurrence_interval_days']:,.0f} 天"))
    if cluster["radius_m"]:
        rows.append(("半径", f"{cluster['radius_m']:.0f} 米"))
    rows.append(("涉及网格", f"{len(cluster['areas'])} 个"))
    rows.append(("主要事项", "、".join(f"{c['category']} {c['reports']}" for c in cluster["categories"])))
    sure = (
        '<p class="wg-none">只说明上报点密集，未检验是否偶然。</p>'
        if cluster["significant"] is None
        else f'<p class="wg-sure">若只是偶然，出现这样聚集的概率{_about(cluster["adjusted_p"])}'
        "（已按扫描次数校正）。</p>"
    )
    samples = "、".join(f"#{number}" for number in cluster["samples"])
    return (
        f'<div class="wg-card"><h3>{html.escape(title)}</h3>{sure}{_table(rows)}'
        f"<p>每周件数</p>{trend_svg(cluster['trend'])}<p><small>样例上报：{samples}</small></p></div>"
    )


def trend_svg(trend: Mapping[str, Any], *, width: int = 260, height: int = 54, color: str = "#c0562b") -> str:
    """Draw counts a step as bars, with the first and last day written under them."""
    counts = trend["counts"] or [0]
    top, bar = max(*counts, 1), width / len(counts)
    bars = "".join(
        f'<rect x="{k * bar + 0.5:.1f}" y="{height - 14 - n / top * (height - 26):.1f}" '
        f'width="{max(bar - 1, 1):.1f}" height="{n / top * (height - 26):.1f}" fill="{color}"/>'
        for k, n in enumerate(counts)
    )
    last = date.fromisoformat(trend["start"]) + timedelta(days=trend["step_days"] * len(counts) - 1)
    style = 'font-size="9" fill="#777"'
    return (
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}">{bars}'
        f'<line x1="0" x2="{width}" y1="{height - 14}" y2="{height - 14}" stroke="#999"/>'
        f'<text x="0" y="9" {style}>最多 {top} 件</text><text x="0" y="{height - 3}" {style}>{trend["start"]}</text>'
        f'<text x="{width}" y="{height - 3}" text-anchor="end" {style}>{last}</text></svg>'
    )


def _pile_ups(result: Mapping[str, Any]) -> bytes:
    text = FeatureText()
    style = {"radius": 9, "color": "#252525", "weight": 1.5, "fillColor": "#636363", "fillOpacity": 0.8}
    for pile in result["input"]["pile_ups"]:
        card = (
            f'<div class="wg-card"><h3>默认坐标</h3><p class="wg-none">{pile["reports"]} 件上报落在同一点，'
            f"多为地址无法定位时填入的默认值，已从分析中剔除。</p></div>"
        )
        geometry = orjson.dumps({"type": "Point", "coordinates": [pile["lon"], pile["lat"]]})
        text.add(geometry, {"tip": f"默认坐标：{pile['reports']} 件", "card": card, "style": style})
    return text.collection()


def _outlines(shapes: Sequence[shapely.Geometry]) -> bytes:
    text = FeatureText()
    simple = simplify_level(_array(shapes), zoom_tolerance_deg(DETAIL_ZOOM))
    for geometry in polygon_geojson(list(shapely.to_wkb(simple))):
        text.add(geometry, {"style": {"color": "#3d3424", "weight": 2, "fill": False}})
    return text.collection()


def _array(shapes: Sequence[shapely.Geometry]) -> ObjectArray:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def _table(rows: Sequence[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><th>{html.escape(a)}</th><td>{html.escape(b)}</td></tr>" for a, b in rows)
    return f"<table>{cells}</table>"


def _p(value: float) -> str:
    """Write a probability as people read it."""
    return "小于 0.0001" if value < 0.0001 else f"{value:.4f}".rstrip("0").rstrip(".")


def _about(value: float) -> str:
    return _p(value) if value < 0.0001 else f"约为 {_p(value)}"
