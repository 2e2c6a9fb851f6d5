"""`accounts`: how persons sign in; one-time links, locks and sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import local_words
from cli.lines import Console
from cli.printing import JsonOption, Listing, Table

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from identity.actors import Actor
    from identity.sign_in.accounts import OneTimeToken

app = typer.Typer(
    help="Accounts: how persons sign in; one-time links, locks, sessions.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

_Person = Annotated[str, typer.Argument(help="Staff number, or name that the person acts under.")]


@app.command()
def invite(
    person: _Person,
    login: Annotated[
        str | None,
        typer.Option(help="What the person signs in with; if left out the staff number, else the name."),
    ] = None,
    actor: ActorOption = None,
) -> None:
    """Print a one-time link by which a person sets the first password; a link of before no longer opens.

    Roles are given apart: wangge grants add.

    Example: [bold]wangge accounts invite 刘洋 --login liu.yang[/]
    """
    from core.settings import Settings
    from identity.sign_in import accounts

    with database() as opened, opened.transaction() as session:
        made = accounts.invite(
            session,
            person=_account_person(session, person),
            login=login,
            settings=Settings(),
            actor=local_actor(session, actor),
        )
    print_link(made, person)


@app.command()
def reset(
    person: _Person,
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="Take the second factor away too: the phone was lost.")
    ] = False,
    actor: ActorOption = None,
) -> None:
    """Print a one-time link by which a person sets another password; the present one goes on until then.

    Example: [bold]wangge accounts reset 刘洋 --second-factor[/]
    """
    from core.settings import Settings
    from identity.sign_in import accounts, second_factors

    with database() as opened, opened.transaction() as session:
        found, who = _account_person(session, person), local_actor(session, actor)
        made = accounts.reset(session, person=found, settings=Settings(), actor=who)
        if second_factor:
            second_factors.remove(session, accounts.account_of(session, found), actor=who)
    print_link(made, person)


@app.command()
def encrypt() -> None:
    """Encrypt the secrets of authenticator apps and notifications with the first of WANGGE_SECRET_KEYS, when it is new.

    Example: [bold]wangge accounts encrypt[/]
    """
    from core.settings import Settings
    from governance.notifications import target_secrets
    from identity.sign_in import second_factors

    with database() as opened, opened.transaction() as session:
        counts = [one.encrypt_all(session, Settings()) for one in (second_factors, target_secrets)]
    changed, unreadable = (sum(of) for of in zip(*counts, strict=True))
    console.print(f"[bold]{changed}[/] secrets were encrypted with the first key", highlight=False)
    if unreadable:
        console.print(f"{unreadable} can be read with none of the keys: put the key before back, or reset them")
        raise typer.Exit(1)


@app.command()
def lock(person: _Person, actor: ActorOption = None) -> None:
    """Lock an account: its sessions end at once, and nobody signs in with it.

    Example: [bold]wangge accounts lock 刘洋[/]
    """
    from identity.sign_in import accounts

    with database() as opened, opened.transaction() as session:
        found = _account_person(session, person)
        done = accounts.lock(session, person=found, actor=local_actor(session, actor))
    console.print(f"[bold]{person}[/] is locked" if done else f"{person} was locked before")


@app.command()
def unlock(person: _Person, actor: ActorOption = None) -> None:
    """Unlock an account.

    Example: [bold]wangge accounts unlock 刘洋[/]
    """
    from identity.sign_in import accounts

    with database() as opened, opened.transaction() as session:
        found = _account_person(session, person)
        done = accounts.unlock(session, person=found, actor=local_actor(session, actor))
    console.print(f"[bold]{person}[/] may sign in again" if done else f"{person} was not locked")


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List accounts: logins, state, and open sessions.

    Example: [bold]wangge accounts list[/]
    """
    from core.settings import Settings
    from identity.sign_in.accounts import list_accounts

    rows = Listing(person="person", login="login", password_set_at="password set", sessions="sessions", state="state")  # noqa: S106
    with database() as opened, opened.snapshot() as session:
        for name, account, sessions in list_accounts(session, Settings()):
            state = "locked" if account.locked_at else "in use" if account.password_hash else "invited"
            rows.add(name, account.login, account.password_set_at, sessions, state)
    rows.print(as_json=as_json)


@app.command()
def sessions(person: _Person) -> None:
    """List the open sessions of a person.

    Example: [bold]wangge accounts sessions 刘洋[/]
    """
    from core.settings import Settings
    from identity.sign_in.sessions import list_sessions

    table = Table("no.", "begun", "last seen", "by", "address", "program")
    with database() as opened, opened.snapshot() as session:
        found = _account_person(session, person)
        for row in list_sessions(session, found, Settings()):
            begun, seen = local_words(row.created_at), local_words(row.last_seen_at)
            table.add_row(str(row.id), begun, seen, row.method, row.address, row.program)
    Console().print(table)


@app.command()
def revoke(
    person: _Person,
    number: Annotated[int | None, typer.Option("--session", min=1, help="Only this one; all if left out.")] = None,
    actor: ActorOption = None,
) -> None:
    """End a person's sessions, all or one; they open nothing more from then on, in every process.

    Example: [bold]wangge accounts revoke 刘洋[/]
    """
    from identity.sign_in import sessions as operations

    with database() as opened, opened.transaction() as session:
        found = _account_person(session, person)
        who = local_actor(session, actor)
        ended = operations.end_all(session, found, actor=who, number=number)
    console.print(f"ended {ended} session{'' if ended == 1 else 's'} of [bold]{person}[/]")


def print_link(made: OneTimeToken, person: str) -> None:
    """Print a one-time link, alone on its line."""
    from core.settings import Settings

    base = Settings().public_url.rstrip("/") or "http://127.0.0.1:8000"
    console.print(
        f"one-time link for [bold]{person}[/], until {local_words(made.expires_at)}; it is not stored:", highlight=False
    )
    Console().print(f"{base}/sign-in#token={made.token}", highlight=False, soft_wrap=True)


def _account_person(session: Session, words: str) -> Actor:
    """Return the principal of a staff number or name."""
    from identity import principals
    from identity.people.queries import by_words

    return principals.get(session, by_words(session, words).id)
