"""The responsibility map as a page: who answers for which area, and how many reports came from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from core.clock import LOCAL
from presentation.colours import COUNT_OPACITY, COUNTS, UNITS, var_of
from presentation.pages.features import FeatureText, card_html, label_properties
from presentation.pages.map_page import LegendEntry, MapLayer, Pane, map_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from grids.maps.level_map import AreaCounts, LevelMap

LEVEL_NAMES = {"district": "区", "street": "街道/镇", "community": "社区/村", "grid": "网格"}

#: Width of a level's borders, the coarsest first, in pixels.
WIDTHS = (2.5, 2.0, 1.2)
DETAIL_ZOOM = 15


def responsibility_page(
    areas: LevelMap,
    above: Sequence[LevelMap],
    counts: Mapping[str, AreaCounts] | None,
    *,
    within: str | None = None,
    as_of: datetime,
    counts_shown_from: int = 1,
    basemap_url: str = "",
) -> bytes:
    """Write the page: the level's areas, the outlines of the levels `above` (coarsest first) over them.

    `as_of` ends what is counted. Counts smaller than `counts_shown_from`, but 0, are written as fewer than that.
    """
    rows = areas.rows_within(within)
    chosen = list(range(len(areas.columns.codes))) if rows is None else rows
    least = counts_shown_from
    recents = [counts[code].recent for code in areas.columns.codes if code in counts] if counts else []
    breaks = _breaks(recents, least)
    fragments = areas.fragments(DETAIL_ZOOM)
    text = FeatureText()
    parents_names = dict(zip(above[-1].columns.codes, above[-1].columns.names, strict=True)) if above else {}
    parents = [parents_names.get(areas.columns.parent_codes[row] or "", "") for row in chosen]
    units = _unit_colours(areas)
    names = [_short(areas.columns.names[row], parent) for row, parent in zip(chosen, parents, strict=True)]
    for row, label in zip(chosen, label_properties(names, areas.shapes()[chosen]), strict=True):
        text.add(fragments[row], _properties(areas, row, (counts, least), breaks, units) | label)
    layers = [
        MapLayer(
            "近 30 天上报数",
            "areas",
            style="by_count",
            base=True,
            legend=_legend(breaks) if counts is not None else [LegendEntry("unknown", "本图层没有上报数据")],
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
    for number, coarser in enumerate(above):
        if coarser.columns.codes:
            sources[f"above-{number}"] = _outlines(coarser, WIDTHS[min(number, 2)], is_named=coarser is above[-1])
            name = LEVEL_NAMES.get(coarser.level, coarser.level)
            layers.append(MapLayer(f"{name}界线", f"above-{number}", interactive=False))
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
        source=f"{areas.layer_name}第 {areas.release} 版（{effective:%Y-%m-%d} 起生效）",
        layer_name=areas.layer_name,
        basemap_url=basemap_url,
    )
    return map_page(pane)


def _properties(
    areas: LevelMap,
    row: int,
    counted: tuple[Mapping[str, AreaCounts] | None, int],
    breaks: Sequence[int],
    units: Mapping[str, str],
) -> dict[str, object]:
    c = areas.columns
    code, name, unit = c.codes[row], c.names[row], c.unit_names[row] or c.unit_codes[row] or "未指定"
    counts, least = counted
    found = counts.get(code) if counts is not None else None
    total, recent = (_count_words(count, least) for count in (found.shown_from(least) if found else (0, 0)))
    shown = found.recent if found else 0
    fill = "unknown" if counts is None else COUNTS[int(np.searchsorted(breaks, shown, side="left"))]
    border = {"color": var_of("border"), "weight": 0.7, "fillOpacity": COUNT_OPACITY}
    rows = [("代码", code), ("责任单位", unit), ("面积", f"{c.areas_m2[row] / 1e4:,.1f} 公顷")]
    if counts is not None:
        rows.append(("上报", f"近 30 天{recent}，累计{total}"))
    return {
        "code": code,
        "find": f"{name}（{code}）",
        "tip": f"{name}（{unit}）" + ("" if counts is None else f" 近 30 天{recent}"),
        "card": card_html(name, rows=rows),
        "by_count": {**border, "fillColor": var_of(fill)},
        "by_unit": {**border, "fillColor": var_of(units[c.unit_codes[row] or ""])},
    }


def _count_words(count: int | None, least: int) -> str:
    return f"少于 {least} 件" if count is None else f" {count} 件"


def _breaks(values: Sequence[int], least: int) -> list[int]:
    """Upper bounds of the first four classes: the fifths of the areas that have reports, without repetition.

    Counts smaller than `least`, but 0, are in one class.
    """
    positive = [max(value, least - 1) for value in values if value > 0]
    if not positive:
        return []
    bounds = np.unique(np.quantile(positive, [0.2, 0.4, 0.6, 0.8]).astype(int)).tolist()
    return [0, *[b for b in bounds if b > 0]][: len(COUNTS) - 1]


def _legend(breaks: Sequence[int]) -> list[LegendEntry]:
    words, low = [], 0
    for high in breaks:
        words.append(f"{low} 件" if low == high else f"{low}–{high} 件")
        low = high + 1
    words.append(f"{low} 件及以上" if breaks else "0 件")
    return [LegendEntry(color, text, opacity=COUNT_OPACITY) for color, text in zip(COUNTS, words, strict=False)]


def _unit_colours(areas: LevelMap) -> dict[str, str]:
    """Return a colour for each unit, such that units whose areas touch have different ones while there are enough."""
    units, shapes = [code or "" for code in areas.columns.unit_codes], areas.shapes()
    beside: dict[str, set[str]] = {unit: set() for unit in units}
    for one, other in shapely.STRtree(shapes).query(shapes, predicate="intersects").T.tolist():
        if units[one] != units[other]:
            beside[units[one]].add(units[other])
    chosen: dict[str, str] = {}
    for unit in sorted(beside, key=lambda unit: (-len(beside[unit]), unit)):
        taken = [chosen[other] for other in beside[unit] if other in chosen]
        chosen[unit] = min(UNITS, key=lambda color: (taken.count(color), UNITS.index(color)))
    return chosen


def _outlines(level: LevelMap, width: float, *, is_named: bool) -> bytes:
    text = FeatureText()
    style = {"color": var_of("border-above"), "weight": width, "fill": False}
    names = [_short(name) if is_named else "" for name in level.columns.names]
    labels = label_properties(names, level.shapes())
    for label, fragment in zip(labels, level.fragments(DETAIL_ZOOM), strict=True):
        text.add(fragment, {"style": style} | label)
    return text.collection()


def _short(name: str, parent: str = "") -> str:
    """Shorten a name for the map: without its parent's before it, and without the kind of committee."""
    for kind in ("居民委员会", "村民委员会"):
        name, parent = name.removesuffix(kind) or name, parent.removesuffix(kind)
    return name.removeprefix(parent) or name
