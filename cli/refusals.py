"""What a command line cannot mean, in the user's language."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import typer

from cli.languages import asked_language, users_language
from core.errors import Detail

if TYPE_CHECKING:
    from collections.abc import Mapping


def refusal(
    sentence: str | Detail, *, values: Mapping[str, Any] | None = None, option: str | None = None
) -> typer.BadParameter:
    """Return the error of an option or argument: an English sentence with its values, shown in the user's language."""
    from presentation.words.details import in_language

    detail = sentence if isinstance(sentence, Detail) else Detail(sentence, values or {})
    return typer.BadParameter(in_language(detail, asked_language(sys.argv[1:]) or users_language()), param_hint=option)
