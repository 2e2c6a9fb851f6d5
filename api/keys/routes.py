"""API keys over HTTP, for who lets people and programs in. A key cannot join what one person may not hold together."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import Path
from starlette.responses import Response

from api.http.access import SecurityAdministrator
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.texts import LINE_PATTERN
from api.keys.schemas import KeyIn, KeyListOut, KeyMadeOut, KeyOut, RotationIn
from core import clock
from governance.channels import rules
from governance.channels.operations import bind_key
from governance.channels.queries import bindings_of
from identity import keys, principals
from identity.granting import scopes_for_key
from identity.grants import ROLES, SEPARATED_ROLES
from identity.rotation import rotate_key

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from identity.keys import ApiClient

router = feature_router(prefix="/v1/keys", tags=["keys"])

_Name = Annotated[str, Path(max_length=200, pattern=LINE_PATTERN, examples=["hotline"])]
_ONCE = {"Cache-Control": "no-store"}


@router.get("", responses=responses(401, 403, 503))
def list_keys(session: SnapshotDep, _: SecurityAdministrator) -> KeyListOut:
    """List the keys with what each opens; withdrawn ones too."""
    now = clock.now()
    return KeyListOut(items=[_key(session, client, now) for client in keys.list_keys(session)])


@router.post("", status_code=201, responses=responses(400, 401, 403, 409, 413, 422, 503))
def create_key(wanted: KeyIn, session: SessionDep, maker: SecurityAdministrator, response: Response) -> KeyMadeOut:
    """Make a key for a system of its name; it is shown this once.

    Who makes it sees it: it has no role that is kept from the maker's (administrator, auditor).
    """
    channel = None if wanted.channel is None else rules.checked_name(wanted.channel)
    rules.checked_crs(wanted.crs)
    scopes = scopes_for_key(session, wanted.roles, holder=maker.actor)
    made = keys.create_key(
        session,
        name=wanted.name,
        scopes=scopes,
        actor=maker.actor,
        quota_per_minute=wanted.quota_per_minute,
        expires_at=wanted.expires_at,
    )
    session.flush()
    if channel is not None:
        bind_key(session, key=wanted.name, channel=channel, crs=wanted.crs, actor=maker.actor)
    response.headers.update(_ONCE)
    return KeyMadeOut(name=wanted.name, key=made, expires_at=wanted.expires_at, former_until=None)


@router.post("/{name}/rotation", responses=responses(400, 401, 403, 404, 409, 413, 422, 503))
def replace_key(
    name: _Name, wanted: RotationIn, session: SessionDep, maker: SecurityAdministrator, response: Response
) -> KeyMadeOut:
    """Replace a key under its name; the new one is shown this once, the former one opens for some days more."""
    scopes = set(_in_use(session, name).scopes)
    held = [role for role in sorted(SEPARATED_ROLES) if set(ROLES[role]) <= scopes]
    scopes_for_key(session, held, holder=maker.actor)  # refuses what is kept from who is shown the new key
    overlap = timedelta(days=wanted.overlap_days)
    made = rotate_key(session, name=name, overlap=overlap, expires_at=wanted.expires_at, actor=maker.actor)
    response.headers.update(_ONCE)
    return KeyMadeOut(name=name, key=made.key, expires_at=made.expires_at, former_until=made.former_until)


@router.post("/{name}/withdrawal", responses=responses(400, 401, 403, 404, 503))
def withdraw_key(name: _Name, session: SessionDep, administrator: SecurityAdministrator) -> KeyOut:
    """Withdraw a key for good; it opens nothing within seconds."""
    client = _in_use(session, name)
    keys.withdraw_key(session, name=name, actor=administrator.actor)
    session.flush()
    return _key(session, client, clock.now())


def _in_use(session: Session, name: str) -> ApiClient:
    found = next((one for one in keys.list_keys(session) if one.name == name and one.withdrawn_at is None), None)
    if found is None:
        raise keys.KeyNotFoundError("There is no key in use named '{name}'.", values={"name": name}, field="path.name")
    return found


def _key(session: Session, client: ApiClient, now: datetime) -> KeyOut:
    bound = bindings_of(session, client.id, now)
    is_over = client.expires_at is not None and client.expires_at <= now
    return KeyOut(
        name=client.name,
        holder=principals.get(session, client.holder_id).name,
        scopes=client.scopes,
        channels=[one.channel for one in bound],
        systems=[one.crs for one in bound],
        quota_per_minute=client.quota_per_minute,
        created_at=client.created_at,
        expires_at=client.expires_at,
        former_until=client.former_until,
        state="withdrawn" if client.withdrawn_at is not None else "expired" if is_over else "in_use",
    )
