"""Pure: which cut-offs there are, which are due, and why something about a bulletin is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from core import clock
from core.errors import DomainError, Kind
from governance.bulletins.states import Edition

if TYPE_CHECKING:
    from collections.abc import Callable

    from governance.policies.rules import Policies

DRAFTED_WITHIN: Final = timedelta(hours=24)
"""A cut-off that is missed by more, because nothing ran, is drafted when somebody asks for it."""
FARTHEST_BACK: Final = timedelta(days=4)
"""What lies between two bulletins counts in the later one, up to so long."""
LONGEST_WORDS: Final = 2000


class BulletinNotFoundError(DomainError):
    """There is no such bulletin, or it is not released yet."""

    code = "bulletin-not-found"
    kind = Kind.NOT_FOUND


class BulletinStateError(DomainError):
    """The bulletin is not a draft any more; nothing about it changes."""

    code = "bulletin-state"
    kind = Kind.CONFLICT


class BulletinInvalidError(DomainError):
    """What was sent about a bulletin is not valid; the detail names the field."""

    code = "bulletin-invalid"
    kind = Kind.INVALID


@dataclass(frozen=True, slots=True, order=True)
class CutOff:
    """Up to when a bulletin of a local day counts."""

    at: datetime
    day: date
    edition: Edition


def cut_off(day: date, edition: Edition, policies: Policies) -> CutOff:
    """Return the cut-off of an edition on a local day."""
    at = policies.bulletin_morning if edition is Edition.MORNING else policies.bulletin_afternoon
    return CutOff(datetime.combine(day, at, clock.LOCAL), day, edition)


def day_begins(day: date) -> datetime:
    """Return the instant at which a local day begins."""
    return datetime.combine(day, datetime.min.time(), clock.LOCAL)


def passed(now: datetime, policies_at: Callable[[datetime], Policies], *, within: timedelta) -> list[CutOff]:
    """Return the cut-offs that passed within a time before now, in order, by the policy that held when each day began.

    A policy that is stated in the course of a day moves the cut-offs of the days after it.
    """
    today = now.astimezone(clock.LOCAL).date()
    found = []
    for back in range(within.days + 2):
        day = today - timedelta(days=back)
        policies = policies_at(day_begins(day))
        found += [cut_off(day, edition, policies) for edition in Edition]
    return sorted(one for one in found if now - within < one.at <= now)


def checked_words(words: str) -> str | None:
    """Return a person's words to a bulletin, None where they are empty.

    Raises
    ------
    BulletinInvalidError
    """
    if len(words) > LONGEST_WORDS:
        raise BulletinInvalidError(
            "The words have at most {most} characters.", values={"most": LONGEST_WORDS}, field="words"
        )
    return words.strip() or None
