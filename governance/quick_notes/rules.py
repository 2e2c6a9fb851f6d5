"""Pure decisions about quick notes: until when one may be written down."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from core.clock import LOCAL
from core.errors import DomainError, Kind
from governance.quick_notes.states import NoteSource

if TYPE_CHECKING:
    from datetime import date

CHANNEL: Final = "quick-notes"
"""The channel of all quick notes, of the kind `quick_note`, so that hotspots count them as such."""
BACK_FILL_DAYS: Final = 2
"""Days back for which notes may be written down (补录) where no policy says otherwise: the practice of 上街区."""
AHEAD: Final = timedelta(minutes=10)
"""How far a device's clock may be ahead of ours."""


class QuickNoteNotFoundError(DomainError):
    """There is no such quick note, or none that you may see."""

    code = "quick-note-not-found"
    kind = Kind.NOT_FOUND


class QuickNoteInvalidError(DomainError):
    """The quick note cannot be taken; the detail names the field."""

    code = "quick-note-invalid"
    kind = Kind.INVALID


class QuickNoteTooOldError(DomainError):
    """It lies further back than quick notes may be written down. Send it as a report."""

    code = "quick-note-too-old"
    kind = Kind.CONFLICT


class QuickNotePolicyError(DomainError):
    """A policy of quick notes begins tomorrow or later, on a day without one, and has 0 to 31 days."""

    code = "quick-note-policy-invalid"
    kind = Kind.INVALID


def checked_source(word: str) -> NoteSource:
    """Return a source by its word, or raise QuickNoteInvalidError that names all."""
    if word not in set(NoteSource):
        raise QuickNoteInvalidError(
            "The source is one of {sources}, not '{word}'.",
            values={"sources": [*NoteSource], "word": word[:40]}, field="source",
        )  # fmt: skip
    return NoteSource(word)


def earliest_day(now: datetime, days: int) -> date:
    """Return the first day, in local time by our clock, of which notes may still be written down."""
    return now.astimezone(LOCAL).date() - timedelta(days=days)


def require_in_time(noted_at: datetime, now: datetime, days: int) -> None:
    """Make sure that a note may still be written down, by our clock.

    Raises
    ------
    QuickNoteTooOldError, QuickNoteInvalidError
    """
    first = earliest_day(now, days)
    if noted_at.astimezone(LOCAL).date() < first:
        raise QuickNoteTooOldError(
            "Notes of {first} and later can be written down today; this one is of {day}.",
            values={"first": first, "day": noted_at.astimezone(LOCAL).date()}, field="noted_at",
        )  # fmt: skip
    if noted_at > now + AHEAD:
        raise QuickNoteInvalidError("The note lies in the future.", field="noted_at")
