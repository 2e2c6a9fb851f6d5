"""A problem speaks the language that the request asks for; another language is one more file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel
from pydantic_core._pydantic_core import list_all_errors

from api.http import language
from core import words
from presentation.words import problems
from presentation.words.details import boundaries
from presentation.words.problems import CATALOGUE
from tests.core.test_problems_documented import every_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi.testclient import TestClient

OF_THE_FRAMEWORK = {"bad-request", "method-not-allowed", "not-found", "payload-invalid", "unexpected"}


def test_each_problem_has_its_title_in_chinese_and_no_title_is_left_over() -> None:
    titles = {code for code in CATALOGUE.sentences("zh") if "/" not in code}
    assert titles == set(every_error()) | OF_THE_FRAMEWORK


@pytest.mark.parametrize(
    ("query", "header", "wanted"),
    [
        ("", "", "en"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "fr;q=0.9, en;q=0.1, zh;q=0.5", "zh"),
        ("", "zh;q=0, *;q=0.5", "en"),
        ("", "en-GB, zh;q=0.9", "en"),
        ("", "zh;q=much", "en"),
        ("lang=zh", "en", "zh"),
        ("lang=klingon", "zh", "zh"),
    ],
)
def test_the_language_is_the_one_asked_for(query: str, header: str, wanted: str) -> None:
    language.begin({"query_string": query.encode(), "headers": [(b"accept-language", header.encode())]})
    assert language.language() == wanted


@pytest.mark.parametrize(
    ("header", "wanted"),
    [("", "zh"), ("en", "en"), ("de, en-GB;q=0.3", "en"), ("en;q=0.2, zh;q=0.8", "zh"), ("fr, de", "zh"), ("EN", "en")],
)
def test_words_about_data_are_chinese_where_no_other_language_is_asked_for(header: str, wanted: str) -> None:
    language.begin({"query_string": b"", "headers": [(b"accept-language", header.encode())]})
    assert language.language_among(("zh", "en"), "zh") == wanted


def test_a_problem_is_in_chinese_for_who_reads_chinese(client: TestClient) -> None:
    spoken = {"Accept-Language": "zh-CN,zh;q=0.9"}
    missing = client.get("/v1/layers/none", headers=spoken)
    assert missing.headers["content-language"] == "zh"
    assert missing.json()["title"].startswith("没有这个图层。")
    nowhere = client.get("/nowhere", params={"lang": "zh"}).json()
    assert (nowhere["title"], nowhere["detail"][:10]) == ("没有这个地址。", "本服务没有这个地址。")
    wrong = client.get("/v1/maps/responsibility.geojson", params={"simplify": "x"}, headers=spoken).json()
    assert (wrong["title"], wrong["errors"][0]["message"]) == ("参数无效。", "应为整数")
    in_english = client.get("/v1/layers/none")
    assert in_english.headers["content-language"] == "en"
    assert in_english.json()["title"].startswith("There is no such layer.")


#: What a schema of pydantic's can complain of, by the type of its core schema; the other types add nothing.
COMPLAINTS: dict[str, tuple[str, ...]] = {
    "str": ("string_",), "int": ("int_", "greater_", "less_", "multiple_of"), "float": ("float_", "finite_number"),
    "bool": ("bool_",), "list": ("list_type", "too_long", "too_short"), "dict": ("dict_type", "mapping_", "invalid_"),
    "set": ("set_type",), "tuple": ("tuple_type",), "literal": ("literal_error",), "enum": ("enum",),
    "datetime": ("datetime_", "timezone_"), "date": ("date_",), "url": ("url_",), "union": ("union_tag_",),
    "model": ("model_type", "model_attributes_type"), "model-fields": ("missing", "extra_forbidden"),
    "nullable": ("none_required",), "any": ("json_invalid",),
}  # fmt: skip
#: Arguments of calls, in which no JSON comes.
OF_CALLS = ("missing_", "enum_")


def test_whatever_pydantic_can_complain_of_in_a_body_has_its_chinese() -> None:
    begins = tuple(begin for words in COMPLAINTS.values() for begin in words)
    kinds = {one["type"] for one in list_all_errors()}
    ours = {kind for kind in kinds if kind.startswith(begins) and not kind.startswith(OF_CALLS)}
    assert {"missing", "string_too_long", "url_parsing", "enum"} <= ours
    assert sorted(f"field/{kind}" for kind in ours if f"field/{kind}" not in CATALOGUE.sentences("zh")) == []


def test_no_schema_has_a_type_whose_complaints_nobody_has_looked_at(client: TestClient) -> None:
    del client  # the application is loaded, and with it every model
    harmless = {
        "model-field", "default", "definition-ref", "definitions", "function-plain", "function-wrap",
        "function-before", "function-after", "no-info", "with-info", "integer", "number", "string", "typed-dict",
        "typed-dict-field", "json-or-python", "lax-or-strict", "is-instance", "decimal",
    }  # fmt: skip
    used: set[str] = set()
    models, todo = set(), BaseModel.__subclasses__()
    while todo:
        model = todo.pop()
        todo += model.__subclasses__()
        if model.__module__.startswith("api."):
            models.add(model)
            _types(model.__pydantic_core_schema__, used)
    assert len(models) > 100
    assert used - harmless - COMPLAINTS.keys() == set()


def _types(schema: object, found: set[str]) -> None:
    if isinstance(schema, dict):
        if isinstance(schema.get("type"), str):
            found.add(schema["type"])
        for name, value in schema.items():
            if name != "metadata":
                _types(value, found)
    elif isinstance(schema, list | tuple):
        for item in schema:
            _types(item, found)


AT = "/v1/assignments"


@pytest.mark.parametrize(
    ("method", "path", "sent", "detail"),
    [
        ("GET", "/v1/layers/none", {}, "没有图层“none”。"),
        ("GET", "/v1/layers", {"params": {"pge": 1}}, "此处没有参数“pge”；可用："),
        ("GET", AT, {"params": {"lon": "113,27", "lat": "34.8"}}, "lon 为 '113,27'，不是数字。"),
        ("GET", AT, {"params": {"lon": 113, "lat": 34, "at": "20261201"}}, "query.at: 应为带时区的时间，例如"),
        ("GET", "/ogc/collections/none", {}, "没有要素集“none”。"),
        ("POST", AT, {"content": b"x", "headers": {"Content-Type": "text/plain"}}, "请以 "),
        ("POST", "/v1/sessions", {"json": {"login": 1}}, "body.login: 应为文字"),
    ],
)  # fmt: skip
def test_what_is_particular_is_in_chinese_too(
    client: TestClient, method: str, path: str, sent: dict[str, Any], detail: str
) -> None:
    headers = {"Accept-Language": "zh", **sent.pop("headers", {})}
    problem = client.request(method, path, headers=headers, **sent).json()
    assert problem["detail"].startswith(detail), problem


@pytest.fixture
def french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    added = {
        problems: {"layer-not-found": "Cette couche n'existe pas."},
        boundaries: {"There is no layer '{code}'.": "Il n'y a pas de couche « {code} »."},
    }
    for package, sentences in added.items():
        folder = tmp_path / package.__name__
        folder.mkdir()
        (folder / "fr.py").write_text(f"SEPARATOR = ', '\nSENTENCES = {sentences}\n")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    words._load.cache_clear()  # noqa: SLF001
    yield
    words._load.cache_clear()  # noqa: SLF001


@pytest.mark.usefixtures("french")
def test_a_third_language_is_one_more_file(client: TestClient) -> None:
    spoken = {"Accept-Language": "fr"}
    missing = client.get("/v1/layers/none", headers=spoken).json()
    assert (missing["title"], missing["detail"]) == ("Cette couche n'existe pas.", "Il n'y a pas de couche « none ».")
    untranslated = client.get("/nowhere", headers=spoken).json()
    assert untranslated["title"] == "Not Found"  # what has no sentence yet stays English
