"""The accounts of people, for who manages people: state, one-time links, locks, sessions."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request
from starlette.responses import Response

from api.http.access import SecurityAdministrator
from api.http.answers import json_response
from api.http.dependencies import SessionDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.public_address import address_of
from api.http.services import ServicesDep
from api.sign_in.routes import NO_STORE
from api.sign_in.schemas import AccountOut, LinkIn, LinkOut, SessionsEndedOut, account_out
from identity import principals
from identity.people import queries as people
from identity.sign_in import accounts, links, sessions

router = feature_router(prefix="/v1/people", tags=["people"])
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The person's number.", examples=[101])]
READ = responses(400, 401, 403, 404, 503)
WRITE = responses(400, 401, 403, 404, 409, 422, 503)


@router.get("/{person}/account", response_model=AccountOut, responses=READ)
def read_account(session: SessionDep, services: ServicesDep, _: SecurityAdministrator, person: Number) -> Response:
    """Read how a person signs in: login, state, second factor, open sessions."""
    found = people.get(session, person)
    return json_response(account_out(links.account_state(session, found, services.settings)))


@router.post("/{person}/account/link", status_code=201, response_model=LinkOut, responses=WRITE)
def make_account_link(
    session: SessionDep,
    services: ServicesDep,
    request: Request,
    security: SecurityAdministrator,
    person: Number,
    body: LinkIn,
) -> Response:
    """Make a link by which a person sets the first password, or another one; links of before open no longer.

    The link is shown this once. Those of administrators, security administrators and auditors are made on the server.
    """
    found = people.get(session, person, locked=True)
    made = links.make_link(session, found, login=body.login, settings=services.settings, actor=security.actor)
    if body.remove_second_factor:
        links.take_second_factor(session, found, actor=security.actor)
    link = f"{address_of(request)}/sign-in#token={made.token}"
    return json_response({"link": link, "kind": made.kind, "expires_at": made.expires_at}, 201, NO_STORE)


@router.post("/{person}/account/lock", response_model=AccountOut, responses=READ)
def lock_account(services: ServicesDep, security: SecurityAdministrator, person: Number) -> Response:
    """Lock an account: its sessions end at once, and nobody signs in with it."""
    with services.sessions.ending() as session:
        found = people.get(session, person)
        accounts.lock(session, person=principals.get(session, found.id), actor=security.actor)
        return json_response(account_out(links.account_state(session, found, services.settings)))


@router.post("/{person}/account/unlock", response_model=AccountOut, responses=READ)
def unlock_account(
    session: SessionDep, services: ServicesDep, security: SecurityAdministrator, person: Number
) -> Response:
    """Unlock an account."""
    found = people.get(session, person)
    accounts.unlock(session, person=principals.get(session, found.id), actor=security.actor)
    return json_response(account_out(links.account_state(session, found, services.settings)))


@router.delete("/{person}/sessions", response_model=SessionsEndedOut, responses=READ)
def end_sessions(services: ServicesDep, security: SecurityAdministrator, person: Number) -> Response:
    """End all sessions of a person; they open nothing more from then on, in every process."""
    with services.sessions.ending() as session:
        found = people.get(session, person)
        ended = sessions.end_all(session, principals.get(session, found.id), actor=security.actor)
    return json_response({"ended": ended})
