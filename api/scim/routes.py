"""SCIM 2.0: a directory keeps people, and who belongs to units and roles, with a key of a security administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import orjson
from fastapi import Body, Header, Path, Query, Request
from starlette.responses import Response

from api.http.access import SecurityAdministrator
from api.http.dependencies import SessionDep
from api.http.openapi import feature_router
from api.http.public_address import address_of
from api.scim import documents, resources
from api.scim.errors import MEDIA, ScimError, error_response
from api.scim.filters import condition
from api.scim.patches import patched
from core import clock
from core.errors import DomainError
from identity.people import operations, queries
from identity.people.rules import PersonNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from identity.people.tables import Person

router = feature_router(prefix="/scim/v2", include_in_schema=False)
UserId = Annotated[str, Path(pattern=r"^[0-9]{1,9}$")]
GroupId = Annotated[str, Path(max_length=100)]
Sent = Annotated[dict[str, Any], Body()]
IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=200)]
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match", max_length=200)]
Filter = Annotated[str | None, Query(max_length=2000)]
StartIndex = Annotated[int, Query(alias="startIndex", le=2**31 - 1)]
Count = Annotated[int, Query(le=2**31 - 1)]
_LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_MOST = 1000


@router.get("/ServiceProviderConfig")
def get_service_provider_config(request: Request, _: SecurityAdministrator) -> Response:
    """Return what this service supports."""
    return _answer(documents.service_provider_config(_base(request)))


@router.get("/ResourceTypes")
def list_resource_types(request: Request, _: SecurityAdministrator) -> Response:
    """List the types of resources."""
    return _page(documents.resource_types(_base(request)), 1, _MOST)


@router.get("/Schemas")
def list_schemas(request: Request, _: SecurityAdministrator) -> Response:
    """List the schemas."""
    return _page(documents.schemas(_base(request)), 1, _MOST)


@router.get("/Users")
def list_users(
    request: Request,
    session: SessionDep,
    _: SecurityAdministrator,
    filter: Filter = None,  # noqa: A002 (the protocol's name)
    startIndex: StartIndex = 1,  # noqa: N803
    count: Count = 100,
) -> Response:
    """List people that meet a filter, page by page."""
    return _guarded(lambda: _page(_chosen(resources.users(session, _base(request)), filter), startIndex, count))


@router.post("/Users")
def create_user(request: Request, session: SessionDep, security: SecurityAdministrator, body: Sent) -> Response:
    """Add a person."""

    def create() -> Response:
        with session.begin_nested():
            person = resources.create_user(session, body, actor=security.actor)
        return _answer(_user(session, person, request), 201)

    return _guarded(create)


@router.get("/Users/{user}")
def get_user(
    request: Request, session: SessionDep, _: SecurityAdministrator, user: UserId, if_none_match: IfNoneMatch = None
) -> Response:
    """Read a person."""

    def read() -> Response:
        found = _user(session, _person(session, user), request)
        version = found["meta"]["version"]
        return Response(None, 304, {"ETag": version}) if if_none_match == version else _answer(found)

    return _guarded(read)


@router.put("/Users/{user}")
def replace_user(
    request: Request, session: SessionDep, security: SecurityAdministrator, user: UserId, body: Sent,
    if_match: IfMatch = None,
) -> Response:  # fmt: skip
    """Make of a person what is sent."""

    def replace() -> Response:
        person = _person(session, user, if_match, locked=True)
        with session.begin_nested():
            resources.change_user(session, person, body, actor=security.actor)
        return _answer(_user(session, person, request))

    return _guarded(replace)


@router.patch("/Users/{user}")
def patch_user(
    request: Request, session: SessionDep, security: SecurityAdministrator, user: UserId, body: Sent,
    if_match: IfMatch = None,
) -> Response:  # fmt: skip
    """Change parts of a person."""

    def patch() -> Response:
        person = _person(session, user, if_match, locked=True)
        wanted = patched(_user(session, person, request), _operations(body))
        with session.begin_nested():
            resources.change_user(session, person, wanted, actor=security.actor)
        return _answer(_user(session, person, request))

    return _guarded(patch)


@router.delete("/Users/{user}")
def delete_user(
    session: SessionDep, security: SecurityAdministrator, user: UserId, if_match: IfMatch = None
) -> Response:
    """End a person's appointment and erase the data; what the person signed stays."""

    def delete() -> Response:
        person = _person(session, user, if_match, locked=True)
        resources.end_user(session, person, actor=security.actor)
        operations.erase(session, person, actor=security.actor, note="SCIM")
        return Response(None, 204)

    return _guarded(delete)


