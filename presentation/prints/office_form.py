"""An office form of a case (交办单, 督办单, 退单, …) as one sheet: a page, PDF, or Word (office_form_word)."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.clock import LOCAL
from core.words import FIRST_LANGUAGE, Words
from governance.cases.forms.states import FormKind
from presentation.prints.document import document, table_head
from presentation.prints.pdf import rendered
from presentation.words.daily_log import CATALOGUE as VERBS
from presentation.words.days import day_words
from presentation.words.office_forms import CATALOGUE
from presentation.words.pages import sample_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from governance.cases.forms.queries import FormView

_ROWS = (
    "number", "received", "category", "area", "address", "text", "unit", "former_unit", "due", "causes", "reason",
    "opinion",
)  # fmt: skip

_KNOWN = CATALOGUE.sentences(FIRST_LANGUAGE)
"""What has words here; causes of later versions, and those that no form shows, have none."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a form shows, in words: its title and number, labelled rows, its history with heads, lines to sign."""

    title: str
    number: str
    rows: tuple[tuple[str, str], ...]
    history_title: str
    heads: tuple[str, ...]
    history: tuple[tuple[str, ...], ...]
    signs: tuple[str, ...]
    issued: str
    sample: str
    language: str


def sheet_of(
    view: FormView, texts: Mapping[str, str], *, layer_name: str = "", language: str = FIRST_LANGUAGE
) -> Sheet:
    """Put a form in words. `texts` are description, address, reason and opinion as the reader may see them."""
    words, kind = Words(CATALOGUE, language), view.form.kind
    shown = {
        "number": view.number,
        "received": words("received", channel=view.channel, at=_instant(view.reported_at, language),
                          external_id=view.external_id or words("none")),
        "category": words("category", category=view.category or words("none"),
                          urgency=words(f"urgency/{view.urgency}")),
        "area": view.area, "address": texts.get("address", ""), "text": texts.get("description", ""),
        "unit": "" if kind == FormKind.RETURN else view.unit, "former_unit": view.former_unit,
        "due": "" if view.due_at is None else _instant(view.due_at, language),
        "causes": CATALOGUE.separator(language).join(
            words(f"cause/{one}") for one in view.causes if f"cause/{one}" in _KNOWN
        ),
        "reason": texts.get("reason", ""), "opinion": texts.get("opinion", ""),
    }  # fmt: skip
    if view.former_unit == view.unit:
        shown["former_unit"] = ""
    if kind in {FormKind.CLOSING, FormKind.CALL_BACK}:
        shown["due"] = ""
    verbs = Words(VERBS, language)
    return Sheet(
        words(f"title/{kind}"),
        words(f"numbered/{kind}", year=view.form.year, serial=view.form.serial),
        tuple((words(f"row/{name}"), shown[name]) for name in _ROWS if shown[name]),
        words("part/history"),
        tuple(words(f"head/{name}") for name in ("at", "what", "unit", "by")),
        tuple((_instant(one.at, language), _verb(verbs, one.verb), one.unit, one.actor) for one in view.history),
        tuple(words(f"sign/{kind}").split("|")),
        words("issued", day=day_words(view.form.issued_at.astimezone(LOCAL).date(), language)),
        sample_words(layer_name, language),
        language,
    )


def form_html(sheet: Sheet) -> str:
    """Write a form as a page that needs nothing from outside."""
    rows = "".join(f"<tr><th>{html.escape(name)}</th><td>{_lines(value)}</td></tr>" for name, value in sheet.rows)
    steps = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in sheet.history)
    body = (
        f'<h1>{html.escape(sheet.title)}</h1><p class="period">{html.escape(sheet.number)}</p>'
        f'<table class="form"><colgroup><col style="width:18%"/><col/></colgroup><tbody>{rows}</tbody></table>'
        f"<h2>{html.escape(sheet.history_title)}</h2>"
        f"<table>{table_head(*map(html.escape, sheet.heads))}<tbody>{steps}</tbody></table>"
        + "".join(f'<p class="sign">{html.escape(line)}</p>' for line in (*sheet.signs, sheet.issued))
    )  # fmt: skip
    return document(sheet.title, body, sample=sheet.sample, language=sheet.language)


def form_pdf(sheet: Sheet) -> bytes:
    """Print a form; nothing is fetched."""
    return bytes(rendered(form_html(sheet)).write_pdf())


def _lines(value: str) -> str:
    return "<br/>".join(map(html.escape, value.splitlines()))


def _instant(at: datetime, language: str) -> str:
    local = at.astimezone(LOCAL)
    return f"{day_words(local.date(), language)} {local:%H:%M}"


def _verb(words: Words, verb: str) -> str:
    known = VERBS.sentences(FIRST_LANGUAGE)
    return words(f"verb/{verb}") if f"verb/{verb}" in known else words("verb/other", verb=verb)
