"""`reports erase` and `rekey`: words and persons of reports go, and digests of callers get another secret."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database

_CALLERS_AT_ONCE = 5_000
_Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def erase(
    numbers: Annotated[list[str] | None, typer.Argument(help="Numbers of reports.")] = None,
    phone: Annotated[str | None, typer.Option(help="All reports that came with this telephone number.")] = None,
    note: Annotated[str, typer.Option(help="Why: the request's number, without names.")] = "",
    actor: ActorOption = None,
    yes: _Yes = False,
) -> None:
    """Erase what a person said and who it was, for good; numbers, categories, times and areas stay.

    Example: [bold]wangge reports erase SJ00000012-3 --note 申请2026-14[/]
    """
    from core import clock
    from core.settings import Settings
    from governance.erasure import operations, queries
    from governance.erasure.states import ErasureCause
    from governance.reports.callers import reports_of_callers

    key = Settings().caller_key_bytes
    with database() as opened:
        with opened.snapshot() as session:
            ids = queries.reports_of_numbers(session, numbers or [])
            ids += reports_of_callers(session, [phone], key) if phone else []
            detached = queries.detached_months(session, clock.now()) if phone else []
        ids = sorted(set(ids))
        print_detached(detached)
        if not ids:
            console.print("no report is meant: give numbers, or the --phone of a caller")
            raise typer.Exit(1)
        if not yes:
            typer.confirm(f"The words and persons of {len(ids)} reports will be gone for good. Go on?", abort=True)
        with opened.transaction() as session:
            who = local_actor(session, actor)
            done = operations.erase(session, ids, cause=ErasureCause.REQUEST, actor=who, note=note, caller_key=key)
    before = len(ids) - len(done.reports) - len(done.held)
    console.print(f"[bold]{len(done.reports)}[/] erased, {before} had been before", highlight=False)
    if done.held:
        console.print(f"[yellow]{len(done.held)} are kept by legal holds[/] (wangge holds list)", highlight=False)


def rekey() -> None:
    """Digest all callers' telephone numbers by the secret that is set now (WANGGE_CALLER_KEY).

    Run it after the secret was set or changed and every process has it. Example: [bold]wangge reports rekey[/]
    """
    from core import audit
    from core.settings import Settings
    from governance.reports import reporter_operations
    from identity.actors import COMMAND_LINE

    key, changed = Settings().caller_key_bytes, 0
    reached: int | None = 0
    with database() as opened:
        while reached is not None:
            with opened.transaction() as session:
                some, reached = reporter_operations.rekey_callers(session, key, after=reached, limit=_CALLERS_AT_ONCE)
                changed += some
        with opened.transaction() as session:
            audit.record(session, actor=COMMAND_LINE, action="reports.rekey", subject="reporter", changed=changed)
    console.print(f"[bold]{changed}[/] digests of callers changed", highlight=False)


def print_detached(months: list[int]) -> None:
    """Print which months an erasure does not reach."""
    if months:
        named = ", ".join(map(str, months))
        console.print(
            f"[yellow]not reached[/]: detached months {named}; attach them (wangge partitions attach), run this again",
            highlight=False,
        )


def add_to(app: typer.Typer) -> None:
    """Make these commands of `reports`."""
    app.command("erase")(erase)
    app.command("rekey")(rekey)
