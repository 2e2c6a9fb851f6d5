"""Pages of the boundary desk: a draft before and after, a redesign beside today's grids, the borders in doubt."""

from __future__ import annotations

import html
from collections import Counter
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import orjson
import shapely

from core.clock import LOCAL
from core.personal import masked_text
from grids.change_sets.states import STATE_LABELS, ChangeSetState
from grids.geojson import geojson
from presentation.pages.map_page import FeatureText, LegendEntry, MapLayer, Pane, label_properties, map_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from governance.boundary_changes.dispute_queries import Dispute
    from governance.boundary_changes.impact import Balance, Impact
    from governance.boundary_changes.operations import Preview
    from grids.boundaries.records import AreaRecord
    from grids.change_sets.operations import Redesign

KINDS = {"changed": ("变界", "#f0a030"), "created": ("新设", "#3a9d5d"), "retired": ("撤销", "#b5403a"),
         "renamed": ("更名或变更隶属", "#4a7fb5")}  # fmt: skip
MOST_LISTED = 40
MOST_DOTS = 5000
"""Points a page draws: more would only slow it down."""


def impact_page(preview: Preview, basemap_url: str = "") -> bytes:
    """Write the page of a draft: before on the left, after on the right, what changes hands in colour."""
    impact, finest = preview.impact, preview.layer.levels[-1]
    sides = (("变更前", preview.before, "from_area"), ("变更后", preview.after, "to_area"))
    shapes = [r.geom for _, side, _ in sides for r in side.values() if r.level == finest] or [
        r.geom for _, side, _ in sides for r in side.values()
    ]
    bounds = _box(shapely.total_bounds(cast("Any", shapes))) if shapes else None
    notes = [*facts(preview), *worker_notes(preview)]
    dots = _matters(preview)
    if len(preview.matters) > MOST_DOTS:
        notes.append(f"图上只画了 {len(preview.matters):,} 件中的 {MOST_DOTS:,} 件。")
    panes = []
    for when, records, end in sides:
        moved = "#b5403a" if end == "from_area" else "#2c7d4f"
        panes.append(
            Pane(
                title=f"{masked_text(preview.change_set.title)} · {when}",
                subtitle=summary(impact),
                sources={
                    "around": _around(preview),
                    "areas": _areas(preview, records, "before" if end == "from_area" else "after"),
                    "land": _land(impact, end, moved),
                    "matters": dots,
                },
                layers=[
                    MapLayer("周边不变的区域", "around",
                             legend=[LegendEntry("#f6efe2", "不变", border="1px solid #a89878")]),
                    MapLayer("变更区域", "areas", legend=[LegendEntry(c, w) for w, c in KINDS.values()],
                             words="虚线是随之变化的上级区域。"),
                    MapLayer("划转土地", "land", legend=[
                        LegendEntry(moved, "将移出的土地" if end == "from_area" else "新移入的土地")]),
                    MapLayer("改变归属或单位的上报", "matters", legend=[
                        LegendEntry("#1d1d1d", "在办（近 90 天）", dot=True),
                        LegendEntry("#ffffff", "近一年其他上报", dot=True, border="1px solid #1d1d1d")]),
                ],
                bounds=bounds,
                notes=notes,
                entries=_people(preview) if end == "to_area" else (),
                entries_heading="涉及的网格员" if end == "to_area" and impact.workers else "",
                basemap_url=basemap_url,
            )
        )  # fmt: skip
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


def summary(impact: Impact) -> str:
    """Say in one sentence what a draft does."""
    kinds = [f"{KINDS[k][0]} {n} 个" for k in KINDS if (n := sum(c.kind == k for c in impact.areas))]
    return (
        f"{'、'.join(kinds) or '没有区域变化'}；查看近一年上报 {impact.examined:,} 件，"
        f"{impact.year_moved:,} 件改变归属区域（在办 {impact.open_moved:,} 件），"
        f"{impact.year_other_unit:,} 件改由其他单位负责（在办 {impact.open_other_unit:,} 件）；"
        f"涉及责任单位 {len(impact.units)} 个、网格员 {len(impact.workers)} 人。"
    )


def facts(preview: Preview) -> list[str]:
    """Say what the preview stands on, and when it was made."""
    change_set = preview.change_set
    at = preview.made_at.astimezone(LOCAL)
    effective = change_set.effective_at
    when = f"，定于 {effective.astimezone(LOCAL):%Y-%m-%d %H:%M} 生效" if effective is not None else ""
    words = (
        f"变更单 {change_set.id}（{STATE_LABELS[ChangeSetState(change_set.state)]}{when}），"
        f"{preview.layer.name}第 {preview.base.number} 版之上，"
        f"编制人 {change_set.author}；预览于 {at:%Y-%m-%d %H:%M}。"
    )
    return [words]


def worker_notes(preview: Preview) -> list[str]:
    """Say which areas have no grid worker on record, and how posts go on."""
    vacant = preview.impact.vacant
    notes = []
    if any(set(c.before) - set(c.after) for c in preview.impact.workers):
        notes.append("区域撤销后，其网格员转至接收面积最大的区域；另有安排的，请在生效前登记。")
    if vacant:
        shown = "、".join(vacant[:6]) + (" 等" if len(vacant) > 6 else "")
        notes.append(f"变更后无网格员在册的区域 {len(vacant)} 个：{shown}。")
    if preview.impact.workers and not preview.is_clear:
        notes.append("网格员姓名已遮掩。")
    return notes


