"""Reasons of placement: codes with the values of their sentences."""

from __future__ import annotations

import pytest

from core.errors import DomainError
from governance.reports.placement import place
from governance.reports.rules import ReportDraft
from grids.assignment import errors, points
from presentation.words.places import CATALOGUE, reason_sentence


def test_every_error_that_a_point_can_raise_has_its_sentence() -> None:
    of_points = {
        value
        for value in vars(points).values()
        if isinstance(value, type) and issubclass(value, DomainError) and value is not errors.AccuracyInvalidError
    }
    codes = {f"coordinates/{error.code}" for error in of_points - {DomainError}}
    assert codes <= CATALOGUE.sentences("zh").keys()


@pytest.mark.parametrize(
    ("sent", "crs", "english", "chinese"),
    [
        ((113.3, None), "WGS84", "lat is missing.", "缺少 lat，坐标不全。"),
        (("a", 34.8), "WGS84", "lon is 'a': not a number.", "lon 为 'a'，坐标不是数字。"),
        (
            (float("inf"), 34.8), "WGS84",
            "lon inf, lat 34.8 (WGS84): a coordinate is not finite.", "lon inf，lat 34.8（WGS84）：坐标不是有限的数。",
        ),
        (
            (113.3, 34.8), "Mars Express", "The coordinate reference system Mars Express is unknown.",
            "坐标系名称“Mars Express”无法识别。",
        ),
        ((None, None), "WGS84", "No coordinates were sent.", "未提供坐标。"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_coordinates_is_kept_with_the_numbers_that_were_sent(
    sent: tuple[float | str | None, float | str | None], crs: str, english: str, chinese: str
) -> None:
    draft = ReportDraft("12345", "占道", "", crs, x=sent[0], y=sent[1])
    reason = place(draft, None).reason
    assert (reason_sentence(reason, "en"), reason_sentence(reason, "zh")) == (english, chinese)
