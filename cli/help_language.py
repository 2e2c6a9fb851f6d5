"""The help of commands in another language than the English that stands with them.

`wangge --language zh …`, or a terminal in Chinese, prints the help in Chinese; examples stay as they are typed.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from rich.columns import Columns
from rich.text import Text
from typer import rich_utils

from cli.lazy import LazyCommands
from cli.printing import Table
from core.words import FIRST_LANGUAGE, Catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CATALOGUES: Final = tuple(
    Catalogue(f"cli.words.{part}")
    for part in (
        "service",
        "boundaries",
        "access",
        "reports",
        "cases",
        "duplicates",
        "joint_handling",
        "notifications",
        "call_backs",
        "caller_marks",
        "policies",
        "suggestions",
        "assessment",
        "bulletins",
        "connectors",
    )
)
_ONE_OF = re.compile(r"One of (?P<choices>[\w\-, ]+?)(?P<repeatable>; repeatable)?\.")
_PANELS: Final = (
    "ARGUMENTS_PANEL_TITLE",
    "OPTIONS_PANEL_TITLE",
    "COMMANDS_PANEL_TITLE",
    "ERRORS_PANEL_TITLE",
    "DEFAULT_STRING",
    "REQUIRED_LONG_STRING",
    "ENVVAR_STRING",
)


def translate(command: Any, sentences: Mapping[str, str]) -> None:  # noqa: ANN401 (click's command, or a group of them)
    """Put the help of a command, its options and all commands below it into another language."""
    # Chinese has no spaces to break lines at; rich would cut them off.
    setattr(rich_utils, "Table", Table)  # noqa: B010 (names that the module imports)
    setattr(rich_utils, "Columns", _beside)  # noqa: B010
    for name in _PANELS:
        setattr(rich_utils, name, sentences.get(getattr(rich_utils, name), getattr(rich_utils, name)))
    _translate(command, sentences)


def _translate(command: Any, sentences: Mapping[str, str]) -> None:  # noqa: ANN401 (click's command)
    if command.help:
        command.help = "\n\n".join(_paragraph(part, sentences) for part in command.help.split("\n\n"))
    command.short_help = None
    help_option = command.get_help_option(command.make_context("wangge", [], resilient_parsing=True))
    for parameter in (*command.params, *([help_option] if help_option else [])):
        told = getattr(parameter, "help", None)
        if told:
            parameter.help = translated(told, sentences)
    below = getattr(command, "commands", {})
    if isinstance(below, LazyCommands):
        below.each(partial(_translate, sentences=sentences))
        return
    for one in below.values():
        _translate(one, sentences)


def _beside(items: Sequence[Any], **options: Any) -> Text | Columns:  # noqa: ANN401 (rich's)
    """Return the parts of an option's help as one text that goes on in the next line."""
    texts = [item for item in items if isinstance(item, Text)]
    return Text(" ").join(texts) if len(texts) == len(items) else Columns(items, **options)


def tree(command: Any) -> Iterator[Any]:  # noqa: ANN401 (click's command, or a group of them)
    """Yield a command and all that are below it."""
    yield command
    for below in getattr(command, "commands", {}).values():
        yield from tree(below)


def translated(text: str, sentences: Mapping[str, str]) -> str | None:
    """Return the sentence of a help text, None where there is none."""
    words = " ".join(text.split())
    choices = _ONE_OF.fullmatch(words)
    if choices is not None:
        return sentences[f"One of {{choices}}{choices['repeatable'] or ''}."].format(choices=choices["choices"])
    return sentences.get(words)


def _paragraph(text: str, sentences: Mapping[str, str]) -> str:
    if text.lstrip().startswith("Example:"):
        return re.sub(r"Example:\s*", sentences["Example:"], text, count=1)
    return translated(text, sentences) or text


def chinese() -> Mapping[str, str]:
    """Return English help -> Chinese help."""
    return {english: words for part in CATALOGUES for english, words in part.sentences(FIRST_LANGUAGE).items()}
