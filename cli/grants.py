"""`grants`: roles of persons and systems, in an area and on a category."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.printing import JsonOption, Listing
from identity.grants import ROLES

app = typer.Typer(
    help="Grants: which areas and categories the keys of a person or system reach.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@app.command()
def add(
    holder: Annotated[str, typer.Argument(help="Person or system, as `wangge keys holders` names it.")],
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")],
    area: Annotated[str | None, typer.Option(help="LAYER/CODE, e.g. admin/410106003; everywhere if left out.")] = None,
    category: Annotated[str | None, typer.Option(help="Category of reports; all if left out.")] = None,
    actor: ActorOption = None,
) -> None:
    """Grant a role in an area and on a category; several grants add up.

    Whoever has a grant reaches what the grants name and no more, whatever the keys open: grant every role that is
    still needed, without --area where it is needed everywhere. It counts within 15 seconds.

    Example: [bold]wangge grants add 张三 --role dispatcher --area admin/410106003[/]
    """
    from grids.boundaries.queries import require_named_area
    from identity import principals
    from identity.granting import add_grant
    from identity.grants import Grant

    with database() as opened, opened.transaction() as session:
        if area is not None:
            require_named_area(session, area)
        given = add_grant(
            session,
            principal=principals.existing(session, holder),
            grant=Grant(role, area, category),
            actor=local_actor(session, actor),
        )
        console.print(f"grant [bold]{given.id}[/]: {holder} is {role} in {area or 'all areas'}", highlight=False)


@app.command("list")
def list_(
    holder: Annotated[str | None, typer.Argument(help="Only of this person or system.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the grants in force.

    Example: [bold]wangge grants list 张三[/]
    """
    from identity.granting import list_grants

    rows = Listing(id="no.", holder="holder", role="role", area="area", category="category")
    with database() as opened, opened.snapshot() as session:
        for name, row in list_grants(session, holder):
            shown = {"area": row.area or "all", "category": row.category or "all"}
            rows.add(row.id, name, row.role, row.area, row.category, shown=shown)
    rows.print(as_json=as_json)


@app.command()
def revoke(
    number: Annotated[int, typer.Argument(help="Number of the grant.", min=1)], actor: ActorOption = None
) -> None:
    """Take a grant back; it counts within 15 seconds. Whoever has no grant left then reaches nothing.

    Example: [bold]wangge grants revoke 3[/]
    """
    from identity.granting import revoke_grant

    with database() as opened, opened.transaction() as session:
        taken = revoke_grant(session, number, actor=local_actor(session, actor))
        console.print(f"grant [bold]{number}[/] ({taken.role}) is taken back")
