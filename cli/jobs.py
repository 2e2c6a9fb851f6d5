"""`jobs`: what the worker's queue holds, and a second try for what failed."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cli.cluster import console
from cli.context import database
from cli.printing import JsonOption, Listing

app = typer.Typer(
    help="The worker's queue: jobs that failed, run or wait.", invoke_without_command=True, rich_markup_mode="rich"
)


@app.callback()
def jobs(context: typer.Context) -> None:
    """The worker's queue: jobs that failed, run or wait; without a further word they are listed."""  # noqa: D401 (a help text)
    if context.invoked_subcommand is None:
        list_(as_json=False)


@app.command("list")
def list_(
    status: Annotated[Literal["failed", "doing", "todo"] | None, typer.Option(help="Only these.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List jobs, the failed ones first; what succeeded, or was made good by a later success, is left out.

    Why a job failed is in the worker's log, in the line with the job's number.

    Example: [bold]wangge jobs list --status failed[/]
    """
    from core.queue import JobStatus, count_jobs, list_jobs

    rows = Listing(id="job", status="status", task="task", arguments="arguments", attempts="attempts", since="since")
    with database() as opened, opened.snapshot() as session:
        for job in list_jobs(session, statuses=[JobStatus(status)] if status else tuple(JobStatus), limit=limit):
            rows.add(job.id, str(job.status), job.task, job.arguments, job.attempts, job.at)
        counted = count_jobs(session)
    rows.print(as_json=as_json)
    totals = [f"{sum(n for (_, s), n in counted.items() if s is wanted)} {wanted}" for wanted in JobStatus]
    console.print(", ".join(totals), highlight=False)


@app.command()
def retry(job: Annotated[int, typer.Argument(min=1, help="Number of the failed job.")]) -> None:
    """Put a failed job back into the queue; a worker takes it at once.

    Example: [bold]wangge jobs retry 12[/]
    """
    from core import queue

    with database() as opened, opened.transaction() as session:
        queue.retry(session, job)
    console.print(f"job [bold]{job}[/] is in the queue again")
