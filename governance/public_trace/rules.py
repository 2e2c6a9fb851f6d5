"""Pure decisions about what the public sees and may do."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from core.errors import DomainError, Kind
from governance.cases.lifecycle.states import Verb
from governance.reports.numbers import NumberMalformedError, report_id
from identity.actors import SERVICE

PUBLIC: Final = SERVICE
"""Who acts in a history where a caller rates or reopens: the service itself, for no person is known."""
TOKEN_LASTS: Final = timedelta(days=180)
ANSWER_WITHIN: Final = timedelta(days=14)
"""For so long after its closing a case is rated or reopened by its caller; as long as Amsterdam's Signalen waits."""
MOST_REOPENINGS: Final = 1
"""Of one case by its caller; what is still not solved then is a matter for the hotline."""
NEARBY_DAYS: Final = 90
MOST_NEARBY: Final = 20
LONGEST_NEARBY_TEXT: Final = 200
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter is taken for a digit when it is read out."""
_TOKEN_LENGTH: Final = 12  # 60 bits
SHOWN: Final = frozenset({
    Verb.OPEN, Verb.ACCEPT, Verb.REJECT, Verb.FILE, Verb.DISPATCH, Verb.REDISPATCH, Verb.ACKNOWLEDGE, Verb.RETURN,
    Verb.HANDLE, Verb.HANDLE_ON_THE_SPOT, Verb.VERIFY, Verb.REWORK, Verb.CLOSE, Verb.RATE, Verb.EXTEND, Verb.SUSPEND,
    Verb.RESUME, Verb.VOID, Verb.REOPEN, Verb.WHISTLE, Verb.ARRIVE, Verb.CONCLUDE, Verb.MERGE,
    Verb.UNMERGE, Verb.RATE_MAIN, Verb.TRANSFER, Verb.CONFIRM_TRANSFER, Verb.TAKE_BACK, Verb.ANSWER,
})  # fmt: skip
"""Steps that the public sees; supervision and checks inside the office are not among them."""
CLOSING: Final = frozenset({Verb.CLOSE, Verb.ANSWER})
"""Steps from which a caller's time to rate or reopen counts."""
EXPLAINED: Final = frozenset({Verb.REJECT, Verb.VOID, Verb.TRANSFER})
"""Steps whose reason the caller is told: why a matter is not taken, or not here."""
OF_CALLER: Final = frozenset({Verb.OPEN, Verb.RATE, Verb.RATE_MAIN, Verb.REOPEN})
"""Steps that are a caller's own: those of a main case are not told to the callers of what is merged into it."""


class TraceRefusedError(DomainError):
    """Number and token do not belong together, or the token has expired. Look at the receipt, or ask for another."""

    code = "trace-refused"
    kind = Kind.NOT_FOUND


class TraceAttemptsError(DomainError):
    """Too many requests came from this address. Wait, and send it again."""

    code = "trace-attempts"
    kind = Kind.QUOTA


class RatingNotOpenError(DomainError):
    """The matter is not closed yet: it can be rated or reopened once it is."""

    code = "rating-not-open"
    kind = Kind.CONFLICT


class RatingDoneError(DomainError):
    """The matter was rated already: one rating a matter and caller."""

    code = "rating-done"
    kind = Kind.CONFLICT


class RatingTooLateError(DomainError):
    """The time for rating or reopening the matter is over. Report it anew, or call the hotline."""

    code = "rating-too-late"
    kind = Kind.CONFLICT


class ReopeningDoneError(DomainError):
    """The matter was reopened on your word before. Call the hotline if it is still not solved."""

    code = "reopening-done"
    kind = Kind.CONFLICT


def new_token() -> str:
    """Make a token that can be read out."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_TOKEN_LENGTH))


def digest_of(token: str) -> bytes:
    """Return the SHA-256 of a token; case, blanks and hyphens do not matter, nor O for 0 and I or L for 1."""
    plain = "".join(token.split()).replace("-", "").upper().translate(str.maketrans("OIL", "011"))
    return hashlib.sha256(plain.encode()).digest()


def id_or_none(number: str) -> int:
    """Return the id behind a number; 0, which no report has, where it is none."""
    try:
        return report_id(number)
    except NumberMalformedError:
        return 0
