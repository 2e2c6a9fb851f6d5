"""Pages of the boundary desk: a draft before and after, its one-page print, and the borders in doubt."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import orjson
import shapely

from api.maps.page import FeatureText, LegendEntry, MapLayer, Pane, map_page
from api.schemas.change_set_answers import geojson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from governance.boundary_changes.queries import Dispute
    from governance.boundary_changes.rules import AreaChange, Impact
    from grids.boundaries.records import AreaRecord
    from grids.change_sets.operations import Redesign

KINDS = {"changed": ("变界", "#f0a030"), "created": ("新设", "#3a9d5d"), "retired": ("撤销", "#b5403a"),
         "renamed": ("改名改属", "#4a7fb5")}  # fmt: skip
PLAIN = {"color": "#7a6a55", "weight": 1.2, "fillColor": "#f6efe2", "fillOpacity": 0.5}
TOP = 12
"""Rows a table shows on the page that is printed; the rest is counted."""


def impact_page(
    title: str, impact: Impact, before: Mapping[str, AreaRecord], after: Mapping[str, AreaRecord], basemap_url: str = ""
) -> bytes:
    """Write the page of a draft: its areas before on the left, after on the right, moved land in colour."""
    changes = {change.code: change for change in impact.areas}
    bounds = _bounds([*before.values(), *after.values()])
    notes = [_summary(impact), "左图为现行界线，右图为变更后；颜色表示变化的种类，点击区域看面积与件数。"]
    panes = [
        Pane(
            title=f"{title} · {when}",
            subtitle=f"{len(records)} 个区域涉及变更",
            sources={"areas": _areas(records, changes, impact)},
            layers=[MapLayer("变更区域", "areas", legend=[LegendEntry(c, w) for w, c in KINDS.values()])],
            bounds=bounds,
            notes=notes,
            basemap_url=basemap_url,
        )
        for when, records in (("变更前", before), ("变更后", after))
    ]
    return map_page(*panes)


def redesign_page(redesign: Redesign, basemap_url: str = "") -> bytes:
    """Write the page of a proposal: today's grids on the left, the proposed ones on the right."""
    sides = (
        ("现行网格", [cast("Any", r.geom) for r in redesign.today], redesign.before, [r.name for r in redesign.today]),
        ("建议网格", list(redesign.pieces), redesign.after, [f"建议 {i}" for i in range(1, len(redesign.pieces) + 1)]),
    )
    panes = []
    for words, shapes, measures, names in sides:
        text = FeatureText()
        mean = float(measures.loads.mean())
        for shape, load, name, compact in zip(shapes, measures.loads, names, measures.compactness, strict=True):
            off = (float(load) / mean - 1) if mean else 0.0
            fill = "#b5403a" if abs(off) > 0.5 else "#f0a030" if abs(off) > 0.2 else "#3a9d5d"
            text.add(
                orjson.dumps(geojson(shape)),
                {
                    "tip": f"{name}：{load:.0f}（{off:+.0%}）",
                    "card": f'<div class="wg-card"><h3>{html.escape(name)}</h3><table>'
                    f"<tr><th>负荷</th><td>{load:.0f}"
                    f"（均值 {off:+.0%}）</td></tr>"
                    f"<tr><th>紧凑度</th><td>{compact:.2f}</td></tr></table></div>",
                    "style": {"color": "#3d3424", "weight": 1.5, "fillColor": fill, "fillOpacity": 0.5},
                },
            )
        panes.append(
            Pane(
                title=f"{redesign.parent_code} · {words}",
                subtitle=f"{len(shapes)} 个网格；最大偏差 {measures.imbalance:.0%}；"
                f"平均紧凑度 {measures.compactness.mean():.2f}；内部界线 {measures.border_m / 1000:.1f} 公里",
                sources={"areas": text.collection()},
                layers=[
                    MapLayer(
                        "负荷与均值之差",
                        "areas",
                        legend=[
                            LegendEntry("#3a9d5d", "20% 以内"),
                            LegendEntry("#f0a030", "20%–50%"),
                            LegendEntry("#b5403a", "超过 50%"),
                        ],
                    )
                ],
                bounds=_box(shapely.total_bounds(shapes)),
                notes=[
                    "方法：生成树重组（DeFord、Duchin、Solomon 2021），连片、均衡、尽量沿道路。",
                    (
                        f"新界线沿道路的比例 {redesign.cut_on_roads:.0%}；"
                        f"改由其他网格负责的负荷 {redesign.moved_load:.0f}。"
                    ),
                ],
                basemap_url=basemap_url,
            )
        )
    return map_page(*panes)


