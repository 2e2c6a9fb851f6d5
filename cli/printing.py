"""How commands print: tables that lose no word, errors as one sentence of what is wrong and one of what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich import table
from rich.console import Console

if TYPE_CHECKING:
    from core.errors import DomainError


class Table(table.Table):
    """A table whose cells go on in the next line where they are too long: Chinese has no spaces to break at."""

    def add_column(self, *header: Any, **options: Any) -> None:  # noqa: ANN401 (rich's)
        """Add a column."""
        super().add_column(*header, **{"overflow": "fold", **options})


def print_error(error: DomainError, console: Console | None = None) -> None:
    """Say what is wrong, then what the kind of error says beyond that."""
    console = console or Console(stderr=True)
    console.print(error.detail, style="bold red", highlight=False, markup=False)
    advice = error.title.rpartition(". ")[2].rstrip(".").casefold()
    if advice not in error.detail.casefold():
        console.print(error.title, highlight=False, markup=False)
