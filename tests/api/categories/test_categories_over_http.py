"""Categories over HTTP and in the terminal: stated, read, imported, mapped; what is wrong names its field."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from cli import app as commands

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from fastapi.testclient import TestClient

    from core.settings import Settings

    Keys = Callable[..., dict[str, str]]

SEED = Path(__file__).parents[3] / "data/categories/classes.csv"
START = "2026-01-01T00:00:00+08:00"
EVENTS = {
    "name": "事件",
    "kind": "event",
    "start": START,
    "limits": [{"step": "accept", "amount": 15, "unit": "minutes"}],
}
RUBBISH = {
    "name": "暴露垃圾", "public_name": "垃圾没人清", "kind": "event", "parent_code": "E", "start": START,
    "on_the_spot": True, "limits": [{"step": "handle", "amount": 4}],
}  # fmt: skip


def test_categories_are_stated_read_mapped_imported_and_ended(client: TestClient, make_key: Keys) -> None:
    editor, viewer = make_key("administrator"), make_key("viewer")
    for code, body in (("E", EVENTS), ("E0102", RUBBISH)):
        assert client.put(f"/v1/categories/{code}", json=body, headers=editor).status_code == 200
    assert client.put("/v1/categories/E", json=EVENTS, headers=viewer).status_code == 403
    read = client.get("/v1/categories/E0102", headers=viewer).json()
    assert read["in_force"] == {
        "path": ["E0102", "E"],
        "unit_code": None,
        "limits": [
            {"step": "accept", "urgency": "normal", "amount": 15, "unit": "minutes"},
            {"step": "handle", "urgency": "normal", "amount": 4, "unit": "working_hours"},
        ],
    }
    page = client.get("/v1/categories", params={"limit": 1}, headers=viewer).json()
    assert (page["items"][0]["code"], page["next"]) == ("E", "E")
    word = {"word": "垃圾清运", "category": "E0102", "start": START}
    mapped = client.post("/v1/categories/words", json=word, headers=editor).json()
    assert [(one["channel"], one["word"]) for one in mapped["items"]] == [(None, "垃圾清运")]
    assert client.get("/v1/categories/unknown-words", headers=viewer).json()["items"] == []
    with SEED.open("rb") as file:
        sent = {"files": {"file": ("classes.csv", file)}, "data": {"start": START, "dry_run": "true"}}
        tried = client.post("/v1/categories/imports", headers=editor, **sent).json()  # type: ignore[arg-type]
    assert tried["dry_run"]
    assert tried["rows"] == 71
    ended = client.post("/v1/categories/E0102/end", json={}, headers=editor).json()
    assert ended["in_force"] is None
    assert [one["code"] for one in client.get("/v1/categories", headers=viewer).json()["items"]] == ["E"]


def test_what_does_not_fit_is_a_problem_that_names_the_field(client: TestClient, make_key: Keys) -> None:
    editor = make_key("administrator")
    client.put("/v1/categories/E", json=EVENTS, headers=editor)
    client.put("/v1/categories/E0102", json=RUBBISH, headers=editor)
    for path, body, status, field in (
        ("PUT E", EVENTS | {"parent_code": "E"}, 400, "parent_code"),
        ("PUT E2", EVENTS | {"parent_code": "nowhere"}, 404, "parent_code"),
        ("PUT E2", EVENTS | {"unit_code": "nobody"}, 404, "unit_code"),
        ("PUT E2", EVENTS | {"until": "2025-01-01T00:00:00+08:00"}, 400, "until"),
        ("POST E/end", {}, 409, "parent_code"),
        ("POST words", {"word": "x", "category": "nowhere"}, 404, "category"),
    ):
        method, _, rest = path.partition(" ")
        answer = client.request(method, f"/v1/categories/{rest}", json=body, headers=editor)
        assert (answer.status_code, answer.json().get("field")) == (status, field), path


def test_categories_in_the_terminal(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.libpq_url)

    def run(*words: str) -> str:
        done = CliRunner().invoke(commands, ["categories", *words], env={"COLUMNS": "250"}, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    assert "71 categories" in run("import", str(SEED), "--from", "2026-01-01", "--actor", "王主任")
    run("state", "E0199", "--name", "新类", "--parent", "E01", "--limit", "handle=3 working_days")
    run("map", "新词", "E0199")
    shown = run("show", "E0199")
    assert all(words in shown for words in ("3 working_days", "15 minutes", "words: 新词"))
    run("end", "E0199")
    assert "新类" not in run("list")
    assert run("unknown", "--json") == ""
