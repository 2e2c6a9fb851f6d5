"""The commands of `wangge`: each parses its words and calls operations; no logic of its own."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli import (
    accounts,
    assign,
    audit,
    boundaries,
    categories,
    channels,
    desk,
    events,
    gazetteer,
    grants,
    hotspots,
    jobs,
    keys,
    layers,
    partitions,
    people,
    report_erasure,
    reports,
    seats,
    serve,
    testing,
    triage,
    units,
)
from cli.demo.command import demo
from cli.help_language import asked_language, chinese, translate
from cli.languages import users_language
from cli.printing import print_error
from cli.stopping import stoppable
from core.errors import DomainError

app = typer.Typer(
    name="wangge",
    help="Spatial governance by grid: boundaries in, reports in, the right grid out, on maps.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command("assign")(assign.assign)
app.command("demo")(demo)
app.command("test", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(testing.test)
app.command("lint")(testing.lint)
app.command("serve")(serve.serve)
app.command("worker")(serve.worker)
app.command("migrate")(serve.migrate)
desk.add_to(boundaries.app)
app.add_typer(boundaries.app, name="boundaries")
app.add_typer(layers.app, name="layers")
app.command("locate")(gazetteer.locate)
app.add_typer(gazetteer.app, name="gazetteer")
app.add_typer(keys.app, name="keys")
app.add_typer(channels.app, name="channels")
app.add_typer(categories.app, name="categories")
app.add_typer(accounts.app, name="accounts")
app.add_typer(grants.app, name="grants")
app.add_typer(hotspots.app, name="hotspots")
report_erasure.add_to(reports.app)
app.add_typer(reports.app, name="reports")
app.add_typer(triage.app, name="triage")
app.add_typer(audit.app, name="audit")
app.add_typer(jobs.app, name="jobs")
app.add_typer(events.app, name="events")
app.add_typer(partitions.app, name="partitions")
app.add_typer(units.app, name="units")
app.add_typer(people.app, name="people")
app.add_typer(seats.app, name="seats")


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
    if (asked_language(sys.argv[1:]) or users_language()) == "zh":
        translate(command, chinese())
    try:
        with stoppable():
            command(prog_name="wangge")
    except DomainError as error:
        print_error(error)
        sys.exit(1)
