"""Pure decisions of intake: numbers people can read out, what a report's content is, what of a reporter is shown."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from core.errors import DomainError, Kind
from core.personal import masked_name, masked_phone

NUMBER_PREFIX = "SJ"
"""事件 (shìjiàn), an event: what stands before every report's number."""

AHEAD = timedelta(minutes=10)
"""How far a sender's clock may run ahead of ours."""

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

_NUMBER = re.compile(rf"^{NUMBER_PREFIX}([0-9]{{8,18}})-?([0-9])$")
_NOT_DIGIT = re.compile(r"\D+")


class ChannelForbiddenError(DomainError):
    """The API key sends for another channel. Leave the channel out, or use that channel's key."""

    code = "channel-forbidden"
    kind = Kind.FORBIDDEN


class ChannelMissingError(DomainError):
    """The API key belongs to no channel, so it may not send reports. Have a key made with the channel it sends for."""

    code = "channel-missing"
    kind = Kind.FORBIDDEN


class DifferentContentError(DomainError):
    """A report with other content was already stored under this key. Send a corrected report under a new key."""

    code = "idempotency-conflict"
    kind = Kind.CONFLICT


class ReportUnknownError(DomainError):
    """There is no report of that number."""

    code = "report-unknown"
    kind = Kind.NOT_FOUND


class NumberMalformedError(DomainError):
    """No report number looks like that: SJ, at least eight digits, a hyphen and the check digit."""

    code = "report-number-malformed"
    kind = Kind.INVALID


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """What a channel sent, checked for form, before it has a place."""

    channel: str
    category: str
    description: str
    crs: str
    external_id: str | None = None
    address_text: str | None = None
    x: float | str | None = None
    y: float | str | None = None
    accuracy_m: float | None = None
    reported_at: datetime | None = None
    photos: tuple[str, ...] = ()
    reporter_name: str | None = None
    reporter_phone: str | None = None
    set_aside: tuple[tuple[str, str], ...] = ()
    """Side values that could not be read, as sent, by field."""


def report_number(report_id: int) -> str:
    """Return the number of a report: SJ, its id in eight digits or more, and an ISO 7064 MOD 11,10 check digit.

    The check digit finds every single wrong digit and nearly every swap of two neighbours when a number is read
    out over the telephone.
    """
    digits = f"{report_id:08d}"
    return f"{NUMBER_PREFIX}{digits}-{_check_digit(digits)}"


def report_id(number: str) -> int:
    """Return the id behind a number; spaces and letter case do not matter.

    Raises
    ------
    NumberMalformedError
        When it is no number, or its check digit does not fit.
    """
    match = _NUMBER.match(re.sub(r"\s", "", number).upper())
    if match is None:
        raise NumberMalformedError(field="number")
    digits, check = match.groups()
    if _check_digit(digits) != int(check):
        raise NumberMalformedError("The check digit does not fit: the number has a typing error.", field="number")
    return int(digits)


def _check_digit(digits: str) -> int:
    """ISO 7064 MOD 11,10."""
    product = 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10


def content_digest(draft: ReportDraft) -> bytes:
    """Return a digest of everything the sender said: equal digests are the same report sent again."""
    aside = (draft.set_aside,) if draft.set_aside else ()
    return hashlib.sha256(
        orjson.dumps(
            (
                draft.channel,
                draft.external_id,
                draft.category,
                draft.description,
                draft.address_text,
                _plain(draft.x),
                _plain(draft.y),
                draft.crs,
                draft.accuracy_m,
                draft.reported_at.timestamp() if draft.reported_at else None,
                draft.photos,
                draft.reporter_name,
                draft.reporter_phone,
                *aside,
            )
        )
    ).digest()


def _plain(value: float | str | None) -> float | str | None:
    """JSON has no NaN and no infinity: say them in words."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def channel_of(sent: str | None, key_channel: str | None) -> str:
    """Return the channel a report belongs to: the key's own, whether or not the report names it.

    A key without a channel sends for none: it could take any channel's name and use up its external ids.

    Raises
    ------
    ChannelMissingError
        When the key belongs to no channel.
    ChannelForbiddenError
        When the report names another channel than the key's.
    """
    if not key_channel:
        raise ChannelMissingError(field="channel")
    if sent is not None and sent != key_channel:
        raise ChannelForbiddenError(f"This key sends for channel '{key_channel}' only.", field="channel")
    return key_channel


def time_problem(reported_at: datetime | None, now: datetime) -> str | None:
    """Say what is wrong with a report's time, or None."""
    if reported_at is None:
        return None
    if reported_at > now + AHEAD:
        return f"lies in the future (now is {now.isoformat(timespec='seconds')}); check the sender's clock"
    if reported_at < EARLIEST:
        return "lies before 1970"
    return None


def usable_accuracy(accuracy_m: float | None) -> float | None:
    """Return a stated accuracy, or None: phones say -1 or NaN when they do not know."""
    return accuracy_m if accuracy_m is not None and 0 <= accuracy_m < math.inf else None


def caller_hash(phone: str | None) -> bytes | None:
    """Return the digest under which one caller's reports are recognised as one caller's."""
    digits = _NOT_DIGIT.sub("", phone or "")
    digits = digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
    return hashlib.blake2b(digits.encode(), digest_size=16, person=b"wangge-caller").digest() if digits else None


def masked_reporter(name: str | None, phone: str | None) -> dict[str, Any] | None:
    """Return a reporter as an answer shows one, None when nothing is known."""
    return {"name": masked_name(name), "phone": masked_phone(phone)} if name or phone else None
