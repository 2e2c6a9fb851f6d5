"""The language of what a command prints or writes: `--language`, else the terminal's."""

from __future__ import annotations

import os
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

LANGUAGES: Final = ("zh", "en")

LanguageOption = Annotated[
    str | None, typer.Option("--language", help="Language of what is printed: zh or en; the terminal's if left out.")
]
FileLanguage = Annotated[str, typer.Option("--language", help="Language of the file that is written: zh or en.")]


def users_language() -> str:
    """Return the language that the command line asks for, else that of the user's terminal: `zh` or `en`."""
    asked = asked_language(sys.argv[1:])
    if asked is not None:
        return asked
    told = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if told.startswith("zh") else "en"


def asked_language(words: Sequence[str]) -> str | None:
    """Return the language that a command line asks for (`--language zh`, `--language=zh`), None where it does not."""
    for word, following in pairwise([*words, ""]):
        value = following if word == "--language" else word.removeprefix("--language=")
        if word.startswith("--language") and value in LANGUAGES:
            return value
    return None
