"""What is particular about an error is a sentence with values, and every such sentence has its Chinese."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import DomainError
from core.words import placeholders
from presentation.words.details import CATALOGUES, sentences
from tests.core.test_problems_documented import every_error

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("core", "geo", "identity", "grids", "governance", "migrations", "presentation", "api", "spatial_jobs", "cli")
#: What makes an error or a detail, besides the errors' classes: where its sentence stands among the arguments.
MAKERS = {
    "Detail": 0, "refusal": 0, "EditError": 0, "SentenceError": 0, "TileAddressError": 0, "filter_invalid": 0,
    "chained": 1, "field_invalid": 1, "DraftFieldError": 1,
}  # fmt: skip
#: Makes a sentence of what an error of the computing floor says.
CAPITALISED = "core/errors.py"


def whole(part: str) -> str:
    """Return what an error of the computing floor says as a sentence of its own."""
    return f"{part[:1].upper()}{part[1:]}."


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    kept = ast.Call | ast.Constant
    return tuple(node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kept))


def classes() -> set[str]:
    every_error()
    names, todo = set(), [DomainError]
    while todo:
        error = todo.pop()
        names.add(error.__name__)
        todo += error.__subclasses__()
    return names


def calls() -> Iterator[tuple[str, str, ast.expr]]:
    """Give where an error or a detail is made, by what, and its sentence."""
    makers = dict.fromkeys(classes(), 0) | MAKERS
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            for node in nodes(path):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    place = makers.get(name, len(node.args))
                    if place < len(node.args):
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", name, node.args[place]


def texts(sentence: ast.expr) -> list[str]:
    """Return the sentences that an argument may be: one, or one of two."""
    if isinstance(sentence, ast.IfExp):
        return texts(sentence.body) + texts(sentence.orelse)
    return [sentence.value] if isinstance(sentence, ast.Constant) and isinstance(sentence.value, str) else []


def test_every_sentence_of_an_error_has_its_chinese() -> None:
    chinese = sentences("zh")
    assert [
        f"{place} {maker}: {text}"
        for place, maker, sentence in calls()
        for text in texts(sentence)
        if not {text, whole(text)} & chinese.keys()
    ] == []


def test_no_sentence_is_put_together_where_it_could_not_be_translated() -> None:
    wrong = [f"{place} {maker}" for place, maker, text in calls() if isinstance(text, ast.JoinedStr | ast.BinOp)]
    assert [place for place in wrong if not place.startswith(CAPITALISED)] == []


def test_chinese_uses_only_the_values_there_are_and_shows_numbers_alike() -> None:
    for catalogue in CATALOGUES:
        for english, chinese in catalogue.sentences("zh").items():
            assert placeholders(chinese) <= placeholders(english), english


def test_no_sentence_is_in_two_catalogues() -> None:
    keys = [english for catalogue in CATALOGUES for english in catalogue.sentences("zh")]
    assert len(keys) == len(set(keys))


def test_no_sentence_is_left_over() -> None:
    found: set[str] = set()
    for floor in FLOORS:
        for path in (ROOT / floor).rglob("*.py"):
            if "words" not in path.parts:
                constants = [node.value for node in nodes(path) if isinstance(node, ast.Constant)]
                found |= {value for value in constants if isinstance(value, str)}
    found |= {whole(text) for text in found} | {text.partition("\n")[0] for text in found}
    found |= {text.replace("_", " ") for text in found}  # names of fields, as words
    # Sentences that hold another one were put together as constants: the form of an instant, of a day.
    left = [english for english in sentences("zh") if english not in found and "; it must be" not in english]
    assert left == []
