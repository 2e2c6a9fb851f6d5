"""Multiple testing, the Gumbel tail and recurrence intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from geo.hotspot.arrays import HotspotInputError
from geo.hotspot.significance import false_discovery_rate, gumbel_p, monte_carlo_p, recurrence_interval_days


def test_q_values_equal_scipy_and_leave_untested_areas_out() -> None:
    p = np.random.default_rng(0).uniform(size=50) ** 2
    np.testing.assert_allclose(false_discovery_rate(p), false_discovery_control(p))
    with_holes = np.insert(p, [3, 20], np.nan)
    result = false_discovery_rate(with_holes)
    np.testing.assert_allclose(result[~np.isnan(with_holes)], false_discovery_control(p))
    assert np.isnan(result).sum() == 2
    assert len(false_discovery_rate([])) == 0


def test_ties_to_the_last_bits_count() -> None:
    assert monte_carlo_p(4.0, [4.0 - 1e-12, 3.0, 5.0]) == pytest.approx(0.75)


def test_the_gumbel_tail_is_that_of_a_gumbel_sample() -> None:
    sample = np.random.default_rng(1).gumbel(5.0, 2.0, 200_000)
    for x in (5.0, 10.0, 25.0):
        truth = -math.expm1(-math.exp(-(x - 5.0) / 2.0))
        assert gumbel_p(x, sample) == pytest.approx(truth, rel=0.1)
    with pytest.raises(HotspotInputError, match="two replicates"):
        gumbel_p(1.0, [1.0])


def test_no_tail_is_believed_to_the_end() -> None:
    sample = np.random.default_rng(2).gumbel(5.0, 1.0, 999)
    assert gumbel_p(5000.0, sample) == 1e-17
    assert math.isnan(gumbel_p(3.0, [1.0, 1.0, 1.0]))


def test_recurrence_intervals_count_time_units_and_earlier_analyses() -> None:
    assert recurrence_interval_days(0.01) == 100
    assert recurrence_interval_days(0.01, unit="week") == pytest.approx(700)
    assert recurrence_interval_days(0.5, unit="year", length=2) == pytest.approx(4 * 365.25)
    assert recurrence_interval_days(0.05, analyses=30) == pytest.approx(1 / (1 - 0.95 ** (1 / 30)))
    assert recurrence_interval_days(0.0) == math.inf
