"""`layers`: define and describe layers, declare the gaps that are meant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console

from cli.boundary_files import FieldOption, me, pairs
from cli.context import database
from cli.printing import Table
from core import clock
from grids.boundaries.errors import FileRefusedError

app = typer.Typer(help="Layers: create, list, describe, gaps.", no_args_is_help=True, rich_markup_mode="rich")
out = Console()


@app.command("create")
def create_layer(
    code: Annotated[str, typer.Argument(help="Lower-case letters, digits, - and _.")],
    levels: Annotated[str, typer.Option(help="Coarsest first, comma-separated: district,street,community,grid.")],
    name: Annotated[str, typer.Option(help="Name, as people call it.")] = "",
    code_rule: Annotated[str, typer.Option(help="gb15 (6, 9, 12, 15 digits) or free.")] = "free",
    coverage: Annotated[bool, typer.Option(help="Areas of a level must neither overlap nor leave gaps.")] = True,
    tolerance_m: Annotated[float, typer.Option(min=0, help="How far outside a point still gets the nearest.")] = 50,
    fields: FieldOption = None,
) -> None:
    """Define a layer.

    Example: [bold]wangge layers create police --name 警务区 --levels station,beat[/]
    """
    from grids.boundaries import operations

    with database() as opened, opened.transaction() as session:
        operations.create_layer(
            session,
            code=code,
            name=name or code,
            levels=[level.strip() for level in levels.split(",")],
            code_rule=code_rule,
            is_coverage=coverage,
            nearest_tolerance_m=tolerance_m,
            field_mapping=pairs(fields, "--field"),
            actor=me(),
        )
    out.print(f"layer [bold]{code}[/] is there")


@app.command("list")
def list_layers() -> None:
    """List the layers.

    Example: [bold]wangge layers list[/]
    """
    from grids.boundaries import queries

    table = Table("layer", "name", "levels", "codes", "release")
    with database() as opened, opened.snapshot() as session:
        for layer in queries.list_layers(session):
            latest = queries.latest_release(session, layer)
            number = "–" if latest is None else str(latest.number)
            table.add_row(layer.code, layer.name, " › ".join(layer.levels), layer.code_rule, number)
    out.print(table)


@app.command()
def describe(layer: Annotated[str, typer.Argument(help="Layer.")]) -> None:
    """Describe a layer: its rules, its fields, its areas by level, its declared gaps.

    Example: [bold]wangge layers describe admin[/]
    """
    from grids.boundaries import queries

    table = Table(show_header=False)
    with database() as opened, opened.snapshot() as session:
        found = queries.get_layer(session, layer)
        areas = queries.areas_at(session, found, clock.now(), geometry=False)
        counts = {level: sum(a.record.level == level for a in areas) for level in found.levels}
        table.add_row("layer", f"{found.code}  {found.name}")
        table.add_row("areas in force", " › ".join(f"{level} {count:,}" for level, count in counts.items()))
        table.add_row("code rule", found.code_rule)
        table.add_row("coverage", "yes" if found.is_coverage else "no")
        table.add_row("nearest within", f"{found.nearest_tolerance_m:g} m")
        table.add_row("fields", ", ".join(f"{k}={v}" for k, v in found.field_mapping.items()) or "by usual names")
        table.add_row("declared gaps", ", ".join(name for name, _ in queries.allowed_gaps(session, found)) or "none")
    out.print(table)


@app.command()
def gaps(
    layer: Annotated[str, typer.Argument(help="Layer.")],
    path: Annotated[
        Path, typer.Argument(help="GeoJSON of polygons in WGS 84; of a defects file, its gaps.", exists=True)
    ],
) -> None:
    """Declare the gaps that are meant (lakes, parks); they replace the earlier ones, and the check is silent on them.

    Example: [bold]wangge layers gaps admin lakes.geojson[/]
    """
    import shapely

    from grids.boundaries import operations, queries

    try:
        features = orjson.loads(path.read_bytes())["features"]
        found = [
            (str(f["properties"].get("name") or f.get("id") or number), shapely.geometry.shape(f["geometry"]))
            for number, f in enumerate(features, start=1)
            if f["properties"].get("kind", "gap") in {"gap", "parent_not_covered"}
        ]
    except (
        orjson.JSONDecodeError,
        KeyError,
        TypeError,
        AttributeError,
        ValueError,
        shapely.errors.ShapelyError,
    ) as error:
        raise FileRefusedError(f"'{path.name}' is not a GeoJSON FeatureCollection of polygons.") from error
    with database() as opened, opened.transaction() as session:
        operations.declare_gaps(session, layer=queries.get_layer(session, layer), gaps=found, actor=me())
    out.print(f"{len(found)} gaps declared")
