"""`serve`, `worker`, `migrate`: what runs for long, and what prepares its database."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import Annotated, Final

import typer

from cli.cluster import console, provide
from cli.stopping import until_stopped
from core.errors import DomainError, Kind
from core.queue_names import Queue


class RevisionUnknownError(DomainError):
    """There is no such revision of the schema."""

    code = "revision-unknown"
    kind = Kind.NOT_FOUND


class DataWouldBeDestroyedError(DomainError):
    """Going down would destroy data. Make a backup, then repeat the command with --yes-destroy-data."""

    code = "data-would-be-destroyed"
    kind = Kind.CONFLICT


GRACE_S: Final = 20
"""Seconds that requests under way may take to end when the API is stopped."""


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
) -> None:
    """Serve the API until Ctrl-C.

    Example: [bold]wangge serve --port 8000[/]
    """
    import uvicorn

    from cli.demo.serving import free_port
    from migrations.run import move_to

    free_port(host, port)
    with until_stopped(), provide() as url:
        os.environ["DATABASE_URL"] = url
        move_to(url)
        console.print(f"serving at http://{host}:{port}/ until Ctrl-C; the documentation is at /docs", highlight=False)
        uvicorn.run(
            "main:app",
            http="api.http.uvicorn_protocol:GuardedProtocol",
            host=host,
            port=port,
            workers=workers,
            log_level="warning",
            access_log=False,
            proxy_headers=False,  # api/http/public_address.py reads them
            timeout_graceful_shutdown=GRACE_S,
        )


def worker(
    queue: Annotated[
        list[Queue] | None,
        typer.Option(help="Only this queue: `long` holds hotspot runs, `default` all else; repeatable."),
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, help="Jobs at once of each queue.")] = 1,
    once: Annotated[bool, typer.Option("--once", help="End when the queue is empty.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only tell whether a worker is alive (exit code).")] = False,
) -> None:
    """Work off the queues and the schedule until Ctrl-C.

    Each queue has places of its own: no hand-over waits for a hotspot run.

    Example: [bold]wangge worker --once[/]   or   [bold]wangge worker --queue long --concurrency 2[/]
    """
    from core.db import Database
    from core.queue import is_worker_alive
    from core.settings import Settings

    with until_stopped(), ExitStack() as stack:
        url = stack.enter_context(provide())
        if check:
            alive = is_worker_alive(Database(Settings.for_database(url)))
            console.print("a worker is alive" if alive else "no worker is alive; start one: wangge worker")
            raise typer.Exit(0 if alive else 1)
        from migrations.run import move_to
        from spatial_jobs.app import run_worker

        def leave(number: int) -> None:
            stack.close()  # cuts the running jobs off from a cluster of ours; another worker begins them anew
            os._exit(128 + number)

        move_to(url)
        queues = tuple(queue or Queue)
        run_worker(
            queues=queues, concurrency=concurrency, wait=not once, settings=Settings.for_database(url), leave=leave
        )


def migrate(
    revision: Annotated[str, typer.Argument(help="Where to; `head` is the newest, `base` is empty.")] = "head",
    yes_destroy_data: Annotated[
        bool, typer.Option("--yes-destroy-data", help="Go down although what is told is destroyed.")
    ] = False,
) -> None:
    """Bring the database's schema up (or down) to a revision.

    Down is refused when data would be destroyed; the refusal tells which. It is tried for that in a transaction that
    is rolled back, whose locks writers wait for.

    Example: [bold]wangge migrate[/]   or   [bold]wangge migrate 0001[/]
    """
    from migrations.losses import losses
    from migrations.run import is_known, move_to

    with provide() as url:
        if not is_known(url, revision):
            raise RevisionUnknownError(
                "There is no revision '{revision}'; head is the newest.",
                values={"revision": revision},
                field="revision",
            )
        lost = losses(url, revision)
        told = "; ".join(map(str, lost))
        if lost and not yes_destroy_data:
            raise DataWouldBeDestroyedError(
                "Going down to {revision} would destroy: {told}. Nothing was changed.",
                values={"revision": revision, "told": told},
            )
        move_to(url, revision)
        if lost:
            console.print(f"destroyed: {told}", highlight=False)
        console.print(f"the schema is at [bold]{revision}[/]")