def _people(preview: Preview) -> list[dict[str, Any]]:
    """List the grid workers concerned, each at an area of theirs."""
    listed = []
    for number, change in enumerate(preview.impact.workers[:MOST_LISTED], 1):
        known = [preview.after.get(c) or preview.around.get(c) for c in change.after]
        known += [preview.before.get(c) for c in change.before]
        lands = [cast("Any", record.geom) for record in known if record is not None]
        if not lands:
            continue
        spot, b = lands[0].representative_point(), change.balance
        listed.append(
            {
                "number": str(number),
                "title": f"{change.worker.name}（{change.worker.number}）",
                "words": f"{preview.unit_names.get(change.worker.unit or '', '')}：{_change_in_words(b)}",
                "at": (spot.y, spot.x),
            }
        )
    return listed


def _change_in_words(balance: Balance) -> str:
    """Return what a unit or a grid worker gains and loses; what does not change is left out."""
    parts = [
        f"{verb} {amount:,.0f} {unit}"
        for verb, amount, unit in (
            ("增加土地", balance.gained_m2, "平方米"),
            ("减少土地", balance.lost_m2, "平方米"),
            ("接收在办上报", balance.open_gained, "件"),
            ("移出在办上报", balance.open_lost, "件"),
            ("接收近一年上报", balance.year_gained, "件"),
            ("移出近一年上报", balance.year_lost, "件"),
        )
        if round(amount) > 0
    ]
    return "，".join(parts) or "土地与上报均无变化"


def _around(preview: Preview) -> bytes:
    text = FeatureText()
    pale = {"color": "#a89878", "weight": 0.8, "fillColor": "#f6efe2", "fillOpacity": 0.5}
    for record in preview.around.values():
        text.add(orjson.dumps(geojson(record.geom)), {"tip": record.name, "style": pale})
    return text.collection()


def _areas(preview: Preview, records: Mapping[str, AreaRecord], side: str) -> bytes:
    """Draw areas of the finest level by the kind of their change, coarser ones as outlines above them."""
    text = FeatureText()
    changes = {change.code: change for change in preview.impact.areas}
    finest = preview.layer.levels[-1]
    gone: Counter[str | None] = Counter()
    come: Counter[str | None] = Counter()
    for move in preview.impact.moved:
        if move.is_rehomed:
            gone[move.from_area] += move.in_a_year
            come[move.to_area] += move.in_a_year
    workers: dict[str, list[str]] = {}
    for person in preview.impact.workers:
        for code in getattr(person, side):
            workers.setdefault(code, []).append(f"{person.worker.name}（{person.worker.number}）")
    for record in sorted(records.values(), key=lambda r: (r.level != finest, -cast("Any", r.geom).area)):
        change = changes.get(record.code)
        if record.level == finest:
            fill = KINDS[change.kind][1] if change is not None else "#f6efe2"
            style: dict[str, Any] = {"color": "#5a4c38", "weight": 1.4, "fillColor": fill, "fillOpacity": 0.35}
        else:
            style = {"color": "#5a4c38", "weight": 2.2, "dashArray": "6 5", "fill": False}
        rows = [("代码", record.code), ("责任单位", record.unit_name or record.unit_code or "—")]
        if record.level == finest:
            rows.append(("网格员", "、".join(workers.get(record.code, [])) or "无在册网格员"))
        if change is not None:
            rows += [
                ("面积", f"{change.before_m2:,.0f} → {change.after_m2:,.0f} m²"),
                ("增 / 减", f"+{change.gained_m2:,.0f} / −{change.lost_m2:,.0f} m²"),
            ]
        rows.append(("一年移入 / 移出", f"{come[record.code]} / {gone[record.code]} 件"))
        table = "".join(f"<tr><th>{k}</th><td>{html.escape(v)}</td></tr>" for k, v in rows)
        text.add(
            orjson.dumps(geojson(record.geom)),
            {
                "tip": f"{record.name}" + ("" if change is None else f"（{KINDS[change.kind][0]}）"),
                "card": f'<div class="wg-card"><h3>{html.escape(record.name)}</h3><table>{table}</table></div>',
                "style": style,
            }
            | (label_properties([record.name], [cast("Any", record.geom)])[0] if record.level == finest else {}),
        )
    return text.collection()


def _land(impact: Impact, end: str, color: str) -> bytes:
    text = FeatureText()
    for piece in impact.land:
        if getattr(piece, end) is None:
            continue
        words = f"{piece.from_area or '无人负责'} → {piece.to_area or '无人负责'}：{piece.m2:,.0f} m²"
        text.add(
            orjson.dumps(geojson(piece.geom)),
            {"tip": words, "style": {"color": color, "weight": 0.8, "fillColor": color, "fillOpacity": 0.45}},
        )
    return text.collection()


def _matters(preview: Preview) -> bytes:
    text = FeatureText()
    order = np.argsort(preview.is_open, kind="stable")[::-1][:MOST_DOTS][::-1]  # open ones are drawn last, and kept
    for (lon, lat), still_open in zip(preview.matters[order].tolist(), preview.is_open[order].tolist(), strict=True):
        text.add(
            orjson.dumps({"type": "Point", "coordinates": [lon, lat]}),
            {
                "tip": "在办" if still_open else "近一年",
                "style": {"radius": 3.5, "color": "#1d1d1d", "weight": 1, "fillOpacity": 0.9,
                          "fillColor": "#1d1d1d" if still_open else "#ffffff"},
            },
        )  # fmt: skip
    return text.collection()


def _box(bounds: Any) -> tuple[float, float, float, float]:  # noqa: ANN401 (numpy)
    west, south, east, north = (float(v) for v in bounds)
    return west, south, east, north
