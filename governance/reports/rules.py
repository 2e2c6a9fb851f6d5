"""Pure decisions of intake: what is a report, its number and its content's digest, what of a reporter is shown."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson

from core.errors import Detail, DomainError, Kind
from core.personal import masked_name, masked_phone
from geo.address.tokens import LONGEST_TEXT
from governance.reports.sent_coordinates import read_point
from governance.reports.side_values import read_side_values
from governance.reports.spelling import one_spelling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.words import StoredMessage

AHEAD = timedelta(minutes=10)
"""How far a sender's clock may run ahead of ours."""

LATEST_BEHIND_RECEIPT = timedelta(hours=24)
"""A report's time lies less than this behind its receipt: a CHECK of the ledger, for clocks and habits that differ."""

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

LONGEST: Final = {
    "external_id": 128,
    "category": 128,
    "text": 4000,
    "address": LONGEST_TEXT,
    "crs": 64,
} | dict.fromkeys(("lon", "lat", "x", "y"), 64)
"""How many characters a field may have."""


# Control characters (PostgreSQL cannot store NUL) and halves of surrogate pairs; a text may have lines and tabs.
_UNUSUAL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_UNUSUAL_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

_NOT_DIGIT = re.compile(r"\D+")


class DifferentContentError(DomainError):
    """A report with other content was already stored under this key. Send a corrected report under a new key."""

    code = "idempotency-conflict"
    kind = Kind.CONFLICT
    report_id: int | None = None
    """The one report that was stored under the key; None where there are several."""


class ReportUnknownError(DomainError):
    """There is no report of that number."""

    code = "report-unknown"
    kind = Kind.NOT_FOUND


class ReportDetachedError(DomainError):
    """The report was stored before, in a month that has been detached: its first answer cannot be given."""

    code = "report-detached"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class NewPlace:
    """Where a later decision puts a report, and why; without a point (WGS 84) where an area was named."""

    method: str
    path: tuple[str, ...]
    reason: StoredMessage
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A new place of one report; `seen` is the latest reassignment that the decision knew of, 0 for none."""

    report_id: int
    seen: int
    place: NewPlace


class DraftFieldError(ValueError):
    """A field for which a report is refused, and why."""

    def __init__(self, field: str, problem: str | Detail) -> None:
        super().__init__(str(problem))
        self.field = field
        self.problem = problem if isinstance(problem, Detail) else Detail(problem)

    @property
    def words(self) -> Detail:
        """The field with what is wrong with it."""
        return Detail("{field}: {problem}", {"field": Detail(self.field), "problem": self.problem})


@dataclass(frozen=True, slots=True)
class IntakeDefaults:
    """Defaults for what a report leaves out; the channel is always the sender's."""

    channel: str
    crs: str
    category: str | None = None


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
    received_at: datetime | None = None
    """When an old system received it; None: when it reaches this one."""
    sensitive: tuple[str, ...] = ()
    """Marks of the sender (states.Sensitivity), in order, each once."""


def draft_from(fields: Mapping[str, Any], defaults: IntakeDefaults, now: datetime) -> ReportDraft:
    """Make the draft of a report from its fields: the one rule of what is a report, for HTTP, batches and files.

    `fields` are `external_id`, `category`, `text`, `address`, `crs` as text; `lon` and `lat` in degrees, or `x` and `y`
    in metres, as numbers or text; `reported_at`, and `received_at` of an old system's reports, as instants with a zone;
    `accuracy_m`, `photos`, `reporter_name` and `reporter_phone` as anything; `sensitive` as marks
    (states.Sensitivity). None and a missing field are the same.
    Coordinates that lead nowhere and side values that cannot be read are kept: they are no reason to refuse a report.

    Raises
    ------
    DraftFieldError
        When a field is too long, holds characters that cannot be kept, or contradicts the others.
    """
    get = fields.get
    _check_form(fields)
    sent = get("category")
    category = (one_spelling(sent) if sent else "") or defaults.category
    if not category:
        raise DraftFieldError("category", "is blank" if sent else "is missing")
    try:
        x, y = read_point(get("lon"), get("lat"), get("x"), get("y"))
    except ValueError:
        raise DraftFieldError("x", "send lon and lat, or x and y, not both") from None
    at = get("reported_at")
    if at is not None and not EARLIEST <= at <= now + AHEAD:
        raise DraftFieldError("reported_at", _time_problem(at, now))
    received = get("received_at")
    if received is not None:
        _check_receipt(received, at, now)
    side = read_side_values(
        accuracy=get("accuracy_m"), photos=get("photos"), name=get("reporter_name"), phone=get("reporter_phone")
    )
    return ReportDraft(
        channel=defaults.channel,
        category=category,
        description=get("text") or "",
        crs=get("crs") or defaults.crs,
        external_id=get("external_id") or None,
        address_text=get("address") or None,
        x=x,
        y=y,
        accuracy_m=side.accuracy_m,
        reported_at=at,
        received_at=received,
        photos=side.photos,
        reporter_name=side.name,
        reporter_phone=side.phone,
        set_aside=side.set_aside,
        sensitive=tuple(sorted(set(get("sensitive") or ()))),
    )


