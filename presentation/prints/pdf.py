"""Turning a page into PDF by WeasyPrint, which may fetch nothing: what is printed holds all it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from presentation.training_banner import print_style

if TYPE_CHECKING:
    import weasyprint


def rendered(page: str) -> weasyprint.Document:
    """Lay a page out; `write_pdf()` of what is returned makes the file.

    Raises
    ------
    ValueError
        When the page names something outside itself: WeasyPrint logs it and leaves that out.
    """
    import weasyprint  # noqa: PLC0415 (slow to import, rarely wanted)

    style = print_style(page)
    styles = [] if style is None else [weasyprint.CSS(string=style)]
    return weasyprint.HTML(string=page, url_fetcher=_refuse).render(stylesheets=styles)


def _refuse(url: str, *_: object, **__: object) -> dict[str, Any]:
    raise ValueError(f"a print needs nothing from outside, not {url[:200]}")
