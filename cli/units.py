"""`units`: responsible units, the codes of releases that stand for them, and who answers for what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day, local_words
from cli.lines import Console
from cli.printing import JsonOption, Listing, Table
from core import clock

if TYPE_CHECKING:
    from datetime import datetime

app = typer.Typer(
    help="Units: the tree of those who answer, by date, and the codes in releases that stand for them.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
Code = Annotated[str, typer.Argument(help="Code of the unit.")]
At = Annotated[str | None, typer.Option("--at", help="Instant or day; now if left out.")]
From = Annotated[str | None, typer.Option("--from", help="First instant or day; now if left out.")]
Until = Annotated[str | None, typer.Option("--until", help="First instant or day no longer; open if left out.")]


@app.command("list")
def list_(
    kind: Annotated[
        str | None, typer.Option(help="centre, department, street, community, grid, building or party_organisation.")
    ] = None,
    at: At = None,
    as_json: JsonOption = False,
) -> None:
    """List the units.

    Example: [bold]wangge units list --kind street --at 2026-07-01[/]
    """
    from identity.units import queries, rules

    rows = Listing(code="code", name="name", kind="kind", belongs_to="belongs to", since="since", until="until")
    wanted = queries.UnitFilter(kind=None if kind is None else rules.checked_kind(kind))
    with database() as opened, opened.snapshot() as session:
        for one in queries.units_at(session, _instant(at), wanted):
            rows.add(one.unit_code, one.name, str(one.kind), one.parent_code, one.start, one.until)
    rows.print(as_json=as_json)


@app.command()
def show(code: Code, at: At = None) -> None:
    """Show what a unit was, is and will be, the codes that stand for it, and what it answers for.

    Example: [bold]wangge units show 410106003[/]
    """
    from identity.units import queries

    table = Table("from", "until", "name", "kind", "belongs to")
    with database() as opened, opened.snapshot() as session:
        for one in queries.unit_history(session, code):
            until = "" if one.until is None else local_words(one.until)
            table.add_row(local_words(one.start), until, one.name, one.kind, one.parent_code or "")
        codes = queries.release_codes_of(session, code, _instant(at))
        answers = queries.answers_of(session, code, _instant(at))
    out = Console()
    out.print(table)
    out.print(f"codes in releases: {', '.join(codes) or 'none'}", highlight=False)
    for answer in answers:
        out.print(f"answers for {answer.area or 'all areas'}, {answer.category or 'all categories'}", highlight=False)


@app.command()
def state(
    code: Code,
    name: Annotated[str, typer.Option(help="Its name.")],
    kind: Annotated[
        str, typer.Option(help="centre, department, street, community, grid, building or party_organisation.")
    ],
    parent: Annotated[str | None, typer.Option(help="Code of the unit that it belongs to; none if left out.")] = None,
    from_: From = None,
    until: Until = None,
    actor: ActorOption = None,
) -> None:
    """State what a unit is from an instant on; a correction is stated for the time that it corrects.

    A new unit also stands for the code of releases that is like its own.

    Example: [bold]wangge units state 410106003 --name 新安路街道办事处 --kind street --parent 410106[/]
    """
    from identity.units import operations

    unit = operations.UnitIn(code, name, kind, parent, _instant(from_), _end(until))
    with database() as opened, opened.transaction() as session:
        changed = operations.state_units(session, [unit], actor=local_actor(session, actor))
    console.print(f"[bold]{code}[/] is {name}" if changed else f"{code} was that already", highlight=False)


@app.command()
def end(code: Code, at: At = None, actor: ActorOption = None) -> None:
    """End a unit, and with it the codes that stand for it and what it answers for.

    Example: [bold]wangge units end 410106005 --at 2027-01-01[/]
    """
    from identity.units import operations

    instant = _instant(at)
    with database() as opened, opened.transaction() as session:
        done = operations.end_unit(session, code, at=instant, actor=local_actor(session, actor))
    console.print(f"{code} ends {local_words(instant)}" if done else f"{code} has ended before", highlight=False)


@app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or spreadsheet: 单位编码, 单位名称, 单位类型, and 上级单位编码, 版本单位编码 if wanted.",
            exists=True,
        ),
    ],
    start: From = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be; nothing is stored.")] = False,
    actor: ActorOption = None,
) -> None:
    """Take in units from a file by code, all or none; units that the file does not name stay as they are.

    Example: [bold]wangge units import units.xlsx --dry-run[/]
    """
    from identity.units.table_files import import_units, read_units

    rows = read_units(file)
    with database() as opened, opened.transaction() as session:
        done = import_units(
            session, rows, actor=local_actor(session, actor), dry_run=dry_run,
            start=None if start is None else instant_or_day(start),
        )  # fmt: skip
    console.print(
        f"{done.rows} rows: {done.added} added, {done.changed} changed, {done.unchanged} unchanged,"
        f" {done.mapped} codes of releases" + ("; only tried, nothing was stored" if dry_run else "")
    )


@app.command("map")
def map_(
    release_code: Annotated[str, typer.Argument(help="Unit code in releases.")],
    unit: Annotated[str | None, typer.Argument(help="Code of the unit; none: it stands for nobody.")] = None,
    from_: From = None,
    until: Until = None,
    actor: ActorOption = None,
) -> None:
    """State for which unit a code of releases stands for a time.

    Example: [bold]wangge units map HW-A sanitation --from 2026-01-01[/]
    """
    from identity.units import operations

    with database() as opened, opened.transaction() as session:
        operations.map_code(
            session, release_code, unit, start=_instant(from_), until=_end(until), actor=local_actor(session, actor)
        )
    console.print(f"[bold]{release_code}[/] stands for {unit or 'nobody'}", highlight=False)


@app.command()
def answer(
    code: Code,
    area: Annotated[str | None, typer.Option(help="LAYER/CODE, e.g. admin/410106003; everywhere if left out.")] = None,
    category: Annotated[str | None, typer.Option(help="Category of reports; all if left out.")] = None,
    no_longer: Annotated[bool, typer.Option("--no-longer", help="It answers for that no longer.")] = False,
    from_: From = None,
    until: Until = None,
    actor: ActorOption = None,
) -> None:
    """State that a unit answers for an area and a category; areas are followed through releases.

    Example: [bold]wangge units answer urban-management --category 违法建设[/]
    """
    from grids.boundaries.queries import require_named_area
    from identity.units import operations

    with database() as opened, opened.transaction() as session:
        if area is not None:
            require_named_area(session, area)
        operations.state_answer(
            session, code, area=area, category=category, answers=not no_longer, start=_instant(from_),
            until=_end(until), actor=local_actor(session, actor),
        )  # fmt: skip
    how = "no longer answers" if no_longer else "answers"
    console.print(f"[bold]{code}[/] {how} for {area or 'all areas'}, {category or 'all categories'}", highlight=False)


@app.command()
def unmapped(
    layer: Annotated[str | None, typer.Option("--layer", "-l", help="Only areas of this layer.")] = None, at: At = None
) -> None:
    """List the unit codes in releases that stand for no unit: nobody can be sent what lies in their areas.

    Example: [bold]wangge units unmapped[/]
    """
    from governance.responsibility.queries import unmapped_codes
    from grids.boundaries.queries import get_layer

    table = Table("layer", "code", "name in the release", "areas", "first area")
    with database() as opened, opened.snapshot() as session:
        if layer is not None:
            get_layer(session, layer)
        found = unmapped_codes(session, _instant(at), layer=layer)
    for one in found:
        table.add_row(one.layer, one.code or "", one.name or "", str(one.areas), one.first_area)
    if found:
        Console().print(table)
    else:
        console.print("every code stands for a unit")


def _instant(words: str | None) -> datetime:
    return clock.now() if words is None else instant_or_day(words)


def _end(words: str | None) -> datetime | None:
    return None if words is None else instant_or_day(words)
