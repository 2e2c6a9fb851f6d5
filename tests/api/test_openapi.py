"""A typed client can live on the OpenAPI document: names that stay, and a shape for all that comes back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from tests.described import application, operations

IDS: Final = Path(__file__).parent / "operation_ids.txt"
PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def schemas() -> dict[str, Any]:
    found: dict[str, Any] = application().openapi()["components"]["schemas"]
    return found


def test_each_operation_has_the_id_that_clients_know_it_by() -> None:
    # A changed line breaks every generated client: new operations are added, ids of old ones are kept.
    ids = [f"{said['operationId']} {method.upper()} {path}" for method, path, said in operations()]
    assert sorted(ids) == IDS.read_text().splitlines()


def test_an_id_is_plain_words_and_stands_once() -> None:
    ids = [said["operationId"] for _, _, said in operations()]
    assert len(set(ids)) == len(ids)
    assert [one for one in ids if not re.fullmatch(r"[a-z]+(_[a-z]+)+", one)] == []


def test_a_schema_has_the_name_of_its_class_and_no_two_classes_share_one() -> None:
    assert [name for name in schemas() if not re.fullmatch(r"([A-Z][a-z]*)+|Body_[a-z_]+", name)] == []
    titles = [schema["title"] for schema in schemas().values()]
    assert len(set(titles)) == len(titles)


def test_every_error_is_documented_as_the_problem_that_is_sent() -> None:
    for method, path, said in operations():
        for status, answer in said["responses"].items():
            if status >= "4":
                assert answer["content"] == PROBLEM, f"{status} of {method} {path}"
        takes_something = "requestBody" in said or said.get("parameters")
        assert "400" in said["responses"] or not takes_something, f"{method} {path}"
        assert "requestBody" in said or "422" not in said["responses"], f"{method} {path}"
