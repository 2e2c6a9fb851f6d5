"""The page of a draft: before and after, what changes hands, and who is concerned."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import orjson

from core.clock import LOCAL
from core.personal import masked_text
from grids.change_sets.states import STATE_LABELS, ChangeSetState
from grids.geojson import geojson
from presentation.colours import CHANGE_OPACITY, var_of
from presentation.pages.features import FeatureText, box_of, card_html, label_properties
from presentation.pages.map_page import LegendEntry, MapLayer, Pane, hatched, map_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.boundary_changes.impact import Balance, Impact
    from governance.boundary_changes.operations import Preview
    from grids.boundaries.records import AreaRecord

KINDS = {"changed": "变界", "created": "新设", "retired": "撤销", "renamed": "更名或变更隶属"}
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
    bounds = box_of(cast("Any", shapes)) if shapes else None
    notes = [*facts(preview), *worker_notes(preview)]
    dots = _matters(preview)
    if len(preview.matters) > MOST_DOTS:
        notes.append(f"图上只画了 {len(preview.matters):,} 件中的 {MOST_DOTS:,} 件。")
    panes = []
    for when, records, end in sides:
        way = "out" if end == "from_area" else "in"
        panes.append(
            Pane(
                title=f"{masked_text(preview.change_set.title)} · {when}",
                subtitle=summary(impact),
                sources={
                    "around": _around(preview),
                    "areas": _areas(preview, records, "before" if end == "from_area" else "after"),
                    "land": _land(impact, end, way),
                    "matters": dots,
                },
                layers=[
                    MapLayer("周边不变的区域", "around",
                             legend=[LegendEntry("change-unchanged", "不变", opacity=CHANGE_OPACITY)]),
                    MapLayer("变更区域", "areas", legend=[LegendEntry(f"change-{kind}", words, opacity=CHANGE_OPACITY,
                                                 hatch="out" if kind == "retired" else "")
                                     for kind, words in KINDS.items()],
                             words="虚线是随之变化的上级区域。"),
                    MapLayer("划转土地", "land", legend=[
                        LegendEntry(f"land-{way}", "将移出的土地" if way == "out" else "新移入的土地", hatch=way)]),
                    MapLayer("改变归属或单位的上报", "matters", legend=[
                        LegendEntry("report-open", "在办（近 90 天）", dot=True),
                        LegendEntry("report-other", "近一年其他上报", dot=True,
                                    border=f"1px solid {var_of('report-open')}")]),
                ],
                bounds=bounds,
                notes=notes,
                entries=_people(preview) if end == "to_area" else (),
                entries_heading="涉及的网格员" if end == "to_area" and impact.workers else "",
                source=f"{preview.layer.name}第 {preview.base.number} 版；变更单 {preview.change_set.id}",
                layer_name=preview.layer.name,
                side=when,
                basemap_url=basemap_url,
            )
        )  # fmt: skip
    return map_page(*panes)


def summary(impact: Impact) -> str:
    """Say in one sentence what a draft does."""
    kinds = [f"{KINDS[k]} {n} 个" for k in KINDS if (n := sum(c.kind == k for c in impact.areas))]
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
    pale = {
        "color": var_of("border"), "weight": 0.7, "fillColor": var_of("change-unchanged"),
        "fillOpacity": CHANGE_OPACITY,
    }  # fmt: skip
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
            kind = change.kind if change is not None else "unchanged"
            fill = hatched("retired") if kind == "retired" else var_of(f"change-{kind}")
            style: dict[str, Any] = {
                "color": var_of("border-above"), "weight": 1.4, "fillColor": fill, "fillOpacity": CHANGE_OPACITY
            }  # fmt: skip
        else:
            style = {"color": var_of("border-above"), "weight": 2.2, "dashArray": "6 5", "fill": False}
        rows = [("代码", record.code), ("责任单位", record.unit_name or record.unit_code or "—")]
        if record.level == finest:
            rows.append(("网格员", "、".join(workers.get(record.code, [])) or "无在册网格员"))
        if change is not None:
            rows += [
                ("面积", f"{change.before_m2:,.0f} → {change.after_m2:,.0f} m²"),
                ("增 / 减", f"+{change.gained_m2:,.0f} / −{change.lost_m2:,.0f} m²"),
            ]
        rows.append(("一年移入 / 移出", f"{come[record.code]} / {gone[record.code]} 件"))
        text.add(
            orjson.dumps(geojson(record.geom)),
            {
                "code": record.code,
                "find": f"{record.name}（{record.code}）",
                "tip": f"{record.name}" + ("" if change is None else f"（{KINDS[change.kind]}）"),
                "card": card_html(record.name, rows=rows),
                "style": style,
            }
            | (label_properties([record.name], [cast("Any", record.geom)])[0] if record.level == finest else {}),
        )
    return text.collection()


def _land(impact: Impact, end: str, way: str) -> bytes:
    text = FeatureText()
    for piece in impact.land:
        if getattr(piece, end) is None:
            continue
        words = f"{piece.from_area or '无人负责'} → {piece.to_area or '无人负责'}：{piece.m2:,.0f} m²"
        text.add(
            orjson.dumps(geojson(piece.geom)),
            {
                "tip": words,
                "style": {"color": var_of(f"land-{way}"), "weight": 1.5, "fillColor": hatched(way), "fillOpacity": 0.9},
            },
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
                "style": {"radius": 3.5, "color": var_of("report-open"), "weight": 1, "fillOpacity": 0.9,
                          "fillColor": var_of("report-open" if still_open else "report-other")},
            },
        )  # fmt: skip
    return text.collection()
