"""`hotspots policy|effort|holidays`: what hotspot runs stand on; added to, never changed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.languages import LanguageOption, users_language
from cli.lines import Console
from cli.pairs import pairs
from cli.printing import JsonOption, Listing, Table
from cli.refusals import refusal
from core.instants import read_day
from core.settings import Settings

policy = typer.Typer(
    help="Dated thresholds of the four kinds of matters, and what kind of source each channel is.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
effort = typer.Typer(
    help="Patrol effort: hours or km by area, day and channel.", no_args_is_help=True, rich_markup_mode="rich"
)
holidays = typer.Typer(help="Days off and weekend days worked instead.", no_args_is_help=True, rich_markup_mode="rich")
LayerOption = Annotated[str | None, typer.Option(help="Layer; the default layer if left out.")]
SHOWN = 20


def number_or_text(value: str) -> int | float | str:
    """Read the value of an option."""
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value


@policy.command("list")
def list_policies(language: LanguageOption = None) -> None:
    """Show the policies, the latest first.

    Example: [bold]wangge hotspots policy list[/]
    """
    from governance.channels.queries import kinds_on
    from governance.hotspots.policy import dated_policy as policies
    from presentation.words.hotspots import sentence_of

    with database() as opened, opened.snapshot() as session:
        found = policies.list_policies(session)
        kinds = {one.valid_from: kinds_on(session, one.valid_from) for one in found}
    told = language or users_language()
    table = Table("", "what it is", *[str(one.valid_from) for one in found])
    for name in [*policies.THRESHOLDS, policies.LEVEL]:
        table.add_row(
            name, sentence_of(f"threshold/{name}", told), *[str(one.thresholds.get(name, "")) for one in found]
        )
    for channel in sorted({channel for one in kinds.values() for channel in one}):
        table.add_row(f"channel {channel}", "", *[kinds[one.valid_from].get(channel, "citizen") for one in found])
    table.add_row("note", "", *[one.note for one in found])
    table.add_row("added by", "", *[one.added_by for one in found])
    Console().print(table)


@policy.command("add")
def add_policy(
    valid_from: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day it counts.")],
    change: Annotated[list[str] | None, typer.Option("--set", help="Threshold=value; repeatable.")] = None,
    channel: Annotated[
        list[str] | None,
        typer.Option(help="Channel=kind (citizen, patrol, quick_note, sensor); repeatable."),
    ] = None,
    note: Annotated[str, typer.Option(help="Why.")] = "",
    actor: ActorOption = None,
) -> None:
    """Add a policy from a day on; what is not named stays as it is.

    Example: [bold]wangge hotspots policy add --from 2026-07-01 --set high_frequency_per_30_days=80[/]
    """
    from governance.hotspots.policy import dated_policy as policies

    with database() as opened, opened.transaction() as session:
        policies.add_policy(
            session,
            valid_from=valid_from.date(),
            thresholds={name: number_or_text(value) for name, value in pairs(change, "--set").items()},
            sources=pairs(channel, "--channel"),
            note=note,
            actor=local_actor(session, actor),
        )
    console.print(f"a policy counts from [bold]{valid_from.date()}[/] on")


@effort.command("import")
def import_effort(
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, UTF-8 or GBK, with a heading.")],
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map", "-m", metavar="MEANING=COLUMN", help="area, day, channel or amount = column; repeatable."
        ),
    ] = None,
    channel: Annotated[str | None, typer.Option(help="Channel of all rows, where the file has none.")] = None,
    unit: Annotated[str, typer.Option(help="hours or km.")] = "hours",
    layer: LayerOption = None,
    actor: ActorOption = None,
) -> None:
    """Take patrol effort in; rows that cannot be used are named and the others taken.

    Example: [bold]wangge hotspots effort import may.csv --map area=网格编码 --channel patrol[/]
    """
    from governance.hotspots.patrol_effort.operations import record_effort
    from governance.hotspots.patrol_effort.rules import MOST_BYTES, read_table

    if unit not in {"hours", "km"}:
        raise refusal("the unit is hours or km")
    if path.stat().st_size > MOST_BYTES:
        raise refusal("the file is larger than {most} MB: split it", values={"most": MOST_BYTES >> 20})
    rows = read_table(path.read_bytes(), pairs(columns, "--map"), channel)
    with database() as opened, opened.transaction() as session:
        imported = record_effort(
            session,
            layer=layer or Settings().default_layer,
            rows=rows,
            unit="km" if unit == "km" else "hours",
            source=path.name,
            actor=local_actor(session, actor),
        )
        taken, refused = imported.row_count, list(imported.rejected)
    console.print(f"{taken:,} rows taken, {len(rows) - taken:,} refused")
    for one in refused[:SHOWN]:
        console.print(f"  line {one['line']}: {one['reason']}", highlight=False, markup=False)


@effort.command("list")
def list_effort(layer: LayerOption = None, as_json: JsonOption = False) -> None:
    """Show from when to when each channel's effort is recorded.

    Example: [bold]wangge hotspots effort list[/]
    """
    from governance.hotspots.patrol_effort.operations import coverage

    with database() as opened, opened.snapshot() as session:
        found = coverage(session, layer=layer or Settings().default_layer)
    rows = Listing(
        channel="channel",
        first_day="first day",
        last_day="last day",
        days="days",
        areas="areas",
        amount="effort",
        unit="",
    )
    for one in found:
        shown = {"amount": f"{one.amount:,.1f} {one.unit}", "unit": ""}
        rows.add(one.channel, one.first_day, one.last_day, one.days, one.areas, one.amount, one.unit, shown=shown)
    rows.print(as_json=as_json)


@holidays.command("list")
def list_holidays() -> None:
    """Show which years are known, and from where.

    Example: [bold]wangge hotspots holidays list[/]
    """
    from core import clock
    from governance.calendar import workdays

    with database() as opened, opened.snapshot() as session:
        own = workdays.entered(session, known_by=clock.now())
    first, last = workdays.library_years()
    console.print(f"{workdays.library()} knows {first} to {last}")
    for year in sorted(own):
        one = own[year]
        days = f"{len(one.days_off)} days off, {len(one.make_up_workdays)} weekend days worked"
        console.print(f"{year} was entered here: {days} ({one.source})", markup=False)


@holidays.command("add")
def add_holidays(
    year: Annotated[int, typer.Argument(min=2000, max=2200)],
    off: Annotated[list[str], typer.Option(help="Day off, or first..last; repeatable.")],
    source: Annotated[str, typer.Option(help="Which notice it is.")],
    work: Annotated[list[str] | None, typer.Option(help="Weekend day worked instead; repeatable.")] = None,
    actor: ActorOption = None,
) -> None:
    """Enter a year's arrangement, whole; it counts before the library's.

    Example: [bold]wangge hotspots holidays add 2027 --off 2027-01-01..2027-01-03 --source 国办通知[/]
    """
    from governance.calendar import workdays

    with database() as opened, opened.transaction() as session:
        workdays.enter_year(
            session,
            year=year,
            days_off=[day for one in off for day in _days(one)],
            make_up_workdays=[day for one in work or [] for day in _days(one)],
            source=source,
            actor=local_actor(session, actor),
        )
    console.print(f"the days off of [bold]{year}[/] are entered")


def _days(text: str) -> list[date]:
    first, _, last = text.partition("..")
    try:
        start, end = read_day(first), read_day(last or first)
    except ValueError:
        raise refusal("'{text}' is no day such as 2027-01-01, nor first..last", values={"text": text}) from None
    if not 0 <= (end - start).days <= 366:
        raise refusal("'{text}' does not go from a day to a later one of the year", values={"text": text})
    return [start + timedelta(days=k) for k in range((end - start).days + 1)]
