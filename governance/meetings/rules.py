"""Pure: what a meeting is planned with, and why something about one is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.errors import DomainError, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

MOST_POINTS: Final = 50
MOST_UNITS: Final = 100


class MeetingNotFoundError(DomainError):
    """There is no such meeting."""

    code = "meeting-not-found"
    kind = Kind.NOT_FOUND


class MeetingInvalidError(DomainError):
    """What was sent about a meeting is not valid; the detail names the field."""

    code = "meeting-invalid"
    kind = Kind.INVALID


class MeetingStateError(DomainError):
    """The meeting is not at a point at which that can be done; the detail names it."""

    code = "meeting-state"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class AgendaPoint:
    """A topic, and what is asked about it."""

    topic: int
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A unit that is called, and what it brings."""

    unit_code: str
    brings: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingIn:
    """What a meeting is planned with."""

    title: str
    begins_at: datetime
    place: str = ""
    agenda: Sequence[AgendaPoint] = ()
    calls: Sequence[Call] = ()

    def check(self, now: datetime) -> None:
        """Require a title, a time to come, topics and units, each once.

        Raises
        ------
        MeetingInvalidError
        """
        topics, units = [one.topic for one in self.agenda], [one.unit_code for one in self.calls]
        if not self.title.strip():
            raise MeetingInvalidError("Give the meeting a title.", field="title")
        if self.begins_at <= now:
            raise MeetingInvalidError("A meeting is planned for a time to come.", field="begins_at")
        if not 1 <= len(topics) <= MOST_POINTS or len(set(topics)) != len(topics):
            raise MeetingInvalidError("Name 1 to {most} topics, each once.", values={"most": MOST_POINTS},
                                      field="agenda")  # fmt: skip
        if not 1 <= len(units) <= MOST_UNITS or len(set(units)) != len(units):
            raise MeetingInvalidError("Call 1 to {most} units, each once.", values={"most": MOST_UNITS}, field="calls")
        if any(not one.brings.strip() for one in self.calls):
            raise MeetingInvalidError("Say what each unit brings.", field="calls")
