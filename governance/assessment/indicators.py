"""Pure: what an indicator is, its value from what was counted, and the points that follow. All arithmetic is exact."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from core.errors import DomainError, Kind
from governance.assessment.states import Better, Mark, Scoring

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.assessment.states import Counted

MOST_POINTS: Final = Decimal(1000)
MOST_DECIMALS: Final = 6


class IndicatorInvalidError(DomainError):
    """An indicator is not one that can be counted; the detail says what to change."""

    code = "indicator-invalid"
    kind = Kind.INVALID


class IndicatorNotFoundError(DomainError):
    """There is no version of an indicator of that number."""

    code = "indicator-not-found"
    kind = Kind.NOT_FOUND


class IndicatorDecidedError(DomainError):
    """The version of the indicator does not wait for a decision."""

    code = "indicator-decided"
    kind = Kind.CONFLICT


class IndicatorSecondPersonError(DomainError):
    """Who proposed a version of an indicator cannot confirm it: a second person has to."""

    code = "indicator-second-person"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True, slots=True)
class Formula:
    """What is divided by what: of those counted that have all of `among` and none of `excluded`, those with all marks.

    The excluded ones are kept in the evidence, each with the mark that excluded it.
    """

    counted: Counted
    numerator: frozenset[Mark]
    among: frozenset[Mark] = frozenset()
    excluded: frozenset[Mark] = frozenset()

    @property
    def left_out(self) -> frozenset[Mark]:
        """All marks that exclude: those of the formula, and that an appeal was granted."""
        return self.excluded | {Mark.EXEMPT}


@dataclass(frozen=True, slots=True)
class Points:
    """How points follow from a rate.

    `full`: the most, before a bonus. `full_rate`: the rate that gives all of them (THRESHOLD). `each`: what is taken
    off for each percentage point worse than that, or for each that is counted (DEDUCTION). Never below `least`.
    """

    scoring: Scoring
    full: Decimal
    full_rate: Decimal = Decimal(1)
    each: Decimal = Decimal(0)
    least: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Rule:
    """An indicator as it counts: its formula, its points, and to how many decimals both are rounded.

    Of fewer than `least_n` the value is shown and not ranked.
    """

    formula: Formula
    points: Points
    better: Better = Better.HIGHER
    decimals: int = 2
    least_n: int = 20


@dataclass(frozen=True, slots=True)
class Value:
    """What an indicator comes to; `percent` and `points` are None where nothing was counted.

    `is_ranked`: so many were counted as the rule asks for a comparison.
    """

    numerator: int
    denominator: int
    excluded: int
    percent: Decimal | None
    points: Decimal | None
    is_ranked: bool

    @property
    def rate(self) -> Fraction | None:
        """The exact rate."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None


def require_valid(rule: Rule) -> None:
    """Make sure that a rule can be counted and scored.

    Raises
    ------
    IndicatorInvalidError
    """
    formula, points = rule.formula, rule.points
    if both := (formula.numerator | formula.among) & formula.excluded:
        raise IndicatorInvalidError(
            "{marks} cannot be both counted and excluded.",
            values={"marks": sorted(both)}, field="excluded",
        )  # fmt: skip
    if not formula.numerator:
        raise IndicatorInvalidError("Name at least one mark that the numerator has.", field="numerator")
    if not -MOST_POINTS <= points.least <= points.full <= MOST_POINTS:
        raise IndicatorInvalidError(
            "The points go from {least} to {full}: the least first, neither beyond {most}.",
            values={"least": points.least, "full": points.full, "most": MOST_POINTS}, field="points",
        )  # fmt: skip
    if not 0 <= points.full_rate <= 1:
        raise IndicatorInvalidError("The rate that gives full points is from 0 to 1.", field="points")
    if points.each < 0 or points.each > MOST_POINTS:
        raise IndicatorInvalidError("What is taken off is 0 or more.", field="points")
    if not 0 <= rule.decimals <= MOST_DECIMALS:
        raise IndicatorInvalidError("Round to 0 to {most} decimals.", values={"most": MOST_DECIMALS}, field="decimals")
    if rule.least_n < 1:
        raise IndicatorInvalidError("The least number for a comparison is 1 or more.", field="least_n")


def is_excluded(rule: Rule, marks: frozenset[Mark]) -> bool | None:
    """Tell whether something counted is excluded; None: it is not among what the indicator looks at."""
    if not rule.formula.among <= marks:
        return None
    return bool(rule.formula.left_out & marks)


def value_of(rule: Rule, counted: Iterable[frozenset[Mark]]) -> Value:
    """Return the value of an indicator from the marks of what was counted."""
    numerator = denominator = excluded = 0
    for marks in counted:
        match is_excluded(rule, marks):
            case True:
                excluded += 1
            case False:
                denominator += 1
                numerator += rule.formula.numerator <= marks
    return valued(rule, numerator, denominator, excluded)


def valued(rule: Rule, numerator: int, denominator: int, excluded: int) -> Value:
    """Return the percentage and points of counts, rounded half away from zero as offices do."""
    ranked = denominator >= rule.least_n
    if denominator == 0:
        return Value(numerator, denominator, excluded, None, None, is_ranked=False)
    rate = Fraction(numerator, denominator)
    points = rounded(_points(rule, rate, numerator), rule.decimals)
    return Value(numerator, denominator, excluded, rounded(rate * 100, rule.decimals), points, is_ranked=ranked)


def _points(rule: Rule, rate: Fraction, numerator: int) -> Fraction:
    points = rule.points
    good = rate if rule.better is Better.HIGHER else 1 - rate
    full = Fraction(points.full)
    match points.scoring:
        case Scoring.PROPORTIONAL:
            return max(full * good, Fraction(points.least))
        case Scoring.THRESHOLD:
            at = Fraction(points.full_rate)
            worse = max(at - rate if rule.better is Better.HIGHER else rate - at, Fraction(0))
            return max(full - worse * 100 * Fraction(points.each), Fraction(points.least))
        case Scoring.DEDUCTION:
            return max(full - numerator * Fraction(points.each), Fraction(points.least))


def rounded(value: Fraction, decimals: int) -> Decimal:
    """Round an exact value half away from zero."""
    scaled = value * 10**decimals
    whole = (abs(scaled) + Fraction(1, 2)).__floor__()
    sign = -1 if scaled < 0 else 1
    return Decimal(sign * whole).scaleb(-decimals)
