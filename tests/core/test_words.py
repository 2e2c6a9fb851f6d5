"""Sentences by code: one file a language, values of any kind, Chinese where a language has no sentence."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from core.words import Catalogue, Message, message_sentence, placeholders, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHINESE = """
SEPARATOR = "、"
SENTENCES = {
    "too_short": "往期不足 {days} 天，未作判断。",
    "share": "占 {share:.0%}。",
    "years": "{years} 年的安排未知。",
    "rate": "按{per}比较。",
    "per/household": "每户",
}
"""
ENGLISH = """
SEPARATOR = ", "
SENTENCES = {
    "too_short": "Fewer than {days} days before: not judged.",
    "share": "{share:.0%} of all.",
    "years": "The arrangement of {years} is not known.",
    "rate": "Compared {per}.",
    "per/household": "per household",
}
"""


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Catalogue, Path]]:
    # Modules are imported once: each test has a package of its own.
    package = f"words_of_{tmp_path.name}"
    folder = tmp_path / package
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "zh.py").write_text(CHINESE, encoding="utf-8")
    (folder / "en.py").write_text(ENGLISH, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield Catalogue(package), folder
    for name in [name for name in sys.modules if name.startswith(package)]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("message", "chinese", "english"),
    [
        (
            Message(code="too_short", values={"days": 60}),
            "往期不足 60 天，未作判断。",
            "Fewer than 60 days before: not judged.",
        ),
        (Message(code="share", values={"share": 0.0512}), "占 5%。", "5% of all."),
        (
            Message(code="years", values={"years": [2031, 2032]}),
            "2031、2032 年的安排未知。",
            "The arrangement of 2031, 2032 is not known.",
        ),
        (
            Message(code="rate", values={"per": Message(code="per/household")}),
            "按每户比较。",
            "Compared per household.",
        ),
        # A value is never read as a sentence.
        (
            Message(code="years", values={"years": "{code}"}),
            "{code} 年的安排未知。",
            "The arrangement of {code} is not known.",
        ),
    ],
)
def test_a_stored_message_has_a_sentence_in_each_language(
    catalogue: tuple[Catalogue, Path], message: Message, chinese: str, english: str
) -> None:
    words, _ = catalogue
    stored = Message.model_validate_json(message.model_dump_json())
    assert stored == message
    assert words.languages == ("zh", "en")
    assert message_sentence(words, stored, "zh") == chinese
    assert message_sentence(words, stored, "en") == english


def test_another_language_is_one_more_file_and_chinese_stands_in_for_what_it_lacks(
    catalogue: tuple[Catalogue, Path],
) -> None:
    words, folder = catalogue
    (folder / "de.py").write_text(
        'SEPARATOR = ", "\nSENTENCES = {"too_short": "Weniger als {days} Tage: kein Urteil."}\n', encoding="utf-8"
    )
    assert words.languages == ("zh", "de", "en")
    assert sentence(words, "too_short", {"days": 60}, "de") == "Weniger als 60 Tage: kein Urteil."
    assert sentence(words, "share", {"share": 0.5}, "de") == "占 50%。"
    assert sentence(words, "share", {"share": 0.5}, "fr") == "占 50%。"


def test_an_unknown_code_and_a_missing_value_are_refused(catalogue: tuple[Catalogue, Path]) -> None:
    words, _ = catalogue
    with pytest.raises(KeyError, match="nothing"):
        sentence(words, "nothing", {}, "en")
    with pytest.raises(KeyError, match="days"):
        sentence(words, "too_short", {}, "en")


def test_the_values_that_a_sentence_needs_are_named() -> None:
    assert placeholders("{share:.0%} of {many}, {{not}} this") == {"share", "many"}
