"""Units on a map: grids or hexagons coloured by Gi*, local Moran and how their heat developed."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely

from geo.map.geojson import polygon_geojson
from geo.map.simplify import simplify_level, zoom_tolerance_deg
from governance.hotspots.catalogue import ABOUT, HotspotMethod
from presentation.pages.map_page import FeatureText, LegendEntry, MapLayer
from presentation.words.hotspots import probability, rate_words, sentence_of, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.map.simplify import ObjectArray

Style = dict[str, Any]
DETAIL_ZOOM = 15
PLAIN: Style = {"color": "#b9b2a5", "weight": 0.6, "fillColor": "#faf8f3", "fillOpacity": 0.5}
CHANCE = LegendEntry("#faf8f3", "差别可能只是偶然")
HEAT = (
    (0.001, "#b2182b", "显著偏多，很有把握（q ≤ 0.001）"),
    (0.01, "#ef8a62", "显著偏多，有把握（q ≤ 0.01）"),
    (1.0, "#fddbc7", "显著偏多（q 在判定水平以内）"),
)
COLD = ("#92c5de", "显著偏少")
MORAN = {
    "high-high": ("#d7191c", "高—高：本处与四周都多"),
    "low-low": ("#2c7bb6", "低—低：本处与四周都少"),
    "high-low": ("#fdae61", "高—低：本处多，四周少（孤立的高点）"),
    "low-high": ("#abd9e9", "低—高：本处少，四周多"),
}
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
STEP_STYLES: dict[str, Style] = {
    "0": PLAIN,
    "1": {**PLAIN, "fillColor": "#ef8a62", "fillOpacity": 0.8},
    "-1": {**PLAIN, "fillColor": COLD[0], "fillOpacity": 0.7},
}


def unit_source(result: Mapping[str, Any], shapes: Mapping[str, shapely.Geometry], frames: int) -> bytes:
    """Write the units: shape, card, a style for each method, and the steps of the slider."""
    found = ((unit, _shape(unit, shapes)) for unit in result["units"])
    drawn = [(unit, shape) for unit, shape in found if shape is not None]
    simple = simplify_level(as_array([shape for _, shape in drawn]), zoom_tolerance_deg(DETAIL_ZOOM))
    above = {area["code"]: area["above"] for area in result["areas"]}
    text = FeatureText()
    for geometry, (unit, _) in zip(polygon_geojson(list(shapely.to_wkb(simple))), drawn, strict=True):
        name = _name(unit, above, result["names"])
        properties = {
            "tip": name + (f"：本期 {unit['reports']} 件" if "reports" in unit else ""),
            "card": _card(unit, name, result),
            "by_gi": {**PLAIN, **_gi_style(unit)},
            "by_moran": {**PLAIN, **_moran_style(unit)},
            "by_emerging": {**PLAIN, **_emerging_style(unit)},
        }
        if "emerging_steps" in unit:
            steps = unit["emerging_steps"][-frames:] if frames else []
            properties["by_emerging_steps"] = [0] * (frames - len(steps)) + steps
        text.add(geometry, properties)
    return text.collection()


def unit_layers(result: Mapping[str, Any]) -> list[MapLayer]:
    """Make a layer of each method that judged the units; one is shown at a time."""
    layers = []
    units = result["units"]
    if any("gi" in unit for unit in units):
        legend = [LegendEntry(color, text) for _, color, text in HEAT] + [LegendEntry(*COLD), CHANCE]
        layers.append(_layer(HotspotMethod.GI, legend, shown=True))
    if any("moran" in unit for unit in units):
        legend = [*[LegendEntry(*pair) for pair in MORAN.values()], CHANCE]
        layers.append(_layer(HotspotMethod.MORAN, legend, shown=not layers))
    if any("emerging" in unit for unit in units):
        present = sorted({u["emerging"] for u in units if u.get("emerging", "NONE") != "NONE"})
        legend = [LegendEntry(EMERGING_COLORS[c], emerging_words(c)) for c in present]
        legend += [
            LegendEntry(str(PLAIN["fillColor"]), "无上述规律"),
            LegendEntry(str(STEP_STYLES["1"]["fillColor"]), "滑块停在某一段时：该段显著偏多"),
            LegendEntry(COLD[0], "滑块停在某一段时：该段显著偏少"),
        ]
        layers.append(_layer(HotspotMethod.EMERGING, legend, shown=not layers))
    return layers


def _layer(method: HotspotMethod, legend: Sequence[LegendEntry], *, shown: bool) -> MapLayer:
    about = ABOUT[method]
    words = about.words
    if method is HotspotMethod.EMERGING:
        words += "拖动下方滑块，看各时段当期的冷热。"
    return MapLayer(
        about.label,
        "units",
        style=f"by_{method}",
        base=True,
        shown=shown,
        legend=legend,
        words=words,
        step_styles=STEP_STYLES if method is HotspotMethod.EMERGING else {},
    )


def emerging_name(code: str) -> str:
    """Name a category in Chinese."""
    kind, _, side = code.partition("_")
    return f"{EMERGING_NAMES[kind]}{'热点' if side == 'HOT' else '冷点'}"


def emerging_words(code: str) -> str:
    """Name a category and explain it."""
    return f"{emerging_name(code)}：{sentence_of(f'emerging/{code}')}"


def as_array(shapes: Sequence[shapely.Geometry]) -> ObjectArray:
    """Put shapes into an array of objects, also where there are none."""
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def _shape(unit: Mapping[str, Any], shapes: Mapping[str, shapely.Geometry]) -> shapely.Geometry | None:
    if "geometry" in unit:
        return shapely.from_geojson(orjson.dumps(unit["geometry"]).decode())
    return shapes.get(unit["code"])


def _name(unit: Mapping[str, Any], above: Mapping[str, Sequence[str]], names: Mapping[str, str]) -> str:
    if "near_name" in unit:
        return sentence_of("unit/near", area=unit["near_name"])
    code = unit["code"]
    return "".join(names.get(c, "") for c in [*above.get(code, [])[1:], code])


def _gi_style(unit: Mapping[str, Any]) -> Style:
    if unit.get("gi") == 1:
        color = next(color for q, color, _ in HEAT if unit["gi_q"] <= q)
        return {"fillColor": color, "fillOpacity": 0.8}
    return {"fillColor": COLD[0], "fillOpacity": 0.7} if unit.get("gi") == -1 else {}


def _moran_style(unit: Mapping[str, Any]) -> Style:
    found = MORAN.get(unit.get("moran_kind", ""))
    return {"fillColor": found[0], "fillOpacity": 0.75} if found else {}


def _emerging_style(unit: Mapping[str, Any]) -> Style:
    color = EMERGING_COLORS.get(unit.get("emerging", ""))
    return {"fillColor": color, "fillOpacity": 0.75} if color else {}


def _card(unit: Mapping[str, Any], name: str, result: Mapping[str, Any]) -> str:
    rows = [] if "near_name" in unit else [("网格代码", unit["code"])]
    if "reports" in unit:
        rows.append(("本期件数", f"{unit['reports']} 件"))
    if "rate" in unit:
        rows.append(rate_words(unit, result["rate_per"]))
    words = ""
    if unit.get("gi_z") is not None:
        rows += [("Gi* 的 z 值", f"{unit['gi_z']:.2f}"), ("Gi* 校正后 q", probability(unit["gi_q"]))]
        words = {
            1: '<p class="wg-sure">与相邻单元合计，明显多于全域平均。</p>',
            -1: '<p class="wg-none">与相邻单元合计，明显少于全域平均。</p>',
        }.get(unit["gi"], '<p class="wg-none">与全域平均的差别可能只是偶然。</p>')
    if unit.get("moran_q") is not None:
        kind = MORAN.get(unit["moran_kind"])
        rows.append(("局部莫兰", kind[1] if kind else "与四周的关系可能只是偶然"))
        rows.append(("莫兰校正后 q", probability(unit["moran_q"])))
    if unit.get("emerging") not in {None, "NONE"}:
        rows.append(("演变", emerging_words(unit["emerging"])))
    return f'<div class="wg-card"><h3>{html.escape(name)}</h3>{words}{table(rows)}</div>'
