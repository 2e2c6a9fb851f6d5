"""The first administrator from the command line: added, invited by a one-time link, signed in, signed out by others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from cli import app as commands
from core.settings import Settings
from tests.factories.sign_in import CHEAP, PASSWORD, sign_in

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_from_the_first_administrator_to_a_lock(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("WANGGE_PUBLIC_URL", "https://grid.example.org/wangge/")
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> str:
        done = CliRunner().invoke(commands, list(words))
        assert done.exit_code == 0, done.output
        return done.output

    told = run("people", "create", "王主任", "--staff-number", "CY-0001", "--role", "administrator")
    (token,) = re.findall(r"^https://grid\.example\.org/wangge/sign-in#token=(\S{43})$", told, re.MULTILINE)
    settings = Settings(
        DATABASE_URL=database_url, cache_dir=tmp_path, web_dist=tmp_path, log_level="ERROR", public_url="", **CHEAP
    )
    with TestClient(create_app(settings)) as client:
        page = client.get("/sign-in", headers={"Accept-Language": "zh"})
        assert 'data-openid="off"' in page.text
        assert token not in page.text
        set_ = client.post("/v1/passwords", json={"token": token, "password": PASSWORD})
        assert set_.json() == {"name": "王主任", "login": "cy-0001"}
        assert sign_in(client, "CY-0001").status_code == 201
        assert "admin" in client.get("/v1/me").json()["scopes"]
        assert "cy-0001" in run("accounts", "list")
        assert "password" in run("accounts", "sessions", "CY-0001")
        assert "ended 1 session of" in run("accounts", "revoke", "王主任")
        assert "#token=" in run("accounts", "reset", "王主任", "--second-factor")
        assert "is locked" in run("accounts", "lock", "王主任")
        assert sign_in(client, "CY-0001").status_code == 403
        assert "may sign in again" in run("accounts", "unlock", "王主任")
        assert sign_in(client, "CY-0001").status_code == 201
        refused = CliRunner().invoke(commands, ["accounts", "invite", "王主任"])
        assert "has set a password already" in str(refused.exception)
