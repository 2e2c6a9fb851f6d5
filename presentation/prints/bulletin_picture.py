"""A bulletin as a picture for a group chat: 1080 pixels wide, its numbers large, its units as a table."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from core import training
from presentation.prints.fonts import font_file
from presentation.training_banner import words as training_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

    from presentation.prints.bulletin import BulletinSheet

WIDTH: Final = 1080
_EDGE: Final = 56
_A_ROW: Final = 3
_TILE_HEIGHT: Final = 190
_MOST_ROWS: Final = 12
_INK, _QUIET, _LINE, _RED, _PAPER = "#1a1a1a", "#5c5c5c", "#d0d0d0", "#b00020", "#ffffff"
_ABOUT: Final = 2
"""The tables of the first two parts are whole; of lists of cases a picture shows the first, on little room."""
_MOST_CASES: Final = 6
_NEVER_FIRST: Final = "，。；：、！？）》”’,.;:!?)"
"""What begins no line."""


class _Pen:
    """Draws from top to bottom; without a canvas it only measures."""

    def __init__(self, canvas: ImageDraw | None) -> None:
        self.canvas, self.at = canvas, _EDGE

    def font(self, size: int, *, bold: bool = False) -> FreeTypeFont:
        from PIL import ImageFont  # noqa: PLC0415 (slow to import, rarely wanted)

        path, place = font_file("Noto Sans CJK SC:lang=zh-cn" + (":bold" if bold else ""))
        return ImageFont.truetype(path, size, index=place)

    def text(self, x: float, text: str, font: FreeTypeFont, fill: str = _INK, anchor: str = "la") -> None:
        if self.canvas is not None:
            self.canvas.text((x, self.at), text, font=font, fill=fill, anchor=anchor)

    def paragraph(self, text: str, size: int, *, fill: str = _INK, bold: bool = False) -> None:
        font = self.font(size, bold=bold)
        for line in _wrapped(text, font, WIDTH - 2 * _EDGE):
            self.text(_EDGE, line, font, fill)
            self.at += round(size * 1.55)

    def rule(self) -> None:
        if self.canvas is not None:
            self.canvas.line((_EDGE, self.at, WIDTH - _EDGE, self.at), fill=_LINE, width=2)


def bulletin_png(sheet: BulletinSheet) -> bytes:
    """Draw a bulletin as PNG, as high as it needs to be."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 (slow to import, rarely wanted)

    measured = _Pen(None)
    _draw(measured, sheet)
    image = Image.new("RGB", (WIDTH, measured.at + _EDGE), _PAPER)
    _draw(_Pen(ImageDraw.Draw(image)), sheet)
    held = io.BytesIO()
    image.convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(held, "PNG", optimize=True)
    return held.getvalue()


def _draw(pen: _Pen, sheet: BulletinSheet) -> None:
    for label in filter(None, (training_words(sheet.language) if training.is_on() else "", sheet.sample)):
        pen.paragraph(label, 28, fill=_RED)
    pen.paragraph(sheet.title, 46, bold=True)
    pen.paragraph(sheet.period, 27, fill=_QUIET)
    pen.at += 18
    _tiles(pen, sheet.figures)
    for place, part in enumerate(sheet.parts):
        pen.at += 16
        pen.paragraph(part.title, 34, bold=True)
        if part.rows and place < _ABOUT:
            _table(pen, part.heads, part.rows, most=_MOST_ROWS)
        elif part.rows:
            heads, rows = _outer(part.heads), [_outer(row) for row in part.rows]
            _table(pen, heads, rows, most=_MOST_CASES)
        for line in part.lines:
            pen.paragraph(line, 29)
    pen.at += 16
    pen.text(WIDTH - _EDGE, sheet.sign, pen.font(29), _QUIET, "ra")
    pen.at += 44


def _tiles(pen: _Pen, figures: tuple[tuple[str, str], ...]) -> None:
    wide = (WIDTH - 2 * _EDGE) / _A_ROW
    for start in range(0, len(figures), _A_ROW):
        pen.rule()
        top = pen.at
        for place, (name, value) in enumerate(figures[start : start + _A_ROW]):
            middle = _EDGE + wide * (place + 0.5)
            pen.at = top + 22
            pen.text(middle, value, pen.font(76, bold=True), _INK, "ma")
            pen.at = top + 122
            pen.text(middle, name, pen.font(30), _QUIET, "ma")
        pen.at = top + _TILE_HEIGHT
    pen.rule()


def _outer(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Keep what tells most on little room: which, whose, and how much."""
    return (*cells[:2], cells[-1])


def _table(pen: _Pen, heads: tuple[str, ...], all_rows: Sequence[tuple[str, ...]], *, most: int) -> None:
    wide = (WIDTH - 2 * _EDGE) * 0.64 / (len(heads) - 1)
    rows = all_rows[:most]
    for place, cells in enumerate((heads, *rows)):
        font = pen.font(25 if place == 0 else 29)
        fill = _QUIET if place == 0 else _INK
        first = _wrapped(cells[0], font, (WIDTH - 2 * _EDGE) * 0.36 - 10)
        pen.text(_EDGE, first[0], font, fill)
        for column, cell in enumerate(cells[1:], start=1):
            end = WIDTH - _EDGE - wide * (len(cells) - 1 - column)
            short = _wrapped(cell, font, wide - 8)
            pen.text(end, short[0] if short else "", font, fill, "ra")
        pen.at += 48
        pen.rule()
        pen.at += 8
    if len(all_rows) > len(rows):
        pen.paragraph(f"… +{len(all_rows) - len(rows)}", 27, fill=_QUIET)


def _wrapped(text: str, font: FreeTypeFont, wide: float) -> list[str]:
    """Break a text at characters, as Chinese is set; a word of Latin letters or digits stays whole where it fits."""
    lines: list[str] = []
    line, word = "", ""
    for char in text:
        if char.isascii() and not char.isspace():
            word += char
            continue
        line = _joined(lines, line, word, font, wide)
        line = _joined(lines, line, char, font, wide)
        word = ""
    line = _joined(lines, line, word, font, wide)
    return [*lines, line] if line else lines


def _joined(lines: list[str], line: str, more: str, font: FreeTypeFont, wide: float) -> str:
    if line and font.getlength(line + more) > wide and more[:1] not in _NEVER_FIRST:
        lines.append(line.rstrip())
        return more.lstrip()
    return line + more
