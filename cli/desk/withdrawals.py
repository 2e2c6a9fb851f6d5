"""Withdraw a release that is not in force yet: one person asks for it, another approves."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.desk.acting import Key, acting, out
from identity.grants import Scope

Layer = Annotated[str, typer.Argument(help="Layer.")]
Number = Annotated[int, typer.Argument(help="Number of the release, the layer's latest.", min=1)]


def request_withdrawal(
    layer: Layer, release: Number, reason: Annotated[str, typer.Option(help="Why; kept on record.")], key: Key
) -> None:
    """Ask that a release shall not take effect; nothing changes until a second person approves.

    Example: [bold]wangge boundaries request-withdrawal admin 3 --reason 生效年份写错 --key $EDITORS_KEY[/]
    """
    from grids.boundaries import queries
    from grids.change_sets import operations

    with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
        found = queries.get_layer(session, layer)
        operations.request_withdrawal(session, layer=found, number=release, actor=who.actor, reason=reason)
        out.print(f"{layer}: the withdrawal of release {release} waits for a second person", highlight=False)


def approve_withdrawal(layer: Layer, release: Number, key: Key) -> None:
    """Withdraw a release as another person asked: it never takes effect, and a draft it came from opens again.

    Example: [bold]wangge boundaries approve-withdrawal admin 3 --key $APPROVERS_KEY[/]
    """
    from grids.boundaries import queries
    from grids.change_sets import operations

    with acting(key, Scope.BOUNDARIES_APPROVE) as (session, who):
        found = queries.get_layer(session, layer)
        operations.approve_withdrawal(session, layer=found, number=release, actor=who.actor)
        out.print(f"{layer}: release {release} is withdrawn", highlight=False)
