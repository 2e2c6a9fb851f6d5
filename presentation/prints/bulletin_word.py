"""A bulletin as a Word document: the same words as the print."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from core import training
from presentation.prints.office_form_word import MEDIA_TYPE, fill, set_font
from presentation.training_banner import words as training_words

if TYPE_CHECKING:
    from presentation.prints.bulletin import BulletinSheet

__all__ = ["MEDIA_TYPE", "bulletin_word"]


def bulletin_word(sheet: BulletinSheet) -> bytes:
    """Write a bulletin as a Word document (docx). In training its head says so on every sheet; a sample is labelled."""
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
    paper.add_heading(sheet.title, level=1).alignment = WD_ALIGN_PARAGRAPH.CENTER
    paper.add_paragraph(sheet.period).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for part in sheet.parts:
        paper.add_heading(part.title, level=2)
        if part.rows:
            table = paper.add_table(rows=1, cols=len(part.heads), style="Table Grid")
            fill(table, 0, part.heads)
            for row in part.rows:
                table.add_row()
                fill(table, -1, row)
        for line in part.lines:
            paper.add_paragraph(line)
    paper.add_paragraph(sheet.sign).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    held = io.BytesIO()
    paper.save(held)
    return held.getvalue()
