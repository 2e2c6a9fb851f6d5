"""Keys, whose they are, what they reach and what they send for: made and shown in the terminal."""

from __future__ import annotations

import psycopg
import pytest
from typer.testing import CliRunner

from cli import app
from core.errors import DomainError

runner = CliRunner()


@pytest.mark.parametrize("channel", [[], ["--channel", " "], ["--channel", "12\n345"]])
def test_a_key_that_sends_reports_is_made_for_a_channel(
    database_url: str, monkeypatch: pytest.MonkeyPatch, channel: list[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    refused = runner.invoke(app, ["keys", "create", "hotline", "--role", "intake", *channel])
    assert refused.exit_code == 2
    assert "--channel" in refused.output
    made = runner.invoke(app, ["keys", "create", "hotline", "--role", "intake", "--channel", "12345"])
    assert made.exit_code == 0, made.output


def test_no_key_and_no_person_has_two_of_the_three_administrators(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)

    def create(name: str, *words: str) -> str:
        done = runner.invoke(app, ["keys", "create", name, *words])
        return done.exception.code if isinstance(done.exception, DomainError) else f"exit {done.exit_code}"

    both = ("--role", "administrator", "--role", "auditor")
    assert create("both", *both) == "roles-separated"
    assert create("liu", "--role", "administrator", "--role", "viewer", "--holder", "刘洋") == "exit 0"
    assert create("liu-2", "--role", "auditor", "--holder", "刘洋") == "roles-separated"
    assert create("liu-2", "--role", "administrator", "--holder", "刘洋") == "exit 0"
    assert create("king", "--role", "king") == "role-unknown"
    for words, code in (
        (["people", "create", "陈静", "--role", "security-administrator"], 0),
        (["keys", "create", "chen", "--role", "auditor", "--holder", "陈静"], 1),
        (["keys", "create", "chen", "--role", "gis-editor", "--holder", "陈静"], 0),
        (["keys", "withdraw", "liu"], 0), (["keys", "withdraw", "liu-2"], 0),
        (["keys", "create", "liu-3", "--role", "auditor", "--holder", "刘洋"], 0),
    ):  # fmt: skip
        assert runner.invoke(app, words).exit_code == code, words


def test_keys_are_joined_listed_by_holder_granted_and_bound(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)

    def run(*words: str, code: int = 0) -> str:
        done = runner.invoke(app, list(words))
        assert done.exit_code == code, done.output
        return " ".join(done.output.split())

    run("keys", "create", "liu-desk", "--role", "gis-editor", "--holder", "刘洋", "--actor", "王主任")
    run("keys", "create", "liu-old", "--role", "gis-approver")
    run("keys", "create", "hub", "--channel", "12345", "--crs", "BD-09")
    assert "刘洋" in run("keys", "join", "liu-desk", "liu-old")
    assert "│ 刘洋 │ person │ liu-desk, liu-old │ liu-old" in run("keys", "holders")
    assert "holder of its own" in run("keys", "separate", "liu-old")
    assert "never joined" in run("keys", "separate", "liu-old")
    assert "刘洋 is viewer" in run("grants", "add", "刘洋", "--role", "viewer", "--category", "暴露垃圾")
    assert "暴露垃圾" in run("grants", "list", "刘洋")
    run("grants", "revoke", "1")
    assert "暴露垃圾" not in run("grants", "list")
    run("channels", "bind", "hub", "app", "--crs", "GCJ-02")
    assert "hub (BD-09)" in (listed := run("channels", "list"))
    assert "hub (GCJ-02)" in listed
    assert "no longer" in run("channels", "unbind", "hub", "app")
    run("channels", "kind", "app", "sensor", "--from", "2099-01-01")
    with psycopg.connect(database_url) as connection:
        who = connection.execute("SELECT actor FROM audit_entry WHERE action = 'keys.create' ORDER BY id").fetchall()
    assert who[0] == ("王主任",)
    for words in (
        ["keys", "join", "liu-desk", "nobody"],
        ["grants", "add", "nobody", "--role", "viewer"],
        ["grants", "add", "刘洋", "--role", "king"],
        ["grants", "revoke", "1"],
        ["grants", "add", "刘洋", "--role", "viewer", "--area", "41"],
        ["channels", "bind", "nobody", "app"],
        ["keys", "create", "x", "--role", "viewer", "--actor", "schedule"],
    ):
        refused = runner.invoke(app, words)
        assert isinstance(refused.exception, DomainError), words
