"""Seats over HTTP and in the terminal; a stand-in cannot approve the draft of who is away."""

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


def test_seats_are_stated_taken_and_stood_in_for(client: TestClient, make_key: Keys) -> None:
    editor, security, reader = make_key("administrator"), make_key("security-administrator"), make_key("supervisor")
    one, other = (
        client.post("/v1/people", json={"name": name, "staff_number": name}, headers=security).json()["id"]
        for name in ("甲", "乙")
    )
    seat = {"name": "热线受理 01", "zone": "调度指挥区"}
    assert client.put("/v1/seats/D-01", json=seat, headers=editor).status_code == 200
    assert client.put("/v1/seats/D-02", json=seat, headers=editor).status_code == 200
    assert client.put("/v1/seats/absences", json=seat, headers=editor).json()["field"] == "code"
    assert client.put("/v1/seats/D-03", json=seat | {"unit_code": "no"}, headers=editor).status_code == 404
    assert client.put("/v1/seats/D-01/duty", json={"person": one}, headers=editor).status_code == 200
    assert client.put("/v1/seats/D-01/duty", json={"person": 10**6}, headers=editor).status_code == 404
    taken = client.put("/v1/seats/D-02/duty", json={"person": one}, headers=editor)
    assert (taken.status_code, taken.json()["type"]) == (409, "urn:wangge:problem:seat-duty-conflict")
    absence = {"person": one, "stand_in": other}
    assert client.post("/v1/seats/absences", json=absence, headers=editor).status_code == 403
    assert client.post("/v1/seats/absences", json={"person": one, "stand_in": one}, headers=security).status_code == 409
    assert client.post("/v1/seats/absences", json=absence, headers=security).status_code == 200
    first = client.get("/v1/seats", headers=reader).json()["items"][0]
    assert (first["person"]["name"], first["is_away"], first["stand_in"]["name"]) == ("甲", True, "乙")
    assert [row["stand_in"] for row in client.get("/v1/seats/absences", headers=reader).json()["items"]] == [other]
    (entry,) = client.get("/v1/seats/roster", headers=reader).json()["items"]
    assert (entry["code"], entry["person"]["name"], entry["away"][0]["stand_in"]["name"]) == ("D-01", "甲", "乙")
    before = {"start": "2020-01-01T00:00:00Z", "until": "2020-01-08T00:00:00Z"}
    assert client.get("/v1/seats/roster", params=before, headers=reader).json()["items"] == []
    backwards = {"start": before["until"], "until": before["start"]}
    refused = client.get("/v1/seats/roster", params=backwards, headers=reader)
    assert (refused.status_code, refused.json()["field"]) == (400, "until")
    assert client.post("/v1/seats/D-02/end", json={}, headers=editor).status_code == 200
    assert len(client.get("/v1/seats", headers=reader).json()["items"]) == 1


def test_the_terminal_shows_who_sits_where(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.libpq_url)

    def run(*words: str) -> str:
        done = CliRunner().invoke(commands, list(words), env={"COLUMNS": "200"}, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    for name in ("甲", "乙"):
        run("people", "create", name, "--staff-number", name)
    run("seats", "state", "D-01", "--name", "热线受理", "--zone", "调度指挥区")
    run("seats", "duty", "D-01", "甲")
    run("seats", "absence", "甲", "--stand-in", "乙")
    assert "甲 (away)" in run("seats", "list")
    assert "乙" in run("seats", "roster")
    run("seats", "absence", "甲", "--back")
    assert "(away)" not in run("seats", "list")
