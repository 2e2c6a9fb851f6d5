"""Who acts at the command line: a person, by the name of the login or of `--actor`."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from governance.cases.lifecycle.operations import Caller
    from identity.actors import Actor

ActorOption = Annotated[
    str | None, typer.Option("--actor", help="Who does it, by name; who is logged in when not given.")
]


def local_actor(session: Session, name: str | None) -> Actor:
    """Return the principal of `--actor`, else of the login, else the command line itself.

    Raises
    ------
    PrincipalNameReservedError
    """
    from identity import principals
    from identity.actors import COMMAND_LINE

    if name is None:
        try:
            name = getpass.getuser()
        except (KeyError, OSError):
            return COMMAND_LINE
    return principals.local(session, name)


def case_caller(session: Session, name: str | None) -> Caller:
    """Return who acts on cases on the machine of the database: everything is in reach, and every unit is acted for."""
    from governance.cases.lifecycle.operations import Caller
    from identity.grants import EVERYTHING

    return Caller(local_actor(session, name), lambda _: EVERYTHING, any_unit=True)
