"""Replacing a key under its name, with a time in which the former one opens too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from core import audit, clock
from core.errors import DomainError, Kind
from identity.actors import COMMAND_LINE, Actor
from identity.keys import ApiClient, KeyNotFoundError, expiry_detail, hash_key, new_key, require_to_come

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy.orm import Session


class RotationUnderWayError(DomainError):
    """The key before the present one still opens. Wait until it has ended, or end it: `--overlap-days 0`."""

    code = "key-rotation-under-way"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class Rotation:
    """A key's replacement, shown once, until when the former key opens too, and when the new one expires."""

    key: str
    former_until: datetime
    expires_at: datetime | None


def rotate_key(
    session: Session, *, name: str, overlap: timedelta, expires_at: datetime | None = None, actor: Actor = COMMAND_LINE
) -> Rotation:
    """Replace a key under its name; the former one opens the same for the time of `overlap`, and no longer than before.

    What hangs on the key (holder, scopes, channels, quota, the reports it sent) stays. Where no `expires_at` is given,
    a key that expires is replaced by one that lives as long.

    Raises
    ------
    KeyNotFoundError, ExpiryInvalidError
    RotationUnderWayError
        When the key before the present one still opens: it would end at once. With an overlap of nothing both end.
    """
    client = session.scalar(
        select(ApiClient)
        .where(ApiClient.name == name, ApiClient.withdrawn_at.is_(None), ApiClient.has_key)
        .with_for_update()
    )
    if client is None:
        raise KeyNotFoundError("There is no key in use named '{name}'.", values={"name": name}, field="name")
    now = clock.now()
    if overlap and client.former_until is not None and client.former_until > now:
        raise RotationUnderWayError(
            (
                "The former key of '{name}' opens until {former_until}; wait until then, or end it and the "
                "present one now: wangge keys rotate {name} --overlap-days 0."
            ),
            values={"name": name, "former_until": f"{client.former_until.astimezone(clock.LOCAL):%Y-%m-%d %H:%M}"},
            field="name",
        )
    if expires_at is None and client.expires_at is not None:
        expires_at = now + (client.expires_at - (client.issued_at or client.created_at))
    require_to_come(expires_at, now)
    until = min(now + overlap, client.expires_at or now + overlap)
    key = new_key()
    client.former_sha256, client.former_until = client.key_sha256, until
    client.key_sha256, client.issued_at, client.expires_at = hash_key(key), now, expires_at
    audit.record(
        session,
        actor=actor,
        action="keys.rotate",
        subject=name,
        former_until=until.isoformat(),
        **expiry_detail(expires_at),
    )
    return Rotation(key, until, expires_at)
