"""A bulletin (通报) in words, as a page and PDF; Word and picture stand beside it (bulletin_word, bulletin_picture)."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from core.clock import LOCAL
from core.personal import masked_text
from core.words import FIRST_LANGUAGE, Words
from governance.bulletins.states import BulletinState
from presentation.prints.document import document, table_head
from presentation.prints.pdf import rendered
from presentation.words.bulletins import CATALOGUE
from presentation.words.days import day_words
from presentation.words.hotspots import message_of
from presentation.words.pages import sample_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from governance.bulletins.figures import Figures
    from governance.bulletins.tables import Bulletin

_FIGURES = ("came_in", "handled", "closed", "in_hand", "overdue", "quick_notes")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bulletin: its title, a table with heads (none where there are no rows), and lines below."""

    title: str
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BulletinSheet:
    """All words of a bulletin; `figures` are the numbers that a picture shows large."""

    title: str
    period: str
    figures: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    sign: str
    sample: str
    language: str


def sheet_of(
    row: Bulletin, figures: Figures, *, layer_name: str = "", language: str = FIRST_LANGUAGE
) -> BulletinSheet:  # fmt: skip
    """Put a bulletin in words."""
    words = Words(CATALOGUE, language)
    is_draft = row.state != BulletinState.RELEASED
    period = words("period", since=_instant(figures.since, language), cut=_instant(figures.cut_at, language))
    parts = [one for one in _parts(row, figures, words, language) if one.rows or one.lines]
    return BulletinSheet(
        words("title", day=day_words(row.day, language), edition=words(f"edition/{row.edition}")),
        words("draft", period=period) if is_draft else period,
        tuple((words(f"figure/{name}"), str(getattr(figures, name))) for name in _FIGURES),
        tuple(
            Part(words("part", ordinal=words(f"ordinal/{place}"), title=one.title), one.heads, one.rows, one.lines)
            for place, one in enumerate(parts, start=1)
        ),
        words("sign", by=row.released_by) if row.released_by else words("unsigned"),
        sample_words(layer_name, language),
        language,
    )


def bulletin_html(sheet: BulletinSheet) -> str:
    """Write a bulletin as a page that needs nothing from outside."""
    body = (
        f'<h1>{html.escape(sheet.title)}</h1><p class="period">{html.escape(sheet.period)}</p>'
        + "".join(_part(one) for one in sheet.parts)
        + f'<p class="sign">{html.escape(sheet.sign)}</p>'
    )
    return document(sheet.title, body, sample=sheet.sample, language=sheet.language)


def bulletin_pdf(sheet: BulletinSheet) -> bytes:
    """Print a bulletin; nothing is fetched."""
    return bytes(rendered(bulletin_html(sheet)).write_pdf())


def _parts(row: Bulletin, figures: Figures, words: Words, language: str) -> Iterable[Part]:
    yield Part(words("part/whole"), lines=tuple(_whole(figures, words, language)))
    heads = ("unit", "in_hand", "overdue", "longest", "points")
    yield Part(
        words("part/units"), tuple(words(f"head/{name}") for name in heads),
        tuple(
            (one.name or words("nobody"), str(one.in_hand), str(one.overdue), _number(one.longest_overdue_hours),
             _number(one.points))
            for one in figures.units
        ),
        () if figures.score is None else (words(
            "score", first=day_words(figures.score.first_day, language),
            last=day_words(figures.score.until_day - timedelta(days=1), language), version=figures.score.version,
        ),),
    )  # fmt: skip
    yield _overdue(figures, words, language)
    yield Part(words("part/topics"), lines=tuple(
        words(
            "topic", title=message_of(one.title, language), owner=one.owner or words("none"),
            day=words("none") if one.follow_up_on is None else day_words(one.follow_up_on, language),
        )
        for one in figures.topics
    ))  # fmt: skip
    yield Part(words("part/warnings"), lines=tuple(
        words(
            "warning", title=message_of(one.title, language), first=day_words(one.first, language),
            last=day_words(one.last, language), observed=one.observed, expected=_number(one.expected),
        )
        for one in figures.warnings
    ))  # fmt: skip
    yield Part(words("part/words"), lines=tuple(masked_text(row.words or "").splitlines()))


def _whole(figures: Figures, words: Words, language: str) -> Iterable[str]:
    counts = {name: getattr(figures, name) for name in (*_FIGURES, "returned", "reworked")}
    yield words("whole", cut=_instant(figures.cut_at, language), **counts)
    if figures.by_channel:
        named = (words("channel", channel=one.channel, cases=one.cases) for one in figures.by_channel)
        yield words("channels", channels=CATALOGUE.separator(language).join(named))
    yield words("notes", notes=figures.quick_notes, month=figures.quick_notes_of_month)


def _overdue(figures: Figures, words: Words, language: str) -> Part:
    rows = tuple(
        (one.number, one.unit_name or words("nobody"), words(f"step/{one.step}"), _instant(one.due_at, language),
         _number(one.hours))
        for one in figures.overdue_cases
    )  # fmt: skip
    lines: tuple[str, ...] = ()
    if not rows:
        lines = (words("none/overdue"),)
    elif len(rows) < figures.overdue:
        lines = (words("more", overdue=figures.overdue, shown=len(rows)),)
    heads = tuple(words(f"head/{name}") for name in ("number", "unit", "step", "due", "hours")) if rows else ()
    return Part(words("part/overdue"), heads, rows, lines)


def _part(one: Part) -> str:
    table = ""
    if one.rows:
        cells = (f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in one.rows)
        table = f"<table>{table_head(*map(html.escape, one.heads))}<tbody>{''.join(cells)}</tbody></table>"
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in one.lines)
    return f"<h2>{html.escape(one.title)}</h2>{table}{lines}"


def _number(value: object) -> str:
    return "" if value is None else str(value)


def _instant(at: datetime, language: str) -> str:
    local = at.astimezone(LOCAL)
    return f"{day_words(local.date(), language)} {local:%H:%M}"
