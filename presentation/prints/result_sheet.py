"""The results of a unit or grid worker as one sheet, page or PDF, to be seen and signed."""

from __future__ import annotations

import html
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from core.clock import LOCAL
from core.personal import masked_text
from core.words import FIRST_LANGUAGE, Words
from governance.reports.numbers import report_number
from presentation.prints.document import document, table_head
from presentation.prints.pdf import rendered
from presentation.words.days import day_words
from presentation.words.pages import sample_words
from presentation.words.result_sheets import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.assessment.result_sheets import ResultSheet


def result_html(sheet: ResultSheet, *, layer_name: str = "", language: str = FIRST_LANGUAGE) -> str:
    """Write the sheet as a page that needs nothing from outside."""
    words, run = Words(CATALOGUE, language), sheet.run
    last = run.until_day - timedelta(days=1)
    title = words("title", name=sheet.name)
    at = run.cut_at.astimezone(LOCAL)
    period = words(
        "period", first=day_words(run.first_day, language), last=day_words(last, language), version=run.version,
        state=words(f"state/{run.state}"),
    )  # fmt: skip
    foot = [words("cut", at=f"{day_words(at.date(), language)} {at:%H:%M}", number=run.id)]
    if run.digest:
        foot.append(words("digest", digest=run.digest))
    body = (
        f'<h1>{html.escape(title)}</h1><p class="period">{html.escape(period)}</p>'
        + _values(sheet, words) + _sheets(sheet, words) + _appeals(sheet, words)
        + "".join(f'<p class="small">{html.escape(line)}</p>' for line in foot)
        + f'<p class="sign">{html.escape(words("sign"))}</p>'
    )  # fmt: skip
    return document(title, body, sample=sample_words(layer_name, language), language=language)


def result_pdf(page: str) -> bytes:
    """Print a sheet; nothing is fetched."""
    return bytes(rendered(page).write_pdf())


def _values(sheet: ResultSheet, words: Words) -> str:
    rows = [
        (
            one.name, str(one.value.numerator), str(one.value.denominator), str(one.value.excluded),
            _shown(one.value.percent), _shown(one.value.points),
            words("note/few", least=one.least_n) if one.value.denominator < one.least_n else "",
        )
        for one in sheet.values
    ]  # fmt: skip
    points = sum((one.value.points for one in sheet.values if one.value.points is not None), Decimal(0))
    heads = ("indicator", "numerator", "denominator", "excluded", "percent", "points", "note")
    return _part(words, "values", heads, rows, words("sum", points=str(points)))


def _sheets(sheet: ResultSheet, words: Words) -> str:
    rows = []
    for one in sheet.sheets:
        for item, score in one.items:
            basis = (
                words("counted", numerator=score.numerator or 0, denominator=score.denominator or 0)
                if item.counts is not None
                else CATALOGUE.separator(FIRST_LANGUAGE).join(map(masked_text, (score.words or "", *score.evidence)))
            )
            rows.append((words(f"dimension/{one.dimension}"), item.title, _shown(score.points), str(item.most), basis))
    heads = ("dimension", "item", "points", "most", "basis")
    return _part(words, "sheets", heads, rows, "" if rows else words("none/sheets"))


def _appeals(sheet: ResultSheet, words: Words) -> str:
    rows = [
        (str(one.id), report_number(one.case_id), words(f"ground/{one.ground}"), words(f"appeal/{one.state}"))
        for one in sheet.appeals
    ]
    heads = ("appeal", "case", "ground", "state")
    return _part(words, "appeals", heads, rows, "" if rows else words("none/appeals"))


def _part(words: Words, name: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]], line: str) -> str:
    cells = [f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows]
    named = table_head(*(html.escape(words(f"head/{head}")) for head in heads))
    table = f"<table>{named}<tbody>{''.join(cells)}</tbody></table>" if cells else ""
    below = f"<p>{html.escape(line)}</p>" if line else ""
    return f"<h2>{html.escape(words(f'part/{name}'))}</h2>{table}{below}"


def _shown(value: Decimal | None) -> str:
    return "" if value is None else str(value)
