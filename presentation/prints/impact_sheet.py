"""The one-page print (A4) of a draft's impact: maps before and after, land, units and grid workers."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, cast

import shapely

from core.personal import masked_text
from core.words import FIRST_LANGUAGE, Words
from presentation.colours import CHANGE_OPACITY, on_paper
from presentation.pages.features import box_of
from presentation.pages.impact_page import KINDS, facts, summary, worker_notes
from presentation.prints.paper_map import PaperMap, hatched_on_paper, hatched_swatch
from presentation.prints.pdf import rendered
from presentation.words.boundary_desk import CATALOGUE
from presentation.words.pages import html_language, sample_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from governance.boundary_changes.impact import Balance
    from governance.boundary_changes.operations import Preview
    from grids.boundaries.records import AreaRecord

ROWS = (14, 10, 7, 5, 3, 2)
"""Rows a table shows: as many as leave everything on one page; the rest is counted."""
_WIDE, _HIGH = 430.0, 330.0
_LABELS = 40
_STYLE = """
@page { size: A4; margin: 11mm 12mm; @bottom-right { content: PAGE_NUMBER;
  font: 7.5pt "Noto Sans CJK SC", sans-serif; color: #777 } }
body { font: 8.5pt/1.35 "Noto Sans CJK SC", sans-serif; color: #2b2620 }
h1 { font-size: 15pt; margin: 0 0 1mm } h2 { font-size: 10pt; margin: 2.5mm 0 .8mm; border-bottom: .6pt solid #5a4c38 }
p { margin: .6mm 0 } .small { font-size: 7.5pt; color: #555 }
table { border-collapse: collapse; width: 100% }
td, th { border-bottom: .3pt solid #ccc; padding: .5mm 1mm; text-align: left; white-space: nowrap }
td.w { white-space: normal } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
.maps { display: flex; gap: 4mm; margin-top: 1.5mm } .maps > div { flex: 1; min-width: 0 }
svg { width: 100%; height: auto; border: .4pt solid #999; background: #fff }
.sign { margin-top: 5mm } .sign span { margin-left: 40mm }
.sample { float: right; border: .6pt solid #8a4b00; color: #8a4b00; padding: 0 2mm }
i { display: inline-block; width: 3.2mm; height: 2.2mm; margin: 0 1mm 0 2.5mm; border: .3pt solid #5a4c38 }
i svg { display: block; width: 3.2mm; height: 2.2mm; border: 0 }
"""
_WAYS = ("out", "in")
_BALANCE = ("land_gained", "land_lost", "open_gained", "open_lost", "year_gained", "year_lost")


def impact_print(preview: Preview, *, language: str = FIRST_LANGUAGE) -> bytes:
    """Write the one-page report of a draft as PDF: map, land, matters, units and grid workers that change hands."""
    words = Words(CATALOGUE, language)
    maps = _maps(preview, words)
    for rows in ROWS:
        document = rendered(_page(preview, maps, rows, words))
        if len(document.pages) == 1:
            break
    written: bytes = document.write_pdf()
    return written


def _page(preview: Preview, maps: str, rows: int, words: Words) -> str:
    impact, finest = preview.impact, preview.layer.levels[-1]
    legend = "".join(f"{_swatch(f'change-{kind}')}{words(f'change/{kind}')}" for kind in KINDS)
    legend += "".join(f"{_swatch(f'land-{way}')}{words(f'sheet/land_{way}')}" for way in _WAYS)
    sample = sample_words(preview.layer.name, words.language)
    areas = sorted(impact.areas, key=lambda c: (c.level != finest, -max(c.gained_m2, c.lost_m2), c.code))
    area_rows = [
        [
            c.code, c.name, words(f"change/{c.kind}"), f"{c.before_m2:,.0f}", f"{c.after_m2:,.0f}",
            _signed("+", c.gained_m2), _signed("−", c.lost_m2), _units(preview, c.unit_before, c.unit_after),
        ]
        for c in areas
    ]  # fmt: skip
    unit_rows = [
        [preview.unit_names.get(unit, unit), *_cells(balance)]
        for unit, balance in sorted(impact.units.items(), key=lambda pair: -_weight(pair[1]))
    ]
    worker_rows = [
        [preview.unit_names.get(c.worker.unit or "", c.worker.unit or "—"), f"{c.worker.name} {c.worker.number}",
         _worked(c.before, c.after, words), *_cells(c.balance)] for c in impact.workers
    ]  # fmt: skip
    sizes = ("size_before", "size_after", "gained", "lost")
    sections = (
        ("areas", ("code", "name", "change", *sizes, "responsible"), area_rows, range(3, 7)),
        ("units", ("unit", *_BALANCE), unit_rows, range(1, 7)),
        ("workers", ("unit", "worker", "works", *_BALANCE), worker_rows, range(3, 9)),
    )
    tables = "".join(
        f"<h2>{words(f'sheet/{section}')}</h2>"
        + (_table(section, heads, lines, numbers, rows, words) or f"<p>{words(f'sheet/{section}_none')}</p>")
        for section, heads, lines, numbers in sections
    )
    notes = "".join(f"<p class=small>{html.escape(note)}</p>" for note in worker_notes(preview, words))
    change_set = preview.change_set
    title = words("sheet/title", title=masked_text(change_set.title))
    author, approver = words("sheet/author", name=change_set.author), change_set.approved_by or ""
    style = _STYLE.replace("PAGE_NUMBER", words("sheet/page_number"))
    return f"""<html lang="{html_language(words.language)}"><style>{style}</style>{
        f"<b class=sample>{sample}</b>" if sample else ""
    }
    <h1>{html.escape(title)}</h1>
    <p class=small>{html.escape(facts(preview, words))}</p><p>{html.escape(summary(impact, words))}</p>
    {maps}<p class=small>{words("sheet/legend", entries=legend)}</p>
    {tables}{notes}<p class=sign>{html.escape(author)}
    <span>{html.escape(words("sheet/approver", name=approver))}</span><span>{words("sheet/date")}</span></p></html>"""


def _table(
    section: str, heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: range, shown: int, words: Words
) -> str:
    """Write a table, in whose columns `numbers` stand numbers; nothing when it has no row."""
    if not rows:
        return ""

    def line(tag: str, values: Iterable[str]) -> str:
        cells = (
            f"<{tag} class={'n' if number in numbers else 'w'}>{html.escape(value)}</{tag}>"
            for number, value in enumerate(values)
        )
        return f"<tr>{''.join(cells)}</tr>"

    head = line("th", [words(f"sheet/head/{code}") for code in heads])
    left = len(rows) - shown
    more = f"<p class=small>{words(f'sheet/{section}_more', count=left)}</p>" if left > 0 else ""
    return f"<table>{head}{''.join(line('td', row) for row in rows[:shown])}</table>{more}"


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


def _worked(before: Sequence[str], after: Sequence[str], words: Words) -> str:
    """Name areas by the end of their codes, as people on the spot do."""

    def short(codes: Sequence[str]) -> str:
        if not codes:
            return words("sheet/no_area")
        ends = [f"…{code[-6:]}" if len(code) > 9 else code for code in codes[:3]]
        return words("sheet/codes" if len(codes) <= 3 else "sheet/codes_more", codes=ends, count=len(codes))

    return short(after) if before == after else f"{short(before)} → {short(after)}"


def _maps(preview: Preview, words: Words) -> str:
    finest = preview.layer.levels[-1]
    shapes = [
        cast("Any", r.geom) for side in (preview.before, preview.after) for r in side.values() if r.level == finest
    ] or [cast("Any", r.geom) for side in (preview.before, preview.after) for r in side.values()]
    if not shapes:
        return ""
    frame = PaperMap(box_of(shapes), _WIDE, _HIGH, filled=0.88)
    sides = (("before", preview.before, 0), ("after", preview.after, 1))
    drawn = "".join(
        f"<div>{words(f'side/{when}')}{_svg(preview, frame, side, number, words.language)}</div>"
        for when, side, number in sides
    )
    return f'<div class="maps">{drawn}</div>'


def _swatch(color: str) -> str:
    """Show a colour as the map does: land that goes or comes, and retired areas, hatched."""
    ways = {"land-out": "out", "land-in": "in", "change-retired": "retired"}
    if color not in ways:
        return f'<i style="background:{on_paper(color)}"></i>'
    return f"<i>{hatched_swatch(ways[color])}</i>"


def _svg(preview: Preview, ground: PaperMap, records: Mapping[str, AreaRecord], number: int, language: str) -> str:
    """Draw one side: neighbours pale, changed areas by kind, land that changes hands, reports, codes."""
    finest = preview.layer.levels[-1]
    kinds = {c.code: c.kind for c in preview.impact.areas}
    border, ink = on_paper("border-above"), on_paper("text")
    pale = f'fill="{on_paper("ground")}" stroke="{on_paper("border")}" stroke-width=".6"'
    parts = [ground.path(r.geom, pale) for r in preview.around.values()]
    fine = [r for r in records.values() if r.level == finest]
    for record in fine:
        kind = kinds.get(record.code, "unchanged")
        fill = hatched_on_paper("retired") if kind == "retired" else on_paper(f"change-{kind}")
        style = f'fill="{fill}" fill-opacity="{CHANGE_OPACITY}" stroke="{border}" stroke-width="1"'
        parts.append(ground.path(record.geom, style))
    moved = f'fill="{hatched_on_paper(_WAYS[number])}" stroke="{on_paper(f"land-{_WAYS[number]}")}"'
    land = [piece for piece in preview.impact.land if (piece.from_area, piece.to_area)[number] is not None]
    parts += [ground.path(piece.geom, moved) for piece in land]
    dashed = f'fill="none" stroke="{border}" stroke-width="1.6" stroke-dasharray="6 4"'
    parts += [ground.path(record.geom, dashed) for record in records.values() if record.level != finest]
    for (x, y), still_open in zip(ground.place(preview.matters).tolist(), preview.is_open.tolist(), strict=True):
        if 0 <= x <= _WIDE and 0 <= y <= _HIGH:
            fill = on_paper("report-open" if still_open else "report-other")
            dot = f'fill="{fill}" stroke="{on_paper("report-open")}" stroke-width=".6"'
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" {dot}/>')
    return ground.svg("".join(parts) + _codes(fine, ground, ink), language)


def _codes(records: Sequence[AreaRecord], ground: PaperMap, ink: str) -> str:
    """Write the ends of the codes into the areas, where they are not too many to read and on none of the others."""
    written: list[tuple[float, float, int]] = []
    parts = []
    for record in records if len(records) <= _LABELS else ():
        inside = ground.drawn(record.geom)
        if shapely.is_empty(inside):
            continue
        words = record.code[-3:] if len(record.code) >= 12 else record.code
        spot = shapely.point_on_surface(inside)
        x, y = float(shapely.get_x(spot)), float(shapely.get_y(spot))
        width = 7 * len(words)
        if any(abs(x - a) < (width + w) / 2 and abs(y - b) < 12 for a, b, w in written):
            continue
        written.append((x, y, width))
        parts.append(
            f'<text x="{x:.0f}" y="{y + 4:.0f}" font-size="11" text-anchor="middle" fill="{ink}">'
            f"{html.escape(words)}</text>"
        )
    return "".join(parts)
