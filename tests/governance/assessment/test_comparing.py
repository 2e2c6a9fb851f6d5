"""Limits, dispersion and ranks: held against published figures and against chance itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from governance.assessment import comparing
from governance.assessment.comparing import ALARM, WARNING, Counts, Dispersion


@pytest.mark.parametrize(
    ("denominator", "warning", "alarm"), [(22, 20, 18), (50, 46, 44), (100, 94, 92), (300, 287, 283), (1000, 965, 958)]
)
def test_lower_limits_around_97_5_percent_are_those_of_the_exact_binomial(
    denominator: int, warning: int, alarm: int
) -> None:
    assert comparing.binomial_limits(denominator, 0.975, WARNING).lower == warning
    assert comparing.binomial_limits(denominator, 0.975, ALARM).lower == alarm


@pytest.mark.parametrize("rate", [0.03, 0.5, 0.975, 1.0])
@pytest.mark.parametrize("denominator", [1, 7, 60])
def test_no_more_than_the_rest_lies_outside_of_limits(denominator: int, rate: float) -> None:
    for coverage in (WARNING, ALARM):
        limits = comparing.binomial_limits(denominator, rate, coverage)
        below = sum(stats.binom.pmf(k, denominator, rate) for k in range(limits.lower))
        above = sum(stats.binom.pmf(k, denominator, rate) for k in range(limits.upper + 1, denominator + 1))
        assert below <= (1 - coverage) / 2 + 1e-12
        assert above <= (1 - coverage) / 2 + 1e-12


def test_poisson_limits_are_those_of_the_exact_distribution() -> None:
    limits = comparing.poisson_limits(9.6, WARNING)
    assert stats.poisson.cdf(limits.lower - 1, 9.6) < 0.025 <= stats.poisson.cdf(limits.lower, 9.6)
    assert stats.poisson.cdf(limits.upper, 9.6) >= 0.975


def test_units_that_differ_by_chance_alone_are_rarely_called_dispersed() -> None:
    generator = np.random.default_rng(3)
    sizes = [60, 80, 120, 200, 90, 150, 300, 40, 75, 110]
    over = 0
    for _ in range(200):
        units = [Counts(int(generator.binomial(n, 0.9)), n) for n in sizes]
        rate = sum(one.numerator for one in units) / sum(sizes)
        over += comparing.dispersion(units, rate).is_over
    assert over <= 200 * 0.08


def test_units_of_two_kinds_are_dispersed_and_their_limits_are_widened() -> None:
    units = [Counts(95, 100)] * 10 + [Counts(70, 100)] * 10
    found = comparing.dispersion(units, 0.825)
    assert found.is_over
    assert found.factor == pytest.approx((0.125 / np.sqrt(0.825 * 0.175 / 100)) ** 2)
    narrow = comparing.binomial_limits(100, 0.825, WARNING)
    wide = comparing.widened(narrow, 100, 0.825, found)
    assert wide.lower < narrow.lower
    assert wide.upper > narrow.upper
    assert comparing.widened(narrow, 100, 0.825, Dispersion(1.0, 0.4, 20)) == narrow


def test_one_unit_or_a_rate_of_all_has_no_dispersion() -> None:
    assert comparing.dispersion([Counts(3, 10)], 0.3) == Dispersion(1.0, 1.0, 1)
    assert comparing.dispersion([Counts(5, 5), Counts(7, 7)], 1.0).factor == 1.0


def test_a_unit_of_22_cases_with_all_points_is_not_told_apart_from_one_of_6530() -> None:
    found = comparing.ranks({"zone": Counts(22, 22), "district": Counts(6474, 6530)}, higher_is_better=True, seed=1)
    assert (found["zone"].rank, found["district"].rank) == (1, 2)
    assert (found["zone"].lower, found["zone"].upper) == (1, 2)


def test_ranks_of_large_units_that_differ_are_certain_and_repeat_with_their_seed() -> None:
    units = {"a": Counts(9_000, 10_000), "b": Counts(8_000, 10_000), "c": Counts(7_000, 10_000)}
    found = comparing.ranks(units, higher_is_better=True, seed=5)
    assert {name: (one.lower, one.rank, one.upper) for name, one in found.items()} == {
        "a": (1, 1, 1), "b": (2, 2, 2), "c": (3, 3, 3)
    }  # fmt: skip
    turned = comparing.ranks(units, higher_is_better=False, seed=5)
    assert turned["c"].rank == 1
    even = {f"{i}": Counts(10, 20) for i in range(4)}
    assert comparing.ranks(even, higher_is_better=True, seed=2) == comparing.ranks(even, higher_is_better=True, seed=2)
    assert {one.rank for one in comparing.ranks(even, higher_is_better=True, seed=2).values()} == {1}
    assert comparing.ranks({}, higher_is_better=True, seed=1) == {}


def test_what_is_expected_of_a_unit_follows_the_district_stratum_by_stratum() -> None:
    common = {"waste": Counts(90, 100), "building": Counts(10, 50)}
    assert comparing.expected_of({"waste": 10, "building": 5, "gone": 0}, common) == pytest.approx(10)
