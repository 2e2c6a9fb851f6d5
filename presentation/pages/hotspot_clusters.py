"""Clusters on a map: a layer per method, a card for each, and the numbered list of places they are about."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import orjson
import shapely

from governance.hotspots.catalogue import ABOUT, Finds
from governance.hotspots.grounds import stability_grade
from presentation.charts import trend_svg
from presentation.colours import fill_of, outline_of, var_of
from presentation.pages.features import FeatureText, card_html
from presentation.pages.map_page import LegendEntry, MapLayer
from presentation.words.hotspots import (
    about,
    class_words,
    masked,
    message_of,
    method_label,
    method_words,
    number,
    probability,
    sentence_of,
    span,
    title_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.hotspots.catalogue import HotspotMethod, LegendClass
    from governance.hotspots.findings import Finding
    from governance.hotspots.result_format import Cluster, Result

Frames = list[tuple[date, date]]


def list_heading(result: Result, found: Sequence[Finding]) -> str:
    """Head the list of places; nothing where no method that tests was asked."""
    if found:
        return f"重点清单（{len(found)}）"
    asked = any(ABOUT[m].finds is Finds.CLUSTERS and ABOUT[m].tested for m in result.methods)
    return "重点清单：没有超出偶然的聚集" if asked else ""


def cluster_layers(result: Result, frames: Frames, sources: dict[str, bytes]) -> list[MapLayer]:
    """Make a layer of each method that looks for clusters, also where it found none: that is a finding too."""
    layers = []
    for method, about_it in ABOUT.items():
        own = [c for c in result.clusters if c.method == method]
        if about_it.finds is not Finds.CLUSTERS or not (own or method in result.methods):
            continue
        (patch,) = about_it.classes
        text = FeatureText()
        for cluster in own:
            title = title_of(cluster, result)
            text.add(
                orjson.dumps(cluster.geometry),
                {
                    "tip": f"{title}：{cluster.observed} 件",
                    "card": cluster_card(cluster, title, result.period.start),
                    "style": _style(method, patch, tested=about_it.tested),
                    "frames": frames_of(cluster, frames),
                },
            )
        sources[str(method)] = text.collection()
        meaning = f"{class_words(method, patch.code)}（{len(own)} 处）" if own else "没有发现"
        outline = "dashed" if patch.dash else "solid"
        border = f"2px {outline} {var_of(outline_of(method, patch.code))}"
        legend = [LegendEntry(fill_of(method, patch.code), meaning, border=border, opacity=0.35)]
        words = method_words(method, "words")
        layers.append(MapLayer(method_label(method), str(method), shown=about_it.followed, legend=legend, words=words))
    return layers


def _style(method: HotspotMethod, patch: LegendClass, *, tested: bool) -> dict[str, Any]:
    """Draw what is tested firmly, what is only dense lightly."""
    style: dict[str, Any] = {
        "color": var_of(outline_of(method, patch.code)),
        "weight": 2.5 if tested else 1.5,
        "fillColor": var_of(fill_of(method, patch.code)),
        "fillOpacity": 0.35 if tested else 0.2,
    }
    return style | ({"dashArray": patch.dash} if patch.dash else {})


def finding_layer(found: Sequence[Finding], result: Result, frames: Frames) -> bytes:
    """Put the number of each place where its surest cluster is."""
    text = FeatureText()
    for place in found:
        spans = [frames_of(c, frames) for c in place.clusters]
        text.add(
            orjson.dumps(shapely.geometry.mapping(_spot(place))),
            {
                "number": place.number,
                "tip": message_of(place.title),
                "card": place_card(place, result.period.start),
                "frames": [min(s[0] for s in spans), max(s[1] for s in spans)],
            },
        )
    return text.collection()


def _spot(place: Finding) -> shapely.Point:
    shape = shapely.from_geojson(orjson.dumps(place.clusters[0].geometry).decode())
    point = shapely.centroid(shape)
    return point if shape.covers(point) else shapely.point_on_surface(shape)


def list_entry(place: Finding) -> dict[str, Any]:
    """Say a place in the list beside the map."""
    spot, basis = _spot(place), sentence_of(f"basis/{place.method}")
    methods = "、".join(dict.fromkeys(method_label(c.method).partition("（")[0] for c in place.clusters))
    return {
        "number": place.number,
        "title": message_of(place.title),
        "words": f"{place.observed} 件，{basis} {number(place.expected or 0.0)} 件。{methods}",
        "at": [round(spot.y, 6), round(spot.x, 6)],
    }


def frames_of(cluster: Cluster, frames: Frames) -> list[int]:
    """Return the first and last frame that a cluster lives in."""
    touched = [k for k, (a, b) in enumerate(frames) if cluster.first <= b and cluster.last >= a]
    return [touched[0], touched[-1]] if touched else [-1, -1]


def place_card(place: Finding, period_start: date) -> str:
    """Write the surest cluster's card, and what other methods say of the same place and category."""
    others = "".join(
        f"<li>{method_label(c.method)}：{span(c.first, c.last)} {c.observed} 件，"
        f"{sentence_of(f'basis/{c.method}')} {number(c.expected or 0.0)} 件，"
        f"校正后 p 值{about(c.adjusted_p or 0.0)}</li>"
        for c in place.clusters[1:]
    )
    also = f"<p>另有方法同样指出：</p><ul>{others}</ul>" if others else ""
    return cluster_card(place.clusters[0], f"{place.number}. {message_of(place.title)}", period_start, more=also)


