"""The one-page print (A4) of a draft's impact: maps before and after, land, units and grid workers."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely

from core.personal import masked_text
from presentation.pages.boundary_pages import KINDS, facts, summary, worker_notes
from presentation.prints.pdf import rendered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from governance.boundary_changes.impact import Balance
    from governance.boundary_changes.operations import Preview
    from grids.boundaries.records import AreaRecord

ROWS = (14, 10, 7, 5, 3, 2)
"""Rows a table shows: as many as leave everything on one page; the rest is counted."""
_WIDE, _HIGH = 430.0, 330.0
_DEGREE_M = 111_320.0
_LABELS = 40
_STYLE = """
@page { size: A4; margin: 11mm 12mm; @bottom-right { content: "第 " counter(page) " / " counter(pages) " 页";
  font: 7.5pt "Noto Sans CJK SC", sans-serif; color: #777 } }
body { font: 8.5pt/1.35 "Noto Sans CJK SC", sans-serif; color: #2b2620 }
h1 { font-size: 15pt; margin: 0 0 1mm } h2 { font-size: 10pt; margin: 2.5mm 0 .8mm; border-bottom: .6pt solid #5a4c38 }
p { margin: .6mm 0 } .small { font-size: 7.5pt; color: #555 }
table { border-collapse: collapse; width: 100% }
td, th { border-bottom: .3pt solid #ccc; padding: .5mm 1mm; text-align: left; white-space: nowrap }
td.w { white-space: normal } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
.maps { display: flex; gap: 4mm; margin-top: 1.5mm } .maps > div { flex: 1; min-width: 0 }
svg { width: 100%; border: .4pt solid #999; background: #fff }
.sign { margin-top: 5mm } .sign span { margin-left: 40mm }
i { display: inline-block; width: 3.2mm; height: 2.2mm; margin: 0 1mm 0 2.5mm; border: .3pt solid #5a4c38 }
"""
_MOVED = ("#b5403a", "#2c7d4f")


def impact_print(preview: Preview) -> bytes:
    """Write the one-page report of a draft as PDF: map, land, matters, units and grid workers that change hands."""
    maps = _maps(preview)
    for rows in ROWS:
        document = rendered(_page(preview, maps, rows))
        if len(document.pages) == 1:
            break
    written: bytes = document.write_pdf()
    return written


def _page(preview: Preview, maps: str, rows: int) -> str:
    impact, finest = preview.impact, preview.layer.levels[-1]
    legend = "".join(f'<i style="background:{color}80"></i>{words}' for words, color in KINDS.values())
    legend += f'<i style="background:{_MOVED[0]}"></i>将移出<i style="background:{_MOVED[1]}"></i>新移入'
    areas = sorted(impact.areas, key=lambda c: (c.level != finest, -max(c.gained_m2, c.lost_m2), c.code))
    area_rows = [
        [
            c.code, c.name, KINDS[c.kind][0], f"{c.before_m2:,.0f}", f"{c.after_m2:,.0f}", _signed("+", c.gained_m2),
            _signed("−", c.lost_m2), _units(preview, c.unit_before, c.unit_after),
        ]
        for c in areas
    ]  # fmt: skip
    unit_rows = [
        [preview.unit_names.get(unit, unit), *_cells(balance)]
        for unit, balance in sorted(impact.units.items(), key=lambda pair: -_weight(pair[1]))
    ]
    worker_rows = [
        [preview.unit_names.get(c.worker.unit or "", c.worker.unit or "—"), f"{c.worker.name} {c.worker.number}",
         _worked(c.before, c.after), *_cells(c.balance)] for c in impact.workers
    ]  # fmt: skip
    balance = ("增 m²", "减 m²", "在办接收", "在办移出", "一年接收", "一年移出")
    notes = "".join(f"<p class=small>{html.escape(note)}</p>" for note in worker_notes(preview))
    heads = ("代码", "名称", "变化", "原面积 m²", "新面积 m²", "增", "减", "责任单位")
    sections = (
        ("区域", _table(heads, area_rows, rows, 3, "个区域"), "没有区域变化。"),
        ("责任单位", _table(("单位", *balance), unit_rows, rows, 1, "个单位"), "不涉及责任单位调整。"),
        (
            "网格员",
            _table(("单位", "网格员", "负责区域", *balance), worker_rows, rows, 3, "人"),
            "没有受影响的网格员在册。",
        ),
    )
    tables = "".join(f"<h2>{title}</h2>{table or f'<p>{nothing}</p>'}" for title, table, nothing in sections)
    return f"""<html lang="zh"><style>{_STYLE}</style>
    <h1>{html.escape(masked_text(preview.change_set.title))} · 变更影响</h1>
    <p class=small>{html.escape(" ".join(facts(preview)))}</p><p>{html.escape(summary(impact))}</p>
    {maps}<p class=small>图例：{legend}；虚线为上级区域界；圆点为改变归属或单位的上报（实心为在办）。</p>
    {tables}{notes}<p class=sign>编制：{html.escape(preview.change_set.author)}
    <span>审批：{html.escape(preview.change_set.approved_by or "")}</span><span>日期：</span></p></html>"""


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], shown: int, words: int, counted: str) -> str:
    """Write a table: the first columns hold words, the rest numbers; nothing when it has no row."""
    if not rows:
        return ""

    def cell(tag: str, number: int, value: str) -> str:
        is_number = words <= number and value[:1] in "+−0123456789" and "→" not in value
        is_head = tag == "th" and number >= words and "单位" not in value
        kind = " class=n" if is_number or is_head else " class=w"
        return f"<{tag}{kind}>{html.escape(value)}</{tag}>"

    def line(tag: str, values: Iterable[str]) -> str:
        return "<tr>" + "".join(cell(tag, number, value) for number, value in enumerate(values)) + "</tr>"

    more = f"<p class=small>另有 {len(rows) - shown} {counted}未列出。</p>" if len(rows) > shown else ""
    return f"<table>{line('th', heads)}{''.join(line('td', row) for row in rows[:shown])}</table>{more}"


def _cells(balance: Balance) -> list[str]:
    pairs = (
        (balance.gained_m2, balance.lost_m2), (balance.open_gained, balance.open_lost),
        (balance.year_gained, balance.year_lost),
    )  # fmt: skip
    return [_signed(sign, value) for pair in pairs for sign, value in zip("+−", pair, strict=True)]


def _signed(sign: str, value: float) -> str:
    return f"{sign}{value:,.0f}" if round(value) else "0"


def _weight(balance: Balance) -> float:
    return balance.year_gained + balance.year_lost + (balance.gained_m2 + balance.lost_m2) / 1e6


def _units(preview: Preview, before: str | None, after: str | None) -> str:
    old, new = (preview.unit_names.get(unit, unit) if unit else "—" for unit in (before, after))
    return old if old == new else f"{old} → {new}"


def _worked(before: Sequence[str], after: Sequence[str]) -> str:
    """Name areas by the end of their codes, as people on the spot do."""

    def short(codes: Sequence[str]) -> str:
        words = "、".join(f"…{code[-6:]}" if len(code) > 9 else code for code in codes[:3])
        return (words + (f" 等 {len(codes)} 个" if len(codes) > 3 else "")) or "无"

    return short(after) if before == after else f"{short(before)} → {short(after)}"


def _maps(preview: Preview) -> str:
    finest = preview.layer.levels[-1]
    shapes = [
        cast("Any", r.geom) for side in (preview.before, preview.after) for r in side.values() if r.level == finest
    ] or [cast("Any", r.geom) for side in (preview.before, preview.after) for r in side.values()]
    if not shapes:
        return ""
    frame = _Frame(shapely.total_bounds(shapes))
    sides = (("变更前", preview.before, 0), ("变更后", preview.after, 1))
    drawn = "".join(f"<div>{words}{_svg(preview, frame, side, number)}</div>" for words, side, number in sides)
    return f'<div class="maps">{drawn}</div>'


class _Frame:
    """The part of the ground that a map shows, and how degrees become its units."""

    def __init__(self, bounds: Any) -> None:  # noqa: ANN401 (numpy)
        west, south, east, north = (float(v) for v in bounds)
        self.squeeze = float(np.cos(np.radians((south + north) / 2)))
        wide, high = max((east - west) * self.squeeze, 1e-5), max(north - south, 1e-5)
        self.scale = min(_WIDE / wide, _HIGH / high) * 0.88
        middle = ((west + east) / 2, (south + north) / 2)
        self.west = middle[0] - _WIDE / 2 / self.scale / self.squeeze
        self.north = middle[1] + _HIGH / 2 / self.scale
        self.box = shapely.box(
            self.west, self.north - _HIGH / self.scale, self.west + _WIDE / self.scale / self.squeeze, self.north
        )

    def place(self, xy: Any) -> Any:  # noqa: ANN401 (numpy)
        """Bring degrees (n, 2) to the map's units."""
        return np.column_stack([(xy[:, 0] - self.west) * self.squeeze, self.north - xy[:, 1]]) * self.scale

    def path(self, geometry: Any, style: str) -> str:  # noqa: ANN401 (shapely)
        """Write a geometry as a path, cut to what the map shows."""
        clipped = shapely.clip_by_rect(shapely.make_valid(geometry), *self.box.bounds)
        shape = shapely.transform(clipped, self.place)
        parts = [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]
        rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
        drawn = " ".join("M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in ring.coords) + "Z" for ring in rings)
        return f"<path d='{drawn}' fill-rule='evenodd' {style}/>" if drawn else ""


def _svg(preview: Preview, frame: _Frame, records: Mapping[str, AreaRecord], number: int) -> str:
    """Draw one side: neighbours pale, changed areas by kind, land that changes hands, matters, names, scale, north."""
    finest = preview.layer.levels[-1]
    kinds = {c.code: c.kind for c in preview.impact.areas}
    pale = "fill='#f6efe2' stroke='#b9a988' stroke-width='.6'"
    parts = [frame.path(r.geom, pale) for r in preview.around.values()]
    fine = [r for r in records.values() if r.level == finest]
    for record in fine:
        fill = KINDS[kinds[record.code]][1] if record.code in kinds else "#f6efe2"
        parts.append(frame.path(record.geom, f"fill='{fill}' fill-opacity='.4' stroke='#5a4c38' stroke-width='1'"))
    moved = f"fill='{_MOVED[number]}' fill-opacity='.45' stroke='none'"
    land = [piece for piece in preview.impact.land if (piece.from_area, piece.to_area)[number] is not None]
    parts += [frame.path(piece.geom, moved) for piece in land]
    dashed = "fill='none' stroke='#5a4c38' stroke-width='1.6' stroke-dasharray='6 4'"
    parts += [frame.path(record.geom, dashed) for record in records.values() if record.level != finest]
    for (x, y), still_open in zip(frame.place(preview.matters).tolist(), preview.is_open.tolist(), strict=True):
        if 0 <= x <= _WIDE and 0 <= y <= _HIGH:
            fill = "#1d1d1d" if still_open else "#ffffff"
            parts.append(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='2' fill='{fill}' stroke='#1d1d1d' stroke-width='.6'/>")
    for record in fine if len(fine) <= _LABELS else ():
        inside = shapely.intersection(shapely.make_valid(cast("Any", record.geom)), frame.box)
        if not inside.is_empty:
            spot = shapely.get_coordinates(inside.representative_point())
            ((x, y),) = frame.place(spot).tolist()
            words = html.escape(record.code[-3:] if len(record.code) >= 12 else record.code)
            parts.append(
                f"<text x='{x:.0f}' y='{y:.0f}' font-size='11' text-anchor='middle' fill='#2b2620'>{words}</text>"
            )
    return (
        f"<svg viewBox='0 0 {_WIDE:.0f} {_HIGH:.0f}' xmlns='http://www.w3.org/2000/svg'>{''.join(parts)}"
        f"{_scale_bar(frame)}{_NORTH}</svg>"
    )


_NORTH = (
    f"<path d='M{_WIDE - 16:.0f} 8 l6 18 l-6 -4 l-6 4 Z' fill='#2b2620'/>"
    f"<text x='{_WIDE - 16:.0f}' y='37' font-size='10' text-anchor='middle'>北</text>"
)


def _scale_bar(frame: _Frame) -> str:
    """Draw a bar of a round length, about a fifth of the map's width."""
    metre = frame.scale / _DEGREE_M
    wanted = _WIDE / 5 / metre
    step = 10.0 ** np.floor(np.log10(wanted))
    length = max(f * step for f in (1, 2, 5) if f * step <= wanted)
    words = f"{length / 1000:g} 公里" if length >= 1000 else f"{length:g} 米"
    y = _HIGH - 10
    return (
        f"<path d='M12 {y - 5} V{y} H{12 + length * metre:.1f} V{y - 5}' fill='none' stroke='#2b2620'/>"
        f"<text x='{16 + length * metre:.1f}' y='{y:.0f}' font-size='10'>{words}</text>"
    )
