"""Pure decisions on rules of dispatch: which match a case and why, and which can never fire."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from core.errors import DomainError, Kind
from governance.cases.dispatch.states import RuleFinding, When

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

MOST_RULES: Final = 2_000
_DAYS_BEFORE: Final = (0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335)
_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY: Final = re.compile(r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")
_WHENS: Final = tuple(When)


class DispatchBlockedError(DomainError):
    """Nobody answers for the case's place and category. State who does, or name the unit."""

    code = "dispatch-blocked"
    kind = Kind.CONFLICT


class DispatchRuleInvalidError(DomainError):
    """A rule of dispatch is not valid; the detail names it and the mend."""

    code = "dispatch-rule-invalid"
    kind = Kind.INVALID


class DispatchRuleSetNotFoundError(DomainError):
    """There is no such set of rules of dispatch."""

    code = "dispatch-rule-set-not-found"
    kind = Kind.NOT_FOUND


class DispatchRuleSetPublishedError(DomainError):
    """The set was published, or another takes effect at that very instant; a change is a new set."""

    code = "dispatch-rule-set-published"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class DispatchRule:
    """A rule: conditions (None limits nothing), and the unit; None: whoever answers for category and place.

    `season` are the first and the last day of the year, as MM-DD; it may go over the new year.
    """

    area: str | None = None
    category: str | None = None
    during: When | None = None
    season: tuple[str, str] | None = None
    level: str | None = None
    unit_code: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What rules ask of a case: its areas (`LAYER/CODE`) and categories with all above them, when, the finest level."""

    areas: Collection[str]
    categories: Collection[str]
    is_working: bool
    day: int
    level: str | None


@dataclass(frozen=True, slots=True)
class World:
    """What rules are checked against: areas with the one above each (`LAYER/CODE`), categories, units, levels."""

    area_parents: Mapping[str, str | None]
    category_parents: Mapping[str, str | None]
    units: Collection[str]
    levels: Collection[str]


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """A finding on the rule at a position (from 1); `by` are the earlier rules that shadow it."""

    position: int
    kind: RuleFinding
    by: tuple[int, ...] = field(default=())


def day_of_year(month: int, day: int) -> int:
    """Return the place of a day in a year of 366 days, from 0."""
    return _DAYS_BEFORE[month - 1] + day - 1


def checked_day(words: str, field_name: str) -> str:
    """Return a day of the year as MM-DD, or raise DispatchRuleInvalidError."""
    found = _DAY.match(words)
    if found is None or int(found[2]) > _DAYS[int(found[1]) - 1]:
        raise DispatchRuleInvalidError(
            "'{words}' is no day of the year such as 06-01.", values={"words": words[:40]}, field=field_name
        )
    return words


def failing(rule: DispatchRule, facts: CaseFacts) -> str | None:
    """Return the name of the first condition of a rule that a case does not meet; None: it matches."""
    checks = (
        ("area", rule.area is None or rule.area in facts.areas),
        ("category", rule.category is None or rule.category in facts.categories),
        ("during", rule.during is None or (rule.during is When.WORKING) == facts.is_working),
        ("season", rule.season is None or _is_in_season(rule.season, facts.day)),
        ("level", rule.level is None or rule.level == facts.level),
    )
    return next((name for name, holds in checks if not holds), None)


def matching(rules: Sequence[DispatchRule], facts: CaseFacts) -> list[int]:
    """Return the positions (from 1) of all rules that match a case; the first decides, the others are behind it."""
    return [place for place, rule in enumerate(rules, 1) if failing(rule, facts) is None]


def findings(rules: Sequence[DispatchRule], world: World) -> list[RuleProblem]:
    """Return what can never fire, and why: codes that stand for nothing, and rules that earlier ones take all from.

    A rule is shadowed when the earlier rules whose area and category contain its own take every combination of time of
    the week, day of the year and level that it has. Areas or categories below its own that fill it only together are
    not added up.
    """
    found: list[RuleProblem] = []
    levels = sorted(world.levels)
    times = [_times(rule, levels) for rule in rules]
    above = (_Above(world.area_parents), _Above(world.category_parents))
    for place, rule in enumerate(rules, 1):
        found += [RuleProblem(place, kind) for kind, is_wrong in _unknown(rule, world) if is_wrong]
        own = times[place - 1]
        taken, by = np.zeros_like(own), []
        for other, earlier in enumerate(rules[: place - 1], 1):
            if above[0](earlier.area, rule.area) and above[1](earlier.category, rule.category):
                common = times[other - 1] & own & ~taken
                if common.any():
                    taken |= common
                    by.append(other)
        if own.any() and bool((taken == own).all()):
            found.append(RuleProblem(place, RuleFinding.SHADOWED, tuple(by)))
    return found


class _Above:
    """Tells whether one code is another or above it; None stands for everything."""

    def __init__(self, parents: Mapping[str, str | None]) -> None:
        self._parents = parents

    def __call__(self, upper: str | None, lower: str | None) -> bool:
        if upper is None:
            return True
        seen: set[str] = set()
        while lower is not None and lower != upper and lower not in seen:
            seen.add(lower)
            lower = self._parents.get(lower)
        return lower == upper


def _unknown(rule: DispatchRule, world: World) -> Sequence[tuple[RuleFinding, bool]]:
    def is_missing(code: str | None, known: Collection[str]) -> bool:
        return code is not None and code not in known

    return (
        (RuleFinding.UNKNOWN_AREA, is_missing(rule.area, world.area_parents)),
        (RuleFinding.UNKNOWN_CATEGORY, is_missing(rule.category, world.category_parents)),
        (RuleFinding.UNKNOWN_UNIT, is_missing(rule.unit_code, world.units)),
        (RuleFinding.UNKNOWN_LEVEL, is_missing(rule.level, world.levels)),
    )


def _times(rule: DispatchRule, levels: Sequence[str]) -> NDArray[np.bool_]:
    """Return which combinations (time of the week, day of the year, level or none) a rule takes, as (2, 366, n)."""
    whens = np.array([rule.during in {None, when} for when in _WHENS])
    days = np.array([rule.season is None or _is_in_season(rule.season, day) for day in range(366)])
    at_levels = np.array([rule.level in {None, level} for level in (*levels, None)])
    if rule.level is not None:
        at_levels[-1] = False
    times: NDArray[np.bool_] = whens[:, None, None] & days[None, :, None] & at_levels[None, None, :]
    return times


def _is_in_season(season: tuple[str, str], day: int) -> bool:
    first, last = (day_of_year(int(words[:2]), int(words[3:])) for words in season)
    return first <= day <= last if first <= last else day >= first or day <= last


def decided(
    rules: Sequence[DispatchRule], facts: CaseFacts, standing: Callable[[], str | None]
) -> tuple[str | None, int]:
    """Return the unit that rules give a case and the position of the rule, 0 where none matches: who answers then."""
    first = next(iter(matching(rules, facts)), 0)
    unit = rules[first - 1].unit_code if first else None
    return (standing() if unit is None else unit), first
