"""What every page and print of a training environment bears, so that nobody takes it for the service."""

from __future__ import annotations

import html
import re
from typing import Final

from core import training
from core.words import FIRST_LANGUAGE
from presentation.words.pages import CATALOGUE, html_language, sentence_of

_LANGUAGE: Final = re.compile(r'<html lang="([\w-]+)"')
_BODY: Final = re.compile(r"<body[^>]*>")
# The map's page fills the window: it shrinks by as much as the banner takes.
_SCREEN: Final = (
    ".wg-training{box-sizing:border-box;height:28px;padding:0 8px;overflow:hidden;background:#8a0000;color:#fff;"
    'font:700 14px/28px "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;text-align:center;'
    "print-color-adjust:exact;-webkit-print-color-adjust:exact}"
    "@media screen{.wg-training{position:sticky;top:0;z-index:2000}}"
    ".wg-training~.wg-page{height:calc(100vh - 28px);height:calc(100dvh - 28px)}"
)


def words(language: str = FIRST_LANGUAGE) -> str:
    """Return the words of the banner."""
    return sentence_of("frame/training", language)


def with_banner(page: str) -> str:
    """Return a page of HTML as it is, in training with the banner at its top, in the page's language."""
    if not training.is_on():
        return page
    banner = (
        f'<style>{_SCREEN}</style><div class="wg-training" role="note">{html.escape(words(_language_of(page)))}</div>'
    )
    return _BODY.sub(lambda body: body[0] + banner, page, count=1)


def print_style(page: str) -> str | None:
    """Return the style sheet that puts the banner at the top of every sheet of a print; None outside training."""
    if not training.is_on():
        return None
    said = words(_language_of(page))
    return (
        f'@page {{ @top-center {{ content: "{said}"; color: #fff; background: #8a0000; width: 100%; height: 6mm;'
        ' vertical-align: middle; text-align: center; font: bold 9pt "Noto Sans CJK SC", sans-serif; } }'
    )


def _language_of(page: str) -> str:
    found = _LANGUAGE.search(page)
    tags = {html_language(language): language for language in CATALOGUE.languages}
    return tags.get(found[1], FIRST_LANGUAGE) if found else FIRST_LANGUAGE
