"""Drafts: opened, listed, undone, put on the latest release, given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.desk.acting import Draft, Key, acting, out
from cli.printing import JsonOption, Listing
from grids.change_sets.states import EditLocking
from identity.grants import Scope

if TYPE_CHECKING:
    from grids.change_sets.operations import Rebased


def draft(
    layer: Annotated[str, typer.Argument(help="Layer.")],
    title: Annotated[str, typer.Option(help="What it is about.")],
    key: Key,
    locking: Annotated[
        EditLocking,
        typer.Option(help="How edits over OGC API are kept apart; last-read for QGIS, which sends no If-Match."),
    ] = EditLocking.IF_MATCH,
) -> None:
    """Open a draft on top of the layer's latest release.

    Example: [bold]wangge boundaries draft admin --title 新安路街道调整 --key $WANGGE_KEY[/]
    """
    from grids.boundaries import queries as registry
    from grids.change_sets import operations

    with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
        found = registry.get_layer(session, layer)
        change_set = operations.open_draft(session, layer=found, title=title, author=who.actor, locking=locking)
        out.print(f"change set [bold]{change_set.id}[/] is open")


def drafts(
    key: Key,
    layer: Annotated[str | None, typer.Option(help="Only this layer.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List change sets, latest first.

    Example: [bold]wangge boundaries drafts --layer admin[/]
    """
    from grids.boundaries import queries as registry
    from grids.change_sets import queries

    rows = Listing(id="no.", title_="title", state="state", base_release="base", author="author", edits="edits")
    with acting(key, Scope.REPORTS_READ) as (session, _):
        wanted = None if layer is None else registry.get_layer(session, layer)
        for found in queries.list_change_sets(session, layer=wanted):
            base, edits = queries.base_of(session, found).number, len(queries.edits(session, found))
            rows.add(found.id, found.title, str(found.state), base, found.author, edits)
    rows.print(as_json=as_json, out=out)


def undo(change_set: Draft, key: Key) -> None:
    """Take back the latest edit.

    Example: [bold]wangge boundaries undo 1[/]
    """
    from grids.change_sets import operations

    with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
        done = operations.undo(session, change_set_id=change_set, actor=who.actor)
        out.print(f"change set {done.id} is at version {done.version}")


def rebase(change_set: Draft, key: Key) -> None:
    """Put a draft on top of the latest release; areas that both changed are named and nothing is changed.

    Example: [bold]wangge boundaries rebase 2[/]
    """
    from grids.change_sets import operations

    with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
        _print_rebased(operations.rebase(session, change_set_id=change_set, actor=who.actor))


def resolve_conflict(
    change_set: Draft,
    code: Annotated[str, typer.Argument(help="An area that both the draft and a release since changed.")],
    keep: Annotated[Literal["mine", "theirs"], typer.Argument(help="The draft's area, or the published one.")],
    key: Key,
) -> None:
    """Settle one conflict; after the last the draft stands on the latest release.

    Example: [bold]wangge boundaries settle 2 410106003004006 mine[/]
    """
    from grids.change_sets import operations

    with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
        _print_rebased(
            operations.resolve_conflict(session, change_set_id=change_set, code=code, keep=keep, actor=who.actor)
        )


def withdraw(change_set: Draft, key: Key) -> None:
    """Give a draft up; it stays on record.

    Example: [bold]wangge boundaries withdraw 2[/]
    """
    from grids.change_sets import operations

    with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
        out.print(operations.withdraw(session, change_set_id=change_set, actor=who.actor).state)


def _print_rebased(found: Rebased) -> None:
    for code in found.conflicts:
        out.print(f"  [yellow]conflict[/] {code}")
    if found.is_current:
        out.print(f"change set {found.change_set.id} stands on the latest release")
    else:
        out.print(f"{len(found.conflicts)} conflicts: settle each (mine or theirs)")
