"""Appeals: filed by whom they concern, answered, decided by another person, counted in the next version, verified."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core import clock
from core.queue import TaskName
from governance.assessment import operations, queries
from governance.assessment.archive import write_archive
from governance.assessment.verifying import verify
from identity.grants import Grant
from tests.factories.cases import shared_office
from tests.factories.identity import stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.factories.cases import SharedOffice

STANDARD = orjson.loads((Path(__file__).resolve().parents[3] / "data" / "assessment" / "standard.json").read_bytes())
ROOT = "/v1/assessment"
BACK = 5
Headers = dict[str, str]


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    """Yield an office whose cases were worked on some days ago."""
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as opened:
        first, second = (opened.member(name, None, Grant("supervisor")) for name in ("刘洋", "陈静"))
        stated = opened.ask("POST", f"{ROOT}/indicators", json={"items": STANDARD}, by=first, status=201)["items"]
        for one in stated:
            opened.ask("POST", f"{ROOT}/indicators/{one['number']}/decision", json={"action": "confirm"}, by=second)
        with pytest.MonkeyPatch.context() as patch:
            then = clock.now() - timedelta(days=BACK)
            patch.setattr(clock, "now", lambda: then)
            for _ in range(3):
                number = opened.case("accept", "file")
                opened.act(number, "dispatch", unit_code="street", reason="r")
                opened.act(number, "acknowledge")
                opened.act(number, "handle")
        yield opened


@pytest.fixture(scope="module")
def supervisors(office: SharedOffice) -> tuple[Headers, Headers, Headers]:
    first, second, third = (office.member(name, None, Grant("supervisor")) for name in ("甲", "乙", "丙"))
    return first, second, third


@pytest.fixture(scope="module")
def street(office: SharedOffice) -> Headers:
    return office.member("街道人员", "street", Grant("street-staff"))


@pytest.fixture(scope="module")
def run(office: SharedOffice) -> int:
    """Compute provisional results of the days on which cases were worked."""
    day = clock.now().astimezone(clock.LOCAL).date() - timedelta(days=BACK)
    with office.database.transaction() as session:
        return operations.compute(session, day, day + timedelta(days=1), actor=stored(session, "一")).id


def handled(office: SharedOffice, run: int) -> list[dict[str, Any]]:
    path = f"{ROOT}/results/{run}/evidence?indicator=handled&grouping=unit&subject=street"
    return list(office.ask("GET", path)["items"])


def value(office: SharedOffice, run: int) -> dict[str, Any]:
    path = f"{ROOT}/results/{run}/values?grouping=unit&subject=street"
    return next(one for one in office.ask("GET", path)["items"] if one["indicator"] == "handled")


def filing(run: int, one: dict[str, Any]) -> dict[str, Any]:
    return {
        "assessment": run, "counted": "handlings", "number": one["number"], "step": one["step"], "ground": "duty",
        "words": "非本单位职责，联系13812345678", "evidence": ["三定方案"],
    }  # fmt: skip


def work(office: SharedOffice) -> int:
    """Compute what was asked for last, as the worker does, and return its number."""
    latest = "SELECT args -> 'request' FROM procrastinate_jobs WHERE task_name = :task ORDER BY id DESC LIMIT 1"
    with office.database.transaction() as session:
        request: dict[str, Any] = session.scalar(text(latest), {"task": TaskName.ASSESS}) or {}
        return operations.compute_requested(session, request).id


def granted(office: SharedOffice, number: int, answers: Headers, decides: Headers) -> dict[str, Any]:
    path = f"{ROOT}/appeals/{number}"
    office.ask("POST", f"{path}/answer", json={"words": "派遣记录如此"}, by=answers)
    decision = {"action": "grant", "reason": "属实"}
    return dict(office.ask("POST", f"{path}/decision", json=decision, by=decides))


def test_provisional_results_of_days_that_are_over_are_shown_to_be_contested(
    office: SharedOffice, run: int, street: Headers
) -> None:
    assert office.ask("GET", f"{ROOT}/results/{run}", by=street)["state"] == "provisional"
    assert run in [one["number"] for one in office.ask("GET", f"{ROOT}/results", by=street)["items"]]


def test_whom_it_does_not_concern_contests_nothing(office: SharedOffice, run: int) -> None:
    other = office.member("城管人员", "bureau", Grant("department-staff"))
    first = handled(office, run)[0]
    problem = office.ask("POST", f"{ROOT}/appeals", json=filing(run, first), by=other, status=403)
    assert problem["type"].endswith("appeal-forbidden")
    assert office.ask("GET", f"{ROOT}/appeals", by=other)["items"] == []


def test_what_does_not_count_and_what_has_no_evidence_is_not_contested(
    office: SharedOffice, run: int, street: Headers
) -> None:
    body = filing(run, handled(office, run)[0])
    for change, status in (({"step": 999}, 400), ({"evidence": []}, 422), ({"counted": "ratings"}, 400)):
        office.ask("POST", f"{ROOT}/appeals", json=body | change, by=street, status=status)


def test_both_sides_are_heard_and_a_third_person_decides(
    office: SharedOffice, run: int, street: Headers, supervisors: tuple[Headers, Headers, Headers]
) -> None:
    first, second, third = supervisors
    before = value(office, run)
    contested = handled(office, run)[0]
    filed = office.ask("POST", f"{ROOT}/appeals", json=filing(run, contested), by=street, status=201)
    assert filed["due_at"] > filed["filed_at"]
    assert "13812345678" not in filed["words"]
    again = office.ask("POST", f"{ROOT}/appeals", json=filing(run, contested), by=street, status=409)
    assert again["type"].endswith("appeal-state")
    path = f"{ROOT}/appeals/{filed['appeal']}"
    decision = {"action": "grant", "reason": "属实"}
    office.ask("POST", f"{path}/decision", json=decision, by=second, status=409)  # the other side was not heard
    freeze = f"{ROOT}/results/{run}/actions"
    assert office.ask("POST", freeze, json={"action": "freeze"}, by=first, status=409)["type"].endswith("state")
    office.ask("POST", f"{path}/answer", json={"words": "派遣记录如此"}, by=second)
    problem = office.ask("POST", f"{path}/decision", json=decision, by=second, status=403)
    assert problem["type"].endswith("appeal-second-person")
    decided = office.ask("POST", f"{path}/decision", json=decision, by=third)
    effect = next(one for one in decided["effect"] if (one["indicator"], one["grouping"]) == ("handled", "unit"))
    assert effect["before"]["denominator"] == before["denominator"]
    assert effect["after"]["denominator"] == before["denominator"] - 1
    # What was granted after the results were computed is not in them: they are computed anew first.
    office.ask("POST", freeze, json={"action": "freeze"}, by=first, status=409)
    anew = work(office)
    after = value(office, anew)
    assert (after["denominator"], after["excluded"]) == (before["denominator"] - 1, before["excluded"] + 1)
    shown = next(one for one in handled(office, anew) if one["number"] == contested["number"])
    assert (shown["excluded_by"], shown["in_numerator"]) == (["exempt"], False)
    frozen = office.ask("POST", f"{ROOT}/results/{anew}/actions", json={"action": "freeze"}, by=first)
    assert frozen["version"] == 1
    office.ask("POST", f"{ROOT}/results/{anew}/actions", json={"action": "publish"}, by=first)


def test_granted_after_publication_there_is_a_second_version_and_both_stay_and_verify(
    office: SharedOffice, street: Headers, supervisors: tuple[Headers, Headers, Headers]
) -> None:
    first, second, third = supervisors
    published = next(one for one in office.ask("GET", f"{ROOT}/results")["items"] if one["state"] == "published")
    run = published["number"]
    before = value(office, run)
    contested = next(one for one in handled(office, run) if not one["excluded_by"])
    filed = office.ask("POST", f"{ROOT}/appeals", json=filing(run, contested), by=street, status=201)["appeal"]
    granted(office, filed, second, third)
    anew = work(office)
    office.ask("POST", f"{ROOT}/results/{anew}/actions", json={"action": "freeze"}, by=first)
    assert office.ask("GET", f"{ROOT}/results/{anew}")["version"] == 2
    assert value(office, run) == before
    assert value(office, anew)["denominator"] == before["denominator"] - 1
    with office.database.snapshot() as session:
        for number in (run, anew):
            assert verify(session, queries.visible_run(session, number, sees_all=True)).holds
    compared = office.ask("GET", f"{ROOT}/results/{anew}/comparison?indicator=handled")
    assert compared["denominator"] == before["denominator"] - 1


def test_the_sheet_of_a_unit_shows_values_and_appeals_and_that_of_a_person_is_for_the_person(
    office: SharedOffice, street: Headers
) -> None:
    results = office.ask("GET", f"{ROOT}/results")["items"]
    run = next(one["number"] for one in results if one["state"] == "published")
    path = f"{ROOT}/results/{run}/sheet"
    page = office.client.get(f"{path}.html?unit=street", headers=street)
    assert page.status_code == 200, page.text
    for words in ("考核结果单：街道办事处", "处置率", "职责不符", "成立", "已公布"):
        assert words in page.text
    printed = office.client.get(f"{path}.pdf?unit=street", headers=street)
    assert (printed.content[:4], printed.headers["content-type"]) == (b"%PDF", "application/pdf")
    office.ask("GET", f"{path}.html?unit=none", by=street, status=404)
    office.ask("GET", f"{path}.html?person=1", by=street, status=403)


def test_the_archive_of_frozen_results_lists_the_digest_of_each_file_and_is_the_same_each_time(
    office: SharedOffice,
) -> None:
    results = office.ask("GET", f"{ROOT}/results")["items"]
    run = next(one["number"] for one in results if one["state"] == "published")
    written = []
    for _ in range(2):
        held = io.BytesIO()
        with office.database.snapshot() as session:
            found = queries.visible_run(session, run, sees_all=True)
            manifest = write_archive(session, found, held, pages=lambda: [("sheets/a.html", b"x")])
        written.append(held.getvalue())
    assert written[0] == written[1]
    with zipfile.ZipFile(io.BytesIO(written[0])) as archive:
        assert orjson.loads(archive.read("manifest.json")) == manifest
        for name, digest in manifest.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
        assert b"13812345678" not in archive.read("appeals.json")
        rows = archive.read("counted.csv").decode("utf-8-sig").splitlines()
    assert len(rows) - 1 == next(one["facts"] for one in results if one["number"] == run)


def test_an_appeal_stays_as_it_was_filed_and_decided(office: SharedOffice) -> None:
    for change in ("words = 'x'", "reason = 'x'", "state = 'refused'"):
        with pytest.raises(IntegrityError), office.database.transaction() as session:
            session.execute(text(f"UPDATE assessment_appeal SET {change}"))
    with pytest.raises(IntegrityError), office.database.transaction() as session:
        session.execute(text("DELETE FROM assessment_appeal"))


def test_the_days_for_appeals_are_policy_and_end(office: SharedOffice) -> None:
    results = office.ask("GET", f"{ROOT}/results")["items"]
    run = next(one["number"] for one in results if one["state"] == "published")
    open_one = next(one for one in handled(office, run) if not one["excluded_by"])
    with pytest.MonkeyPatch.context() as patch:
        later = clock.now() + timedelta(days=12)
        patch.setattr(clock, "now", lambda: later)
        problem = office.ask("POST", f"{ROOT}/appeals", json=filing(run, open_one), status=400)
    assert problem["field"] == "run"
