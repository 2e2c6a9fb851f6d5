"""The words of hotspots: each code that the analysis can store has its sentence, in Chinese and in English."""

from __future__ import annotations

import pytest

from core.words import placeholders
from geo.hotspot.emerging import Category
from governance.hotspots.catalogue import ABOUT, RATES, HotspotMethod
from governance.hotspots.notes import VALUES, NoteCode, note, per, unit_words
from presentation.words.hotspots import CATALOGUE, note_sentence


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_code_that_can_be_stored_has_a_sentence_with_its_values(language: str) -> None:
    sentences = CATALOGUE.sentences(language)
    assert {code: placeholders(sentences[code]) for code in NoteCode} == {code: VALUES[code] for code in NoteCode}
    named = [f"method/{method}{part}" for method in HotspotMethod for part in ("", "/words", "/asks", "/tests")]
    classes = {(method, one.code) for method, about in ABOUT.items() for one in about.classes}
    named += [f"legend/{method}/{code}" for method, code in classes]
    named += [f"legend/emerging/{category.name}/words" for category in Category]
    assert {category.name for category in Category} == {code for method, code in classes if method == "emerging"}
    named += [f"per/{rate}" for rate in RATES[1:]] + ["unit/grid", "unit/hexagon", "measure/hours", "measure/km"]
    assert set(named) <= sentences.keys()


def test_a_note_reads_in_each_language_headed_by_its_method() -> None:
    said = note(
        NoteCode.RATES_COMPARED_EXCEPT, HotspotMethod.GI, per=per("km2"), left_out=4, unit=unit_words("hexagon")
    )
    assert note_sentence(said) == "冷热区（Gi*）：按每平方公里的率（标准化）比较，4 个六边形没有这个数。"
    assert note_sentence(said, "en") == (
        "Hot and cold units (Gi*): Standardised rates per square kilometre are compared; without the figure and left "
        "out: 4 (hexagons)."
    )
