"""The knowledge base over HTTP and in the terminal: stated, searched, ended; questions without an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner

from cli import app as commands

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from fastapi.testclient import TestClient

    from core.settings import Settings

    Keys = Callable[..., dict[str, str]]

DOGS = {
    "question": "犬只登记在哪里办", "answer": "到居住地派出所办理。\n每年一次。", "source": "养犬管理条例第十二条",
    "is_public": True, "start": "2026-01-01T00:00:00+08:00",
}  # fmt: skip


def test_a_question_is_answered_with_its_source_or_waits_for_an_answer(
    client: TestClient, make_key: Keys, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor, dispatcher, viewer = make_key("administrator"), make_key("dispatcher"), make_key("viewer")
    gap = client.post("/v1/knowledge/gaps", json={"question": "犬只登记怎么办"}, headers=dispatcher).json()
    assert gap["entry"] is None
    assert client.post("/v1/knowledge/gaps", json={"question": "x"}, headers=viewer).status_code == 403
    assert client.put("/v1/knowledge/K01", json=DOGS, headers=viewer).status_code == 403
    stated = client.put("/v1/knowledge/K01", json=DOGS, headers=editor)
    assert stated.json()["states"][0]["answer"] == DOGS["answer"]
    found = client.get("/v1/knowledge/search", params={"question": "犬只登记"}, headers=dispatcher).json()["items"]
    assert [(one["entry"]["code"], one["entry"]["source"]) for one in found] == [("K01", DOGS["source"])]
    assert [one["gap"] for one in client.get("/v1/knowledge/gaps", headers=editor).json()["items"]] == [gap["gap"]]
    closed = client.post(f"/v1/knowledge/gaps/{gap['gap']}/closing", json={"entry": "K01"}, headers=editor)
    assert closed.json()["entry"] == "K01"
    again = client.post(f"/v1/knowledge/gaps/{gap['gap']}/closing", json={"entry": "K01"}, headers=editor)
    assert (again.status_code, again.json()["type"].rpartition(":")[2]) == (409, "knowledge-gap-closed")
    unknown = client.get("/v1/knowledge/none", headers=viewer)
    assert (unknown.status_code, unknown.json()["type"].rpartition(":")[2]) == (404, "knowledge-not-found")
    page = client.get("/v1/knowledge", params={"limit": 1}, headers=viewer).json()
    assert ([one["code"] for one in page["items"]], page["next"]) == (["K01"], None)

    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    told = CliRunner().invoke(commands, ["knowledge", "search", "犬只登记", "--json"])
    assert "养犬管理条例第十二条" in told.output, told.output
    assert client.post("/v1/knowledge/K01/end", json={}, headers=editor).status_code == 200
    assert client.get("/v1/knowledge/search", params={"question": "犬只登记"}, headers=viewer).json()["items"] == []
