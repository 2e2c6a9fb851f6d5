"""Pure decisions about notifications: types of messages, who takes which, when to try again, and what is signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any, Final

from core.errors import DomainError, Kind
from governance.cases.lifecycle.states import Verb
from governance.notifications.states import TargetKind
from governance.tasks.states import TaskVerb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

UNTOLD: Final = frozenset({Verb.ACCUSE, Verb.LIFT_ACCUSATION})
"""What is done to a case and told to nobody: whom a case accuses is for those who look after it."""
TYPES: Final = (
    *(f"case.{verb}" for verb in Verb if verb not in UNTOLD),
    "case.due_soon", "case.overdue",
    *(f"task.{verb}" for verb in TaskVerb),
    "release.published", "release.withdrawn",
    "bulletin.drafted", "bulletin.released",
)  # fmt: skip
"""Every type of message; a target that takes `case` takes all of `case.…`."""
TEST_TYPE: Final = "test"
GROUPS: Final = tuple(sorted({one.partition(".")[0] for one in TYPES}))
NEWS_FOR: Final = timedelta(days=1)
"""What is older than this when it is recorded is history that was taken in, and no news."""

RETRY_AFTER: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""Between a failure and the next try, as Standard Webhooks proposes: ten tries in some three days."""
LONGEST_ASKED: Final = timedelta(days=1)
"""A target that asks for more patience (Retry-After) gets this."""
SPREAD: Final = 0.1
"""Tries are put off by up to this share of the time, so that what failed together is not tried together."""
FORMER_SECRET_FOR: Final = timedelta(hours=24)
"""For so long after a rotation both secrets sign."""
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 (what a secret begins with)
SECRET_BYTES: Final = 32
GONE: Final = 410

DEFAULT_TEMPLATE: Final = "default"
"""Names the template of messages that have none of their own."""
TEMPLATE_FIELDS: Final = (
    "number", "what", "unit", "category", "step", "due", "layer", "release", "effective", "by",
)  # fmt: skip
"""What a text of a target's own may name: codes, names and times of a message, and no person but who sent a test."""

PER_MINUTE: Final = {
    TargetKind.WEBHOOK: 600, TargetKind.DINGTALK: 20, TargetKind.WECOM: 20, TargetKind.MAIL: 60, TargetKind.SMS: 60,
    TargetKind.PLATFORM: 120,
}  # fmt: skip
"""Messages a minute where nothing else is set; robots of groups take 20 and lock out who sends more."""
MOST_PER_MINUTE: Final = {TargetKind.DINGTALK: 20, TargetKind.WECOM: 20}
MOST_RECIPIENTS: Final = 50


class NotificationTargetInvalidError(DomainError):
    """A target is not valid; the detail names the field and how to mend it."""

    code = "notification-target-invalid"
    kind = Kind.INVALID


class NotificationTargetNotFoundError(DomainError):
    """There is no such target of notifications."""

    code = "notification-target-not-found"
    kind = Kind.NOT_FOUND


class NotificationTargetStateError(DomainError):
    """The target is in that state already, or of a kind that does not have that."""

    code = "notification-target-state"
    kind = Kind.CONFLICT


class NotificationDeliveryNotFoundError(DomainError):
    """There is no such delivery."""

    code = "notification-delivery-not-found"
    kind = Kind.NOT_FOUND


class NotificationDeliveryStateError(DomainError):
    """The delivery waits already: only what was delivered or given up is replayed."""

    code = "notification-delivery-state"
    kind = Kind.CONFLICT


class NotificationKeyMissingError(DomainError):
    """Secrets of targets are encrypted, and there is no key for it. Set WANGGE_SECRET_KEYS."""

    code = "notification-key-missing"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended: `answer` is the HTTP status where there was one, `fault` a code where it failed.

    `after`: how long the target asks to wait; `gone`: it wants no more.
    """

    fault: str | None = None
    answer: int | None = None
    after: timedelta | None = None
    gone: bool = False


def takes(wanted: Sequence[str], kind: str) -> bool:
    """Tell whether who wants these types or groups (none: all) takes a message of a type."""
    return not wanted or kind in wanted or kind.partition(".")[0] in wanted or kind == TEST_TYPE


def checked_types(given: Sequence[str]) -> list[str]:
    """Return types and groups of messages, each once, or raise NotificationTargetInvalidError that names all."""
    wrong = next((one for one in given if one not in TYPES and one not in GROUPS), None)
    if wrong is not None:
        raise NotificationTargetInvalidError(
            "There is no type of message '{type}'; there are the groups {groups} and the types {types}.",
            values={"type": wrong[:80], "groups": list(GROUPS), "types": list(TYPES)},
            field="types",
        )
    return list(dict.fromkeys(given))


def retry_at(attempts: int, now: datetime, *, asked: timedelta | None, chance: float) -> datetime | None:
    """Return when to try again what failed so often; None: no more. `chance` (0 to 1) spreads the tries."""
    if attempts > len(RETRY_AFTER):
        return None
    wait = RETRY_AFTER[attempts - 1] * (1 + SPREAD * chance)
    return now + max(wait, min(asked or timedelta(), LONGEST_ASKED))


def is_quiet(local: time, start: time | None, end: time | None) -> bool:
    """Tell whether a time of the day lies in half-open quiet hours, which may go over midnight."""
    if start is None or end is None or start == end:
        return False
    return start <= local < end if start < end else local >= start or local < end


def new_secret() -> str:
    """Make a secret as Standard Webhooks writes it."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signatures(message_id: str, at: datetime, body: bytes, keys: Sequence[str]) -> str:
    """Return the header `webhook-signature`: one signature a secret, with blanks (Standard Webhooks 1.0)."""
    signed = f"{message_id}.{int(at.timestamp())}.".encode() + body
    return " ".join(
        "v1," + base64.b64encode(hmac.new(_key(one), signed, hashlib.sha256).digest()).decode() for one in keys
    )


def cloud_event(message_id: str, kind: str, subject: str, at: datetime, data: Any, *, source: str) -> dict[str, Any]:  # noqa: ANN401 (JSON)
    """Return a message as a CloudEvent 1.0 in structured mode."""
    return {
        "specversion": "1.0",
        "id": message_id,
        "source": source or "urn:wangge",
        "type": f"wangge.{kind}.v1",
        "subject": subject,
        "time": at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": data,
    }


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(SECRET_PREFIX))
