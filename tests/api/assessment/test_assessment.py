"""Results over HTTP: stated, computed by the worker, frozen by a second person, opened to their cases, and masked."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from core import clock
from core.queue import TaskName
from governance.assessment import operations
from identity.grants import Grant
from tests.factories.cases import shared_office
from tests.factories.identity import stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.factories.cases import SharedOffice

STANDARD = orjson.loads((Path(__file__).resolve().parents[3] / "data" / "assessment" / "standard.json").read_bytes())
TO_CLOSED = ("accept", "file", "dispatch", "acknowledge", "handle", "verify", "close")
ROOT = "/v1/assessment"


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as opened:
        first, second = (opened.member(name, None, Grant("supervisor")) for name in ("刘洋", "陈静"))
        stated = opened.ask("POST", f"{ROOT}/indicators", json={"items": STANDARD}, by=first, status=201)["items"]
        for one in stated:
            path = f"{ROOT}/indicators/{one['number']}/decision"
            assert opened.ask("POST", path, json={"action": "confirm"}, by=second)["state"] == "in_force"
        opened.case(*TO_CLOSED, "rate")
        opened.case("accept", "file", "dispatch")
        opened.case("accept", "file", grid="g2")
        yield opened


@pytest.fixture(scope="module")
def published(office: SharedOffice) -> int:
    """Return the number of results of yesterday and today, published on the day after tomorrow."""
    later = clock.now() + timedelta(days=2)
    today = clock.now().astimezone(clock.LOCAL).date()
    with pytest.MonkeyPatch.context() as patch, office.database.transaction() as session:
        patch.setattr(clock, "now", lambda: later)
        days = today - timedelta(days=1), today + timedelta(days=1)
        run = operations.compute(session, *days, actor=stored(session, "一"))
        operations.freeze(session, run.id, actor=stored(session, "二"))
        return operations.publish(session, run.id, actor=stored(session, "一")).id


def test_published_results_are_seen_with_numerator_and_denominator(office: SharedOffice, published: int) -> None:
    reader = office.member("reader", "street", Grant("street-staff"))
    values = office.ask("GET", f"{ROOT}/results/{published}/values", by=reader)["items"]
    closed = next(one for one in values if one["indicator"] == "closed")
    assert (closed["numerator"], closed["denominator"], closed["percent"]) == (1, 3, "33.33")
    units = office.ask("GET", f"{ROOT}/results/{published}/values?grouping=unit", by=reader)["items"]
    assert {one["subject"] for one in units} >= {"street"}
    listed = office.ask("GET", f"{ROOT}/results", by=reader)["items"]
    assert [one["number"] for one in listed] == [published]


def test_evidence_opens_to_cases_of_the_own_reach_only(office: SharedOffice, published: int) -> None:
    path = f"{ROOT}/results/{published}/evidence?indicator=closed"
    everything = office.ask("GET", path)["items"]
    assert [one["in_numerator"] for one in everything].count(True) == 1
    first = office.ask("GET", f"{path}&limit=1")
    rest = office.ask("GET", f"{path}&limit=9&after={first['next']}")
    assert first["items"] + rest["items"] == everything
    here = office.member("here", None, Grant("supervisor", area="admin/g2"))
    assert len(office.ask("GET", path, by=here)["items"]) == 1 < len(everything)


def test_values_of_persons_are_for_the_supervisor_and_the_person(office: SharedOffice, published: int) -> None:
    worker = office.member("worker", "street", Grant("street-staff"))
    path = f"{ROOT}/results/{published}/values?grouping=person"
    assert office.ask("GET", path, by=worker, status=403)["type"].endswith("scope-missing")
    office.ask("GET", f"{ROOT}/results/{published}/comparison?indicator=closed&grouping=person", by=worker, status=403)
    mine = office.ask("GET", "/v1/me", by=worker)
    assert office.ask("GET", f"{path}&subject={mine['number']}", by=worker)["items"] == []
    assert office.ask("GET", path)["items"]


def test_a_comparison_shows_what_chance_allows_and_ranks_no_small_numbers(office: SharedOffice, published: int) -> None:
    found = office.ask("GET", f"{ROOT}/results/{published}/comparison?indicator=closed&grouping=area")
    assert (found["numerator"], found["denominator"]) == (1, 3)
    (street,) = found["items"]
    assert (street["subject"], street["ranks"]) == ("S", None)
    assert street["warning"]["lower"] <= street["numerator"] <= street["warning"]["upper"]
    by_grid = office.ask("GET", f"{ROOT}/results/{published}/comparison?indicator=closed&grouping=area&depth=2")
    assert [one["subject"] for one in by_grid["items"]] == ["g1", "g2"]
    assert sum(one["expected"] for one in by_grid["items"]) == pytest.approx(1)


def test_provisional_results_are_shown_once_their_days_are_over_and_a_second_person_freezes_them(
    office: SharedOffice,
) -> None:
    first, second = (office.member(name, None, Grant("supervisor")) for name in ("甲", "乙"))
    reader = office.member("other", "street", Grant("street-staff"))
    day = (clock.now().astimezone(clock.LOCAL) - timedelta(days=3)).date()
    period = {"first_day": day.isoformat(), "until_day": (day + timedelta(days=2)).isoformat()}
    office.ask("POST", f"{ROOT}/results", json=period, by=reader, status=403)
    assert office.ask("POST", f"{ROOT}/results", json=period, by=first, status=202)["job"] > 0
    number = _work(office)
    assert office.ask("GET", f"{ROOT}/results/{number}", by=reader)["state"] == "provisional"
    act = f"{ROOT}/results/{number}/actions"
    assert office.ask("POST", act, json={"action": "publish"}, by=first, status=409)["type"].endswith("state")
    assert office.ask("POST", act, json={"action": "freeze"}, by=first, status=403)["type"].endswith("second-person")
    frozen = office.ask("POST", act, json={"action": "freeze"}, by=second)
    assert (frozen["state"], frozen["frozen_by"], len(frozen["digest"])) == ("frozen", "乙", 64)
    problem = office.ask("POST", f"{ROOT}/results", json=period, by=first, status=400)
    assert (problem["field"], problem["type"].endswith("reason-missing")) == ("reason", True)
    assert office.ask("POST", act, json={"action": "publish"}, by=first)["state"] == "published"
    assert office.ask("GET", f"{ROOT}/results/{number}", by=reader)["version"] == 1
    assert office.ask("GET", f"{ROOT}/results/{number}/corrections", by=first)["items"] == []


def test_the_table_of_published_results_says_the_same_in_every_form(office: SharedOffice, published: int) -> None:
    values = office.ask("GET", f"{ROOT}/results/{published}/values?grouping=unit")["items"]
    known = {(one["indicator"], one["subject"]): (one["numerator"], one["denominator"]) for one in values}
    rows = office.ask("GET", f"{ROOT}/table.json")["rows"]
    assert {(one["indicator"], one["subject"]): (one["numerator"], one["denominator"]) for one in rows} == known
    split = office.ask("GET", f"{ROOT}/table.json?by_category=true&indicator=closed&grouping=area")["rows"]
    whole = office.ask("GET", f"{ROOT}/table.json?indicator=closed&grouping=area")["rows"]
    assert {one["category"] for one in split} >= {"E0101"}
    assert sum(one["denominator"] for one in split) == sum(one["denominator"] for one in whole) > 0

    def content(form: str) -> bytes:
        return bytes(office.client.get(f"{ROOT}/table.{form}", headers=office.key).content)

    parquet = pd.read_parquet(io.BytesIO(content("parquet")))
    table = pd.read_csv(io.BytesIO(content("csv")), dtype={"subject": str})
    book = pd.DataFrame(list(_sheet(content("xlsx"))))
    assert len(parquet) == len(table) == len(book) - 1 == len(rows)
    for name in ("numerator", "denominator"):
        assert list(parquet[name]) == list(table[name]) == [one[name] for one in rows]
    reader = office.member("表格", "street", Grant("street-staff"))
    office.ask("GET", f"{ROOT}/table.json?grouping=person", by=reader, status=403)
    assert office.ask("GET", f"{ROOT}/table.json?since=2199-01-01", by=reader)["rows"] == []


def _sheet(content: bytes) -> list[list[Any]]:
    return list(CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python())


def _work(office: SharedOffice) -> int:
    """Compute what was asked for as the worker does, and return its number."""
    latest = "SELECT args -> 'request' FROM procrastinate_jobs WHERE task_name = :task ORDER BY id DESC LIMIT 1"
    with office.database.transaction() as session:
        request: dict[str, Any] = session.scalar(text(latest), {"task": TaskName.ASSESS}) or {}
        return operations.compute_requested(session, request).id


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rule": {"counted": "cases", "numerator": []}}, "numerator"),
        ({"rule": {"counted": "cases", "numerator": ["done"], "excluded": ["done"]}}, "excluded"),
        ({"valid_until": "2020-01-01"}, "valid_until"),
    ],
)
def test_an_indicator_that_cannot_be_counted_is_refused_by_its_field(
    office: SharedOffice, change: dict[str, Any], field: str
) -> None:
    problem = office.ask("POST", f"{ROOT}/indicators", json={"items": [STANDARD[0] | change]}, status=400)
    assert (problem["type"].rpartition(":")[2], problem["field"]) == ("indicator-invalid", field)


def test_days_that_are_no_period_are_refused(office: SharedOffice) -> None:
    for first, until in (("2026-06-01", "2026-06-01"), ("2199-01-01", "2199-02-01"), ("2001-01-01", "2001-02-01")):
        given = {"first_day": first, "until_day": until}
        assert office.ask("POST", f"{ROOT}/results", json=given, status=400)["type"].endswith("period-invalid")
    assert date.fromisoformat(STANDARD[0]["valid_from"]).year == 2026
