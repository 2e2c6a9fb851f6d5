"""How commands print: tables that lose no word, errors as one sentence of what is wrong and one of what to do."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich import table
from rich.markup import escape

from cli.lines import Console
from core import clock
from presentation.words.details import ENGLISH, in_language
from presentation.words.problems import CATALOGUE as PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.errors import DomainError


class Table(table.Table):
    """A table whose cells go on in the next line where they are too long: Chinese has no spaces to break at."""

    def add_column(self, *header: Any, **options: Any) -> None:  # noqa: ANN401 (rich's)
        """Add a column."""
        super().add_column(*header, **{"overflow": "fold", **options})

    def add_row(self, *cells: Any, **options: Any) -> None:  # noqa: ANN401 (rich's)
        """Add a row; columns that it begins fold too."""
        super().add_row(*cells, **options)
        for column in self.columns:
            column.overflow = "fold"


def print_error(error: DomainError, console: Console | None = None, language: str = ENGLISH) -> None:
    """Print what is wrong, then the advice of the kind of error."""
    console = console or Console(stderr=True)
    detail = in_language(error.particular, language)
    titles = PROBLEMS.sentences(language) if language in PROBLEMS.languages else {}
    title = titles.get(error.code, error.title)
    is_title = error.detail == error.title
    console.print(title if is_title else detail, style="bold red", highlight=False, markup=False)
    advice = error.title.rpartition(". ")[2].rstrip(".").casefold()
    if advice not in error.detail.casefold():
        console.print(title, highlight=False, markup=False)


JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]


class Listing:
    """Rows of a list: a table for people, or with `--json` one object a line for programs.

    Columns are given as member=heading, in order: the member is the name in JSON, the heading that of the table. Values
    keep their types in JSON; in the table an instant is local time, what is missing is empty.
    """

    def __init__(self, *, title: str | None = None, **columns: str) -> None:
        self._members = tuple(member.rstrip("_") for member in columns)  # `title_` is a column called title
        self._table = Table(*columns.values(), title=title, title_justify="left")
        self._rows: list[dict[str, Any]] = []

    def add(self, *values: Any, shown: Mapping[str, str] | None = None) -> None:  # noqa: ANN401 (any value of a row)
        """Add a row; `shown` are cells of the table that read otherwise than the value in JSON."""
        row = dict(zip(self._members, values, strict=True))
        self._rows.append(row)
        cells = {member: _cell(value) for member, value in row.items()} | dict(shown or {})
        self._table.add_row(*(escape(cells[member]) for member in self._members))

    def print(self, *, as_json: bool, out: Console | None = None) -> None:
        """Print the rows to stdout."""
        out = out or Console()
        if not as_json:
            out.print(self._table)
            return
        for row in self._rows:
            line = orjson.dumps(row, default=str).decode()
            out.print(line, highlight=False, markup=False, soft_wrap=True)


def _cell(value: Any) -> str:  # noqa: ANN401 (any value of a row)
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.astimezone(clock.LOCAL).isoformat(" ", "seconds")
        case list() | tuple():
            return ", ".join(map(_cell, value))
        case dict():
            return orjson.dumps(value, default=str).decode() if value else ""
    return str(value)
