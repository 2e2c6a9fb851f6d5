"""Each page and print is in the language asked for; a third language is one file a catalogue, and no other change."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.words import FIRST_LANGUAGE, Catalogue
from governance.data_quality.rules import Flag
from governance.hotspots.topics.states import TopicEventKind, TopicKind
from grids.change_sets.states import ChangeSetState
from presentation.prints import impact_sheet, notice, redesign_sheet
from presentation.words import boundary_desk, topics
from presentation.words import pages as page_words
from tests.factories import hotspot_results, pages
from tests.factories.languages import one_more_language

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import StrEnum

ROOT = Path(__file__).parents[2]
CATALOGUES = [
    Catalogue(".".join(path.parent.relative_to(ROOT).parts))
    for path in sorted((ROOT / "presentation" / "words").rglob(f"{FIRST_LANGUAGE}.py"))
    if path.parent.name != "problems"
]
CHINESE = re.compile(r"[\u3400-\u9fff]+")
#: Chinese that is data in every language: names of areas and units, categories, titles, people; and of the language.
DATA = (
    "中文 " + pages.DISTRICT.read_text() + "".join(Path(m.__file__ or "").read_text() for m in (pages, hotspot_results))
)
#: A run of such names, as of a grid behind those of the areas above it.
NAMED = re.compile(f"(?:{'|'.join(sorted({n for n in CHINESE.findall(DATA) if len(n) > 1}, key=len, reverse=True))})+")


class Document:
    """What stands in for WeasyPrint's document: the HTML that it would print."""

    def __init__(self, page: str) -> None:
        self.pages, self.page = [page], page

    def write_pdf(self) -> bytes:
        return self.page.encode()


@pytest.fixture
def third_language(tmp_path: Path) -> Iterator[str]:
    """Add one file to each catalogue: a language whose sentences are their codes with their values."""
    with one_more_language(CATALOGUES, tmp_path) as language:
        yield language


@pytest.mark.parametrize(
    ("catalogue", "prefix", "values"),
    [
        (boundary_desk.CATALOGUE, "state", ChangeSetState),
        (topics.CATALOGUE, "event", TopicEventKind),
        (topics.CATALOGUE, "kind", TopicKind),
        (page_words.CATALOGUE, "flag", Flag),
    ],
)
def test_each_value_of_a_closed_set_has_its_words(catalogue: Catalogue, prefix: str, values: type[StrEnum]) -> None:
    assert {f"{prefix}/{value}" for value in values} <= catalogue.sentences(FIRST_LANGUAGE).keys()


def chinese_that_is_no_data(page: bytes) -> set[str]:
    return {run for run in CHINESE.findall(page.decode()) if run not in DATA and not NAMED.fullmatch(run)}


def test_pages_and_prints_are_in_a_language_that_is_one_file_a_catalogue(
    third_language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (impact_sheet, redesign_sheet, notice):
        monkeypatch.setattr(module, "rendered", Document)
    for language in (third_language, "en"):
        made = {name: pages.PAGES[name](language=language) for name in pages.PAGES}
        made |= {f"{name}.pdf": pages.PRINTS[name](language=language) for name in pages.PRINTS}
        assert {name: found for name, page in made.items() if (found := chinese_that_is_no_data(page))} == {}
        for name, page in made.items():
            assert f'lang="{language}"' in page.decode(), name
