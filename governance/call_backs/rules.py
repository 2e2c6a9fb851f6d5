"""Pure decisions about call-backs: what an answer has to hold, and what the three rates (三率) are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import DomainError, Kind

if TYPE_CHECKING:
    from datetime import datetime


class CallBackInvalidError(DomainError):
    """What a call-back found does not fit together; the detail names the field."""

    code = "call-back-invalid"
    kind = Kind.INVALID


class CallBackDoneError(DomainError):
    """The caller was reached already since the case was closed."""

    code = "call-back-done"
    kind = Kind.CONFLICT


class Way(StrEnum):
    """Over what the caller was asked."""

    OFFICE = "office"
    """Somebody of the office called."""
    CHANNEL = "channel"
    """The channel that the report came by asked its caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackIn:
    """What a call-back found.

    `words` is what the caller said, `reason` why a matter that is not solved is reopened, or why not.
    """

    contacted: bool
    solved: bool | None = None
    satisfied: bool | None = None
    rating: int | None = None
    words: str | None = None
    reopen: bool = False
    reason: str | None = None

    @property
    def facts(self) -> dict[str, bool | None]:
        """What the history keeps: codes, no words."""
        return {"contacted": self.contacted, "solved": self.solved, "satisfied": self.satisfied}

    def check(self) -> None:
        """Make sure that it fits together.

        Raises
        ------
        CallBackInvalidError
        """
        if not self.contacted:
            for name in ("solved", "satisfied", "rating", "words"):
                if getattr(self, name) is not None:
                    raise CallBackInvalidError(
                        "Who was not reached said nothing: leave '{field}' out.", values={"field": name}, field=name
                    )
        for name in ("solved", "satisfied") if self.contacted else ():
            if getattr(self, name) is None:
                raise CallBackInvalidError("Say whether it is '{field}'.", values={"field": name}, field=name)
        if self.reopen and self.solved is not False:
            raise CallBackInvalidError("Only what is not solved is reopened.", field="reopen")
        if self.solved is False and not (self.reason or "").strip():
            raise CallBackInvalidError(
                "Not solved: reopen it with a reason, or explain to the supervisor why not.", field="reason"
            )


@dataclass(frozen=True, slots=True)
class CallBackRates:
    """Closings of a span, and of them those called back, reached, solved and satisfied by the callers' word.

    A rate is a share of those that were asked: contacted of called back, solved and satisfied of contacted (None: of
    none).
    """

    unit_code: str | None
    closed: int
    called_back: int
    contacted: int
    solved: int
    satisfied: int

    @property
    def contact_rate(self) -> float | None:
        """Share of the called back that were reached."""
        return _share(self.contacted, self.called_back)

    @property
    def solved_rate(self) -> float | None:
        """Share of the reached that say it is solved (解决率)."""
        return _share(self.solved, self.contacted)

    @property
    def satisfied_rate(self) -> float | None:
        """Share of the reached that are satisfied (满意率)."""
        return _share(self.satisfied, self.contacted)


@dataclass(frozen=True, slots=True)
class CallBackMade:
    """A call-back as the history of a case keeps it."""

    step: int
    at: datetime
    by: str
    way: Way
    contacted: bool
    solved: bool | None
    satisfied: bool | None


@dataclass(frozen=True, slots=True)
class CallBackCase:
    """A closed case whose caller is to be called, or whose answer a supervisor has to look at."""

    case_id: int
    unit_code: str | None
    closed_at: datetime
    tries: int


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
