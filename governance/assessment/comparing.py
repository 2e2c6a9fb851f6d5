"""Pure: what differences between units chance alone would give, so that no rank is read out of noise.

Limits are prediction limits: what a unit of that size shows with a probability when its true rate is the common one
(Spiegelhalter 2005, doi 10.1002/sim.1970), from the exact binomial and Poisson distributions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

WARNING: Final = 0.95
ALARM: Final = 0.998
"""The two limits of funnel plots: about two and three standard deviations."""
WINSORISED: Final = 0.1
_DRAWS: Final = 4000


@dataclass(frozen=True, slots=True)
class Counts:
    """A unit's numerator and denominator."""

    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Dispersion:
    """Whether units differ by more than chance: the factor of variances, its chi-square p-value, and how many units.

    `is_over`: the p-value is below 0.05; limits are then widened by the square root of the factor.
    """

    factor: float
    p_value: float
    units: int

    @property
    def is_over(self) -> bool:
        """Whether the limits have to be widened."""
        return self.p_value < 0.05 and self.factor > 1


@dataclass(frozen=True, slots=True)
class Limits:
    """How many of a unit's denominator chance gives at least and at most, with a probability."""

    lower: int
    upper: int


@dataclass(frozen=True, slots=True)
class Ranks:
    """A unit's rank, 1 the best, and those between which chance would put it 95 times of 100."""

    rank: int
    lower: int
    upper: int


def binomial_limits(denominator: int, rate: float, coverage: float) -> Limits:
    """Return the exact prediction limits of a count out of a denominator.

    The lower limit is the least count whose cumulative probability reaches (1 - coverage) / 2, the upper one that
    which reaches the rest: a unit lies below when it has fewer, above when it has more.
    """
    tail = (1 - coverage) / 2
    lower, upper = (float(stats.binom.ppf(at, denominator, rate)) for at in (tail, 1 - tail))
    return Limits(int(max(lower, 0)), int(upper))


def poisson_limits(expected: float, coverage: float) -> Limits:
    """Return the exact prediction limits of a count of which so many are expected."""
    tail = (1 - coverage) / 2
    lower, upper = (float(stats.poisson.ppf(at, expected)) for at in (tail, 1 - tail))
    return Limits(int(max(lower, 0)), int(upper))


def widened(limits: Limits, denominator: int, rate: float, dispersion: Dispersion) -> Limits:
    """Return limits that allow for units that differ by more than chance, multiplied as Spiegelhalter does."""
    if not dispersion.is_over:
        return limits
    middle, factor = denominator * rate, float(np.sqrt(dispersion.factor))
    lower = middle - (middle - limits.lower) * factor
    upper = middle + (limits.upper - middle) * factor
    return Limits(max(int(np.floor(lower)), 0), min(int(np.ceil(upper)), denominator))


def dispersion(units: Sequence[Counts], rate: float) -> Dispersion:
    """Return how much more units differ than chance: the mean square of their winsorised z-scores.

    A tenth at each end is drawn in to the tenth before, so that single outliers do not hide themselves. Under chance
    alone the sum of squares is about chi-square distributed; winsorising makes the test a little less ready to reject.
    """
    known = [one for one in units if one.denominator > 0]
    if len(known) < 2 or not 0 < rate < 1:
        return Dispersion(1.0, 1.0, len(known))
    numerators = np.array([one.numerator for one in known], dtype=float)
    denominators = np.array([one.denominator for one in known], dtype=float)
    scores = (numerators / denominators - rate) / np.sqrt(rate * (1 - rate) / denominators)
    low, high = np.quantile(scores, [WINSORISED, 1 - WINSORISED])
    squares = np.clip(scores, low, high) ** 2
    factor = float(squares.mean())
    return Dispersion(factor, float(stats.chi2.sf(squares.sum(), len(known))), len(known))


def ranks(units: Mapping[str, Counts], *, higher_is_better: bool, seed: int) -> dict[str, Ranks]:
    """Return the rank of each unit, and between which ranks chance would put it.

    Each unit's rate is drawn from what its counts allow (Jeffreys' prior), all units are ranked in each draw, and the
    middle 95 of 100 ranks are taken. The same seed gives the same ranks. Units with equal rates share the best rank.
    """
    names = sorted(units)
    if not names:
        return {}
    numerators = np.array([units[name].numerator for name in names], dtype=float)
    denominators = np.array([units[name].denominator for name in names], dtype=float)
    sign = -1.0 if higher_is_better else 1.0
    draws = np.random.default_rng(seed).beta(
        numerators + 0.5, denominators - numerators + 0.5, size=(_DRAWS, len(names))
    )
    drawn = stats.rankdata(sign * draws, method="min", axis=1)
    lower, upper = np.quantile(drawn, [0.025, 0.975], axis=0, method="nearest")
    observed = _observed_ranks(sign * numerators, denominators)
    return {
        name: Ranks(int(observed[i]), int(min(lower[i], observed[i])), int(max(upper[i], observed[i])))
        for i, name in enumerate(names)
    }


def _observed_ranks(signed: NDArray[np.float64], denominators: NDArray[np.float64]) -> NDArray[np.float64]:
    ranked: NDArray[np.float64] = stats.rankdata(signed / denominators, method="min")
    return ranked


def expected_of(unit: Mapping[str, int], common: Mapping[str, Counts]) -> float:
    """Return how many of a unit's denominators the district's rates would give, stratum by stratum.

    `unit`: denominators by stratum (category and urgency); `common`: the district's counts of each.
    """
    return sum(n * common[key].numerator / common[key].denominator for key, n in unit.items() if n)
