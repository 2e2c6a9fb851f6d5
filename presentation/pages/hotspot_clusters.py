"""Clusters on a map: a layer per method, a card for each, and the numbered list of matters they are about."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import orjson
import shapely

from governance.hotspots.catalogue import ABOUT, HotspotMethod
from presentation.pages.map_page import FeatureText, LegendEntry, MapLayer
from presentation.words.hotspots import (
    about,
    masked,
    number,
    probability,
    span,
    table,
    title_of,
    trend_svg,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Frames = list[tuple[date, date]]
STYLES = {
    HotspotMethod.CONCENTRATION: {"color": "#7b3294", "weight": 2, "fillColor": "#c2a5cf", "fillOpacity": 0.3},
    HotspotMethod.POPULATION: {"color": "#8c510a", "weight": 2, "fillColor": "#dfc27d", "fillOpacity": 0.35},
    HotspotMethod.SCAN: {"color": "#d7301f", "weight": 2.5, "fillColor": "#fc8d59", "fillOpacity": 0.35},
    HotspotMethod.DENSITY: {
        "color": "#238b45",
        "weight": 1.5,
        "dashArray": "5 4",
        "fillColor": "#74c476",
        "fillOpacity": 0.2,
    },
    HotspotMethod.HDBSCAN: {
        "color": "#006d77",
        "weight": 1.5,
        "dashArray": "2 4",
        "fillColor": "#83c5be",
        "fillOpacity": 0.2,
    },
    HotspotMethod.ST_DBSCAN: {
        "color": "#1d6996",
        "weight": 1.5,
        "dashArray": "8 4",
        "fillColor": "#8fc1e3",
        "fillOpacity": 0.2,
    },
}
MEANING = {
    HotspotMethod.CONCENTRATION: "该类事项占比明显高于别处",
    HotspotMethod.POPULATION: "按户数（面积、道路）算明显多于别处",
    HotspotMethod.SCAN: "这一段时间内明显多于该处平常",
    HotspotMethod.DENSITY: "上报点密集成片",
    HotspotMethod.HDBSCAN: "比周围更密集",
    HotspotMethod.ST_DBSCAN: "地点与日期都密集",
}
BASIS = {
    HotspotMethod.CONCENTRATION: "按别处的占比应有",
    HotspotMethod.POPULATION: "按户数（面积、道路）应有",
    HotspotMethod.SCAN: "按该处该时段平常应有",
}
SHOWN = {HotspotMethod.CONCENTRATION, HotspotMethod.SCAN}


@dataclass(slots=True)
class Finding:
    """One category at one place, as found by one or several methods that test; the surest first."""

    number: int
    title: str
    clusters: list[Mapping[str, Any]] = field(default_factory=list)


def findings(result: Mapping[str, Any]) -> list[Finding]:
    """Gather the significant clusters that are about one category and share an area, surest first.

    A comparison with households comes after the others: where many people pass or report, it is high for that alone.
    """
    found: list[Finding] = []
    tested = [c for c in result["clusters"] if c["significant"]]
    for cluster in sorted(
        tested, key=lambda c: (c["method"] == HotspotMethod.POPULATION, c["adjusted_p"], -c["observed"])
    ):
        own = set(cluster["areas"])
        same = next(
            (
                m
                for m in found
                if m.clusters[0]["category"] == cluster["category"] and any(own & set(c["areas"]) for c in m.clusters)
            ),
            None,
        )
        if same is None:
            found.append(Finding(len(found) + 1, title_of(cluster, result), [cluster]))
        else:
            same.clusters.append(cluster)
    return found


def list_heading(result: Mapping[str, Any], found: Sequence[Finding]) -> str:
    """Head the list of matters; nothing where no method that tests was asked."""
    if found:
        return f"重点清单（{len(found)}）"
    return "重点清单：没有超出偶然的聚集" if set(result["methods"]) & set(BASIS) else ""


def cluster_layers(result: Mapping[str, Any], frames: Frames, sources: dict[str, bytes]) -> list[MapLayer]:
    """Make a layer of each method that looks for clusters, also where it found none: that is a finding too."""
    layers = []
    for method, style in STYLES.items():
        own = [c for c in result["clusters"] if c["method"] == method]
        if not own and method not in result["methods"]:
            continue
        text = FeatureText()
        for cluster in own:
            title = title_of(cluster, result)
            text.add(
                orjson.dumps(cluster["geometry"]),
                {
                    "tip": f"{title}：{cluster['observed']} 件",
                    "card": cluster_card(cluster, title, result["period"]["start"]),
                    "style": style,
                    "frames": frames_of(cluster, frames),
                },
            )
        sources[str(method)] = text.collection()
        meaning = f"{MEANING[method]}（{len(own)} 处）" if own else "没有发现"
        legend = [LegendEntry(str(style["fillColor"]), meaning, border=f"2px solid {style['color']}")]
        about_it = ABOUT[method]
        layers.append(MapLayer(about_it.label, str(method), shown=method in SHOWN, legend=legend, words=about_it.words))
    return layers


def finding_layer(found: Sequence[Finding], result: Mapping[str, Any], frames: Frames) -> bytes:
    """Put the number of each matter where its surest cluster is."""
    text = FeatureText()
    for matter in found:
        spans = [frames_of(c, frames) for c in matter.clusters]
        text.add(
            orjson.dumps(shapely.geometry.mapping(_spot(matter))),
            {
                "number": matter.number,
                "tip": matter.title,
                "card": matter_card(matter, result["period"]["start"]),
                "frames": [min(s[0] for s in spans), max(s[1] for s in spans)],
            },
        )
    return text.collection()


def _spot(matter: Finding) -> shapely.Point:
    shape = shapely.from_geojson(orjson.dumps(matter.clusters[0]["geometry"]).decode())
    point = shapely.centroid(shape)
    return point if shape.covers(point) else shapely.point_on_surface(shape)


def list_entry(matter: Finding) -> dict[str, Any]:
    """Say a matter in the list beside the map."""
    surest = matter.clusters[0]
    spot, basis = _spot(matter), BASIS[HotspotMethod(surest["method"])]
    methods = "、".join(
        dict.fromkeys(ABOUT[HotspotMethod(c["method"])].label.partition("（")[0] for c in matter.clusters)
    )
    return {
        "number": matter.number,
        "title": matter.title,
        "words": f"{surest['observed']} 件，{basis} {number(surest['expected'])} 件。{methods}",
        "at": [round(spot.y, 6), round(spot.x, 6)],
    }


def frames_of(cluster: Mapping[str, Any], frames: Frames) -> list[int]:
    """Return the first and last frame that a cluster lives in."""
    first, last = date.fromisoformat(cluster["first"]), date.fromisoformat(cluster["last"])
    touched = [k for k, (a, b) in enumerate(frames) if first <= b and last >= a]
    return [touched[0], touched[-1]] if touched else [-1, -1]


def matter_card(matter: Finding, period_start: str) -> str:
    """Write the surest cluster's card, and what other methods say of the same matter."""
    others = "".join(
        f"<li>{ABOUT[HotspotMethod(c['method'])].label}：{span(c['first'], c['last'])} {c['observed']} 件，"
        f"{BASIS[HotspotMethod(c['method'])]} {number(c['expected'])} 件，校正后 p 值{about(c['adjusted_p'])}</li>"
        for c in matter.clusters[1:]
    )
    also = f"<p>另有方法同样指出：</p><ul>{others}</ul>" if others else ""
    return cluster_card(matter.clusters[0], f"{matter.number}. {matter.title}", period_start, more=also)