@router.get("/Groups")
def list_groups(
    request: Request,
    session: SessionDep,
    _: SecurityAdministrator,
    filter: Filter = None,  # noqa: A002 (the protocol's name)
    startIndex: StartIndex = 1,  # noqa: N803
    count: Count = 100,
) -> Response:
    """List units and roles that meet a filter, page by page."""
    return _guarded(lambda: _page(_chosen(resources.groups(session, _base(request)), filter), startIndex, count))


@router.post("/Groups")
def create_group(_: SecurityAdministrator, body: Sent) -> Response:
    """Refuse: units and roles are made in this service."""
    del body
    return error_response(
        ScimError(
            "Groups are units and roles, which are made here: find one by displayName and change its members.",
            scim_type="mutability",
        )
    )


@router.get("/Groups/{group}")
def get_group(request: Request, session: SessionDep, _: SecurityAdministrator, group: GroupId) -> Response:
    """Read a unit or a role with its people."""
    return _guarded(lambda: _answer(_group(session, request, group)))


@router.put("/Groups/{group}")
def replace_group(
    request: Request, session: SessionDep, security: SecurityAdministrator, group: GroupId, body: Sent
) -> Response:
    """Let exactly the people that are sent belong to a unit or role."""
    return _guarded(lambda: _members(session, security, request, group, lambda _: body))


@router.patch("/Groups/{group}")
def patch_group(
    request: Request, session: SessionDep, security: SecurityAdministrator, group: GroupId, body: Sent
) -> Response:
    """Change who belongs to a unit or role."""
    return _guarded(
        lambda: _members(session, security, request, group, lambda found: patched(found, _operations(body)))
    )


@router.delete("/Groups/{group}")
def delete_group(_: SecurityAdministrator, group: GroupId) -> Response:
    """Refuse: units and roles are ended in this service."""
    return error_response(
        ScimError("Group '{group}' is not ended by a directory.", values={"group": group}, scim_type="mutability")
    )


def _members(
    session: Session, security: SecurityAdministrator, request: Request, group: str,
    change: Callable[[dict[str, Any]], dict[str, Any]],
) -> Response:  # fmt: skip
    found = _group(session, request, group)
    wanted = change(found).get("members") or []
    if not isinstance(wanted, list):
        raise ScimError("members is a list.")
    with session.begin_nested():
        resources.change_members(session, found, wanted, actor=security.actor)
    return _answer(_group(session, request, group))


def _guarded(answer: Callable[[], Response]) -> Response:
    """Answer, with errors as SCIM writes them; what a refused request did is undone by its savepoint."""
    try:
        return answer()
    except DomainError as error:
        return error_response(error)


def _answer(resource: dict[str, Any], status: int = 200) -> Response:
    meta = resource.get("meta", {})
    headers = {name: meta[key] for name, key in (("Location", "location"), ("ETag", "version")) if key in meta}
    return Response(orjson.dumps(resource), status, headers, MEDIA)


def _page(found: list[dict[str, Any]], start: int, count: int) -> Response:
    """Return a page of a list: indexes count from 1, and numbers below mean the lowest (RFC 7644, 3.4.2.4)."""
    start, count = max(1, start), min(max(0, count), _MOST)
    shown = found[start - 1 : start - 1 + count]
    body = {"schemas": [_LIST], "totalResults": len(found), "startIndex": start, "itemsPerPage": len(shown)}
    return Response(orjson.dumps(body | {"Resources": shown}), media_type=MEDIA)


def _chosen(found: list[dict[str, Any]], words: str | None) -> list[dict[str, Any]]:
    return found if not words else list(filter(condition(words), found))


def _operations(body: dict[str, Any]) -> Any:  # noqa: ANN401 (JSON as sent)
    return next((value for name, value in body.items() if name.lower() == "operations"), None)


def _person(session: Session, number: str, if_match: str | None = None, *, locked: bool = False) -> Person:
    person = queries.get(session, int(number), locked=locked)
    if person.erased_at is not None:
        raise PersonNotFoundError("There is no user {number}.", values={"number": number})
    if if_match not in {None, "*", f'W/"{person.version}"'}:
        raise ScimError(
            "User {number} was changed meanwhile: read it again.", values={"number": number}, scim_type=None, status=412
        )
    return person


def _user(session: Session, person: Person, request: Request) -> dict[str, Any]:
    return resources.user(queries.profile(session, person.id, clock.now()), _base(request))


def _group(session: Session, request: Request, number: str) -> dict[str, Any]:
    found = next((one for one in resources.groups(session, _base(request)) if one["id"] == number), None)
    if found is None:
        raise ScimError("There is no group '{number}'.", values={"number": number}, scim_type=None, status=404)
    return found


def _base(request: Request) -> str:
    return f"{address_of(request)}/scim/v2"
