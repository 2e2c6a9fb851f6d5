"""Options of the form key=value: --map name=NAME_OF_COLUMN, --set hot_q=0.01."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.refusals import refusal

MapOption = Annotated[
    list[str] | None,
    typer.Option("--map", "-m", metavar="MEANING=COLUMN", help="What a column of the file means; repeatable."),
]


def pairs(words: list[str] | None, option: str) -> dict[str, str]:
    """Read the words of a repeatable option; a word that is not key=value is refused by the option's name."""
    pairs: dict[str, str] = {}
    for word in words or []:
        key, sign, value = word.partition("=")
        if not sign or not key.strip() or not value.strip():
            raise refusal("'{word}' is not of the form key=value", values={"word": word}, option=option)
        pairs[key.strip()] = value.strip()
    return pairs