def cluster_card(cluster: Cluster, title: str, period_start: date, *, more: str = "") -> str:
    """Write what a cluster is, how sure it is, and what it consists of."""
    rows = [
        ("方法", method_label(cluster.method)),
        ("时间", span(cluster.first, cluster.last)),
        ("观测", f"{cluster.observed} 件"),
    ]
    if cluster.expected is not None:
        risk = cluster.relative_risk
        rows += [
            ("期望", f"{number(cluster.expected)} 件（{sentence_of(f'basis/{cluster.method}')}）"),
            ("相对风险", f"{risk:.1f} 倍" if risk is not None else "圈外没有同类上报"),
            ("p 值", probability(cluster.p or 0.0)),
            ("校正后 p 值", probability(cluster.adjusted_p or 0.0)),
        ]
    if cluster.recurrence_interval_days is not None:
        rows.append(("重现期", _recurrence(cluster.recurrence_interval_days)))
    if cluster.stability is not None:
        rows.append(("稳定度", _stability(cluster.stability)))
    if cluster.radius_m:
        rows.append(("半径", f"{cluster.radius_m:.0f} 米"))
    if cluster.area_m2:
        rows.append(("范围", f"{cluster.area_m2 / 10_000:.1f} 公顷"))
    rows.append(("涉及网格", f"{len(cluster.areas)} 个"))
    main = "、".join(f"{c.category} {c.reports}" for c in cluster.categories)
    rows.append(("范围内主要类别", main))
    sure = (
        '<p class="wg-none">只说明上报点密集，未检验是否偶然。</p>'
        if cluster.adjusted_p is None
        else f'<p class="wg-sure">若只是偶然，出现这样聚集的概率{about(cluster.adjusted_p)}（已按扫描次数校正）。</p>'
    )
    samples = "、".join(masked(report) for report in cluster.samples)
    chart = f"<p>每周件数（深色为本期）</p>{trend_svg(cluster.trend, since=period_start)}"
    after = f"{more}{chart}<p><small>样例上报编号：{samples}</small></p>"
    return card_html(title, rows=rows, before=sure, after=after)


def _recurrence(days: float) -> str:
    """Say how rarely chance alone gives as strong a signal."""
    years = days / 365.25
    if years >= 1:
        return f"每 {years:,.0f} 年一次" if years < 10_000 else "一万年以上一次"
    return f"每 {days:,.0f} 天一次"


def _stability(value: float) -> str:
    return f"{value:.2f}（{sentence_of(f'stability/{stability_grade(value)}')}）"
