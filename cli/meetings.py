"""`meetings`: plan joint consultations on topics, write minutes, keep decisions, close; close a topic by evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day, local_words
from cli.printing import JsonOption, Listing
from governance.meetings.states import MeetingAction

app = typer.Typer(
    help="Meetings: joint consultations on topics, whose decisions become tasks.", no_args_is_help=True,
    rich_markup_mode="rich",
)  # fmt: skip
Number = Annotated[int, typer.Argument(min=1, help="Number of the meeting.")]
ActionArgument = Annotated[MeetingAction, typer.Argument(help="close or call_off.")]


@app.command()
def plan(
    title: Annotated[str, typer.Argument(help="What it is called.")],
    begins: Annotated[str, typer.Option(help="When it begins: instant or day.")],
    topic: Annotated[list[int], typer.Option(min=1, help="Number of a topic; repeatable.")],
    call: Annotated[list[str], typer.Option(help="A unit and what it brings: CODE=WORDS; repeatable.")],
    place: Annotated[str, typer.Option(help="Where.")] = "",
    actor: ActorOption = None,
) -> None:
    """Plan a meeting on topics; each unit is called by a task that says what it brings.

    Example: [bold]wangge meetings plan 暴露垃圾会商 --begins 2027-07-21 --topic 1 --call 410106003=台账[/]
    """
    from governance.meetings import operations, rules

    calls = [rules.Call(*one.partition("=")[::2]) for one in call]
    given = rules.MeetingIn(
        title=title, begins_at=instant_or_day(begins), place=place, agenda=[rules.AgendaPoint(one) for one in topic],
        calls=calls,
    )  # fmt: skip
    with database() as opened, opened.transaction() as session:
        row = operations.plan(session, given, actor=local_actor(session, actor))
        number, at = row.id, local_words(row.begins_at)
    console.print(f"meeting [bold]{number}[/] is planned for {at}", highlight=False)


@app.command()
def minutes(
    number: Number,
    text: Annotated[str, typer.Argument(help="The minutes.")],
    actor: ActorOption = None,
) -> None:
    """Write the minutes of a meeting that has begun.

    Example: [bold]wangge meetings minutes 1 各单位通报了台账[/]
    """
    from governance.meetings import operations

    with database() as opened, opened.transaction() as session:
        operations.write_minutes(session, number, text, actor=local_actor(session, actor))
    console.print(f"minutes of meeting [bold]{number}[/] are kept", highlight=False)


@app.command()
def decide(
    number: Number,
    topic: Annotated[int, typer.Argument(min=1, help="Number of the topic.")],
    unit: Annotated[str, typer.Argument(help="Code of the unit that owns it.")],
    text: Annotated[str, typer.Argument(help="What is to be done.")],
    due: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Until the end of this day.")],
    actor: ActorOption = None,
) -> None:
    """Keep a decision: it becomes a task of the unit, and stands on the topic's history.

    Example: [bold]wangge meetings decide 1 1 410106003 增设清运频次 --due 2027-08-01[/]
    """
    from governance.meetings import operations

    with database() as opened, opened.transaction() as session:
        task = operations.decide(
            session, number, topic=topic, unit=unit, words=text, due_on=due.date(), actor=local_actor(session, actor)
        ).task_id
    console.print(f"decision of meeting [bold]{number}[/] is kept as task {task}", highlight=False)


@app.command()
def act(action: ActionArgument, number: Number, actor: ActorOption = None) -> None:
    """Close a meeting that was held, or call off one that is planned.

    Example: [bold]wangge meetings act close 1[/]
    """
    from governance.meetings import operations

    with database() as opened, opened.transaction() as session:
        state = operations.act(session, number, action, actor=local_actor(session, actor)).state
    console.print(f"meeting [bold]{number}[/] is {state}", highlight=False)


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List meetings, the latest planned first.

    Example: [bold]wangge meetings list[/]
    """
    from core.personal import masked_text
    from governance.meetings import queries

    rows = Listing(number="no.", title_="title", begins_at="begins", state="state", topics="topics", units="units",
                   decisions="decisions")  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        for one in queries.meetings(session, limit=10_000):
            view = queries.view_of(session, one)
            topics = ", ".join(str(point.topic_id) for point in view.topics)
            units = ", ".join(call.unit_code for call in view.units)
            rows.add(one.id, masked_text(one.title), one.begins_at, one.state, topics, units, len(view.decisions))
    rows.print(as_json=as_json)


@app.command("close-topic")
def close_topic(
    topic: Annotated[int, typer.Argument(min=1, help="Number of the topic.")],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day of the measures.")],
    actor: ActorOption = None,
) -> None:
    """Close a topic whose reports became fewer since measures began, by more than chance.

    Example: [bold]wangge meetings close-topic 1 --since 2026-06-01[/]
    """
    from governance.hotspots.topics import closing

    with database() as opened, opened.transaction() as session:
        _, found = closing.close(session, topic, since.date(), actor=local_actor(session, actor))
    before, after, days, chance = found.before, found.after, found.days, f"{found.p:.4f}"
    console.print(
        f"topic [bold]{topic}[/] is closed: {before} reports in {days} days before, {after} since, p {chance}",
        highlight=False,
    )