def disputes_page(title: str, disputes: Sequence[Dispute], basemap_url: str = "") -> bytes:
    """Write the map of borders in doubt: the thicker, the more often."""
    text = FeatureText()
    drawn = [d for d in disputes if d.edge is not None]
    lines = [shapely.from_wkb(d.edge) for d in drawn]
    for dispute, line in zip(drawn, lines, strict=True):
        total = dispute.ambiguous + dispute.moved
        words = f"{dispute.one} 与 {dispute.other}：界上或两可 {dispute.ambiguous} 件，人工改派 {dispute.moved} 件"
        text.add(
            orjson.dumps(geojson(line)),
            {
                "tip": words,
                "card": f'<div class="wg-card"><h3>{html.escape(words)}</h3></div>',
                "style": {
                    "color": "#b5403a" if dispute.moved else "#f0a030",
                    "weight": min(3 + float(np.log2(1 + total)) * 2, 14),
                    "opacity": 0.85,
                },
            },
        )
    pane = Pane(
        title=f"{title} · 争议界线",
        subtitle=f"{len(disputes)} 条界线上有归属两可或改派",
        sources={"edges": text.collection()},
        layers=[
            MapLayer(
                "争议界线",
                "edges",
                legend=[LegendEntry("#b5403a", "有人工改派"), LegendEntry("#f0a030", "仅归属两可")],
            )
        ],
        bounds=_box(shapely.total_bounds(lines)) if lines else None,
        notes=["线越粗，次数越多。两可：点在界上，或其精度圈跨过界线。"],
        basemap_url=basemap_url,
    )
    return map_page(pane)


def impact_print(
    title: str, impact: Impact, before: Mapping[str, AreaRecord], after: Mapping[str, AreaRecord]
) -> bytes:
    """Write the one-page report of a draft as PDF (A4): map, land, matters and units that change hands."""
    import weasyprint  # noqa: PLC0415 (slow to import, rarely wanted)

    rows = "".join(
        f"<tr><td>{html.escape(c.code)}</td><td>{html.escape(c.name)}</td><td>{KINDS[c.kind][0]}</td>"
        f"<td>{c.before_m2:,.0f}</td><td>{c.after_m2:,.0f}</td><td>+{c.gained_m2:,.0f}</td><td>−{c.lost_m2:,.0f}</td></tr>"
        for c in impact.areas[:TOP]
    )
    units = "".join(
        f"<tr><td>{html.escape(unit)}</td><td>+{c.open_gained}</td><td>−{c.open_lost}</td><td>+{c.year_gained}</td>"
        f"<td>−{c.year_lost}</td></tr>"
        for unit, c in list(impact.units.items())[:TOP]
    )
    more = f"<p>另有 {len(impact.areas) - TOP} 个区域未列出。</p>" if len(impact.areas) > TOP else ""
    no_units = "<tr><td colspan=5>没有责任单位变化</td></tr>"
    page = f"""<html lang="zh"><style>
    @page {{ size: A4; margin: 14mm }} body {{ font: 9.5pt "Noto Sans CJK SC", sans-serif; color: #2b2620 }}
    h1 {{ font-size: 16pt; margin: 0 }} h2 {{ font-size: 11pt; margin: 4mm 0 1mm }}
    table {{ border-collapse: collapse; width: 100% }}
    td, th {{ border-bottom: .3pt solid #bbb; padding: 1mm; text-align: left }}
    .maps {{ display: flex; gap: 4mm }} .maps div {{ width: 50% }} svg {{ width: 100%; border: .3pt solid #bbb }}
    </style><h1>{html.escape(title)} · 变更影响</h1><p>{html.escape(_summary(impact))}</p>
    <div class="maps"><div>变更前{_svg(before, after, impact)}</div><div>变更后{_svg(after, before, impact)}</div></div>
    <h2>区域（平方米）</h2><table><tr><th>代码</th><th>名称</th><th>变化</th><th>原面积</th><th>新面积</th>
    <th>增</th><th>减</th></tr>{rows}</table>{more}
    <h2>责任单位</h2><table><tr><th>单位</th><th>在办接收</th><th>在办移出</th><th>一年接收</th><th>一年移出</th></tr>
    {units or no_units}</table></html>"""
    written: bytes = weasyprint.HTML(string=page).write_pdf()
    return written


