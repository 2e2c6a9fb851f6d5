"""What a target may be: its address, recipients, templates and bounds, each refused with how to mend it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import time
from string import Formatter
from typing import Final
from urllib.parse import parse_qs, urlsplit, urlunsplit

from governance.connectors.states import TYPES as ANSWER_TYPES
from governance.notifications.rules import (
    DEFAULT_TEMPLATE,
    MOST_PER_MINUTE,
    MOST_RECIPIENTS,
    PER_MINUTE,
    TEMPLATE_FIELDS,
    NotificationTargetInvalidError,
    checked_types,
)
from governance.notifications.states import DeliveryState, TargetKind

DINGTALK: Final = "https://oapi.dingtalk.com/robot/send"
WECOM: Final = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"
LONGEST_ADDRESS: Final = 2_000
LONGEST_SECRET: Final = 500
_TOKEN_IN: Final = {TargetKind.DINGTALK: "access_token", TargetKind.WECOM: "key"}
"""Where the address that a robot was made with holds what opens it."""
_BASE: Final = {TargetKind.DINGTALK: DINGTALK, TargetKind.WECOM: WECOM}
_MAILBOX: Final = re.compile(r"[^\s@<>,;\"]{1,64}@[A-Za-z0-9.-]{1,190}")
_PHONE: Final = re.compile(r"\+?[0-9]{5,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetIn:
    """A target as it is stated. A robot's `address` may be the whole one that it was made with, token and all."""

    name: str
    kind: TargetKind
    address: str = ""
    token: str = ""
    signing: str = ""
    recipients: list[str] = field(default_factory=list)
    templates: dict[str, str] = field(default_factory=dict)
    types: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    channel: str | None = None
    language: str = "zh"
    per_minute: int | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None


@dataclass(frozen=True, slots=True)
class CheckedTarget:
    """What of a target is kept: the address without a robot's token, the token, the types, the rate."""

    address: str
    token: str
    types: list[str]
    per_minute: int


def checked(given: TargetIn) -> CheckedTarget:
    """Return what of a target is kept.

    Raises
    ------
    NotificationTargetInvalidError
    """
    if not given.name.strip():
        raise NotificationTargetInvalidError("A target needs a name.", field="name")
    types = _platform_types(given) if given.kind is TargetKind.PLATFORM else checked_types(given.types)
    per_minute = given.per_minute or PER_MINUTE[given.kind]
    most = MOST_PER_MINUTE.get(given.kind, 6_000)
    if not 1 <= per_minute <= most:
        raise NotificationTargetInvalidError(
            "A target of kind '{kind}' takes 1 to {most} messages a minute.",
            values={"kind": given.kind, "most": most}, field="per_minute",
        )  # fmt: skip
    if (given.quiet_from is None) != (given.quiet_until is None):
        raise NotificationTargetInvalidError("Quiet hours have a beginning and an end.", field="quiet_from")
    _check_recipients(given)
    _check_templates(given)
    address, token = _address(given)
    return CheckedTarget(address, token, types, per_minute)


def _platform_types(given: TargetIn) -> list[str]:
    """Return the types of what an upstream platform is answered: all of them, or those that are named."""
    if not (given.channel or "").strip():
        raise NotificationTargetInvalidError("Name the channel through which the platform sends.", field="channel")
    if not set(given.types) <= set(ANSWER_TYPES):
        raise NotificationTargetInvalidError(
            "A platform is answered by these types alone: {types}.", values={"types": list(ANSWER_TYPES)}, field="types"
        )
    return list(dict.fromkeys(given.types or ANSWER_TYPES))


def _check_recipients(given: TargetIn) -> None:
    form = {TargetKind.MAIL: _MAILBOX, TargetKind.SMS: _PHONE}.get(given.kind)
    if form is None:
        if given.recipients:
            raise NotificationTargetInvalidError("Only mail and sms have recipients.", field="recipients")
        return
    if not 1 <= len(given.recipients) <= MOST_RECIPIENTS:
        raise NotificationTargetInvalidError(
            "A target of this kind has 1 to {most} recipients.", values={"most": MOST_RECIPIENTS}, field="recipients"
        )
    if not all(form.fullmatch(one) for one in given.recipients):
        raise NotificationTargetInvalidError(
            "A recipient is not a mailbox (name@example.org) or a telephone number (digits alone).", field="recipients"
        )
    if given.kind is TargetKind.SMS and DEFAULT_TEMPLATE not in given.templates:
        raise NotificationTargetInvalidError(
            "Name the gateway's template for messages that have none of their own: `default`.", field="templates"
        )


