"""The responsibility map as a page: who answers for which area, and how many reports came from it."""

from __future__ import annotations

import colorsys
import hashlib
import html
from typing import TYPE_CHECKING

import numpy as np
import shapely

from core.clock import LOCAL
from presentation.pages.map_page import FeatureText, LegendEntry, MapLayer, Pane, label_properties, map_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from grids.maps.level_map import AreaCounts, LevelMap

LEVEL_NAMES = {"district": "区", "street": "街道/镇", "community": "社区/村", "grid": "网格"}

# Five steps of one hue, readable in grey.
STEPS = ("#fef3dd", "#fcd79b", "#f6a957", "#dd6b2c", "#a32a13")
UNKNOWN = "#e2e2e2"
DETAIL_ZOOM = 15


def responsibility_page(
    areas: LevelMap,
    outlines: LevelMap | None,
    counts: Mapping[str, AreaCounts] | None,
    *,
    within: str | None = None,
    as_of: datetime,
    basemap_url: str = "",
) -> bytes:
    """Write the page: the level's areas, the next coarser level's outlines above; `as_of` ends what is counted."""
    rows = areas.rows_within(within)
    chosen = list(range(len(areas.columns.codes))) if rows is None else rows
    breaks = _breaks([counts[code].recent for code in areas.columns.codes if code in counts] if counts else [])
    fragments = areas.fragments(DETAIL_ZOOM)
    text = FeatureText()
    above = dict(zip(outlines.columns.codes, outlines.columns.names, strict=True)) if outlines is not None else {}
    parents = [above.get(areas.columns.parent_codes[row] or "", "") for row in chosen]
    names = [_short(areas.columns.names[row], parent) for row, parent in zip(chosen, parents, strict=True)]
    for row, label in zip(chosen, label_properties(names, areas.shapes()[chosen]), strict=True):
        text.add(fragments[row], _properties(areas, row, counts, breaks) | label)
    layers = [
        MapLayer(
            "近 30 天上报数",
            "areas",
            style="by_count",
            base=True,
            legend=_legend(breaks) if counts is not None else [LegendEntry(UNKNOWN, "本图层没有上报数据")],
        ),
        MapLayer(
            "责任单位",
            "areas",
            style="by_unit",
            base=True,
            shown=False,
            words="相邻同色的区域归同一责任单位；点击区域看单位名称与代码。",
        ),
    ]
    sources = {"areas": text.collection()}
    if outlines is not None and outlines.columns.codes:
        sources["outlines"] = _outlines(outlines)
        name = LEVEL_NAMES.get(outlines.level, outlines.level)
        layers.append(MapLayer(f"{name}界线", "outlines", interactive=False, legend=()))
    level = LEVEL_NAMES.get(areas.level, areas.level)
    effective = areas.effective_at.astimezone(LOCAL)
    bounds = shapely.total_bounds(areas.shapes()[chosen]) if chosen else None
    pane = Pane(
        title=f"{areas.layer_name} · {level}责任图",
        subtitle=f"第 {areas.release} 版，{effective:%Y-%m-%d %H:%M} 起生效；{len(chosen)} 个{level}"
        + (f"\n上报统计截至 {as_of.astimezone(LOCAL):%Y-%m-%d %H:%M}" if counts is not None else ""),
        sources=sources,
        layers=layers,
        bounds=tuple(bounds.tolist()) if bounds is not None else None,
        notes=["界线按屏幕精度简化，相邻区域共用同一条边；精确界线以接口 /v1/maps/responsibility.geojson 为准。"],
        basemap_url=basemap_url,
    )
    return map_page(pane)


def _properties(
    areas: LevelMap, row: int, counts: Mapping[str, AreaCounts] | None, breaks: Sequence[int]
) -> dict[str, object]:
    c = areas.columns
    code, name, unit = c.codes[row], c.names[row], c.unit_names[row] or c.unit_codes[row] or "未指定"
    found = counts.get(code) if counts is not None else None
    recent, total = (found.recent, found.total) if found else (0, 0)
    fill = UNKNOWN if counts is None else STEPS[int(np.searchsorted(breaks, recent, side="left"))]
    border = {"color": "#7a6a55", "weight": 0.8, "fillOpacity": 0.75}
    reports = "" if counts is None else f"<tr><th>上报</th><td>近 30 天 {recent} 件，累计 {total} 件</td></tr>"
    return {
        "tip": f"{name}（{unit}）" + ("" if counts is None else f" 近 30 天 {recent} 件"),
        "card": f'<div class="wg-card"><h3>{html.escape(name)}</h3><table>'
        f"<tr><th>代码</th><td>{html.escape(code)}</td></tr>"
        f"<tr><th>责任单位</th><td>{html.escape(unit)}</td></tr>"
        f"<tr><th>面积</th><td>{c.areas_m2[row] / 1e4:,.1f} 公顷</td></tr>{reports}</table></div>",
        "by_count": {**border, "fillColor": fill},
        "by_unit": {**border, "fillColor": _colour(c.unit_codes[row] or "")},
    }


def _breaks(values: Sequence[int]) -> list[int]:
    """Upper bounds of the first four classes: the fifths of the areas that have reports, without repetition."""
    positive = [value for value in values if value > 0]
    if not positive:
        return []
    bounds = np.unique(np.quantile(positive, [0.2, 0.4, 0.6, 0.8]).astype(int)).tolist()
    return [0, *[b for b in bounds if b > 0]][: len(STEPS) - 1]


def _legend(breaks: Sequence[int]) -> list[LegendEntry]:
    entries, low = [], 0
    for step, high in enumerate(breaks):
        entries.append(LegendEntry(STEPS[step], f"{low} 件" if low == high else f"{low}–{high} 件"))
        low = high + 1
    return [*entries, LegendEntry(STEPS[len(breaks)], f"{low} 件及以上" if breaks else "0 件")]


def _colour(unit: str) -> str:
    """Give each unit its own soft colour, the same in every map."""
    digest = hashlib.blake2b(unit.encode(), digest_size=4).digest()
    hue, light, saturation = digest[0] / 255, 0.68 + digest[1] / 255 * 0.16, 0.35 + digest[2] / 255 * 0.3
    red, green, blue = colorsys.hls_to_rgb(hue, light, saturation)
    return f"#{int(red * 255):02x}{int(green * 255):02x}{int(blue * 255):02x}"


def _outlines(level: LevelMap) -> bytes:
    text = FeatureText()
    style = {"color": "#3d3424", "weight": 2, "fill": False}
    labels = label_properties([_short(name) for name in level.columns.names], level.shapes())
    for label, fragment in zip(labels, level.fragments(DETAIL_ZOOM), strict=True):
        text.add(fragment, {"style": style} | label)
    return text.collection()


def _short(name: str, parent: str = "") -> str:
    """Shorten a name for the map: without its parent's before it, and without the kind of committee."""
    for kind in ("居民委员会", "村民委员会"):
        name, parent = name.removesuffix(kind) or name, parent.removesuffix(kind)
    return name.removeprefix(parent) or name
