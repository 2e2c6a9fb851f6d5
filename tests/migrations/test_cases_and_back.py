"""From the newest revision back behind all that stands beside cases and up again, with rows; refused where it must."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from cli import app as commands
from core import clock
from core.db import Database
from core.settings import PROJECT_ROOT, Settings
from migrations.losses import losses
from migrations.run import move_to
from tests.factories.cases import SharedOffice, shared_office
from tests.factories.seals import findings, seal_all
from tests.migrations.test_people_and_back import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TO_CLOSED = ("accept", "file", "dispatch", "acknowledge", "extend", "handle", "verify", "close", "rate")
COMMANDS = (
    "channels cases app --none", "tasks issue 点名 --unit street --due 2099-01-01",
    "tasks act 1 street acknowledge",
    "knowledge state K01 --question 犬只登记 --answer 派出所 --source 条例", "knowledge record-gap 无人机怎么报备",
    "quick-notes policy 3 --from 2031-01-01", "whistles state-kind request --name 诉求哨 --arrive 5个工作日",
    "notifications make m --kind mail --recipient a@example.org", "notifications test 1",
    "policies state extensions 1 --note 试", "suggestions train",
    "assessment propose {root}/data/assessment/standard.json --actor 刘洋",
    "assessment decide confirm 1 2 3 4 --actor 陈静", "assessment compute {month}",
    "dispatch-rules import {folder}/rules.csv", "trace token {case}", "reports conceal {case}",
    "suggestions danger {case} --yes", "cases form {case} closing --output {folder}/form.html",
)  # fmt: skip
GOES = {
    "channel_opening", "attachment", "quick_note", "quick_note_policy", "trace_token", "task", "task_part", "task_step",
    "dispatch_rule_set", "dispatch_rule", "knowledge_entry", "knowledge_state", "knowledge_gap", "whistle_kind",
    "notification_target", "notification_message", "notification_delivery", "policy_value", "report_confidential",
    "suggestion_model", "suggestion_danger_mark", "office_form", "assessment_indicator", "assessment_run",
    "assessment_case", "assessment_fact", "assessment_value", "seal_salt", "case_place",
}  # fmt: skip
"""Every table that came since revision 0045 and has rows here; the others need verbs that keep it from going back."""
KEPT = {
    "cases": "SELECT id, state, version, unit_code, due_at, rating FROM case_record ORDER BY id",
    "steps": "SELECT case_id, number, at, verb, led_to, actor, detail FROM case_step ORDER BY 1, 2",
    "words": "SELECT case_id, number, reason, opinion FROM case_words ORDER BY 1, 2",
    "reports": "SELECT id, channel, category, description FROM report ORDER BY id",
    "audit": "SELECT id, actor, action, subject, detail FROM audit_entry ORDER BY id",
}


@contextmanager
def filled(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[SharedOffice, str]]:
    """The newest schema with cases; gives the office and the number of a rated case."""
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("WANGGE_STATE_DIR", str(folder))
    with shared_office(url, folder) as office:
        yield office, office.case(*TO_CLOSED)


def command(words: str, **known: Any) -> None:
    done = CliRunner().invoke(commands, words.format(**known).split())
    assert done.exit_code == 0, (words, done.output, done.exception)


def kept(url: str) -> dict[str, list[Any]]:
    with psycopg.connect(url) as connection:
        return {name: connection.execute(query.encode()).fetchall() for name, query in KEPT.items()}


def schema_of(url: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(SCHEMA).fetchall()


def test_the_way_back_and_forth_keeps_cases_and_their_histories(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rules.csv").write_text("area,category,unit_code\nadmin/g1,,street\n", encoding="utf-8")
    today = clock.now().astimezone(clock.LOCAL).date()
    with filled(database_url, tmp_path, monkeypatch) as (office, case):
        waiting = office.case("accept", "file", "dispatch")
        note = {"id": "note-0001", "source": "visit", "category": "噪音", "text": "示例", "lon": 113.5, "lat": 34.5}
        office.ask("POST", "/v1/quick-notes", json=note, status=201)
        for words in COMMANDS:
            command(words, case=case, folder=tmp_path, root=PROJECT_ROOT, month=f"{today:%Y-%m}")
        seal_all(office.database)
    schema, before = schema_of(database_url), kept(database_url)
    assert {loss.table for loss in losses(database_url, "0045") if loss.column is None and loss.lost} == GOES
    assert kept(database_url) == before, "to know what is lost changes nothing"

    move_to(database_url, "0045")
    assert kept(database_url) == before
    move_to(database_url, "head")
    assert schema_of(database_url) == schema
    assert kept(database_url) == before
    for words in ("cases act {case} acknowledge", "tasks issue 点名 --unit street --due 2099-01-01", "cases verify"):
        command(words, case=waiting)
    database = Database(Settings.for_database(database_url))
    seal_all(database)
    assert findings(database) == []
    database.close()


@pytest.mark.parametrize(
    ("revision", "verb"), [("0051", "hand_down"), ("0057", "whistle"), ("0063", "add_note"), ("0064", "recall")]
)
def test_a_history_with_a_later_verb_keeps_the_schema_from_going_back(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, revision: str, verb: str
) -> None:
    with filled(database_url, tmp_path, monkeypatch) as (office, _):
        case = office.case("accept", "file", "dispatch")
        if verb == "whistle":
            command("whistles blow {case} --unit bureau --reason 会商", case=case)
        else:
            office.act(case, verb)
    before = kept(database_url)
    with pytest.raises((DBAPIError, psycopg.IntegrityError)):
        move_to(database_url, revision)
    assert kept(database_url) == before
