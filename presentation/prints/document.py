"""A page of text that needs nothing from outside, for the screen and for paper: the notice, the board of topics."""

from __future__ import annotations

import html
from pathlib import Path

from core.words import FIRST_LANGUAGE
from presentation.training_banner import with_banner
from presentation.words.pages import html_language

_STYLE = Path(__file__).parent / "assets" / "notice.css"


def document(
    title: str, body: str, kind: str = "", *, sample: str = "", language: str = FIRST_LANGUAGE, colours: str = ""
) -> str:
    """Write the page; `sample` is the label of sample data, `colours` the style sheet of a page that may be dark."""
    css = colours + _STYLE.read_text(encoding="utf-8")
    mark = f'<p class="sample">{sample}</p>' if sample else ""
    return with_banner(
        f'<!DOCTYPE html><html lang="{html_language(language)}"><head><meta charset="utf-8"/>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"/><title>{html.escape(title)}</title>'
        f'<style>{css}</style></head><body class="{kind}"><main>'
        f"{mark}{body}</main></body></html>"
    )


def table_head(*heads: str) -> str:
    """Write the head of a table."""
    return f"<thead><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr></thead>"
