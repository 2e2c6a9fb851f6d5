"""Consultations: what is only asked is answered from the knowledge base and closed without dispatch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from core import clock
from identity.grants import Grant
from tests.factories.cases import SharedOffice, shared_office

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as opened:
        yield opened


def token_of(office: SharedOffice, case: str) -> dict[str, Any]:
    token = office.ask("POST", f"/v1/reports/{case}/trace-tokens", status=201)["token"]
    return {"number": case, "token": token}


def test_a_question_is_answered_at_once_with_its_source_and_closed_without_a_unit(office: SharedOffice) -> None:
    case = office.case()
    done = office.act(case, "answer")
    assert (done["state"], done["unit_code"], done["due_at"]) == ("closed", None, None)
    assert {one["state"] for one in done["clocks"]} <= {"stopped", "idle"}
    step = office.history(case)[-1]
    assert step["detail"]["answer"] == {
        "entry": "K01", "text": "到居住地派出所办理。", "source": "养犬管理条例第十二条"
    }  # fmt: skip
    assert "dispatch" not in [one["verb"] for one in office.history(case)]


def test_the_caller_reads_the_answer_rates_it_or_has_it_reopened_and_dispatched(office: SharedOffice) -> None:
    case = office.case("accept")
    office.act(case, "answer")
    said = token_of(office, case)
    last = office.ask("POST", "/v1/public/trace", json=said)
    assert last["may_rate"]
    step = last["steps"][-1]
    assert (step["verb"], step["answer"], step["source"]) == ("answer", "到居住地派出所办理。", "养犬管理条例第十二条")
    office.ask("POST", "/v1/public/trace/rating", json=said | {"rating": 4})
    office.ask("POST", "/v1/public/trace/reopening", json=said | {"reason": "派出所不受理"})
    assert office.act(case, "dispatch")["unit_code"] == "street"


def test_the_answer_stays_as_it_was_given_when_the_entry_changes(office: SharedOffice) -> None:
    entry = {"question": "几点停水", "answer": "今晚十点。", "source": "停水公告", "is_public": True}
    office.ask("PUT", "/v1/knowledge/K02", json=entry)
    case = office.case()
    office.act(case, "answer", knowledge="K02")
    office.ask("PUT", "/v1/knowledge/K02", json=entry | {"answer": "明晚九点。"})
    assert office.history(case)[-1]["detail"]["answer"]["text"] == "今晚十点。"


def test_an_entry_that_is_not_for_citizens_needs_words_of_ones_own(office: SharedOffice) -> None:
    office.ask("PUT", "/v1/knowledge/K03", json={"question": "内部口径", "answer": "甲", "source": "会议纪要"})
    case = office.case()
    refused = office.act(case, "answer", status=400, knowledge="K03")
    assert (refused["field"], refused["type"].rpartition(":")[2]) == ("opinion", "case-duty-missing")
    office.act(case, "answer", knowledge="K03", opinion="请到政务服务大厅，电话 13812345678。")
    step = office.ask("POST", "/v1/public/trace", json=token_of(office, case))["steps"][-1]
    assert step["answer"].startswith("请到政务服务大厅")
    assert "13812345678" not in step["answer"]
    assert "甲" not in str(step)


@pytest.mark.parametrize(
    ("given", "status", "field"), [({"knowledge": " "}, 400, "knowledge"), ({"knowledge": "K99"}, 404, "knowledge")]
)
def test_an_answer_names_an_entry_that_holds_now(
    office: SharedOffice, given: dict[str, Any], status: int, field: str
) -> None:
    assert office.act(office.case(), "answer", status=status, **given)["field"] == field


def test_what_a_unit_has_is_not_answered_away_and_who_may_not_accept_answers_nothing(office: SharedOffice) -> None:
    office.act(office.case("accept", "file", "dispatch"), "answer", status=409)
    worker = office.member("赵网格", "street", Grant("street-staff"))
    office.act(office.case(), "answer", status=403, by=worker)


def test_an_answered_question_is_no_handled_case_and_nobody_is_called_back_for_it(office: SharedOffice) -> None:
    case = office.case()
    solved = sum(one["solved"] for one in office.ask("GET", "/v1/cases/levels")["items"])
    office.act(case, "answer")
    assert sum(one["solved"] for one in office.ask("GET", "/v1/cases/levels")["items"]) == solved
    assert case not in str(office.ask("GET", "/v1/call-backs"))
    with office.database.snapshot() as session:
        assert session.scalar(text("SELECT count(*) FROM case_alert WHERE at > :now"), {"now": clock.now()}) == 0
