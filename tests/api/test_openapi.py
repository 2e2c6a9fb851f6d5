"""A typed client can live on the OpenAPI document: names that stay, and a shape for all that comes back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from tests.described import application, operations

IDS: Final = Path(__file__).parent / "operation_ids.txt"
REQUESTS: Final = ("EditIn", "FactsIn", "FeatureChange", "FeatureIn", "GapIn", "RunRequest")
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


def is_shaped(schema: dict[str, Any]) -> bool:
    """Tell whether a client that reads this schema knows what it gets: a named object, a list of them, or a choice."""
    if "$ref" in schema:
        return True
    if schema.get("type") == "array":
        return is_shaped(schema["items"])
    return bool(schema.get("anyOf")) and all(map(is_shaped, schema["anyOf"]))


def test_every_answer_has_its_shape() -> None:
    without = {"options": ["200"], "delete": ["204"]}
    for method, path, said in operations():
        for status, answer in said["responses"].items():
            if not status.startswith("2"):
                continue
            content = answer.get("content", {})
            assert content or status in without.get(method, ["204"]), f"{method} {path} {status}"
            for media, described in content.items():
                shaped = is_shaped(described["schema"]) if "json" in media else described["schema"]["type"] == "string"
                assert shaped, f"{method} {path} {status} {media}"


def test_a_member_without_a_shape_is_free_by_its_meaning() -> None:
    """What a user names (attributes, columns), or what is kept as it was given: everything else is described."""
    free = {
        "AreaOut.attributes", "EditOut.arguments", "RunAnswer.parameters", "RunAnswer.input",
        "ReleaseOut.source", "ReleaseOut.check_report", "GazetteerReleaseOut.source", "TopicEvent.finding",
        "GazetteerReleaseOut.import_report", "HotspotFeature.properties", "HotspotMessage.values", "HotspotNote.values",
        "ApiDefinition.info", "ApiDefinition.paths", "AuditEntryOut.detail", "CaseStepOut.detail", "DefectFacts.values",
    }  # fmt: skip
    found = set()
    for name, schema in schemas().items():
        for member, described in schema.get("properties", {}).items():
            if any(is_bare(one) for one in [described, described.get("items", {}), *described.get("anyOf", [])]):
                found.add(f"{name}.{member}")
    answered = {one for one in found if not one.startswith(REQUESTS) and not one.endswith(".reason_values")}
    assert answered <= free


def is_bare(schema: dict[str, Any]) -> bool:
    return (
        schema.get("type") == "object" and not schema.get("properties") and schema.get("additionalProperties") is True
    )


def test_every_list_is_paged_in_the_same_words() -> None:
    """`limit` rows are answered; `next` of a page is `after` of the following one."""
    for method, path, said in operations():
        names = {parameter["name"] for parameter in said.get("parameters", []) if parameter["in"] == "query"}
        assert not names & {"cursor", "before", "offset", "page", "page_token", "size"}, f"{method} {path}"
        if "after" not in names:
            continue
        assert "limit" in names, f"{method} {path}"
        if "X-Next" in said["responses"]["200"].get("headers", {}):
            continue  # a table in a file: its header names the next one
        (shape,) = [content["schema"] for content in list(said["responses"]["200"]["content"].values())[:1]]
        for one in shape.get("anyOf", [shape]):
            members = schemas()[one["$ref"].rpartition("/")[2]]["properties"] if "$ref" in one else {}
            # A plain list goes on after the id of its last row; OGC API by its links.
            assert "next" in members or shape.get("type") == "array" or "links" in members, f"{method} {path}"
