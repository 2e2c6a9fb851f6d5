"""The remarks on a delivery, in other languages than English.

A release keeps its remarks as the English sentences they were. What no form fits stays English.
"""

from __future__ import annotations

import re
from typing import Final

from core.words import Catalogue
from presentation.words.forms import in_form

CATALOGUE: Final = Catalogue(__name__)
_FILE: Final = re.compile(r"([^:]+): (.*)", re.DOTALL)


def remark_in(remark: str, language: str) -> str:
    """Return a remark in a language, behind the name of the file it is about; English where no form fits."""
    about = _FILE.fullmatch(remark)
    said = None if about is None else in_form(CATALOGUE, about[2], language)
    if about is not None and said is not None:
        return CATALOGUE.sentences(language)["{file}: {remark}"].format(file=about[1], remark=said)
    return in_form(CATALOGUE, remark, language) or remark
