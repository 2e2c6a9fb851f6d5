"""`locate` and `gazetteer`: address text to places, and the releases it is found in."""

from __future__ import annotations

import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import orjson
import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import instant
from cli.languages import users_language
from cli.lines import Console
from cli.pairs import MapOption, pairs
from cli.printing import JsonOption, Listing

app = typer.Typer(
    help="Roads, places, door numbers: import and list releases.", no_args_is_help=True, rich_markup_mode="rich"
)


def locate(
    address: Annotated[str | None, typer.Argument(help="Address text; '-' or none reads lines from stdin.")] = None,
    area: Annotated[str | None, typer.Option(help="Code of the area the place is said to lie in.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Find the place of an address text.

    Example: [bold]wangge locate 新乡路与孟津路交叉口[/]
    """
    from grids.gazetteer import operations
    from grids.gazetteer.answers import located_out
    from grids.gazetteer.reasons import address_reason, ground_messages
    from presentation.words.places import reason_answer, reason_sentence

    words = partial(reason_sentence, language=users_language())
    stated = partial(reason_answer, language=users_language())
    texts = [address] if address and address != "-" else [line.strip() for line in sys.stdin]
    with database() as opened, opened.snapshot() as session:
        answers = operations.locate_many(session, texts, declared_areas=[area] * len(texts))
    out = Console(soft_wrap=True)
    for answer in answers:
        if as_json:
            out.print(orjson.dumps(located_out(answer, words, stated)).decode(), highlight=False, markup=False)
            continue
        located = answer.located
        out.print(f"[bold]{located.text}[/]  {located.verdict}: {words(address_reason(located))}", highlight=False)
        for c in located.candidates:
            place = f"{c.lon:.6f},{c.lat:.6f} ±{c.accuracy_m:.0f} m  {c.score:.2f}"
            out.print(
                f"  {place}  {c.label}  ({'; '.join(map(words, ground_messages(c.reasons)))})",
                highlight=False,
                markup=False,
            )


@app.command("import")
def import_(
    theme: Annotated[str, typer.Argument(help="roads, places, addresses or ranges.")],
    path: Annotated[Path, typer.Argument(help="GeoJSON, GeoPackage, Shapefile (or a zip of one), or OSM .pbf.")],
    crs: Annotated[str | None, typer.Option(help="CRS of the file when it says none or a wrong one.")] = None,
    layer: Annotated[str | None, typer.Option(help="Layer of a GeoPackage.")] = None,
    columns: MapOption = None,
    context: Annotated[str, typer.Option(help="Names around the areas, comma-separated: 河南省,郑州市.")] = "",
    actor: ActorOption = None,
    note: Annotated[str, typer.Option(help="What it is.")] = "",
    licence: Annotated[str, typer.Option(help="Licence of the data.")] = "",
    url: Annotated[str, typer.Option(help="Where it comes from.")] = "",
    effective_at: Annotated[
        datetime | None,
        typer.Option(parser=instant, help="From when it counts, 2026-12-01T00:00:00+08:00; now when not given."),
    ] = None,
) -> None:
    """Take a file in as the next release of a theme.

    Example: [bold]wangge gazetteer import roads data/gazetteer/roads.geojson --context 河南省,郑州市[/]
    """
    from core.settings import Settings
    from grids.gazetteer import operations

    mapping = pairs(columns, "--map")
    with database() as opened, opened.transaction() as session:
        release = operations.import_release(
            session,
            theme=theme,
            path=path,
            author=local_actor(session, actor),
            note=note,
            licence=licence,
            url=url,
            crs=crs,
            layer=layer,
            mapping=mapping,
            context=[c.strip() for c in context.split(",") if c.strip()],
            effective_at=effective_at,
            max_bytes=Settings().max_upload_bytes,
        )
        left_out = release.import_report["left_out"]
        console.print(f"{theme} release [bold]{release.number}[/]: {release.row_count} rows")
        for reason, count in left_out.items():
            console.print(f"  left out {count}: {reason}")


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the releases of the gazetteer.

    Example: [bold]wangge gazetteer list[/]
    """
    from grids.gazetteer import queries

    rows = Listing(
        theme="theme",
        number="number",
        rows="rows",
        effective_at="effective",
        author="author",
        file="file",
        licence="licence",
    )
    with database() as opened, opened.snapshot() as session:
        for r in queries.releases(session):
            file = str(r.source.get("file", ""))
            rows.add(r.theme, r.number, r.row_count, r.effective_at, r.author, file, r.licence)
    rows.print(as_json=as_json)
