"""Orders of upstream platforms over HTTP: who sent one keeps its deadline; they are listed where one sees cases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cli import app as commands
from core import clock
from identity.grants import Grant, Scope
from tests.factories.cases import WORD, SharedOffice, shared_office
from tests.factories.identity import issue_key

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as opened:
        yield opened


def sender(office: SharedOffice, name: str, channel: str) -> dict[str, str]:
    with office.database.transaction() as session:
        return {"X-API-Key": issue_key(session, name=name, scopes=[Scope.REPORTS_WRITE], channel=channel)}


def test_who_sent_an_order_keeps_its_deadline_and_nobody_else(
    office: SharedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    hotline, police = sender(office, "hotline", "12345"), sender(office, "police", "110")
    report = {"external_id": "DH/2026-1", "category": WORD, "lon": 113.5, "lat": 34.5}
    number = office.ask("POST", "/v1/reports", json=report, by=hotline, status=201)["number"]
    until = (clock.now() + timedelta(minutes=3)).replace(microsecond=0).isoformat()
    body = {"order_number": "DH/2026-1", "deadline": until}
    kept = office.ask("PUT", "/v1/connectors/orders", json=body, by=hotline)
    assert (kept["number"], kept["channel"], kept["changed"]) == (number, "12345", True)
    assert office.ask("PUT", "/v1/connectors/orders", json=body, by=hotline)["changed"] is False
    refused = office.ask("PUT", "/v1/connectors/orders", json=body, by=police, status=404)
    assert refused["type"].endswith("upstream-order-not-found")
    later_on = body | {"deadline": (clock.now() + timedelta(days=2)).isoformat()}
    refused = office.ask("PUT", "/v1/connectors/orders", json=later_on, by=hotline, status=409)
    assert (refused["type"].rpartition(":")[2], refused["field"]) == ("upstream-order-refused", "reason")

    case = office.ask("GET", f"/v1/cases/{number}")
    assert case["due_at"].replace("Z", "+00:00") == until
    (listed,) = office.ask("GET", "/v1/connectors/orders", params={"channel": "12345"})["items"]
    assert (listed["number"], listed["order_number"], listed["state"]) == (number, "DH/2026-1", "opened")
    elsewhere = office.member("二网格", "street", Grant("dispatcher", area="admin/g2"))
    assert office.ask("GET", "/v1/connectors/orders", by=elsewhere)["items"] == []

    monkeypatch.setenv("DATABASE_URL", office.settings.database_url)
    moved = ["connectors", "keep", "12345", "DH/2026-1", "2099-01-01", "--reason", "上级同意延期"]
    assert CliRunner().invoke(commands, moved).exit_code == 0
    assert "DH/2026-1" in CliRunner().invoke(commands, ["connectors", "orders", "--json"]).output


def test_a_platform_is_a_target_whose_sends_are_listed_by_kind(office: SharedOffice) -> None:
    given = {"name": "市热线平台", "kind": "platform", "address": "https://a.example/in"}
    refused = office.ask("POST", "/v1/notifications/targets", json=given, status=400)
    assert refused["field"] == "channel"
    made = office.ask("POST", "/v1/notifications/targets", json=given | {"channel": "12345"}, status=201)
    assert (made["channel"], made["types"]) == (
        "12345", ["case.accept", "case.reject", "case.void", "case.extend", "case.close", "case.answer"]
    )  # fmt: skip
    assert office.ask("GET", "/v1/notifications/deliveries", params={"kind": "platform"})["items"] == []
