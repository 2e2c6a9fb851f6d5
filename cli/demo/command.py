"""`demo`: set everything up, import the sample district, take in six months of reports through the API, show it."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.rule import Rule

from cli.cluster import provide
from cli.context import print_training
from cli.demo.categories import CHANNELS
from cli.lines import Console
from cli.stopping import until_stopped
from core import training
from core.settings import Settings

STORY = (113.27411, 34.80231)  # 新乡路 × 孟津路
START = ("start here: who answers for a point, and all pages", f"/start?lon={STORY[0]}&lat={STORY[1]}")
LINKS = (
    ("the console: sign in by one of the links below", "/"),
    ("who answers for a point, in both layers", "/v1/assignments/layers?lon=113.2741&lat=34.8023"),
    ("grids with their responsible units, GeoJSON", "/v1/maps/responsibility.geojson?layer=admin&level=grid"),
    ("how far each channel's coordinates can be believed (asks for the planner's key)", "/data-quality"),
    ("every operation of the API", "/docs"),
)


def demo(
    no_serve: Annotated[bool, typer.Option("--no-serve", help="End after the summary.")] = False,
    host: Annotated[str, typer.Option(help="Address to serve on.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Port to serve on; 8000, or a free one, if not given.")] = None,
    key_file: Annotated[
        Path | None, typer.Option(help="Where the demonstration keeps its API keys, if not in .wangge/.")
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="Let the sample end with the last month that is whole on this day, if not with the last full month.",
        ),
    ] = None,
    files_into: Annotated[
        Path | None, typer.Option(help="Folder for maps and notice as files, if not .wangge/demo.")
    ] = None,
) -> None:
    """Set everything up and show it: a sample district and 9,037 sample reports of five channels.

    Example: [bold]wangge demo[/]   or   [bold]wangge demo --no-serve[/]
    """
    console = Console()
    kept = sample_folder()
    key_file, files_into = key_file or kept / "demo-keys.json", files_into or kept / "demo"
    print_training()
    with until_stopped():
        shown = _Shown(host, port, key_file, files_into, None if as_of is None else as_of.date(), serve=not no_serve)
        _run(console, shown)


def sample_folder() -> Path:
    """Return where the demonstration keeps keys, links and files; that of training has its own."""
    kept = Settings().state_dir
    return kept / "training" if training.is_on() else kept


@dataclass(frozen=True)
class _Shown:
    host: str
    port: int | None
    key_file: Path
    files_into: Path
    as_of: date | None
    serve: bool


def _run(console: Console, shown: _Shown) -> None:
    from cli.demo import (
        assessing,
        casework,
        centre,
        flagging,
        half_year,
        importing,
        links,
        pages,
        reports,
        sending,
        serving,
        summary,
    )
    from core import clock
    from core.db import Database
    from migrations.run import move_to

    start = time.monotonic()
    console.print(Rule("上街区 · 示例 — sample data: the borders inside and all reports are made up"))
    with ExitStack() as stack:
        _build_console(console)
        with console.status("starting and migrating the database"):
            url = stack.enter_context(provide())
            move_to(url)
            database = Database(Settings.for_database(url))
            stack.callback(database.close)
        with console.status("importing data/boundaries and data/gazetteer"):
            today = clock.now().astimezone(half_year.ZONE).date()
            months = half_year.chosen(shown.as_of, stored=importing.stored_half_year(database), today=today)
            layers = importing.import_layers(database, months)
            gazetteer = importing.import_gazetteer(database, months)
            workers = importing.import_workers(database, months)
            offices = centre.set_up(database, months)
            keys = sending.keys(database, shown.key_file)
        summary.print_district(console, layers, gazetteer, workers)
        summary.print_centre(console, offices)
        with console.status("starting the application (its kernels are compiled the first time)"):
            app = stack.enter_context(serving.application(url, host=shown.host, port=shown.port))
            base = app.base
            sending.wait_until_boundaries_count(base, lon=STORY[0], lat=STORY[1])
        with console.status("making the sample reports"):
            sample = reports.sample_reports(months)
        with _progress(console) as bar:
            tasks = {
                channel.code: bar.add_task(f"{channel.name} [dim]{channel.crs}[/]", total=channel.reports)
                for channel in CHANNELS
            }
            outcome = sending.send(
                sample, base=base, keys=keys, progress=lambda channel, sent: bar.advance(tasks[channel.code], sent)
            )
        with console.status("taking in the histories of their cases; leading fifty through the API"):
            followed = casework.follow_up(database, months, sample, base=base, keys=keys)
        with _progress(console) as bar:
            task = bar.add_task("hotspots of two months", total=100)
            flagged = flagging.flag(
                database, months.last_months, lambda done: bar.update(task, completed=round(100 * done))
            )
        summary.print_intake(console, outcome)
        summary.print_cases(console, followed, assessing.assess(database, months))
        summary.print_hotspots(console, flagged)
        as_of = months.ends_at_utc
        files = pages.save(base, flagged, as_of, shown.files_into, keys[sending.PLANNER])
        summary.print_addresses(console, base, [START, *pages.links(flagged, as_of), *LINKS], files)
        summary.print_keys(console, shown.key_file, list(keys))
        link_file = shown.key_file.with_name("demo-links.json")
        summary.print_links(
            console, link_file, links.invite_samples(database, Settings.for_database(url), base=base, into=link_file)
        )
        console.print(f"  done in {time.monotonic() - start:.0f} s")
        if shown.serve:
            console.print(f"serving at [bold]{base}[/] until Ctrl-C")
            app.wait()


def _build_console(console: Console) -> None:
    from cli import node

    if node.is_built() or Settings().web_dist != node.BUILT:
        return
    with console.status("building the web console (once; its packages are fetched)"):
        try:
            node.set_up(with_tests=False)
        except node.ConsoleToolsMissingError as error:
            console.print(f"[yellow]the console could not be built, / is the plain page: {error}[/]", highlight=False)


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )
