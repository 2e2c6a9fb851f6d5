"""The one-page print (A4) of a redesign: today's grids and the proposed ones, their loads, and what would move."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, cast

import shapely

from presentation.colours import LOAD_OPACITY, LOADS, on_paper
from presentation.pages.features import box_of
from presentation.pages.redesign_page import LOAD_NAMES, LOAD_WORDS, load_colour
from presentation.prints.paper_map import PaperMap
from presentation.prints.pdf import rendered
from presentation.words.pages import sample_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geo.regionalise import Measures
    from grids.change_sets.operations import Redesign

ROWS = (24, 16, 10, 6, 3)
"""Rows a table shows: as many as leave everything on one page; the rest is counted."""
_WIDE, _HIGH = 430.0, 330.0
_STYLE = """
@page { size: A4; margin: 11mm 12mm; @bottom-right { content: "第 " counter(page) " / " counter(pages) " 页";
  font: 7.5pt "Noto Sans CJK SC", sans-serif; color: #555 } }
body { font: 8.5pt/1.35 "Noto Sans CJK SC", sans-serif; color: #2b2620 }
h1 { font-size: 15pt; margin: 0 0 1mm } h2 { font-size: 10pt; margin: 2.5mm 0 .8mm; border-bottom: .6pt solid #5a4c38 }
p { margin: .6mm 0 } .small { font-size: 7.5pt; color: #555 } .pair { display: flex; gap: 4mm }
.pair > div { width: 50% } svg { width: 100%; height: auto; border: .4pt solid #999; background: #fff }
.sample { float: right; border: .6pt solid #8a4b00; color: #8a4b00; padding: 0 2mm }
i { display: inline-block; width: 3.2mm; height: 2.2mm; margin: 0 1mm 0 2.5mm; border: .3pt solid #5a4c38 }
table { border-collapse: collapse; width: 100% }
td, th { border-bottom: .3pt solid #ccc; padding: .5mm 1mm; text-align: right; font-variant-numeric: tabular-nums }
td:first-child, th:first-child { text-align: left }
"""


def redesign_print(redesign: Redesign) -> bytes:
    """Write the one-page print of a proposal as PDF."""
    for rows in ROWS:
        document = rendered(_page(redesign, rows))
        if len(document.pages) == 1:
            break
    written: bytes = document.write_pdf()
    return written


def _page(redesign: Redesign, rows: int) -> str:
    names = [record.name for record in redesign.today]
    numbers = [f"建议 {number}" for number in range(1, len(redesign.pieces) + 1)]
    sides = (
        ("现行网格", [cast("Any", r.geom) for r in redesign.today], redesign.before, names),
        ("建议网格", list(redesign.pieces), redesign.after, numbers),
    )
    maps = "".join(f"<div>{words}{_svg(shapes, measures)}</div>" for words, shapes, measures, _ in sides)
    loads = "".join(f"<div>{_loads(measures, labels, rows)}</div>" for _, _, measures, labels in sides)
    moves = [(code, f"建议 {number}", f"{load:,.0f}") for code, number, load in redesign.moves]
    compared = _table(
        ("", "网格数", "最大偏差", "平均紧凑度", "内部界线（公里）"),
        [
            (words, str(len(m.loads)), f"{m.imbalance:.0%}", f"{m.compactness.mean():.2f}", f"{m.border_m / 1000:.1f}")
            for words, _, m, _ in sides
        ],
        rows,
    )
    sample = sample_words(redesign.layer_name)
    legend = "".join(f'<i style="background:{on_paper(c)}"></i>{w}' for c, w in zip(LOADS, LOAD_WORDS, strict=True))
    return f"""<html lang="zh-CN"><style>{_STYLE}</style>{f"<b class=sample>{sample}</b>" if sample else ""}
    <h1>{html.escape(redesign.parent_name or redesign.parent_code)} · 网格调整建议</h1>
    <p class=small>负荷：{LOAD_NAMES[redesign.load]}；种子 {redesign.seed}。
    方法：生成树重组（DeFord、Duchin、Solomon 2021），连片、均衡、尽量沿道路。</p>
    <div class=pair>{maps}</div>
    <p class=small>图中数字为各网格负荷。{legend}。</p>
    {compared}<p>新界线沿道路的比例 {redesign.cut_on_roads:.0%}；改由其他网格负责的负荷 {redesign.moved_load:,.0f}。</p>
    <h2>各网格</h2><div class=pair>{loads}</div>
    <h2>将改归属</h2>{_table(("现行网格", "归入", "负荷"), moves, rows) if moves else "<p>没有。</p>"}</html>"""


def _loads(measures: Measures, labels: Sequence[str], rows: int) -> str:
    mean = float(measures.loads.mean()) or 1.0
    lines = [
        (label, f"{load:,.0f}", f"{load / mean - 1:+.0%}", f"{compactness:.2f}")
        for label, load, compactness in zip(labels, measures.loads, measures.compactness, strict=True)
    ]
    return _table(("网格", "负荷", "与均值之差", "紧凑度"), lines, rows)


def _table(heads: Sequence[str], lines: Sequence[Sequence[str]], shown: int) -> str:
    def row(tag: str, values: Iterable[str]) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(value)}</{tag}>" for value in values) + "</tr>"

    more = f"<p class=small>另有 {len(lines) - shown} 行未列出。</p>" if len(lines) > shown else ""
    return f"<table>{row('th', heads)}{''.join(row('td', line) for line in lines[:shown])}</table>{more}"


def _svg(shapes: Sequence[shapely.Geometry], measures: Measures) -> str:
    ground = PaperMap(box_of(shapes), _WIDE, _HIGH)
    mean = float(measures.loads.mean())
    drawn = []
    for shape, load in zip(shapes, measures.loads, strict=True):
        fill = on_paper(load_colour(float(load), mean))
        spot = ground.drawn(shapely.point_on_surface(shape))
        drawn.append(
            ground.path(shape, f'fill="{fill}" fill-opacity="{LOAD_OPACITY}" stroke="{on_paper("border-above")}"')
            + f'<text x="{shapely.get_x(spot):.1f}" y="{shapely.get_y(spot):.1f}" font-size="11" '
            f'text-anchor="middle">{load:,.0f}</text>'
        )
    return ground.svg("".join(drawn))
