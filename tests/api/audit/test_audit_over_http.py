"""Auditors read the audit by command and over HTTP: filtered, page by page, the latest first."""

from __future__ import annotations

import csv
import io
import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import python_calamine
from typer.testing import CliRunner

from cli import app as commands
from core import audit
from core.audit import AuditFilter
from identity import principals
from migrations.run import move_to
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database

START = datetime(2026, 3, 1, tzinfo=UTC)
DEEDS = [
    (actor, action, subject)
    for actor in ("刘洋", "刘洋-old", "hotline")
    for action in ("keys.create", "keys.withdraw", "keysets.x", "releases.publish")
    for subject in ("admin/1", "admin/12", "admin", "a%", "a_")
]
"""One entry an hour from START on."""


@pytest.fixture
def entries(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Store the entries and return their numbers; `刘洋-old` is declared to be 刘洋 a year later."""
    with database.transaction() as session:
        for hour, (actor, action, subject) in enumerate(DEEDS):
            monkeypatch.setattr("core.clock.now", lambda hour=hour: START + timedelta(hours=hour))
            audit.record(session, actor=who(actor), action=action, subject=subject, phone="13800001234")
            session.flush()
        monkeypatch.setattr("core.clock.now", lambda: START + timedelta(days=365))
        principals.declare_same(session, who("刘洋"), who("刘洋-old"), actor=who("chief"))
        numbers = [entry.id for entry in audit.list_entries(session, AuditFilter(), limit=1000)[0]]
    monkeypatch.undo()
    return sorted(numbers)[: len(DEEDS)]


def expected(actor: str | None, action: str | None, subject: str | None, hours: tuple[int, int]) -> list[int]:
    """Give by the definition the places in DEEDS, the latest first."""
    found = [
        place
        for place, deed in enumerate(DEEDS)
        if (actor is None or deed[0].removesuffix("-old") == actor.removesuffix("-old"))
        and (action is None or deed[1] == action or deed[1].split(".")[0] == action)
        and (subject is None or deed[2] == subject or (subject[-1] == "*" and deed[2].startswith(subject[:-1])))
        and hours[0] <= place < hours[1]
    ]
    return found[::-1]


def test_pages_hold_what_the_filters_name_and_no_more(
    client: TestClient, entries: list[int], make_key: Callable[..., dict[str, str]]
) -> None:
    auditor = make_key("auditor")
    filters = itertools.product(
        (None, "刘洋", "刘洋-old", "hotline"), (None, "keys", "keys.create", "key"),
        (None, "admin/1", "admin/*", "a%", "a_*"), ((0, 60), (10, 45)),
    )  # fmt: skip
    for actor, action, subject, (since, until) in filters:
        asked: dict[str, Any] = {
            "actor": actor, "action": action, "subject": subject, "limit": 7,
            "since": (START + timedelta(hours=since)).isoformat(),
            "until": (START + timedelta(hours=until)).isoformat(),
        }  # fmt: skip
        found, after = [], None
        while True:
            sent = {name: value for name, value in (asked | {"after": after}).items() if value is not None}
            page = client.get("/v1/audit", headers=auditor, params=sent).json()
            found += page["items"]
            after = page["next"]
            if after is None:
                break
        wanted = expected(actor, action, subject, (since, until))
        assert [entry["id"] for entry in found] == [entries[place] for place in wanted], asked
        assert [(e["actor"], e["action"], e["subject"]) for e in found] == [DEEDS[place] for place in wanted]
        assert "13800001234" not in str(found)


def test_a_filter_that_names_nobody_is_a_problem_and_a_grant_for_an_area_reads_none(
    client: TestClient, make_key: Callable[..., dict[str, str]]
) -> None:
    answer = client.get("/v1/audit", headers=make_key("auditor"), params={"actor": "nobody"})
    assert (answer.status_code, answer.json()["field"]) == (404, "actor")
    assert client.get("/v1/audit", headers=make_key("viewer")).status_code == 403


def test_an_export_holds_what_the_filters_name_in_files_that_follow_each_other(
    client: TestClient, entries: list[int], make_key: Callable[..., dict[str, str]]
) -> None:
    auditor, asked = make_key("auditor"), {"action": "keys", "subject": "a%"}
    first = client.get("/v1/audit/export.csv", headers=auditor, params=asked | {"limit": "2"})
    rest = client.get("/v1/audit/export.xlsx", headers=auditor, params=asked | {"after": first.headers["X-Next"]})
    assert "X-Next" not in rest.headers
    found = list(csv.reader(io.StringIO(first.content.decode("utf-8-sig"))))
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(rest.content)).get_sheet_by_index(0).to_python()
    assert found[0] == book[0]
    wanted = expected(None, "keys", "a%", (0, 60))
    assert [int(row[0]) for row in found[1:] + book[1:]] == [entries[place] for place in wanted]
    assert (
        json.loads(found[1][5]) == client.get("/v1/audit", headers=auditor, params=asked).json()["items"][0]["detail"]
    )
    (exported, *_) = client.get("/v1/audit", headers=auditor, params={"action": "audit.export"}).json()["items"]
    assert exported["subject"] == "4 entries"


@pytest.mark.usefixtures("entries")
def test_the_command_lists_the_same(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)

    def run(*words: str) -> str:
        done = CliRunner().invoke(commands, ["audit", "list", *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    lines = run("--actor", "刘洋", "--action", "keys", "--subject", "admin/*", "--json", "--until", "2026-03-02")
    rows = [json.loads(line) for line in lines.splitlines()]
    assert [DEEDS.index((row["actor"], row["action"], row["subject"])) for row in rows] == expected(
        "刘洋", "keys", "admin/*", (0, 16)  # the day begins in Beijing at 16:00 UTC of the day before
    )  # fmt: skip
    shown = run("--subject", "admin/12", "--limit", "2")
    assert "releases.publish" in shown
    assert CliRunner().invoke(commands, ["audit", "list", "--since", "yesterday"]).exit_code == 2


def test_administrators_keys_of_before_read_the_audit_and_the_way_back_takes_it_away(database_url: str) -> None:
    move_to(database_url, "0024")
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO principal (kind, name, created_at) VALUES ('system', 'p', now());"
            " INSERT INTO api_client (name, holder_id, key_sha256, scopes, created_at)"
            " SELECT v.name, p.id, sha256(v.name::bytea), string_to_array(v.scopes, ' '), now() FROM principal p,"
            " (VALUES ('all', 'reports:write reports:read reporters:read workers:read triage:write boundaries:edit"
            " boundaries:approve hotspots:run admin'), ('some', 'admin')) v(name, scopes) WHERE p.name = 'p'"
        )
    for revision, held in (("0025", ["all"]), ("0024", [])):
        move_to(database_url, revision)
        with psycopg.connect(database_url) as connection:
            found = connection.execute("SELECT name FROM api_client WHERE 'audit:read' = ANY (scopes)").fetchall()
        assert [name for (name,) in found] == held