def _check_templates(given: TargetIn) -> None:
    """Make sure that templates are named as messages are, and that texts name nothing but the fields of messages."""
    if given.templates and given.kind in {TargetKind.WEBHOOK, TargetKind.PLATFORM}:
        raise NotificationTargetInvalidError(
            "A system is sent data, not words: it has no templates.", field="templates"
        )
    for name, template in given.templates.items():
        if name != DEFAULT_TEMPLATE:
            checked_types([name])
        if given.kind is not TargetKind.SMS and not _names_fields_alone(template):
            raise NotificationTargetInvalidError(
                "The template of '{name}' may name {fields} in braces, and nothing else.",
                values={"name": name, "fields": [f"{{{one}}}" for one in TEMPLATE_FIELDS]}, field="templates",
            )  # fmt: skip


def _names_fields_alone(template: str) -> bool:
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        return False
    return all(name is None or (name in TEMPLATE_FIELDS and not form and not turned) for _, name, form, turned in parts)


def _address(given: TargetIn) -> tuple[str, str]:
    """Return the address without a robot's token, and the token."""
    if given.kind is TargetKind.MAIL:
        if given.address or given.token or given.signing:
            raise NotificationTargetInvalidError(
                "Mail goes by the mail server of the settings: it has recipients, and no address or secret.",
                field="address",
            )
        return "", ""
    address = given.address or _BASE.get(given.kind, "")
    try:
        parts = urlsplit(address)
        is_one = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one or len(address) > LONGEST_ADDRESS or "@" in parts.netloc or any(sign <= " " for sign in address):
        raise NotificationTargetInvalidError(
            "The address is https://host/path, without a login (http:// for private networks alone).", field="address"
        )
    token = given.token
    if given.kind in _TOKEN_IN:
        token = token or parse_qs(parts.query).get(_TOKEN_IN[given.kind], [""])[0]
        if not token:
            raise NotificationTargetInvalidError(
                "A robot needs its token: `{name}` in the address that it was made with.",
                values={"name": _TOKEN_IN[given.kind]}, field="token",
            )  # fmt: skip
        parts = parts._replace(query="")
    return urlunsplit(parts._replace(fragment="")), token


def checked_kind(word: str) -> TargetKind:
    """Return a kind of target by its word, or raise NotificationTargetInvalidError that names all."""
    if word not in set(TargetKind):
        raise NotificationTargetInvalidError(
            "The {field} is one of {values}, not '{word}'.",
            values={"field": "kind", "values": [*TargetKind], "word": word[:40]}, field="kind",
        )  # fmt: skip
    return TargetKind(word)


def checked_delivery_state(word: str | None) -> DeliveryState | None:
    """Return a state of deliveries by its word (None: none), or raise NotificationTargetInvalidError that names all."""
    if word is not None and word not in set(DeliveryState):
        raise NotificationTargetInvalidError(
            "The {field} is one of {values}, not '{word}'.",
            values={"field": "state", "values": [*DeliveryState], "word": word[:40]}, field="state",
        )  # fmt: skip
    return None if word is None else DeliveryState(word)


def checked_hours(text: str | None) -> tuple[time | None, time | None]:
    """Return quiet hours written as `22:00-07:00` (None: none), or raise NotificationTargetInvalidError."""
    if text is None:
        return None, None
    start, _, end = text.partition("-")
    try:
        return time.fromisoformat(start), time.fromisoformat(end)
    except ValueError:
        raise NotificationTargetInvalidError(
            "Quiet hours are written as 22:00-07:00, not '{text}'.", values={"text": text[:40]}, field="quiet_hours"
        ) from None
