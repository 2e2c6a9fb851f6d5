"""`whistles`: joint handling: blow one, do something to it, list and count them, state their kinds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, cast

import typer

from cli.actors import ActorOption, case_caller
from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day
from cli.printing import JsonOption, Listing
from core import clock

if TYPE_CHECKING:
    from datetime import datetime

    from governance.cases.joint_handling.queries import WhistleView
    from governance.categories.rules import Limit

app = typer.Typer(
    help="Joint handling: a street calls departments to a visit, they come, sign, and are rated.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
Number = Annotated[str, typer.Argument(help="Number of the case, which is its report's.")]


@app.command()
def blow(
    number: Number,
    unit: Annotated[list[str], typer.Option(help="Code of a unit that is called; repeatable.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    kind: Annotated[str, typer.Option(help="Kind of whistle; `wangge whistles kinds` lists them.")] = "enforcement",
    arrive_by: Annotated[str | None, typer.Option(help="Instant of the visit, in place of the kind's limit.")] = None,
    actor: ActorOption = None,
) -> None:
    """Call units to a joint visit, for the street that has the case.

    Example: [bold]wangge whistles blow SJ2607000731-4 --unit 410106-cg --unit 410106-zr --reason 疑似违建[/]
    """
    from governance.cases.joint_handling import operations
    from governance.cases.joint_handling.rules import CallIn
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id

    until = None if arrive_by is None else instant_or_day(arrive_by)
    call = CallIn(kind=kind, units=unit, reason=reason, arrive_by=until)
    with database() as opened, opened.transaction() as session:
        caller = case_caller(session, actor)
        view = operations.blow(session, current_id(session, report_id(number)), call, caller=caller)
        whistle = view.whistle.number
    console.print(f"whistle [bold]{whistle}[/] of case {number}: {', '.join(unit)}", highlight=False)


@app.command()
def act(
    number: Number,
    whistle: Annotated[int, typer.Argument(min=1, help="Number of the whistle within the case.")],
    verb: Annotated[
        str, typer.Argument(help="sign, contact, arrive, advise, conclude, cosign, rate_unit or call_off.")
    ],
    unit: Annotated[str | None, typer.Option(help="Code of the called unit; the only one if left out.")] = None,
    opinion: Annotated[str | None, typer.Option(help="The unit's opinion, or the conclusion.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why.")] = None,
    lon: Annotated[float | None, typer.Option(min=-180, max=180, help="Where the unit arrived, WGS 84.")] = None,
    lat: Annotated[float | None, typer.Option(min=-90, max=90, help="Where the unit arrived, WGS 84.")] = None,
    rating: Annotated[int | None, typer.Option(min=1, max=5, help="1 to 5.")] = None,
    disagree: Annotated[bool, typer.Option("--disagree", help="With `cosign`: the unit does not agree.")] = False,
    actor: ActorOption = None,
) -> None:
    """Do something to a whistle, as a called unit or as the street.

    Example: [bold]wangge whistles act SJ2607000731-4 1 sign --unit 410106-cg[/]
    """
    from governance.cases.joint_handling import operations, rules
    from governance.cases.joint_handling.operations import WhistleIn
    from governance.cases.lifecycle.rules import Act
    from governance.cases.lifecycle.states import Verb
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id

    done = rules.checked_verb(verb)
    given = Act(
        verb=Verb(done.value), unit_code=unit, opinion=opinion, reason=reason, lon=lon, lat=lat, rating=rating
    )  # fmt: skip
    with database() as opened, opened.transaction() as session:
        caller = case_caller(session, actor)
        view = operations.act_on(
            session, current_id(session, report_id(number)), whistle,
            WhistleIn(verb=done, act=given, agrees=not disagree), caller=caller,
        )  # fmt: skip
        state = view.whistle.state
    console.print(f"whistle [bold]{whistle}[/] of case {number} is {state}", highlight=False)


@app.command("list")
def list_(
    unit: Annotated[str | None, typer.Option(help="Only those that call this unit.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those in which a unit owes something.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many at most, the latest.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """List whistles with each called unit, the latest first.

    Example: [bold]wangge whistles list --unit 410106-cg --overdue[/]
    """
    from governance.cases.joint_handling.queries import WhistleFilter, whistles_page
    from identity.grants import EVERYTHING

    now = clock.now()
    wanted = WhistleFilter(unit=unit, overdue_at=now if overdue else None)
    with database() as opened, opened.snapshot() as session:
        rows = _rows(whistles_page(session, wanted, reach=EVERYTHING, limit=limit), unit)
    rows.print(as_json=as_json)


@app.command()
def show(number: Number, as_json: JsonOption = False) -> None:
    """Show the whistles of a case: who was called, who came when and how far off, and how each was rated.

    Example: [bold]wangge whistles show SJ2607000731-4[/]
    """
    from governance.cases.joint_handling.queries import of_case
    from governance.cases.lifecycle.queries import case
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id
    from identity.grants import EVERYTHING

    with database() as opened, opened.snapshot() as session:
        view = case(session, current_id(session, report_id(number)), reach=EVERYTHING)
        rows = _rows(of_case(session, view.id), None)
    rows.print(as_json=as_json)


@app.command()
def counts(
    since: Annotated[str | None, typer.Option(help="First instant or day of calls; a year ago if left out.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only whistles of this kind.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Count how each called unit answered: signed and came in time, late, missing, far off, and how it was rated.

    Example: [bold]wangge whistles counts --since 2026-01-01[/]
    """
    from governance.cases.joint_handling.counting import count_whistles
    from identity.grants import EVERYTHING

    now = clock.now()
    start = now - timedelta(days=365) if since is None else instant_or_day(since)
    rows = Listing(
        unit_code="unit", called="called", signed_in_time="signed in time", arrived="came", arrived_in_time="in time",
        missing="missing", distant="far off", agreed="agree", objected="object", mean_rating="rating",
        median_hours="hours",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        for one in count_whistles(session, reach=EVERYTHING, since=start, until=now, now=now, kind=kind).units:
            rows.add(
                one.unit_code, one.called, one.signed_in_time, one.arrived, one.arrived_in_time, one.missing,
                one.distant, one.agreed, one.objected, one.mean_rating,
                None if one.median_hours is None else round(one.median_hours, 1),
            )  # fmt: skip
    rows.print(as_json=as_json)


@app.command()
def kinds(as_json: JsonOption = False) -> None:
    """List the kinds of whistles: who may blow each, by when units come, and what it pauses.

    Example: [bold]wangge whistles kinds[/]
    """
    from governance.cases.joint_handling.queries import kinds_at

    rows = Listing(
        code="code", name="name", unit_kinds="units", roles="roles", sign="sign", contact="contact", arrive="arrive",
        near_m="near (m)", pauses="pauses",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        for one in kinds_at(session, clock.now()):
            rows.add(
                one.code, one.name, list(one.unit_kinds), list(one.roles), str(one.sign), str(one.contact),
                str(one.arrive), one.near_m, one.pauses,
            )  # fmt: skip
    rows.print(as_json=as_json)


@app.command("state-kind")
def state_kind(
    code: Annotated[str, typer.Argument(help="Code of the kind.")],
    name: Annotated[str, typer.Option(help="The office's name.")],
    arrive: Annotated[str, typer.Option(help="Limit of the arrival, e.g. 3 working_days.")],
    unit_kind: Annotated[list[str] | None, typer.Option(help="Kind of unit that blows it; repeatable.")] = None,
    role: Annotated[list[str] | None, typer.Option(help="Role of which a person has one; repeatable.")] = None,
    sign: Annotated[str, typer.Option(help="Limit for signing.")] = "1 hours",
    contact: Annotated[str, typer.Option(help="Limit for contacting the street.")] = "24 hours",
    near_m: Annotated[int, typer.Option(min=1, help="Further off an arrival is distant, in metres.")] = 200,
    pauses: Annotated[bool, typer.Option("--pauses", help="The clock of handling stands meanwhile.")] = False,
    from_: Annotated[str | None, typer.Option("--from", help="First instant or day; now if left out.")] = None,
    actor: ActorOption = None,
) -> None:
    """State what a kind of whistle is from an instant on; whistles that were blown keep what held then.

    Example: [bold]wangge whistles state-kind enforcement --name 综合执法哨 --arrive "3 working_days"[/]
    """
    from cli.actors import local_actor
    from governance.cases.joint_handling import operations
    from governance.cases.joint_handling.rules import KindIn

    kind = KindIn(
        code=code, name=name, unit_kinds=tuple(unit_kind or ("street",)), roles=tuple(role or ()),
        sign=_limit(sign, "sign"), contact=_limit(contact, "contact"), arrive=_limit(arrive, "arrive"), near_m=near_m,
        pauses=pauses,
    )  # fmt: skip
    start: datetime = clock.now() if from_ is None else instant_or_day(from_)
    with database() as opened, opened.transaction() as session:
        done = operations.state_kind(session, kind, start=start, actor=local_actor(session, actor))
    console.print(f"[bold]{code}[/] is {name}" if done else f"{code} was that already", highlight=False)


def _limit(words: str, field: str) -> Limit:
    from governance.categories.table_files import parsed_limit

    return cast("Limit", parsed_limit(words.strip() or "-", field))  # None is for no words alone


def _rows(found: list[WhistleView], unit: str | None) -> Listing:
    from governance.reports.numbers import report_number

    rows = Listing(
        number="number", whistle="whistle", kind="kind", state="state", caller="street", unit="unit", answer="is",
        arrive_due_at="due", arrived_at="arrived", distance_m="m off", is_distant="distant", rating="rating",
    )  # fmt: skip
    for view in found:
        for one in view.answers:
            if unit in {None, one.unit_code}:
                rows.add(
                    report_number(view.whistle.case_id), view.whistle.number, view.whistle.kind, view.whistle.state,
                    view.whistle.unit_code, one.unit_code, one.state, one.arrive_due_at, one.arrived_at,
                    one.distance_m, one.is_distant, one.rating,
                )  # fmt: skip
    return rows
