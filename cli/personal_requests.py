"""`personal-requests`: what people ask of their own data, received, decided and carried out in time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day, local_words
from cli.languages import FileLanguage  # noqa: TC001 (Typer reads annotations at run time)
from cli.printing import JsonOption, Listing
from cli.refusals import refusal
from governance.personal_requests.states import RequestKind, RequestState

app = typer.Typer(
    help="What people ask of their own data: access, a copy, correction, deletion.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
Number = Annotated[int, typer.Argument(min=1, help="Number of the request.")]


@app.command("list")
def list_(
    state: Annotated[RequestState | None, typer.Option(help="Only requests in this state.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those that are open past their deadline.")] = False,
    after: Annotated[int | None, typer.Option(min=1, help="Number of the last request of the page before.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List requests, the latest first; people are masked.

    Example: [bold]wangge personal-requests list --overdue[/]
    """
    from core.personal import masked_name, masked_phone
    from governance.personal_requests import queries
    from governance.personal_requests.queries import RequestFilter, is_overdue

    rows = Listing(
        id="no.", kind="kind", state="state", overdue="late", due_at="due", phone="phone", person="person",
        applicant="applicant", received_at="received", received_by="by", decided_by="decided by", outcome="outcome",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        found, following = queries.page(session, RequestFilter(state=state, overdue=overdue), limit=limit, after=after)
        late = queries.count_overdue(session)
        for one in found:
            rows.add(
                one.id, one.kind, one.state, is_overdue(one), one.due_at, masked_phone(one.phone), one.person_id,
                masked_name(one.applicant), one.received_at, one.received_by, one.decided_by, one.outcome,
            )  # fmt: skip
    rows.print(as_json=as_json)
    if late:
        console.print(f"[yellow]{late} are late[/]", highlight=False)
    if following is not None:
        console.print(f"there are more: --after {following}", highlight=False)


@app.command()
def receive(
    kind: Annotated[RequestKind, typer.Argument(help="What is asked.")],
    phone: Annotated[str | None, typer.Option(help="Telephone number: all reports that came with it.")] = None,
    report: Annotated[list[str] | None, typer.Option(help="Number of a report of the person; repeatable.")] = None,
    person: Annotated[str | None, typer.Option(help="Staff number or name of a person who works here.")] = None,
    applicant: Annotated[str | None, typer.Option(help="Who asks.")] = None,
    wanted: Annotated[str | None, typer.Option(help="What is asked, in the applicant's words.")] = None,
    identity_check: Annotated[
        str, typer.Option(help="How it was made sure that the applicant is the person, without names and numbers.")
    ] = "",
    received: Annotated[str | None, typer.Option(help="Instant or day of its receipt; now if left out.")] = None,
    actor: ActorOption = None,
) -> None:
    """Record what a person asks of the own data; the deadline runs from its receipt.

    Example: [bold]wangge personal-requests receive copy --phone 13800001234 --applicant 张三[/]
    """
    from core.settings import Settings
    from governance.personal_requests import operations
    from governance.personal_requests.operations import RequestIn
    from governance.reports.numbers import report_id
    from identity.people.queries import by_words

    with database() as opened, opened.transaction() as session:
        given = RequestIn(
            kind=kind,
            phone=phone,
            report_ids=[report_id(number) for number in report or []],
            person=None if person is None else by_words(session, person).id,
            applicant=applicant,
            wanted=wanted,
            identity_check=identity_check,
            received_at=None if received is None else instant_or_day(received),
        )
        days = Settings().personal_request_days
        made = operations.receive(session, given, days=days, actor=local_actor(session, actor))
        number, due = made.id, made.due_at
    console.print(f"request [bold]{number}[/], due {local_words(due)}", highlight=False)


@app.command()
def decide(
    request: Number,
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it, with the reason; else it is granted.")] = False,
    reason: Annotated[str, typer.Option(help="Why, without names and numbers of people: it stays.")] = "",
    actor: ActorOption = None,
) -> None:
    """Grant a request, or refuse it with the reason.

    Example: [bold]wangge personal-requests decide 3 --refuse --reason 身份不符[/]
    """
    from governance.personal_requests import operations

    with database() as opened, opened.transaction() as session:
        done = operations.decide(
            session, request, grant=not refuse, reason=reason, actor=local_actor(session, actor)
        ).state
    console.print(f"request [bold]{request}[/] is {done}", highlight=False)


@app.command()
def withdraw(
    request: Number,
    reason: Annotated[str, typer.Option(help="Why, without names and numbers of people: it stays.")] = "",
    actor: ActorOption = None,
) -> None:
    """Close a request that its person has taken back.

    Example: [bold]wangge personal-requests withdraw 3[/]
    """
    from governance.personal_requests import operations

    with database() as opened, opened.transaction() as session:
        operations.withdraw(session, request, reason=reason, actor=local_actor(session, actor))
    console.print(f"request [bold]{request}[/] is withdrawn", highlight=False)


@app.command()
def export(
    request: Number,
    output: Annotated[Path, typer.Option(help="File: .xlsx, .csv or .json.")],
    language: FileLanguage = "zh",
    actor: ActorOption = None,
) -> None:
    """Write all that is kept of the person of a granted request for access or a copy, in clear; it is audited.

    Example: [bold]wangge personal-requests export 3 --output copy.xlsx[/]
    """
    import orjson

    from core.settings import Settings
    from core.spreadsheet_writer import csv_table, workbook
    from governance.personal_requests import operations
    from presentation.personal_data import table_of, title_of

    with database() as opened, opened.transaction() as session:
        data = operations.read_data(
            session, request, caller_key=Settings().caller_key_bytes, actor=local_actor(session, actor)
        )
    match output.suffix.lower():
        case ".json":
            content = orjson.dumps(data, option=orjson.OPT_INDENT_2)
        case ".csv":
            content = csv_table(table_of(data, language))
        case ".xlsx":
            content = workbook(title_of(language), table_of(data, language))
        case other:
            raise refusal("'{other}' is none of .xlsx, .csv, .json", values={"other": other}, option="--output")
    output.touch(mode=0o600)
    output.write_bytes(content)
    console.print(f"{len(data['reports'])} reports in [bold]{output}[/]", highlight=False)


@app.command()
def finish(
    request: Number,
    name: Annotated[str | None, typer.Option(help="Of a correction: the right name.")] = None,
    phone: Annotated[str | None, typer.Option(help="Of a correction: the right telephone number.")] = None,
    actor: ActorOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Carry a granted request out and close it: handed over, corrected, or erased for good.

    What a legal hold keeps is left as it is; the request then stays open, to be carried out again.

    Example: [bold]wangge personal-requests finish 3 --yes[/]
    """
    from core.settings import Settings
    from governance.personal_requests import operations, queries
    from governance.personal_requests.operations import Correction

    with database() as opened:
        with opened.snapshot() as session:
            kind = queries.get(session, request).kind
        if kind == RequestKind.DELETION and not yes:
            typer.confirm("The person's words and data will be gone for good. Go on?", abort=True)
        with opened.transaction() as session:
            done = operations.finish(
                session,
                request,
                caller_key=Settings().caller_key_bytes,
                actor=local_actor(session, actor),
                correction=None if name is None and phone is None else Correction(name, phone),
            )
            state, outcome = done.state, done.outcome
    told = ", ".join(f"{count} {what}" for what, count in outcome.items())
    console.print(f"request [bold]{request}[/] is {state}: {told}", highlight=False)