def _summary(impact: Impact) -> str:
    kinds = [f"{KINDS[k][0]} {n} 个" for k in KINDS if (n := sum(c.kind == k for c in impact.areas))]
    return (
        f"{'、'.join(kinds) or '没有区域变化'}；近一年 {impact.examined} 件中 {impact.year_moved} 件改变归属，"
        f"其中在办 {impact.open_moved} 件；涉及 {len(impact.units)} 个责任单位。"
    )


def _areas(records: Mapping[str, AreaRecord], changes: Mapping[str, AreaChange], impact: Impact) -> bytes:
    text = FeatureText()
    finest_last = sorted(records.values(), key=lambda r: -cast("Any", r.geom).area)
    for record in finest_last:
        change = changes.get(record.code)
        style = dict(PLAIN)
        if change is not None:
            style |= {"fillColor": KINDS[change.kind][1], "fillOpacity": 0.45}
        moved = sum(n for a, b, n, _ in impact.moved if record.code in (a, b))
        size = "" if change is None else (
            f"<tr><th>面积</th><td>{change.before_m2:,.0f} → {change.after_m2:,.0f} m²</td></tr>"
            f"<tr><th>增 / 减</th><td>+{change.gained_m2:,.0f} / −{change.lost_m2:,.0f} m²</td></tr>"
        )  # fmt: skip
        text.add(
            orjson.dumps(geojson(record.geom)),
            {
                "tip": f"{record.name}" + ("" if change is None else f"（{KINDS[change.kind][0]}）"),
                "card": f'<div class="wg-card"><h3>{html.escape(record.name)}</h3><table>'
                f"<tr><th>代码</th><td>{html.escape(record.code)}</td></tr>{size}"
                f"<tr><th>一年改归属</th><td>{moved} 件</td></tr></table></div>",
                "style": style,
            },
        )
    return text.collection()


def _svg(records: Mapping[str, AreaRecord], others: Mapping[str, AreaRecord], impact: Impact) -> str:
    kinds = {c.code: c.kind for c in impact.areas}
    bounds = _bounds([*records.values(), *others.values()])
    if bounds is None:
        return "<svg viewBox='0 0 100 60'></svg>"
    west, south, east, north = bounds
    squeeze = float(np.cos(np.radians((south + north) / 2)))
    scale = 400 / max((east - west) * squeeze, north - south)
    paths = []
    for record in sorted(records.values(), key=lambda r: -cast("Any", r.geom).area):
        shape = shapely.transform(
            record.geom, lambda xy: np.column_stack([(xy[:, 0] - west) * squeeze, north - xy[:, 1]]) * scale
        )
        fill = KINDS[kinds[record.code]][1] if record.code in kinds else "#f6efe2"
        rings = [r for part in shapely.get_parts(shape) for r in (part.exterior, *part.interiors)]
        drawn = " ".join("M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in ring.coords) + "Z" for ring in rings)
        paths.append(f"<path d='{drawn}' fill='{fill}' fill-opacity='.5' fill-rule='evenodd' stroke='#5a4c38'/>")
    width, height = (east - west) * squeeze * scale, (north - south) * scale
    return f"<svg viewBox='-4 -4 {width + 8:.0f} {height + 8:.0f}'>{''.join(paths)}</svg>"


def _bounds(records: Sequence[AreaRecord]) -> tuple[float, float, float, float] | None:
    shapes = [cast("Any", r.geom) for r in records if r.geom is not None]
    return _box(shapely.total_bounds(shapes)) if shapes else None


def _box(bounds: Any) -> tuple[float, float, float, float]:  # noqa: ANN401 (numpy)
    west, south, east, north = (float(v) for v in bounds)
    return west, south, east, north
