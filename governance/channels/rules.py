"""Which channel a report belongs to, and what names and kinds of channels are valid: pure decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.errors import DomainError, Kind, detail_of
from geo import datum
from governance.channels.states import SourceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_NAME: Final = 80


class ChannelInvalidError(DomainError):
    """A channel's name, kind of source or datum is not valid."""

    code = "channel-invalid"


class ChannelKindExistsError(DomainError):
    """The channel has a kind from that day on already, and it is never changed. Choose another day."""

    code = "channel-kind-exists"
    kind = Kind.CONFLICT


class ChannelForbiddenError(DomainError):
    """The API key sends for another channel. Leave the channel out, or use that channel's key."""

    code = "channel-forbidden"
    kind = Kind.FORBIDDEN


class ChannelMissingError(DomainError):
    """The API key belongs to no channel, so it may not send reports. Have a key made with the channel it sends for."""

    code = "channel-missing"
    kind = Kind.FORBIDDEN


class ChannelAmbiguousError(DomainError):
    """The API key sends for several channels. Name the report's channel."""

    code = "channel-ambiguous"


@dataclass(frozen=True, slots=True)
class Binding:
    """A key's channel, and the datum or CRS of the coordinates that it sends for it."""

    channel: str
    crs: str


def choose(sent: str | None, bindings: Sequence[Binding]) -> Binding:
    """Return the binding a report comes under: by the channel that it names, else the key's only one.

    A key without a channel sends for none: it could take any channel's name and use up its external ids.

    Raises
    ------
    ChannelMissingError
        When the key is bound to no channel.
    ChannelForbiddenError
        When the report names a channel that the key is not bound to.
    ChannelAmbiguousError
        When it names none and the key is bound to several.
    """
    if not bindings:
        raise ChannelMissingError(field="channel")
    if sent is None:
        if len(bindings) > 1:
            named = ", ".join(f"'{one.channel}'" for one in bindings)
            raise ChannelAmbiguousError(
                "This key sends for the channels {named}: name one.", values={"named": named}, field="channel"
            )
        return bindings[0]
    for one in bindings:
        if one.channel == sent:
            return one
    named = ", ".join(f"'{one.channel}'" for one in bindings)
    raise ChannelForbiddenError("This key sends for channel {named} only.", values={"named": named}, field="channel")


def checked_name(channel: str, field: str = "channel") -> str:
    """Return a channel's name without blanks around it, or raise ChannelInvalidError."""
    if not channel.strip() or len(channel) > LONGEST_NAME or not channel.isprintable():
        raise ChannelInvalidError(
            "A channel is named in 1 to {longest_name} printable characters.",
            values={"longest_name": LONGEST_NAME},
            field=field,
        )
    return channel.strip()


def checked_kind(kind: str, field: str = "kind") -> SourceKind:
    """Return a kind of source, or raise ChannelInvalidError."""
    if kind not in set(SourceKind):
        raise ChannelInvalidError(
            "A channel is one of {kinds}, not '{kind}'.",
            values={"kinds": [*SourceKind], "kind": kind[:80]},
            field=field,
        )
    return SourceKind(kind)


def checked_crs(crs: str) -> str:
    """Return a datum or CRS that can be read, or raise ChannelInvalidError."""
    try:
        datum.parse_crs(crs)
    except ValueError as error:
        raise ChannelInvalidError(detail_of(error), field="crs") from error
    return crs
