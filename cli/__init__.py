"""The commands of `wangge` (lazy.py lists them): each parses its words and calls operations; no logic of its own."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.languages import users_language
from cli.lazy import LazyGroup
from cli.stopping import stoppable
from core.errors import DomainError

app = typer.Typer(
    name="wangge",
    cls=LazyGroup,
    help="Spatial governance by grid: boundaries in, reports in, the right grid out, on maps.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _print_version(wanted: bool) -> None:
    """Print the version of the project file and end."""
    if wanted:
        project = tomllib.loads((Path(__file__).resolve().parents[1] / "pyproject.toml").read_text())["project"]
        typer.echo(f"wangge {project['version']}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
    language: Annotated[
        Literal["zh", "en"] | None,
        typer.Option(help="Language of help and messages: zh or en; the terminal's if left out."),
    ] = None,
) -> None:
    """Spatial governance by grid: boundaries in, reports in, the right grid out, on maps."""


def main() -> None:
    """Run the command line; a domain error is a red sentence, what to do, and exit code 1."""
    command = typer.main.get_command(app)
    language = users_language()
    if language == "zh":
        from cli.help_language import chinese, translate

        translate(command, chinese())
    try:
        with stoppable():
            command(prog_name="wangge")
    except DomainError as error:
        from cli.printing import print_error

        print_error(error, language=language)
        sys.exit(1)
