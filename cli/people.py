"""`people`: who works here, in which units and roles; from files and into files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import people_changes
from cli.accounts import print_link
from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.lines import Console
from cli.printing import JsonOption, Listing
from core import clock
from core.settings import Settings
from identity.grants import ROLES

app = typer.Typer(help="People: names, staff numbers, units and roles.", no_args_is_help=True, rich_markup_mode="rich")
Who = Annotated[str, typer.Argument(help="Staff number, or name that the person acts under.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Name of the person.")],
    staff_number: Annotated[str | None, typer.Option(help="Staff number.")] = None,
    phone: Annotated[str | None, typer.Option(help="Telephone number; shown masked.")] = None,
    unit: Annotated[list[str] | None, typer.Option(help="Code of a unit; repeatable.")] = None,
    role: Annotated[list[str] | None, typer.Option(help=f"One of {', '.join(ROLES)}; repeatable.")] = None,
    area: Annotated[str | None, typer.Option(help="Area of the roles, LAYER/CODE; everywhere if left out.")] = None,
    category: Annotated[str | None, typer.Option(help="Category of the roles; all if left out.")] = None,
    actor: ActorOption = None,
) -> None:
    """Add a person, and print the one-time link by which the person sets a password and signs in.

    Example: [bold]wangge people create 王主任 --staff-number CY-0001 --role administrator[/]
    """
    from grids.boundaries.queries import require_named_area
    from identity import principals
    from identity.granting import add_grants
    from identity.grants import Grant
    from identity.people import operations
    from identity.sign_in import accounts

    with database() as opened, opened.transaction() as session:
        who = local_actor(session, actor)
        person = operations.PersonIn(name, staff_number, phone, acts_as=name)
        added = operations.add_people(session, [person], actor=who)[0]
        if unit:
            operations.state_units(session, [(added.id, code) for code in unit], actor=who)
        if area is not None:
            require_named_area(session, area)
        if role:
            add_grants(session, [(added.id, Grant(one, area, category)) for one in role], actor=who)
        made = accounts.invite(session, person=principals.get(session, added.id), settings=Settings(), actor=who)
    console.print(f"person [bold]{added.id}[/]: {added.name}", highlight=False)
    print_link(made, name)


@app.command("list")
def list_(
    unit: Annotated[str | None, typer.Option(help="Only people of this unit.")] = None,
    role: Annotated[str | None, typer.Option(help="Only who hold this role.")] = None,
    words: Annotated[str | None, typer.Option(help="Part of the name, or how the staff number begins.")] = None,
    ended: Annotated[bool, typer.Option("--ended", help="Ended appointments too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List people with their units and roles; telephone numbers are masked.

    Example: [bold]wangge people list --unit 410106003 --role street-staff[/]
    """
    from core.personal import masked_phone
    from identity.people import queries

    rows = Listing(
        id="no.", staff_number="staff no.", name="name", phone="phone", units="units", roles="roles", state="state"
    )
    wanted = queries.PeopleFilter(unit_code=unit, role=role, words=words, ended=ended)
    with database() as opened, opened.snapshot() as session:
        for one in queries.profiles(session, clock.now(), wanted):
            person = one.person
            rows.add(
                person.id, person.staff_number, person.name, masked_phone(person.phone), list(one.units),
                [str(grant.role) for grant in one.grants], "at work" if person.ended_at is None else "ended",
            )  # fmt: skip
    rows.print(as_json=as_json)


@app.command()
def show(who: Who) -> None:
    """Show a person: units by date, and roles.

    Example: [bold]wangge people show CY-0001[/]
    """
    from cli.instants import local_words
    from core.personal import masked_phone
    from identity.people import queries

    out = Console()
    with database() as opened, opened.snapshot() as session:
        person = queries.by_words(session, who)
        one = queries.profile(session, person.id, clock.now())
        out.print(f"{person.id}  {person.name}  {person.staff_number or ''}  {masked_phone(person.phone) or ''}")
        out.print(f"acts as {one.acts_as}", highlight=False)
        for row in queries.units_between(session, person.id):
            until = "" if row.until is None else f" until {local_words(row.until)}"
            out.print(f"unit {row.unit_code} since {local_words(row.start)}{until}", highlight=False)
        for grant in one.grants:
            where = f"{grant.area or 'all areas'}, {grant.category or 'all categories'}"
            out.print(f"grant {grant.id}: {grant.role} in {where}", highlight=False)


@app.command()
def end(
    who: Who,
    successor: Annotated[str | None, typer.Option(help="Who takes over what is open: staff number or name.")] = None,
    actor: ActorOption = None,
) -> None:
    """End a person's appointment: roles, keys, units and sessions end; what is open passes to --successor.

    Example: [bold]wangge people end CY-0001 --successor CY-0002[/]
    """
    from governance.appointments.operations import end_appointment
    from identity.people import queries

    with database() as opened, opened.transaction() as session:
        person = queries.by_words(session, who)
        heir = None if successor is None else queries.by_words(session, successor)
        done = end_appointment(session, person, heir=heir, actor=local_actor(session, actor))
    words = ", ".join(f"{count} {kind}" for kind, count in done.items()) or "nothing"
    console.print(f"[bold]{who}[/] ended; {words} handed over", highlight=False)


@app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or spreadsheet: 姓名, 工号, and 电话, 单位编码, 角色, 片区, 类别 if wanted.", exists=True
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be; nothing is stored.")] = False,
    actor: ActorOption = None,
) -> None:
    """Take in people from a file by staff number, all or none; a row more of one person is a role more.

    Example: [bold]wangge people import people.xlsx --dry-run[/]
    """
    from identity.people.imports import import_people
    from identity.people.table_files import read_people

    rows = read_people(file)
    with database() as opened, opened.transaction() as session:
        done = import_people(session, rows, actor=local_actor(session, actor), dry_run=dry_run)
    console.print(
        f"{done.rows} rows: {done.added} added, {done.corrected} corrected, {done.unchanged} unchanged,"
        f" {done.grants} new roles" + ("; only tried, nothing was stored" if dry_run else "")
    )


@app.command()
def export(
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write: .csv or .xlsx.")],
    phones: Annotated[bool, typer.Option("--phones", help="With telephone numbers in clear; it is audited.")] = False,
    actor: ActorOption = None,
) -> None:
    """Write all people as a table, a row a role; no cell is a formula.

    Example: [bold]wangge people export --output people.xlsx[/]
    """
    from core import audit
    from core.spreadsheet_writer import csv_table, workbook
    from identity.people import queries, table_files

    with database() as opened, opened.transaction() as session:
        rows = table_files.as_rows(queries.profiles(session, clock.now()), phones=phones)
        audit.record(
            session, actor=local_actor(session, actor), action="people.export", subject=f"{len(rows) - 1} rows",
            phones=phones,
        )  # fmt: skip
    output.write_bytes(workbook("人员", rows) if output.suffix == ".xlsx" else csv_table(rows))
    console.print(f"{len(rows) - 1} rows in {output}", highlight=False)


people_changes.add_to(app)
