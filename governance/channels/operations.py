"""Writes of channels: bind keys, declare another datum, name kinds of sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import audit, clock
from governance.channels import queries, rules
from governance.channels.tables import ChannelBinding, ChannelKind, ChannelOpening
from identity.keys import ApiClient, KeyNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from identity.actors import Actor


def bind_key(session: Session, *, key: str, channel: str, crs: str, actor: Actor) -> None:
    """Let a key send for a channel from now on, its coordinates in a datum or CRS; or declare another for it.

    Raises
    ------
    KeyNotFoundError, ChannelInvalidError
    """
    client_id = _client_id(session, key)
    _bind(session, client_id, rules.checked_name(channel), rules.checked_crs(crs), actor)
    audit.record(session, actor=actor, action="channels.bind", subject=channel.strip(), key=key, crs=crs)


def unbind_key(session: Session, *, key: str, channel: str, actor: Actor) -> bool:
    """Let a key send for a channel no longer, from now on; False when it does not send for it.

    Raises
    ------
    KeyNotFoundError
    """
    client_id = _client_id(session, key)
    if channel not in {one.channel for one in queries.bindings_of(session, client_id, clock.now())}:
        return False
    _bind(session, client_id, channel, None, actor)
    audit.record(session, actor=actor, action="channels.unbind", subject=channel, key=key)
    return True


def correct_datum(session: Session, *, client_id: int, declared: str, crs: str, actor: Actor) -> list[str]:
    """Declare another datum for each channel for which a key declares `declared`, from now on; return the channels."""
    changed = [one.channel for one in queries.bindings_of(session, client_id, clock.now()) if one.crs == declared]
    for channel in changed:
        _bind(session, client_id, channel, crs, actor)
    return changed


def name_kind(session: Session, *, channel: str, kind: str, valid_from: date, note: str, actor: Actor) -> None:
    """Name what kind of source a channel is from a day on, tomorrow at the earliest.

    Raises
    ------
    ChannelInvalidError, ChannelKindExistsError
    """
    today = clock.now().astimezone(clock.LOCAL).date()
    if valid_from <= today:
        raise rules.ChannelInvalidError(
            "{valid_from} is not after today, {today}.", values={"valid_from": valid_from, "today": today}, field="from"
        )
    set_kinds(session, kinds={channel: kind}, valid_from=valid_from, note=note, actor=actor)
    audit.record(
        session, actor=actor, action="channels.kind", subject=channel.strip(), kind=kind, valid_from=str(valid_from)
    )


def state_opening(session: Session, *, channel: str, opens_cases: bool, actor: Actor) -> None:
    """State from now on whether each report of a channel opens its case by itself.

    Raises
    ------
    ChannelInvalidError
    """
    name = rules.checked_name(channel)
    row = {"channel": name, "valid_from": clock.now(), "opens_cases": opens_cases, "added_by": actor.name}
    session.execute(insert(ChannelOpening).values(row))
    audit.record(session, actor=actor, action="channels.cases", subject=name, opens_cases=opens_cases)


def set_kinds(
    session: Session, *, kinds: Mapping[str, str], valid_from: date, note: str, actor: Actor, field: str = "kind"
) -> None:
    """Name kinds of sources from a day on; the caller decides which days may still be named.

    Raises
    ------
    ChannelInvalidError, ChannelKindExistsError
    """
    rows = [
        {
            "channel": rules.checked_name(channel, f"{field}.{channel[: rules.LONGEST_NAME]}"),
            "valid_from": valid_from,
            "kind": rules.checked_kind(kind, f"{field}.{channel[: rules.LONGEST_NAME]}"),
            "note": note,
            "added_by": actor.name,
        }
        for channel, kind in kinds.items()
    ]
    if not rows:
        return
    adding = insert(ChannelKind).values(rows).on_conflict_do_nothing().returning(ChannelKind.channel)
    added = set(session.scalars(adding))
    earlier = next((row["channel"] for row in rows if row["channel"] not in added), None)
    if earlier is not None:
        raise rules.ChannelKindExistsError(
            ("'{earlier}' has a kind from {valid_from} on already, and it is never changed: choose another day."),
            values={"earlier": earlier, "valid_from": valid_from},
            field=field,
        )


def _client_id(session: Session, key: str) -> int:
    found = session.scalar(select(ApiClient.id).where(ApiClient.name == key))
    if found is None:
        raise KeyNotFoundError("There is no key named '{key}'.", values={"key": key}, field="key")
    return found


def _bind(session: Session, client_id: int, channel: str, crs: str | None, actor: Actor) -> None:
    row = {"client_id": client_id, "channel": channel, "valid_from": clock.now(), "crs": crs, "added_by": actor.name}
    session.execute(insert(ChannelBinding).values(row))
