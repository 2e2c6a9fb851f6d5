"""`seats`: duty seats by zone, who sits there and when, who is away and who stands in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day, local_words
from cli.printing import JsonOption, Listing
from core import clock

if TYPE_CHECKING:
    from identity.people.tables import Person
    from identity.seats.tables import Absence

app = typer.Typer(
    help="Seats: who sits where and when, who is away, who stands in.", no_args_is_help=True, rich_markup_mode="rich"
)
Code = Annotated[str, typer.Argument(help="Code of the seat.")]
From = Annotated[str | None, typer.Option("--from", help="First instant or day; now if left out.")]
Until = Annotated[str | None, typer.Option("--until", help="First instant or day no longer; open if left out.")]


@app.command("list")
def list_(
    at: Annotated[str | None, typer.Option("--at", help="Instant or day; now if left out.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the seats with who sits there, by zone.

    Example: [bold]wangge seats list --at 2026-07-01[/]
    """
    from identity.seats import queries

    rows = Listing(zone="zone", seat="seat", name="name", unit="unit", person="person", is_away="", stand_in="stand-in")
    with database() as opened, opened.snapshot() as session:
        for one in queries.seats_at(session, clock.now() if at is None else instant_or_day(at)):
            person, stand_in = (None if who is None else who.name for who in (one.person, one.stand_in))
            seat, shown = one.seat, {"is_away": "", "person": f"{person or ''}{' (away)' if one.is_away else ''}"}
            rows.add(seat.zone, seat.seat_code, seat.name, seat.unit_code, person, one.is_away, stand_in, shown=shown)
    rows.print(as_json=as_json)


@app.command()
def roster(
    from_: From = None,
    until: Annotated[
        str | None, typer.Option("--until", help="First instant or day behind it; a week later if left out.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List who sits where in a span of time, and who stands in.

    Example: [bold]wangge seats roster --from 2026-07-01 --until 2026-08-01[/]
    """
    from identity.seats import queries

    start = clock.now() if from_ is None else instant_or_day(from_)
    end = start + timedelta(days=7) if until is None else instant_or_day(until)
    rows = Listing(seat="seat", person="person", since="since", until="until", away="away")
    with database() as opened, opened.snapshot() as session:
        for one in queries.roster(session, start, end):
            away = "; ".join(_away(absence, who) for absence, who in one.away)
            rows.add(one.duty.seat_code, one.person.name, one.duty.start, one.duty.until, away)
    rows.print(as_json=as_json)


@app.command()
def state(
    code: Code,
    name: Annotated[str, typer.Option(help="Its name.")],
    zone: Annotated[str, typer.Option(help="Zone of the hall, e.g. 调度指挥区.")],
    unit: Annotated[str | None, typer.Option(help="Code of the unit that sends who sits there.")] = None,
    from_: From = None,
    until: Until = None,
    actor: ActorOption = None,
) -> None:
    """State what a seat is from an instant on.

    Example: [bold]wangge seats state D-01 --name "热线受理 01" --zone 调度指挥区 --unit 410106[/]
    """
    from identity.seats import operations

    start = clock.now() if from_ is None else instant_or_day(from_)
    seat = operations.SeatIn(code, name, zone, unit, start, None if until is None else instant_or_day(until))
    with database() as opened, opened.transaction() as session:
        operations.state_seats(session, [seat], actor=local_actor(session, actor))
    console.print(f"seat [bold]{code}[/]: {name}, {zone}", highlight=False)


@app.command()
def duty(
    code: Code,
    who: Annotated[str | None, typer.Argument(help="Staff number or name of the person; nobody if left out.")] = None,
    from_: From = None,
    until: Until = None,
    actor: ActorOption = None,
) -> None:
    """State who sits in a seat for a time, in place of any other then.

    Example: [bold]wangge seats duty D-01 CY-0001 --from 2026-07-01 --until 2026-07-08[/]
    """
    from identity.people.queries import by_words
    from identity.seats import operations

    start = clock.now() if from_ is None else instant_or_day(from_)
    end = None if until is None else instant_or_day(until)
    with database() as opened, opened.transaction() as session:
        person = None if who is None else by_words(session, who).id
        operations.state_duties(session, [operations.Duty(code, person, start, end)], actor=local_actor(session, actor))
    console.print(f"[bold]{who or 'nobody'}[/] sits in {code} from {local_words(start)}", highlight=False)


@app.command()
def absence(
    who: Annotated[str, typer.Argument(help="Staff number or name of the person who is away.")],
    stand_in: Annotated[
        str | None, typer.Option(help="Who stands in, by staff number or name; nobody if left out.")
    ] = None,
    back: Annotated[bool, typer.Option("--back", help="The person is there, whatever was stated before.")] = False,
    from_: From = None,
    until: Until = None,
    actor: ActorOption = None,
) -> None:
    """State that a person is away for a time, and who stands in; the two are never two hands.

    Example: [bold]wangge seats absence CY-0001 --stand-in CY-0002 --until 2026-07-15[/]
    """
    from identity.people.queries import by_words
    from identity.seats import operations

    start = clock.now() if from_ is None else instant_or_day(from_)
    with database() as opened, opened.transaction() as session:
        operations.state_absence(
            session,
            by_words(session, who),
            stand_in=None if stand_in is None else by_words(session, stand_in),
            is_away=not back,
            start=start,
            until=None if until is None else instant_or_day(until),
            actor=local_actor(session, actor),
        )
    state = "is back" if back else f"is away; {stand_in or 'nobody'} stands in"
    console.print(f"[bold]{who}[/] {state}", highlight=False)


@app.command()
def absences(
    at: Annotated[str | None, typer.Option("--at", help="Instant or day; now if left out.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List who is away at an instant or later, and who stands in.

    Example: [bold]wangge seats absences --at 2026-07-01[/]
    """
    from identity.people.queries import get
    from identity.seats import queries

    rows = Listing(person="person", stand_in="stand-in", valid_from="since", valid_to="until")
    with database() as opened, opened.snapshot() as session:
        for row in queries.absences_from(session, clock.now() if at is None else instant_or_day(at)):
            stand_in = None if row.stand_in_id is None else get(session, row.stand_in_id).name
            rows.add(get(session, row.person_id).name, stand_in, row.start, row.until)
    rows.print(as_json=as_json)


@app.command()
def end(
    code: Code,
    at: Annotated[str | None, typer.Option("--at", help="Instant or day; now if left out.")] = None,
    actor: ActorOption = None,
) -> None:
    """End a seat, and the duties in it.

    Example: [bold]wangge seats end D-01 --at 2026-12-31[/]
    """
    from identity.seats import operations

    instant = clock.now() if at is None else instant_or_day(at)
    with database() as opened, opened.transaction() as session:
        done = operations.end_seat(session, code, at=instant, actor=local_actor(session, actor))
    console.print(f"seat [bold]{code}[/] ends {local_words(instant)}" if done else f"{code} had ended", highlight=False)


def _away(absence: Absence, stand_in: Person | None) -> str:
    until = "" if absence.until is None else local_words(absence.until)
    return f"{local_words(absence.start)} – {until}{'' if stand_in is None else f': {stand_in.name}'}"
