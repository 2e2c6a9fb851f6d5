"""`assign`: which area answers for each row of a table of points."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.context import database
from cli.instants import instant
from cli.refusals import refusal
from core.errors import DomainError


class TargetExistsError(DomainError):
    """The output file exists. Name another with --output, or overwrite it with --force."""

    code = "target-exists"


class NoReleaseError(DomainError):
    """No release of the layer is in force at that instant. Import boundaries first."""

    code = "no-release"


def assign(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, TSV, Arrow or Parquet.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Default: FILE with .assigned.")] = None,
    x: Annotated[str, typer.Option("--lon", "--x", help="Column of longitude or east.")] = "",
    y: Annotated[str, typer.Option("--lat", "--y", help="Column of latitude or north.")] = "",
    crs: Annotated[str, typer.Option(help="WGS84, CGCS2000, GCJ-02, BD-09 or EPSG:n.")] = "WGS84",
    layer: Annotated[str | None, typer.Option("--layer", "-l", help="Layer; the default layer if left out.")] = None,
    at: Annotated[
        datetime | None, typer.Option(parser=instant, help="Instant with its offset, 2026-07-01T00:00:00+08:00.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output.")] = False,
) -> None:
    """Add to each row of a table the area that answers for its point. Files of any size: read in pieces.

    Columns added: area_code, area_level, area_name, unit_code, one code for each level, method, distance_to_edge_m,
    release, and problem where a point is wrong.

    Example: [bold]wangge assign reports.csv --crs GCJ-02 -o assigned.parquet[/]
    """
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from cli.lines import Console
    from core.settings import Settings
    from grids.assignment.errors import LineUnreadableError, PointMissingError, PointNotANumberError
    from grids.assignment.files import assign_file
    from grids.assignment.points import PROBLEMS
    from grids.assignment.release_cache import ReleaseCache

    target = output or file.with_name(f"{file.stem}.assigned{file.suffix}")
    if target.exists() and not force:
        raise TargetExistsError(
            "{target} exists. Name another with --output, or overwrite it with --force.", values={"target": target}
        )
    if bool(x) != bool(y):
        raise refusal("Name both columns, --lon and --lat.")
    console = Console(stderr=True)
    with database() as opened:
        releases = ReleaseCache(opened, Settings.for_database(opened.libpq_url))
        releases.refresh()
        index = releases.in_force_at(layer, at)
        if index is None:
            raise NoReleaseError
        started = time.perf_counter()
        bar = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        with Progress(*bar, console=console, transient=True) as progress:
            task = progress.add_task(f"assigning {file.name}", total=1.0)
            tally = assign_file(
                index,
                file,
                target,
                crs=crs,
                columns=(x, y) if x else None,
                progress=lambda share: progress.update(task, completed=share),
            )
    seconds = time.perf_counter() - started
    console.print(
        f"{tally.rows:,} rows in {seconds:.1f} s by release {index.release.number} of layer {index.layer.code}: "
        + ", ".join(f"{number:,} {method}" for method, number in tally.methods.items() if number)
    )
    kinds: list[type[DomainError]] = [PointMissingError, PointNotANumberError, LineUnreadableError, *PROBLEMS.values()]
    said = {kind.code: kind().title for kind in kinds}
    for code, number in tally.problems.items():
        rows = f"{number:,} row{'' if number == 1 else 's'}"
        console.print(f"[yellow]{rows}: {code}[/]  {said.get(code, '')}", highlight=False)
    for line, reason in tally.unreadable[:20]:
        console.print(f"  line {line}: {reason}", highlight=False, markup=False)
    console.print(f"written to [bold]{target}[/]")
