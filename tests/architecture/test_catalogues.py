"""Catalogues of sentences: each language has each code, with the same values."""

from __future__ import annotations

from pathlib import Path

from core.words import FIRST_LANGUAGE, Catalogue, placeholders

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("core", "geo", "identity", "grids", "governance", "presentation", "api", "spatial_jobs", "cli")
#: The English of problems stands with each error's class, that of details where each is raised, that of the
#: commands' help with each command, that of remarks on a delivery where each is made.
ENGLISH_ELSEWHERE = (
    "presentation.words.problems", "presentation.words.details.", "presentation.words.remarks", "cli.words.",
)  # fmt: skip


#: Where languages count or list other things: Chinese counts all areas, English those that it does not name; Chinese
#: lists the characters that codes may not have, English those that a code has.
OTHER_VALUES = {"grids.boundaries.defect_words": {"areas/more", "rule/address"}}


def catalogues() -> list[Catalogue]:
    files = [path for floor in FLOORS for path in (ROOT / floor).rglob(f"{FIRST_LANGUAGE}.py")]
    return [Catalogue(".".join(path.parent.relative_to(ROOT).parts)) for path in sorted(files)]


def test_each_code_has_its_sentence_in_each_language_with_the_same_values() -> None:
    found = catalogues()
    assert found
    wrong = []
    for catalogue in found:
        assert "en" in catalogue.languages or catalogue.package.startswith(ENGLISH_ELSEWHERE), catalogue
        first = catalogue.sentences(FIRST_LANGUAGE)
        for language in catalogue.languages:
            sentences, name = catalogue.sentences(language), f"{catalogue.package}.{language}"
            wrong += [f"{name}: {code} is missing" for code in first.keys() - sentences.keys()]
            wrong += [f"{name}: {code} is not in Chinese" for code in sentences.keys() - first.keys()]
            wrong += [
                f"{name}: {code} has other values"
                for code in first.keys() & sentences.keys()
                if placeholders(first[code]) != placeholders(sentences[code])
                and code not in OTHER_VALUES.get(catalogue.package, set())
            ]
            wrong += [f"{name}: {code} is empty" for code, words in sentences.items() if not words]
    assert wrong == []