def cluster_card(cluster: Mapping[str, Any], title: str, period_start: str, *, more: str = "") -> str:
    """Write what a cluster is, how sure it is, and what it consists of."""
    rows = [
        ("方法", ABOUT[HotspotMethod(cluster["method"])].label),
        ("时间", span(cluster["first"], cluster["last"])),
        ("观测", f"{cluster['observed']} 件"),
    ]
    if cluster["expected"] is not None:
        risk = cluster["relative_risk"]
        rows += [
            ("期望", f"{number(cluster['expected'])} 件（{BASIS[HotspotMethod(cluster['method'])]}）"),
            ("相对风险", f"{risk:.1f} 倍" if risk is not None else "圈外没有同类事项"),
            ("p 值", probability(cluster["p"])),
            ("校正后 p 值", probability(cluster["adjusted_p"])),
        ]
    if cluster["recurrence_interval_days"] is not None:
        rows.append(("重现期", _recurrence(cluster["recurrence_interval_days"])))
    if cluster["stability"] is not None:
        rows.append(("稳定度", _stability(cluster["stability"])))
    if cluster["radius_m"]:
        rows.append(("半径", f"{cluster['radius_m']:.0f} 米"))
    if cluster["area_m2"]:
        rows.append(("范围", f"{cluster['area_m2'] / 10_000:.1f} 公顷"))
    rows.append(("涉及网格", f"{len(cluster['areas'])} 个"))
    main = "、".join(f"{c['category']} {c['reports']}" for c in cluster["categories"])
    rows.append(("范围内主要事项", main))
    sure = (
        '<p class="wg-none">只说明上报点密集，未检验是否偶然。</p>'
        if cluster["significant"] is None
        else f'<p class="wg-sure">若只是偶然，出现这样聚集的概率{about(cluster["adjusted_p"])}'
        "（已按扫描次数校正）。</p>"
    )
    samples = "、".join(masked(report) for report in cluster["samples"])
    return (
        f'<div class="wg-card"><h3>{html.escape(title)}</h3>{sure}{table(rows)}{more}'
        f"<p>每周件数（深色为本期）</p>{trend_svg(cluster['trend'], since=period_start)}"
        f"<p><small>样例上报编号：{samples}</small></p></div>"
    )


def _recurrence(days: float) -> str:
    """Say how rarely chance alone gives as strong a signal."""
    years = days / 365.25
    if years >= 1:
        return f"每 {years:,.0f} 年一次" if years < 10_000 else "一万年以上一次"
    return f"每 {days:,.0f} 天一次"


def _stability(value: float) -> str:
    """Say a bootstrap's Jaccard similarity (Hennig: above 0.75 stable, below 0.5 dissolved)."""
    words = "稳定" if value >= 0.75 else "一般" if value >= 0.5 else "不稳定，重复抽样后多半散开"
    return f"{value:.2f}（{words}）"
