"""A process keeps to the database's clock as far as it can tell that its own differs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core import clock

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def own_time_afterwards() -> Iterator[None]:
    yield
    clock.sync_clock(clock.machine(), before=clock.machine(), after=clock.machine())


@pytest.mark.parametrize(
    ("reference_s", "difference_s"),
    [(0.0, 0.0), (0.2, 0.0), (0.1, 0.0), (5.0, 4.8), (-5.0, -5.0)],
)
def test_only_a_difference_that_waiting_cannot_explain_counts(reference_s: float, difference_s: float) -> None:
    asked = clock.machine()
    found = clock.sync_clock(asked + timedelta(seconds=reference_s), before=asked, after=asked + timedelta(seconds=0.2))
    assert found == timedelta(seconds=difference_s)


def test_now_is_what_the_followed_clock_says() -> None:
    asked = clock.machine()
    clock.sync_clock(asked - timedelta(hours=1), before=asked, after=asked)
    assert timedelta(0) <= clock.now() - (asked - timedelta(hours=1)) < timedelta(seconds=5)
