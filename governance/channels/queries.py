"""Reads of channels: kinds of sources on a day, and the channels of a key at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from governance.channels.rules import Binding
from governance.channels.states import SourceKind
from governance.channels.tables import ChannelBinding, ChannelKind, ChannelOpening
from identity.keys import ApiClient

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session


OPENS_CASES: Final = """coalesce(
    (SELECT o.opens_cases FROM channel_opening o WHERE o.channel = r.channel AND o.valid_from <= r.received_at
     ORDER BY o.valid_from DESC LIMIT 1),
    (SELECT k.kind <> 'quick_note' FROM channel_kind k
     WHERE k.channel = r.channel AND k.valid_from <= CAST(r.received_at AT TIME ZONE 'Asia/Shanghai' AS date)
     ORDER BY k.valid_from DESC LIMIT 1),
    true)"""
"""Whether a report `r` opens its case by itself: as was stated for its channel, else unless it is a quick note."""


@dataclass(frozen=True, slots=True)
class ChannelSummary:
    """A channel on a day: its kind, who sends for it (key, datum), and whether its reports open cases by themselves."""

    channel: str
    kind: str | None
    kind_from: date | None
    keys: tuple[tuple[str, str], ...]
    opens_cases: bool


def kinds_on(session: Session, day: date) -> dict[str, str]:
    """Return the kind of source of each channel on a day; a channel that is not named is of citizens."""
    rows = session.execute(
        select(ChannelKind.channel, ChannelKind.kind)
        .where(ChannelKind.valid_from <= day)
        .ext(distinct_on(ChannelKind.channel))
        .order_by(ChannelKind.channel, ChannelKind.valid_from.desc())
    )
    return {row.channel: row.kind for row in rows}


def kinds(session: Session) -> Sequence[ChannelKind]:
    """Return every dated row of kinds, by day."""
    return session.scalars(select(ChannelKind).order_by(ChannelKind.valid_from, ChannelKind.channel)).all()


def bindings_of(session: Session, client_id: int, at: datetime) -> tuple[Binding, ...]:
    """Return the channels that a key sends for at an instant, by name."""
    return tuple(Binding(channel, crs) for _, channel, crs in _bindings(session, at, client_id))


def summaries(session: Session, at: datetime, day: date) -> list[ChannelSummary]:
    """Return every channel that has a kind on the day, or a key or a rule on cases at the instant, by name."""
    senders: dict[str, list[tuple[str, str]]] = {}
    for name, channel, crs in _bindings(session, at):
        senders.setdefault(channel, []).append((name, crs))
    named = {row.channel: row for row in kinds(session) if row.valid_from <= day}
    stated = _openings(session, at)
    found = []
    for channel in sorted(named.keys() | senders.keys() | stated.keys()):
        kind, since = (named[channel].kind, named[channel].valid_from) if channel in named else (None, None)
        opens = stated.get(channel, kind != SourceKind.QUICK_NOTE)
        found.append(ChannelSummary(channel, kind, since, tuple(sorted(senders.get(channel, []))), opens))
    return found


def _openings(session: Session, at: datetime) -> dict[str, bool]:
    """Return what is stated at an instant on whether reports of channels open cases."""
    rows = session.execute(
        select(ChannelOpening.channel, ChannelOpening.opens_cases)
        .where(ChannelOpening.valid_from <= at)
        .ext(distinct_on(ChannelOpening.channel))
        .order_by(ChannelOpening.channel, ChannelOpening.valid_from.desc())
    )
    return {row.channel: row.opens_cases for row in rows}


def _bindings(session: Session, at: datetime, client_id: int | None = None) -> list[tuple[str, str, str]]:
    """Return name of key, channel and crs of what counts at an instant."""
    query = (
        select(ApiClient.name, ChannelBinding.channel, ChannelBinding.crs)
        .join(ApiClient, ApiClient.id == ChannelBinding.client_id)
        .where(ChannelBinding.valid_from <= at)
        .ext(distinct_on(ChannelBinding.client_id, ChannelBinding.channel))
        .order_by(ChannelBinding.client_id, ChannelBinding.channel, ChannelBinding.valid_from.desc())
    )
    query = query.where(
        ApiClient.withdrawn_at.is_(None) if client_id is None else ChannelBinding.client_id == client_id
    )
    return [(name, channel, crs) for name, channel, crs in session.execute(query) if crs is not None]
