"""The words of defects: codes and values are kept, no sentence; each sentence is as it was; a language is one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core import words
from core.errors import Detail
from geo.coverage import DefectKind, RepairVerb, shapes, suspicion
from grids.boundaries.defect_words import CATALOGUE, defect_sentence, with_sentences, worded
from presentation.words.details import in_language
from tests.factories.languages import one_more_language

from .conftest import upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from grids.boundaries.operations import Imported

#: Defects of each kind, cause, reason, rule, direction and unit, with their sentences.
TOLD: list[dict[str, Any]] = json.loads((Path(__file__).parent / "defect_sentences.json").read_text(encoding="utf-8"))
SLIVER = next(one["facts"] for one in TOLD if one["facts"]["cause"] == "overlap")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_sentence_is_as_it_was(language: str) -> None:
    assert [defect_sentence(one["facts"], language) for one in TOLD] == [one[language] for one in TOLD]
    shown = {one["facts"]["kind"] for one in TOLD}
    assert shown == {kind.value for kind in DefectKind}


def test_each_code_that_geo_gives_has_words_and_no_word_is_left_over(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()
    told = words.sentence

    def noted(catalogue: words.Catalogue, code: str, values: Any, language: str) -> str:
        asked.add(code)
        return told(catalogue, code, values, language)

    monkeypatch.setattr(words, "sentence", noted)
    for one in TOLD:
        defect_sentence(one["facts"], "zh")
    codes = asked | {f"repair/{verb}" for verb in RepairVerb} | {"repaired", "ring/other"}
    codes |= {f"ring/{reason}" for reason in shapes._RING_REASONS}  # noqa: SLF001 (what GEOS states)
    codes |= {f"way/{way}" for way in suspicion._WAYS}  # noqa: SLF001
    assert codes == set(CATALOGUE.sentences("zh"))


def test_a_further_language_is_one_file(tmp_path: Path) -> None:
    with one_more_language([CATALOGUE], tmp_path) as language:
        shown = with_sentences(SLIVER, language)
        assert shown["message"] == "<sliver/overlap> <areas/several> A1 + B 乙 C <area/small> 2.50 <length/width> 0.25"
        blocked = Detail("The first: {first}", {"first": worded(SLIVER)})
        assert in_language(blocked, language) == f"The first: {shown['message']}"
    assert with_sentences(SLIVER, "qq")["message"] == shown["message_zh"]
    assert in_language(blocked, "en") == str(blocked) == f"The first: {shown['message_en']}"


def test_facts_that_hold_sentences_of_their_time_keep_them() -> None:
    old = {"kind": "sliver", "level": "grid", "codes": ["A"], "size": 1.0, "unit": "m2",
           "message_zh": "旧句", "message_en": "old sentence"}  # fmt: skip
    assert with_sentences(old, "en") == {**old, "message": "old sentence"}
    assert with_sentences(old, "qq") == {**old, "message": "旧句"}


def test_a_release_keeps_its_warnings_as_codes_and_values(
    bring: Callable[..., Imported], make_layer: Callable[..., None]
) -> None:
    make_layer(levels=["grid"], code_rule="free")
    document = json.loads((Path(__file__).parent / "inputs" / "four_squares.geojson").read_text())
    (ring,) = document["features"][0]["geometry"]["coordinates"]
    ring[:] = [[113.290005 if x == 113.29 else x, y] for x, y in ring]  # half a metre over its neighbour's border
    imported = bring(upload("a.geojson", json.dumps(document).encode()))
    assert imported.published is not None
    (kept,) = imported.published.release.check_report["warnings"]
    (defect,) = imported.report.defects
    assert kept == {name: fact for name, fact in defect.facts.items() if name != "severity"}
    assert kept["values"]["width_m"] == 1.0
    assert not any(key.startswith("message") for key in kept)
    assert defect_sentence(kept, "en") == defect_sentence(defect.facts, "en")
