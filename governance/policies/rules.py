"""Pure decisions about values of policy: what each may be, what holds unless stated, which need two persons."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import time
from typing import TYPE_CHECKING, Final

from core.errors import DomainError, Kind
from governance.categories.rules import Limit
from governance.categories.states import LimitUnit
from governance.policies.states import PolicyCode

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_TIMES: Final = 20
SPANS: Final = {
    PolicyCode.RETURN_WITHIN: ((LimitUnit.HOURS, LimitUnit.WORKING_HOURS, LimitUnit.WORKING_DAYS), 100),
    PolicyCode.REMIND_WORKING: ((LimitUnit.WORKING_HOURS,), 16),
    PolicyCode.APPEAL_WITHIN: ((LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS), 60),
    PolicyCode.APPEAL_DECIDED_WITHIN: ((LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS), 60),
    PolicyCode.REMIND_CONTINUOUS: ((LimitUnit.MINUTES, LimitUnit.HOURS), 72),
}
"""The units and the most of each span; a reminder counts in the time of its deadline, 15 days before at most."""
TWO_PERSONS: Final = frozenset({
    PolicyCode.EXTENSIONS, PolicyCode.SUSPENSIONS, PolicyCode.RETURN_WITHIN, PolicyCode.APPEAL_WITHIN,
    PolicyCode.APPEAL_DECIDED_WITHIN,
})  # fmt: skip
"""What decides over deadlines; the others tell and raise, and move no deadline."""


class PolicyValueInvalidError(DomainError):
    """A value of policy is not valid; the detail says what it may be."""

    code = "policy-value-invalid"
    kind = Kind.INVALID


class PolicyValueNotFoundError(DomainError):
    """There is no stated value of policy of that number."""

    code = "policy-value-not-found"
    kind = Kind.NOT_FOUND


class PolicyValueDecidedError(DomainError):
    """The value of policy does not wait for a decision."""

    code = "policy-value-decided"
    kind = Kind.CONFLICT


class PolicySecondPersonError(DomainError):
    """Who stated a value of policy that decides over deadlines cannot confirm it: a second person has to."""

    code = "policy-second-person"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True, slots=True)
class Policies:
    """The values that count at an instant, by their codes; these where none is stated.

    Extensions and suspensions as practice has them; 4 working hours to give back are common, no rule text gives one
    number; three hand-overs or reworks raise a case (a rule of Bayannur, 2023). Cut-offs of bulletins are times of the
    local day, so that one is on the desk when the morning begins and one before the working day ends. No published rule
    gives days for appeals.
    """

    extensions: int = 2
    suspensions: int = 1
    return_within: Limit = Limit(4, LimitUnit.WORKING_HOURS)  # noqa: RUF009 (frozen)
    hand_overs_raise: int = 3
    reworks_raise: int = 3
    remind_working: Limit = Limit(1, LimitUnit.WORKING_HOURS)  # noqa: RUF009 (frozen)
    remind_continuous: Limit = Limit(1, LimitUnit.HOURS)  # noqa: RUF009 (frozen)
    bulletin_morning: time = time(8, 30)
    bulletin_afternoon: time = time(16, 30)
    appeal_within: Limit = Limit(3, LimitUnit.WORKING_DAYS)  # noqa: RUF009 (frozen)
    appeal_decided_within: Limit = Limit(3, LimitUnit.WORKING_DAYS)  # noqa: RUF009 (frozen)


DEFAULTS: Final = Policies()


def written(value: int | time | Limit) -> str:
    """Return a value as it is stored and sent: `2`, `08:30`, `4 working_hours`."""
    match value:
        case int():
            return str(value)
        case time():
            return f"{value:%H:%M}"
        case _:
            return f"{value.amount} {value.unit}"


def checked_code(word: str) -> PolicyCode:
    """Return a code by its word, or raise PolicyValueInvalidError that names all."""
    if word not in set(PolicyCode):
        raise PolicyValueInvalidError(
            "There is no value of policy '{word}'; there are {codes}.",
            values={"word": word[:40], "codes": [*PolicyCode]}, field="code",
        )  # fmt: skip
    return PolicyCode(word)


def checked_value(code: PolicyCode, text: str) -> int | time | Limit:
    """Return the value that a text states for a code.

    Raises
    ------
    PolicyValueInvalidError
    """
    default = getattr(DEFAULTS, code)
    if isinstance(default, time):
        return _time(code, text.strip())
    amount, _, unit = text.strip().partition(" ")
    number = int(amount) if amount.isascii() and amount.isdigit() and len(amount) < 6 else None
    if isinstance(default, int):
        least = 0 if code in TWO_PERSONS else 1
        if unit or number is None or not least <= number <= MOST_TIMES:
            raise PolicyValueInvalidError(
                "'{code}' is a whole number of {least} to {most}.",
                values={"code": code, "least": least, "most": MOST_TIMES}, field="value",
            )  # fmt: skip
        return number
    units, most = SPANS[code]
    if number is None or not 1 <= number <= most or unit not in set(units):
        raise PolicyValueInvalidError(
            "'{code}' is written as '{default}': 1 to {most} of {units}.",
            values={"code": code, "default": written(default), "most": most, "units": [*units]}, field="value",
        )  # fmt: skip
    return Limit(number, LimitUnit(unit))


def _time(code: PolicyCode, text: str) -> time:
    hours, _, minutes = text.partition(":")
    digits = hours + minutes
    if len(hours) == len(minutes) == 2 and digits.isascii() and digits.isdigit() and hours < "24" and minutes < "60":
        return time(int(hours), int(minutes))
    raise PolicyValueInvalidError(
        "'{code}' is a time of the day, written as '{default}'.",
        values={"code": code, "default": written(getattr(DEFAULTS, code))}, field="value",
    )  # fmt: skip


def policies_of(stated: Mapping[str, str]) -> Policies:
    """Return the values that count, from those that are stated by code."""
    known = {one.name for one in fields(Policies)}
    return Policies(**{
        code: checked_value(PolicyCode(code), value) for code, value in stated.items() if code in known
    })  # type: ignore[arg-type]  # fmt: skip
