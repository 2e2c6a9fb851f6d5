"""The one-page print (A4) of a redesign: today's grids and the proposed ones, their loads, and what would move."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import shapely

from core.words import FIRST_LANGUAGE, Words
from presentation.colours import LOAD_OPACITY, on_paper
from presentation.pages.features import box_of
from presentation.pages.redesign_page import load_classes, load_colour, redesign_sides
from presentation.prints.paper_map import PaperMap
from presentation.prints.pdf import rendered
from presentation.words.boundary_desk import CATALOGUE
from presentation.words.pages import html_language, sample_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geo.regionalise import Measures
    from grids.change_sets.operations import Redesign

ROWS = (24, 16, 10, 6, 3)
"""Rows a table shows: as many as leave everything on one page; the rest is counted."""
_WIDE, _HIGH = 430.0, 330.0
_STYLE = """
@page { size: A4; margin: 11mm 12mm; @bottom-right { content: PAGE_NUMBER;
  font: 7.5pt "Noto Sans CJK SC", sans-serif; color: #555 } }
body { font: 8.5pt/1.35 "Noto Sans CJK SC", sans-serif; color: #2b2620 }
h1 { font-size: 15pt; margin: 0 0 1mm } h2 { font-size: 10pt; margin: 2.5mm 0 .8mm; border-bottom: .6pt solid #5a4c38 }
p { margin: .6mm 0 } .small { font-size: 7.5pt; color: #555 } .pair { display: flex; gap: 4mm }
.pair > div { flex: 1; min-width: 0 } svg { width: 100%; height: auto; border: .4pt solid #999; background: #fff }
.sample { float: right; border: .6pt solid #8a4b00; color: #8a4b00; padding: 0 2mm }
i { display: inline-block; width: 3.2mm; height: 2.2mm; margin: 0 1mm 0 2.5mm; border: .3pt solid #5a4c38 }
table { border-collapse: collapse; width: 100% }
td, th { border-bottom: .3pt solid #ccc; padding: .5mm 1mm; text-align: right; font-variant-numeric: tabular-nums }
td:first-child, th:first-child { text-align: left }
"""


def redesign_print(redesign: Redesign, *, language: str = FIRST_LANGUAGE) -> bytes:
    """Write the one-page print of a proposal as PDF."""
    words = Words(CATALOGUE, language)
    for rows in ROWS:
        document = rendered(_page(redesign, rows, words))
        if len(document.pages) == 1:
            break
    written: bytes = document.write_pdf()
    return written


def _page(redesign: Redesign, rows: int, words: Words) -> str:
    sides = redesign_sides(redesign, words)
    maps = "".join(f"<div>{side}{_svg(shapes, measures, words.language)}</div>" for side, shapes, measures, _ in sides)
    loads = "".join(f"<div>{_loads(measures, labels, rows, words)}</div>" for _, _, measures, labels in sides)
    moves = [(code, words("redesign/piece", number=number), f"{load:,.0f}") for code, number, load in redesign.moves]
    compared = _table(
        ("grids", "imbalance", "mean_compactness", "border_km"),
        [
            (side, str(len(m.loads)), f"{m.imbalance:.0%}", f"{m.compactness.mean():.2f}", f"{m.border_m / 1000:.1f}")
            for side, _, m, _ in sides
        ],
        rows,
        words,
        corner=True,
    )
    gone = (
        _table(("today", "goes_to", "load"), moves, rows, words)
        if moves
        else f"<p>{words('redesign/sheet_no_moves')}</p>"
    )
    sample = sample_words(redesign.layer_name, words.language)
    classes = "".join(f'<i style="background:{on_paper(color)}"></i>{said}' for color, said in load_classes(words))
    title = words("redesign/sheet_title", parent=redesign.parent_name or redesign.parent_code)
    load = words("redesign/sheet_load", load=words(f"redesign/load/{redesign.load}"), seed=redesign.seed)
    style = _STYLE.replace("PAGE_NUMBER", words("sheet/page_number"))
    return f"""<html lang="{html_language(words.language)}"><style>{style}</style>{
        f"<b class=sample>{sample}</b>" if sample else ""
    }
    <h1>{html.escape(title)}</h1>
    <p class=small>{load}
    {words("redesign/method")} {html.escape(words("redesign/sheet_source", layer=redesign.layer_name))}</p>
    <div class=pair>{maps}</div>
    <p class=small>{words("redesign/sheet_legend", entries=classes)}</p>
    {compared}<p>{words("redesign/sheet_moved", on_roads=redesign.cut_on_roads, load=redesign.moved_load)}</p>
    <h2>{words("redesign/sheet_grids")}</h2><div class=pair>{loads}</div>
    <h2>{words("redesign/sheet_moves")}</h2>{gone}</html>"""


def _loads(measures: Measures, labels: Sequence[str], rows: int, words: Words) -> str:
    mean = float(measures.loads.mean()) or 1.0
    lines = [
        (label, f"{load:,.0f}", f"{load / mean - 1:+.0%}", f"{compactness:.2f}")
        for label, load, compactness in zip(labels, measures.loads, measures.compactness, strict=True)
    ]
    return _table(("grid", "load", "off_mean", "compactness"), lines, rows, words)


def _table(
    heads: Sequence[str], lines: Sequence[Sequence[str]], shown: int, words: Words, *, corner: bool = False
) -> str:
    """Write a table; with a `corner` the first column has no head."""

    def row(tag: str, values: Iterable[str]) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(value)}</{tag}>" for value in values) + "</tr>"

    head = row("th", [*([""] if corner else []), *(words(f"redesign/head/{code}") for code in heads)])
    left = len(lines) - shown
    more = f"<p class=small>{words('redesign/rows_more', count=left)}</p>" if left > 0 else ""
    return f"<table>{head}{''.join(row('td', line) for line in lines[:shown])}</table>{more}"


def _svg(shapes: Sequence[shapely.Geometry], measures: Measures, language: str) -> str:
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
    return ground.svg("".join(drawn), language)
