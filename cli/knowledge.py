"""`knowledge`: the knowledge base, dated answers with their source, and the questions that have none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day, local_words
from cli.printing import JsonOption, Listing
from core import clock

if TYPE_CHECKING:
    from datetime import datetime

app = typer.Typer(
    help="Knowledge base: dated answers with their source, and the questions that have none.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
Code = Annotated[str, typer.Argument(help="Code of the entry.")]
At = Annotated[str | None, typer.Option("--at", help="Instant or day; now if left out.")]


@app.command("list")
def list_(at: At = None, as_json: JsonOption = False) -> None:
    """List the entries of the knowledge base.

    Example: [bold]wangge knowledge list[/]
    """
    from governance.knowledge import queries

    rows = Listing(
        code="code", question="question", source="source", category="category", public="public", since="since",
        until="until",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        for one in queries.entries_at(session, _instant(at)):
            rows.add(one.entry_code, one.question, one.source, one.category_code, one.is_public, one.start, one.until)
    rows.print(as_json=as_json)


@app.command()
def state(
    code: Code,
    question: Annotated[str, typer.Option(help="What people ask.")],
    answer: Annotated[str, typer.Option(help="What is answered.")],
    source: Annotated[str, typer.Option(help="Where that stands, such as a regulation and its article.")],
    category: Annotated[str | None, typer.Option(help="Code of the category it belongs to.")] = None,
    public: Annotated[bool, typer.Option("--public", help="May be shown to citizens as it is.")] = False,
    from_: Annotated[str | None, typer.Option("--from", help="First instant or day; now if left out.")] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="First instant or day no longer; open if left out.")
    ] = None,
    actor: ActorOption = None,
) -> None:
    """State what an entry answers from an instant on.

    Example: [bold]wangge knowledge state K01 --question "Where are dogs registered?" --answer ... --source ...[/]
    """
    from governance.knowledge import operations, rules

    entry = rules.EntryIn(
        code=code, question=question, answer=answer, source=source, start=_instant(from_),
        until=None if until is None else instant_or_day(until), category_code=category, is_public=public,
    )  # fmt: skip
    with database() as opened, opened.transaction() as session:
        changed = operations.state_entry(session, entry, actor=local_actor(session, actor))
    console.print(f"[bold]{code}[/] answers: {question}" if changed else f"{code} was that already", highlight=False)


@app.command()
def end(code: Code, at: At = None, actor: ActorOption = None) -> None:
    """End an entry; what it answered before stays readable.

    Example: [bold]wangge knowledge end K01 --at 2027-01-01[/]
    """
    from governance.knowledge import operations

    instant = _instant(at)
    with database() as opened, opened.transaction() as session:
        done = operations.end_entry(session, code, at=instant, actor=local_actor(session, actor))
    console.print(f"{code} ends {local_words(instant)}" if done else f"{code} has ended before", highlight=False)


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="What is asked.")], at: At = None, as_json: JsonOption = False
) -> None:
    """Find the entries nearest to a question, the nearest first.

    Example: [bold]wangge knowledge search "dog registration"[/]
    """
    from governance.knowledge import queries

    rows = Listing(score="score", code="code", question="question", answer="answer", source="source")
    with database() as opened, opened.snapshot() as session:
        for one, score in queries.search(session, question, _instant(at)):
            rows.add(round(score, 2), one.entry_code, one.question, one.answer, one.source)
    rows.print(as_json=as_json)


@app.command()
def gaps(as_json: JsonOption = False) -> None:
    """List the questions without an answer.

    Example: [bold]wangge knowledge gaps[/]
    """
    from governance.knowledge import queries

    rows = Listing(gap="gap", question="question", recorded_at="recorded", recorded_by="by")
    with database() as opened, opened.snapshot() as session:
        for one in queries.open_gaps(session):
            rows.add(one.id, one.question, one.recorded_at, one.recorded_by)
    rows.print(as_json=as_json)


@app.command("record-gap")
def record_gap(
    question: Annotated[str, typer.Argument(help="What was asked; data about people is masked.")],
    actor: ActorOption = None,
) -> None:
    """Record a question for which there is no answer.

    Example: [bold]wangge knowledge record-gap "How are drone flights reported?"[/]
    """
    from governance.knowledge import operations

    with database() as opened, opened.transaction() as session:
        gap = operations.record_gap(session, question, actor=local_actor(session, actor)).id
    console.print(f"question [bold]{gap}[/] waits for an answer", highlight=False)


@app.command("close-gap")
def close_gap(
    gap: Annotated[int, typer.Argument(help="Number of the question.", min=1)],
    entry: Annotated[str, typer.Argument(help="Code of the entry that answers it now.")],
    actor: ActorOption = None,
) -> None:
    """Close a question with the entry that answers it now.

    Example: [bold]wangge knowledge close-gap 1 K01[/]
    """
    from governance.knowledge import operations

    with database() as opened, opened.transaction() as session:
        operations.close_gap(session, gap, entry=entry, actor=local_actor(session, actor))
    console.print(f"question {gap} is answered by [bold]{entry}[/]", highlight=False)


def _instant(words: str | None) -> datetime:
    return clock.now() if words is None else instant_or_day(words)
