"""Turning a page into PDF by WeasyPrint, which may fetch nothing: what is printed holds all it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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

    return weasyprint.HTML(string=page, url_fetcher=_refuse).render()


def _refuse(url: str, *_: object, **__: object) -> dict[str, Any]:
    raise ValueError(f"a print needs nothing from outside, not {url[:200]}")
