"""A worker's daily log (每日工作情况), HTML and PDF: quick notes and steps of cases of one day, to be signed."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from core.clock import LOCAL
from core.words import FIRST_LANGUAGE, Words
from presentation.prints.document import document, table_head
from presentation.prints.pdf import rendered
from presentation.words.daily_log import CATALOGUE
from presentation.words.days import day_words
from presentation.words.pages import sample_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from governance.quick_notes.queries import DailyLog, NoteView


def log_html(log: DailyLog, texts: Mapping[str, str], *, layer_name: str = "", language: str = FIRST_LANGUAGE) -> str:
    """Write the log as one page that needs nothing from outside.

    `texts` are those of notes, by number, as shown; the layer's name shows whether the data are a sample.
    """
    words = Words(CATALOGUE, language)
    title = words("title", day=day_words(log.day, language))
    counts = words(
        "counts",
        notes=len(log.notes),
        filled=sum(one.is_back_filled for one in log.notes),
        cases=sum(one.is_case for one in log.notes),
        steps=len(log.steps),
        handled=len({one.case for one in log.steps}),
    )
    notes = [
        (_when(one, words), one.number, words(f"source/{one.source}"), one.category, _last(one.area_path),
         texts.get(one.number, ""))
        for one in log.notes
    ]  # fmt: skip
    steps = [(_time(one.at), one.case, _verb(one.verb, words), one.category, _last(one.area_path)) for one in log.steps]
    parts = [
        f"<h1>{html.escape(title)}</h1><p>{html.escape(words('person', person=log.person))}</p>",
        f"<p>{html.escape(counts)}</p><h2>{words('part/notes')}</h2>",
        _table(("time", "number", "source", "category", "area", "text"), notes, words)
        if notes
        else f"<p>{words('none/notes')}</p>",
        f"<h2>{words('part/steps')}</h2>",
        _table(("time", "number", "what", "category", "area"), steps, words)
        if steps
        else f"<p>{words('none/steps')}</p>",
        f'<p class="sign">{html.escape(words("sign"))}</p>',
    ]
    return document(title, "".join(parts), sample=sample_words(layer_name, language), language=language)


def log_pdf(page: str) -> bytes:
    """Print a log; nothing is fetched."""
    return bytes(rendered(page).write_pdf())


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]], words: Words) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{table_head(*(words(f'head/{head}') for head in heads))}<tbody>{body}</tbody></table>"


def _when(one: NoteView, words: Words) -> str:
    time = _time(one.noted_at)
    return words("filled", time=time) if one.is_back_filled else time


def _time(at: datetime) -> str:
    return f"{at.astimezone(LOCAL):%H:%M}"


def _last(path: list[str]) -> str:
    return path[-1] if path else ""


def _verb(verb: str, words: Words) -> str:
    """Return a verb in words; a later version may have verbs that have none here yet."""
    code = f"verb/{verb}"
    known = CATALOGUE.sentences(FIRST_LANGUAGE)
    return words(code) if code in known else words("verb/other", verb=verb)
