"""A training environment: a database of its own, answers that say so, nothing sent outward."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from typer.testing import CliRunner

from api.app import create_app
from cli import app as commands
from core import outward, training
from core.db import Database
from core.outward import OutwardRefusedError
from core.settings import Settings
from core.training import TrainingMismatchError
from identity.sign_in.provider import Provider
from migrations.run import move_to
from migrations.training import TrainingNotEmptyError, TrainingOffError, create, reset
from tests.conftest import fresh_database
from tests.factories.identity import issue_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def switch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Make this process one of training, or of service again."""

    def turn(mode: str) -> None:
        monkeypatch.setenv("WANGGE_TRAINING", "1" if mode == "training" else "0")
        training.is_on.cache_clear()

    yield turn
    monkeypatch.undo()
    training.is_on.cache_clear()


def opened(url: str) -> None:
    """Work on a database as requests and jobs do."""
    database = Database(Settings(DATABASE_URL=url))
    try:
        with database.transaction() as session:
            session.execute(text("SELECT 1"))
        with database.bulk() as connection:
            connection.execute("SELECT 1")
    finally:
        database.close()


def started(url: str, folder: Path) -> None:
    """Start the application on a database."""
    with TestClient(create_app(Settings(DATABASE_URL=url, cache_dir=folder, log_level="CRITICAL"))):
        pass


def migrated(url: str, _: Path) -> None:
    move_to(url)


WAYS = {"requests": lambda url, _: opened(url), "the application": started, "commands": migrated}


@pytest.mark.parametrize("way", WAYS)
def test_training_and_service_refuse_each_other_s_database(
    way: str, database_url: str, switch: Callable[[str], None], tmp_path: Path
) -> None:
    WAYS[way](database_url, tmp_path)
    switch("training")
    with pytest.raises(TrainingMismatchError, match="not marked"):
        WAYS[way](database_url, tmp_path)
    assert create(database_url, by="刘洋")
    WAYS[way](database_url, tmp_path)
    switch("service")
    with pytest.raises(TrainingMismatchError, match="for training"):
        WAYS[way](database_url, tmp_path)


def test_an_empty_database_is_marked_once_and_emptied_and_one_in_use_is_never_marked(
    server_url: str, database: Database, switch: Callable[[str], None]
) -> None:
    for deed in (lambda: create(database.libpq_url, by="x"), lambda: reset(database.libpq_url)):
        with pytest.raises(TrainingOffError):
            deed()
    with database.transaction() as session:
        issue_key(session, name="hotline", scopes=[])
    switch("training")
    with pytest.raises(TrainingNotEmptyError):
        create(database.libpq_url, by="x")
    with pytest.raises(TrainingMismatchError):
        reset(database.libpq_url)
    with fresh_database(server_url) as url:
        assert (create(url, by="刘洋"), create(url, by="刘洋")) == (True, False)
        own = Database(Settings(DATABASE_URL=url))
        with own.transaction() as session:
            issue_key(session, name="exercise", scopes=[])
        own.close()
        reset(url)
        with psycopg.connect(url) as connection:
            row = connection.execute(
                "SELECT (SELECT count(*) FROM api_client), (SELECT marked_by FROM training_database)"
            )
            assert row.fetchone() == (0, "刘洋")


def test_answers_and_commands_of_training_say_so_and_others_do_not(
    database: Database, settings: Settings, switch: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {}
    for on in (False, True):
        switch("training" if on else "service")
        if on:
            create(settings.libpq_url, by="x")
        with Database(settings).transaction() as session:
            headers = {"X-API-Key": issue_key(session, name=f"key {on}", scopes=[])}
        with TestClient(create_app(settings), raise_server_exceptions=False) as client:
            answers = {
                path: client.get(path, headers=headers) for path in ("/v1/me", "/healthz", "/nowhere", "/", "/docs")
            }
        assert {answer.headers.get("wangge-training") for answer in answers.values()} == {"1" if on else None}
        assert [answers[path].json()["training"] for path in ("/v1/me", "/healthz")] == [on, on]
        assert [("wg-training" in answers[path].text) for path in ("/", "/docs")] == [on, on]
        monkeypatch.setenv("DATABASE_URL", settings.libpq_url)
        monkeypatch.setenv("LANG", "zh_CN.UTF-8")
        monkeypatch.delenv("LC_ALL", raising=False)
        done = CliRunner().invoke(commands, ["keys", "list"], env={"COLUMNS": "200"}, catch_exceptions=False)
        said[on] = done.output
        if not on:
            with database.transaction() as session:
                session.execute(text("DELETE FROM api_client"))
    assert ["培训环境" in said[on] for on in (False, True)] == [False, True]


def test_nothing_is_sent_outward_in_training(switch: Callable[[str], None], settings: Settings) -> None:
    asked = settings.model_copy(update={"openid_issuer": "http://127.0.0.1:9/none", "openid_client_id": "x"})
    switch("training")
    with pytest.raises(OutwardRefusedError):
        outward.send("GET", "http://127.0.0.1:9/", longest_s=1)
    with pytest.raises(OutwardRefusedError):
        Provider.read(asked)
