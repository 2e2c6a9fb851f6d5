"""Which language an answer has: the one Accept-Language prefers, of those there are."""

from __future__ import annotations

import pytest

from api.http.languages import preferred_language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("en", "en"),
        ("en-GB, zh;q=0.9", "en"),
        ("zh-Hant-TW, en;q=0.5", "zh"),
        ("de, en;q=0.3", "en"),
        ("en;q=0.2, zh;q=0.8", "zh"),
        ("en;q=0, *;q=0.1", "zh"),
        ("fr, de", "zh"),
        ("en;q=much", "zh"),
        (";;,,=q", "zh"),
        ("EN", "en"),
    ],
)
def test_the_preferred_language_of_those_there_are(header: str, language: str) -> None:
    assert preferred_language(header, ("zh", "en")) == language
