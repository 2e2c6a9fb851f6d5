"""Reasons of placement: said in English and in Chinese."""

from __future__ import annotations

from core.errors import DomainError
from governance.reports.placement import NO_USE_ZH
from grids.assignment import errors, points


def test_every_error_that_a_point_can_raise_is_said_in_chinese() -> None:
    of_points = {
        value
        for value in vars(points).values()
        if isinstance(value, type) and issubclass(value, DomainError) and value is not errors.AccuracyInvalidError
    }
    of_points -= {DomainError}
    assert of_points - set(NO_USE_ZH) == set()
    assert all(words.endswith("。") for words in NO_USE_ZH.values())
