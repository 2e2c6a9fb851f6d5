"""Suggestions: trained on the own cases, shown with their back-test, setting nothing; over HTTP and in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from cli import app as commands
from governance.suggestions import operations
from governance.suggestions.operations import KEPT_MODELS
from identity.actors import COMMAND_LINE
from identity.grants import Grant
from tests.factories.cases import SharedOffice, shared_office
from tests.factories.reports import PlacedRow, store_reports

if TYPE_CHECKING:
    from collections.abc import Iterator

SAYINGS = {"E0101": "楼顶私自加盖违建房", "E0102": "路口垃圾没人清理"}


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    """A district with 240 cases, of which those of E0102 are urgent."""
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as opened:
        codes = [code for _ in range(120) for code in SAYINGS]
        with opened.database.transaction() as session:
            ids = store_reports(session, [
                PlacedRow(lon=113.5, lat=34.5, path=["S", "g1"], description=f"{SAYINGS[code]}{n % 7}") for n, code
                in enumerate(codes)
            ])  # fmt: skip
            session.execute(
                text(
                    "INSERT INTO case_record (id, state, version, category_path, urgency, opened_at, changed_at,"
                    " supervised) SELECT id, 'opened', 1, ARRAY[code, 'E'], CASE code WHEN 'E0101' THEN 'normal' ELSE"
                    " 'urgent' END, now(), now(), false FROM unnest(CAST(:ids AS bigint[]), CAST(:codes AS text[])) AS"
                    " given (id, code)"
                ),
                {"ids": ids, "codes": codes},
            )
        yield opened


def test_without_a_model_nothing_is_suggested_and_the_cause_is_told(office: SharedOffice) -> None:
    found = office.ask("POST", "/v1/suggestions", json={"text": "路口垃圾没人清理"})
    assert {(one["target"], one["doubt"]) for one in found["items"]} == {
        ("category", "no_model"), ("urgency", "no_model"), ("danger", "no_model")
    }  # fmt: skip


def test_a_model_learns_from_the_cases_and_tells_how_it_stood_the_test(office: SharedOffice) -> None:
    job = office.ask("POST", "/v1/suggestions/trainings", status=202)["job"]
    with office.database.snapshot() as session:
        queued = session.execute(text("SELECT task_name FROM procrastinate_jobs WHERE id = :id"), {"id": job})
        assert queued.scalar_one() == "suggestions.train"
    operations.train(office.database, actor=COMMAND_LINE)
    models = {one["target"]: one for one in office.ask("GET", "/v1/suggestions/models")["items"]}
    assert models["category"]["backtest"]["accuracy"] == 1
    assert models["category"]["backtest"]["tested"] == 48
    assert (models["danger"]["lack"], models["danger"]["backtest"]) == ("cases", None)

    number = office.case(category="不明", description="小区门口路口垃圾没人清理")
    before = office.ask("GET", f"/v1/cases/{number}")
    found = {one["target"]: one for one in office.ask("GET", f"/v1/suggestions/cases/{number}")["items"]}
    assert (found["category"]["value"], found["category"]["doubt"]) == ("E0102", None)
    assert found["urgency"]["value"] == "urgent"
    assert any(one in "路口垃圾没人清理" for one in found["category"]["reasons"])
    assert found["danger"]["doubt"] == "no_model"
    after = office.ask("GET", f"/v1/cases/{number}")
    assert (after["category"], after["version"]) == (None, before["version"])


def test_old_models_lose_their_numbers_and_the_latest_is_used(office: SharedOffice) -> None:
    for _ in range(KEPT_MODELS + 1):
        operations.train(office.database, actor=COMMAND_LINE)
    with office.database.snapshot() as session:
        counted = session.execute(text("SELECT count(parameters) FROM suggestion_model WHERE target = 'category'"))
        assert counted.scalar_one() == KEPT_MODELS
    page = office.ask("GET", "/v1/suggestions/models", params={"target": "category", "limit": 1})
    found = office.ask("POST", "/v1/suggestions", json={"text": "路口垃圾没人清理"})["items"][0]
    assert found["model"] == page["items"][0]["version"]
    assert page["next"] == page["items"][0]["number"]


def test_a_person_marks_a_danger_and_the_case_stays_as_it_is(office: SharedOffice) -> None:
    number = office.case(description="电线掉在路上")
    marked = office.ask("PUT", f"/v1/suggestions/cases/{number}/danger", json={"danger": True})
    assert marked["danger"] is True
    assert office.ask("GET", f"/v1/suggestions/cases/{number}")["danger"] is True
    assert len(office.history(number)) == 1
    viewer = office.member("看客", None, Grant("supervisor"))
    path = f"/v1/suggestions/cases/{number}/danger"
    office.ask("PUT", path, json={"danger": False}, by=viewer, status=403)


def test_who_does_not_see_a_case_gets_no_suggestion_and_a_sensitive_text_is_not_looked_at(
    office: SharedOffice,
) -> None:
    number = office.case(grid="g2", description="路口垃圾没人清理")
    elsewhere = office.member("一网格", "street", Grant("dispatcher", area="admin/g1"))
    office.ask("GET", f"/v1/suggestions/cases/{number}", by=elsewhere, status=404)
    office.ask("PUT", f"/v1/suggestions/cases/{number}/danger", json={"danger": True}, by=elsewhere, status=404)
    office.ask("POST", f"/v1/reports/{number}/sensitivity", json={"kinds": ["minor"]})
    found = office.ask("GET", f"/v1/suggestions/cases/{number}")["items"]
    assert {one["doubt"] for one in found} == {"sensitive"}


def test_the_terminal_trains_and_suggests(office: SharedOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", office.settings.database_url)
    trained = CliRunner().invoke(commands, ["suggestions", "train"])
    assert "accuracy 100.0%" in trained.output, trained.output
    tried = CliRunner().invoke(commands, ["suggestions", "try", "路口垃圾没人清理", "--json"])
    assert '"value":"E0102"' in tried.output, tried.output
    assert '"stated":' in CliRunner().invoke(commands, ["suggestions", "models", "--reliability", "--json"]).output
