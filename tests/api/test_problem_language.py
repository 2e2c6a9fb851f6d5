"""A problem speaks the language that the request asks for; another language is one more file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.http import language
from core import words
from presentation.words import problems
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


@pytest.fixture
def french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    sentences = {"layer-not-found": "Cette couche n'existe pas."}
    (tmp_path / "fr.py").write_text(f"SEPARATOR = ', '\nSENTENCES = {sentences}\n")
    monkeypatch.setattr(problems, "__path__", [*problems.__path__, str(tmp_path)])
    words._load.cache_clear()  # noqa: SLF001
    yield
    words._load.cache_clear()  # noqa: SLF001


@pytest.mark.usefixtures("french")
def test_a_third_language_is_one_more_file(client: TestClient) -> None:
    spoken = {"Accept-Language": "fr"}
    assert client.get("/v1/layers/none", headers=spoken).json()["title"] == "Cette couche n'existe pas."
    untranslated = client.get("/nowhere", headers=spoken).json()
    assert untranslated["title"] == "Not Found"  # what has no sentence yet stays English
