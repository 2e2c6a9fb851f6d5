"""`layers`: define and describe layers, declare the gaps that are meant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from cli.actors import ActorOption, local_actor
from cli.context import database
from cli.lines import Console
from cli.pairs import MapOption, pairs
from cli.printing import JsonOption, Listing, Table
from core import clock
from grids.boundaries.errors import FileRefusedError

if TYPE_CHECKING:
    from grids.boundaries.release_rules import Gap

GapsPath = Annotated[
    Path | None, typer.Argument(help="GeoJSON of polygons in WGS 84; of a defects file, its gaps.", exists=True)
]
RemoveOption = Annotated[
    list[str] | None, typer.Option("--remove", help="Name of a declared gap that is none any more, repeatable.")
]
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
    fields: MapOption = None,
    actor: ActorOption = None,
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
            field_mapping=pairs(fields, "--map"),
            actor=local_actor(session, actor),
        )
    out.print(f"layer [bold]{code}[/] is there")


@app.command("list")
def list_layers(as_json: JsonOption = False) -> None:
    """List the layers.

    Example: [bold]wangge layers list[/]
    """
    from grids.boundaries import queries

    rows = Listing(layer="layer", name="name", levels="levels", code_rule="codes", release="release")
    with database() as opened, opened.snapshot() as session:
        for layer in queries.list_layers(session):
            latest = queries.latest_release(session, layer)
            number = None if latest is None else latest.number
            shown = {"levels": " › ".join(layer.levels), "release": "–" if number is None else str(number)}
            rows.add(layer.code, layer.name, layer.levels, layer.code_rule, number, shown=shown)
    rows.print(as_json=as_json, out=out)


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
        answering = queries.current_rules(session, found)
        table.add_row("nearest within", f"{answering.nearest_tolerance_m:g} m")
        table.add_row("fields", ", ".join(f"{k}={v}" for k, v in found.field_mapping.items()) or "by usual names")
        table.add_row("declared gaps", ", ".join(gap.name for gap in answering.gaps) or "none")
    out.print(table)


@app.command()
def gaps(
    layer: Annotated[str, typer.Argument(help="Layer.")],
    path: GapsPath = None,
    remove: RemoveOption = None,
    actor: ActorOption = None,
) -> None:
    """Declare the gaps that are meant (lakes, parks) of a layer without a release; the check is silent on them.

    They are added to those declared before. Once the layer has a release: [bold]wangge boundaries rules[/].

    Example: [bold]wangge layers gaps admin lakes.geojson[/]   or   [bold]wangge layers gaps admin --remove 湖[/]
    """
    from grids.boundaries import operations, queries
    from grids.boundaries.release_rules import RulesChange

    change = RulesChange(declare=gaps_in(path), remove=remove or ())
    with database() as opened, opened.transaction() as session:
        found = queries.get_layer(session, layer)
        after = operations.declare_gaps(session, layer=found, change=change, actor=local_actor(session, actor))
    out.print(f"{layer}: {len(after.gaps)} declared gaps", highlight=False)


def gaps_in(path: Path | None) -> list[Gap]:
    """Read the gaps of a GeoJSON file; one without a name is called after the file and its place there."""
    import shapely

    from grids.boundaries.release_rules import gaps_of

    if path is None:
        return []
    try:
        features = orjson.loads(path.read_bytes())["features"]
        found = [
            (
                str(f["properties"].get("name") or f.get("id") or f"{path.stem} {number}"),
                shapely.geometry.shape(f["geometry"]),
            )
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
        raise FileRefusedError(
            "'{name}' is not a GeoJSON FeatureCollection of polygons.", values={"name": path.name}
        ) from error
    return gaps_of(found)
