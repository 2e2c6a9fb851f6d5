"""Requests and updates of Open311 in English."""

from __future__ import annotations

SEPARATOR = ", "

SENTENCES: dict[str, str] = {
    "by": "{what} ({unit})",
    "notice": "Received; ask by the number what becomes of it.",
    "state/opened": "registered, waits to be accepted",
    "state/accepted": "accepted",
    "state/filed": "filed",
    "state/dispatched": "dispatched",
    "state/acknowledged": "being handled",
    "state/suspended": "suspended",
    "state/returned": "returned, to be dispatched again",
    "state/handled": "handled, to be verified",
    "state/verified": "verified",
    "state/closed": "closed",
    "state/rated": "rated",
    "state/rejected": "rejected",
    "state/voided": "voided",
    "state/merged": "merged into another case",
    "verb/open": "registered",
    "verb/accept": "accepted",
    "verb/reject": "rejected",
    "verb/file": "filed",
    "verb/dispatch": "dispatched",
    "verb/redispatch": "dispatched anew",
    "verb/acknowledge": "acknowledged",
    "verb/return": "returned, to be dispatched again",
    "verb/handle": "handled",
    "verb/handle_on_the_spot": "handled on the spot",
    "verb/verify": "verified",
    "verb/rework": "sent back to be handled",
    "verb/close": "closed",
    "verb/rate": "rated",
    "verb/extend": "extended",
    "verb/suspend": "suspended",
    "verb/resume": "resumed",
    "verb/void": "voided",
    "verb/reopen": "reopened",
}
