"""`training`: a database of its own for training, made and emptied."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from cli.cluster import console, provide

app = typer.Typer(
    help="Training: a database of its own, on which nothing is real.", no_args_is_help=True, rich_markup_mode="rich"
)


@app.command()
def create() -> None:
    """Mark an empty database for training: from now on only processes with WANGGE_TRAINING=1 work on it.

    Example: [bold]wangge training create[/]   with WANGGE_TRAINING=1 in the environment
    """
    from migrations.training import create as mark

    with provide() as url:
        made = mark(url, by=getpass.getuser())
    console.print("the database is for training" if made else "the database was for training before")


@app.command()
def reset(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Empty a database for training: boundaries, reports, people, keys and the audit in it go.

    Example: [bold]wangge training reset --yes[/]   with WANGGE_TRAINING=1 in the environment
    """
    from migrations.training import reset as empty

    with provide() as url:
        if not yes:
            typer.confirm("Everything in the training database will be gone. Go on?", abort=True)
        empty(url)
    console.print("the training database is empty")
