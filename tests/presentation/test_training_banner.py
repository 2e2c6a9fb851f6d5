"""Every page and every sheet of a print says that it is of a training environment, in its own language."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from core import training
from presentation.training_banner import words
from tests.factories import pages

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def _in_training(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("WANGGE_TRAINING", "1")
    training.is_on.cache_clear()
    yield
    monkeypatch.undo()
    training.is_on.cache_clear()


@pytest.mark.usefixtures("_in_training")
def test_every_page_bears_the_banner_once_at_its_top() -> None:
    for name, make in pages.PAGES.items():
        for language in ("zh", "en"):
            page = make(language=language).decode()
            body = page.partition("<body")[2].partition(">")[2]
            assert page.count('class="wg-training"') == 1, name
            assert words(language) in body[:1500], (name, language)


@pytest.mark.usefixtures("_in_training")
def test_every_sheet_of_a_print_bears_the_banner() -> None:
    for name, make in pages.PRINTS.items():
        sheets = PdfReader(io.BytesIO(make(language="zh"))).pages
        assert [n for n, sheet in enumerate(sheets) if words("zh") not in sheet.extract_text()] == [], name


def test_a_page_of_the_service_bears_none() -> None:
    assert b"wg-training" not in pages.PAGES["start"](language="zh")
