"""Marks of sensitive reports as a cell of a file gives them: minor, 未成年人, 健康, several, or none."""

from __future__ import annotations

import re
from typing import Final

from governance.reports.states import Sensitivity

_WORDS: Final = {
    Sensitivity.MINOR: "未成年人|未成年|不满十四周岁|不满14周岁|未满十四周岁|未满14周岁|十四周岁以下|14周岁以下|儿童",
    Sensitivity.HEALTH: "健康|健康信息|健康数据|医疗|医疗健康|疾病|病情",
}
_MARKS: Final = {word: kind for kind, words in _WORDS.items() for word in (kind.value, *words.split("|"))}
_NONE: Final = frozenset(("无", "否", "不涉及", "不敏感", "非敏感", "no", "none", "0", "-", "—", "/"))
_BETWEEN: Final = re.compile(r"[;；,，、/|\s]+")


class MarkUnknownError(ValueError):
    """A word of the cell is no mark; it is the error's only argument."""


def read_marks(cell: str) -> tuple[Sensitivity, ...]:
    """Return the marks that a cell gives, in order, each once; none where it is empty or says that there are none.

    Raises
    ------
    MarkUnknownError
        When a word is neither: passing over it would show to many what may be shown to few.
    """
    plain = cell.strip().lower()
    if not plain or plain in _NONE:
        return ()
    found: set[Sensitivity] = set()
    for word in filter(None, _BETWEEN.split(plain)):
        if word not in _MARKS:
            raise MarkUnknownError(word)
        found.add(_MARKS[word])
    return tuple(sorted(found))
