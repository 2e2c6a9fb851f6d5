"""What a command line cannot mean, in the user's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from cli.languages import users_language
from core.errors import Detail

if TYPE_CHECKING:
    from collections.abc import Mapping


def refusal(
    sentence: str | Detail, *, values: Mapping[str, Any] | None = None, option: str | None = None
) -> typer.BadParameter:
    """Return the error of an option or argument: an English sentence with its values, shown in the user's language."""
    from presentation.words.details import in_language

    detail = sentence if isinstance(sentence, Detail) else Detail(sentence, values or {})
    return typer.BadParameter(in_language(detail, users_language()), param_hint=option)
