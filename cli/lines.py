"""The console that commands print on: what they say of what they did comes in the user's language.

The English stands where it is printed; `cli.words.lines` holds the Chinese by it, and a test finds each line without.
"""

from __future__ import annotations

from typing import Any, Final

from rich.console import Console as RichConsole

from cli.languages import users_language
from core.words import Catalogue
from presentation.words.forms import in_form

CATALOGUE: Final = Catalogue("cli.words.lines")


def line_in(line: str, language: str) -> str:
    """Return a printed line in a language; English where it has no words for it."""
    return in_form(CATALOGUE, line, language) or line


class Console(RichConsole):
    """Rich's console, on which lines are in the user's language."""

    def print(self, *objects: Any, **given: Any) -> None:  # noqa: ANN401 (as Rich's own)
        """Print as Rich does; texts that are lines of commands in the user's language."""
        language = users_language()
        super().print(*(line_in(o, language) if isinstance(o, str) else o for o in objects), **given)
