"""Sensitive reports: marked by the sender or a person, shown to few, masked for all others, audited at reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from cli.reports import app

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database
    from core.settings import Settings

    Keys = Callable[..., dict[str, str]]

WORDS, ADDRESS, NAME, PHOTO = "孩子在学校门口摔伤", "实验小学东门", "张三", "https://photos.example/1.jpg"
SECRETS = (WORDS, ADDRESS, NAME, "张*", PHOTO)
BODY: dict[str, Any] = {
    "category": "噪音", "text": WORDS, "address": ADDRESS, "reporter": {"name": NAME, "phone": "13800001234"},
    "photos": [PHOTO],
}  # fmt: skip


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Run a command of `wangge reports` and return what it prints."""
    monkeypatch.setenv("DATABASE_URL", settings.database_url)

    def command(words: str) -> str:
        done = CliRunner().invoke(app, words.split(), catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return command


def told(client: TestClient, number: str, headers: dict[str, str]) -> dict[str, str]:
    """Every answer that tells of a report, by its path."""
    paths = (
        "/v1/reports",
        f"/v1/reports/{number}",
        "/v1/reports?format=geojson",
        "/v1/triage",
        "/v1/triage/map.geojson",
    )
    answers = {path: client.get(path, headers=headers) for path in paths}
    return {path: answer.text for path, answer in answers.items() if answer.status_code != 403}


def leaks(client: TestClient, number: str, headers: dict[str, str]) -> set[str]:
    return {secret for said in told(client, number, headers).values() for secret in SECRETS if secret in said}


@pytest.mark.parametrize("way", ["sender", "person", "command"])
def test_a_marked_report_is_shown_to_few_and_each_reading_is_audited(
    client: TestClient, make_key: Keys, database: Database, run: Callable[[str], str], way: str
) -> None:
    sender, reader, dispatcher = make_key("intake", channel="12345"), make_key("verifier"), make_key("dispatcher")
    officer, administrator = make_key("privacy-officer", name=f"officer-{way}"), make_key("administrator")
    sent = BODY | ({"sensitive": ["minor", "health"]} if way == "sender" else {})
    number = client.post("/v1/reports", json=sent, headers=sender).json()["number"]
    if way == "person":
        assert {WORDS, ADDRESS, NAME} - leaks(client, number, reader) <= {NAME}
        mark = client.post(f"/v1/reports/{number}/sensitivity", json={"kinds": ["minor", "health"]}, headers=dispatcher)
        assert mark.json() == {"number": number, "sensitive": ["health", "minor"]}
    elif way == "command":
        assert run(f"mark {number} --kind minor --kind health") == f"{number}: health, minor\n"
    for headers in (reader, dispatcher, administrator, sender):
        assert len(told(client, number, headers)) in {1, 3, 5}
        assert leaks(client, number, headers) == set()
    one = client.get(f"/v1/reports/{number}", headers=reader).json()
    assert (one["text"], one["address"], one["reporter"], one["photos"]) == ("***", "***", None, [])
    assert (one["sensitive"], one["category"]) == (["health", "minor"], "噪音")
    refused = client.get(f"/v1/reports/{number}/reporter", headers=reader)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:wangge:problem:scope-missing")
    audited = text(
        "SELECT actor, detail FROM audit_entry WHERE action = 'reports.read_sensitive' AND detail::text LIKE :mine"
    ).bindparams(mine=f"%{number}%")
    with database.transaction() as session:
        assert session.execute(audited).all() == []
    assert {WORDS, ADDRESS} <= leaks(client, number, officer)
    assert client.get(f"/v1/reports/{number}/reporter", headers=officer).json()["name"] == NAME
    with database.transaction() as session:
        rows = session.execute(audited).all()
        assert {row.actor for row in rows} == {f"officer-{way}"}
        assert len(rows) == 4, "the list twice, the report, the reporter"


def test_a_mark_that_does_not_hold_is_taken_away_by_who_may_see(
    client: TestClient, make_key: Keys, run: Callable[[str], str]
) -> None:
    sender, reader, officer = make_key("intake", channel="12345"), make_key("viewer"), make_key("privacy-officer")
    sent = BODY | {"sensitive": ["minor", "health"]}
    number = client.post("/v1/reports", json=sent, headers=sender).json()["number"]
    assert run(f"unmark {number} --kind health --reason 误标") == f"{number}: minor\n"
    removal = f"/v1/reports/{number}/sensitivity/minor/removal"
    assert client.post(removal, json={"reason": "误标"}, headers=reader).status_code == 403
    assert client.post(removal, json={}, headers=officer).status_code == 422
    assert client.post(removal, json={"reason": "误标"}, headers=officer).json()["sensitive"] == []
    assert client.post(removal, json={"reason": "误标"}, headers=officer).status_code == 404
    assert client.get(f"/v1/reports/{number}", headers=reader).json()["text"] == WORDS


def test_an_unknown_mark_is_refused_and_another_mark_is_another_report(client: TestClient, make_key: Keys) -> None:
    sender = make_key("intake", channel="12345")
    wrong = client.post("/v1/reports", json=BODY | {"sensitive": ["secret"]}, headers=sender)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "body.sensitive.0")
    first = client.post("/v1/reports", json=BODY | {"external_id": "1"}, headers=sender)
    again = client.post("/v1/reports", json=BODY | {"external_id": "1", "sensitive": ["minor"]}, headers=sender)
    assert (first.status_code, again.status_code) == (201, 409)
    batch = {"reports": [BODY | {"external_id": "2", "sensitive": ["health"]}]}
    number = client.post("/v1/reports/batch", json=batch, headers=sender).json()["results"][0]["report"]["number"]
    assert client.get(f"/v1/reports/{number}", headers=make_key("viewer")).json()["sensitive"] == ["health"]
