"""An office form as a Word document, to be edited and signed: the same words as the print."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from core import training
from presentation.training_banner import words as training_words

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table

    from presentation.prints.office_form import Sheet

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FONT: Final = "SimSun"
_LABELS_CM: Final = 3.2
_TEXTS_CM: Final = 12.8


def form_word(sheet: Sheet) -> bytes:
    """Write a form as a Word document (docx). In training its head says so on every sheet; a sample is labelled."""
    import docx  # noqa: PLC0415 (slow to import, rarely wanted)
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.shared import Cm  # noqa: PLC0415

    paper = docx.Document()
    set_font(paper)
    paper.core_properties.author, paper.core_properties.title = "", sheet.title
    paper.core_properties.comments = ""
    paper.sections[0].page_width, paper.sections[0].page_height = Cm(21), Cm(29.7)
    head = paper.sections[0].header.paragraphs[0]
    head.text = "  ".join(filter(None, (training_words(sheet.language) if training.is_on() else "", sheet.sample)))
    title = paper.add_heading(sheet.title, level=1)
    number = paper.add_paragraph(sheet.number)
    title.alignment = number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    rows = paper.add_table(rows=0, cols=2, style="Table Grid")
    for name, value in sheet.rows:
        cells = rows.add_row().cells
        cells[0].text, cells[1].text = name, value
        cells[0].width, cells[1].width = Cm(_LABELS_CM), Cm(_TEXTS_CM)
    paper.add_heading(sheet.history_title, level=2)
    history = paper.add_table(rows=1, cols=len(sheet.heads), style="Table Grid")
    fill(history, 0, sheet.heads)
    for row in sheet.history:
        history.add_row()
        fill(history, -1, row)
    for line in (*sheet.signs, sheet.issued):
        paper.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    held = io.BytesIO()
    paper.save(held)
    return held.getvalue()


def fill(table: Table, row: int, texts: tuple[str, ...]) -> None:
    """Write texts into the cells of a row."""
    for cell, text in zip(table.rows[row].cells, texts, strict=True):
        cell.text = text


def set_font(paper: Document) -> None:
    """Name the font of Chinese too: Word takes it from an attribute of its own."""
    from docx.oxml.ns import qn  # noqa: PLC0415

    for name in ("Normal", "Heading 1", "Heading 2"):
        style = paper.styles[name]
        style.font.name = _FONT
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FONT)
