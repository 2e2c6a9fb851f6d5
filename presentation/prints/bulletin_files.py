"""Every form of a bulletin, by its name: page, print, Word, picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from governance.bulletins.states import PrintForm
from presentation.prints.bulletin import bulletin_html, bulletin_pdf
from presentation.prints.bulletin_picture import bulletin_png
from presentation.prints.bulletin_word import MEDIA_TYPE, bulletin_word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from presentation.prints.bulletin import BulletinSheet

MEDIA_TYPES: Final = {
    PrintForm.HTML: "text/html; charset=utf-8",
    PrintForm.PDF: "application/pdf",
    PrintForm.DOCX: MEDIA_TYPE,
    PrintForm.PNG: "image/png",
}
_DRAWN: Final[Mapping[PrintForm, Callable[[BulletinSheet], bytes]]] = {
    PrintForm.HTML: lambda sheet: bulletin_html(sheet).encode(),
    PrintForm.PDF: bulletin_pdf,
    PrintForm.DOCX: bulletin_word,
    PrintForm.PNG: bulletin_png,
}


def drawn(sheet: BulletinSheet, form: PrintForm) -> bytes:
    """Draw a bulletin in a form."""
    return _DRAWN[form](sheet)
