"""The language of what a command prints or writes: `--language`, else the terminal's."""

from __future__ import annotations

import os
from typing import Annotated

import typer

LanguageOption = Annotated[
    str | None, typer.Option("--language", help="Language of what is printed: zh or en; the terminal's if left out.")
]
FileLanguage = Annotated[str, typer.Option("--language", help="Language of the file that is written: zh or en.")]


def users_language() -> str:
    """Return the language of the user's terminal, `zh` or `en`."""
    told = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if told.startswith("zh") else "en"