def _check_form(fields: Mapping[str, Any]) -> None:
    """Refuse what is too long or cannot be kept; most reports are found plain by one look at all their texts."""
    texts = [value for name in LONGEST if isinstance(value := fields.get(name), str)]
    is_plain = not _UNUSUAL.search("".join(texts))
    if is_plain and max(map(len, texts), default=0) <= 64:  # the shortest of LONGEST
        return
    for name, longest in LONGEST.items():
        value = fields.get(name)
        if not isinstance(value, str):
            continue
        if len(value) > longest:
            raise DraftFieldError(name, Detail("is longer than {longest} characters", {"longest": longest}))
        if not is_plain and (_UNUSUAL_IN_TEXT if name == "text" else _UNUSUAL).search(value):
            raise DraftFieldError(name, "holds characters that cannot be kept")


def content_digest(draft: ReportDraft) -> bytes:
    """Return a digest of everything the sender said: equal digests are the same report sent again."""
    rest: list[Any] = [draft.set_aside] if draft.set_aside else []
    if draft.received_at is not None:
        rest.append(draft.received_at.timestamp())
    if draft.sensitive:
        rest.append(draft.sensitive)
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
                *rest,
            )
        )
    ).digest()


def _plain(value: float | str | None) -> float | str | None:
    """JSON has no NaN and no infinity: say them in words."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _check_receipt(received: datetime, reported: datetime | None, now: datetime) -> None:
    """Refuse an instant of receipt that cannot be: the ledger's months stand on it (docs/adr/0017)."""
    if not EARLIEST <= received <= now + AHEAD:
        raise DraftFieldError("received_at", _time_problem(received, now))
    if reported is not None and reported >= received + LATEST_BEHIND_RECEIPT:
        raise DraftFieldError("received_at", "lies a day or more before reported_at")


def _time_problem(at: datetime, now: datetime) -> Detail:
    """Return what is wrong with a time that is not between 1970 and now."""
    if at < EARLIEST:
        return Detail("{at} lies before 1970", {"at": at.isoformat()})
    values = {"at": at.isoformat(), "now": now.isoformat(timespec="seconds")}
    return Detail("{at} lies in the future (now is {now}); check the sender's clock", values)


def caller_hash(phone: str | None, key: bytes = b"") -> bytes | None:
    """Return the digest under which one caller's reports are recognised as one caller's, None without digits.

    BLAKE2b of the number's digits with the operator's secret: without the secret all numbers can be tried.
    """
    digits = caller_digits(phone)
    if not digits:
        return None
    return hashlib.blake2b(digits.encode(), digest_size=16, key=key, person=b"wangge-caller").digest()


def caller_digits(phone: str | None) -> str:
    """Return the digits of a telephone number without the country's code 86; empty for none."""
    digits = _NOT_DIGIT.sub("", phone or "")
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def masked_reporter(name: str | None, phone: str | None) -> dict[str, Any] | None:
    """Return a reporter as an answer shows one, None when nothing is known."""
    return {"name": masked_name(name), "phone": masked_phone(phone)} if name or phone else None
