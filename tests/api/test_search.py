"""One search finds by numbers, words, names and pinyin, within what the searcher may see, and no personal data."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from core import clock
from governance.reports import sensitivity
from governance.reports.numbers import report_id
from governance.reports.states import Sensitivity
from governance.search.rules import excerpt, named_so
from identity.grants import EVERYTHING, Grant
from tests.factories.cases import SharedOffice, shared_office
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("search")) as made:
        yield made


def found(office: SharedOffice, words: str, **more: Any) -> list[tuple[str, str]]:
    return [
        (one["kind"], one["key"]) for one in office.ask("GET", "/v1/search", params={"words": words}, **more)["items"]
    ]


def test_cases_and_reports_are_found_by_number_order_number_text_and_address(office: SharedOffice) -> None:
    case = office.case(
        description="小区东门夜间施工噪音扰民", address="新乡路与孟津路交叉口", external_id="ZZ-2026-881"
    )
    report = office.report(description="施工噪音很大")
    for words in (case, case.lower(), "ZZ-2026-881", "夜间施工", "孟津路交叉"):
        assert found(office, words) == [("case", case)], words
    assert found(office, "施工噪音") == [("case", case), ("report", report)]
    assert found(office, "噪音") == [("case", case), ("report", report)]
    assert found(office, "噪声音") == found(office, "100%") == found(office, "_") == []


def test_people_areas_and_tasks_are_found_by_name_and_by_pinyin(office: SharedOffice) -> None:
    office.member("王新安", "street", Grant("street-staff"))
    kinds = [kind for kind, _ in found(office, "王新安")]
    assert (
        kinds
        == ["person"]
        == [kind for kind, _ in found(office, "wxa")]
        == [kind for kind, _ in found(office, "wangxin")]
    )
    assert found(office, "一网") == [("area", "admin/g1")] == found(office, "yiwangge")
    body = {
        "kind": "instruction", "title": "防汛值守", "text": "今晚到岗", "units": ["street"],
        "due_at": (clock.now() + timedelta(days=1)).isoformat(),
    }  # fmt: skip
    task = office.ask("POST", "/v1/tasks", json=body, status=201)["task"]
    assert found(office, "防汛") == [("task", str(task))] == found(office, "fxzs")


def test_personal_data_and_sensitive_reports_are_not_found_by_words(office: SharedOffice) -> None:
    kept = office.case(description="联系人电话13912345678，井盖缺失")
    assert found(office, "井盖缺失") == [("case", kept)]
    assert found(office, "13912345678") == found(office, "9123456") == []
    title = office.ask("GET", "/v1/search", params={"words": "井盖"})["items"][0]["title"]
    assert "13912345678" not in title
    marked = office.case(description="孩子被狗咬伤")
    with office.database.transaction() as session:
        sensitivity.mark(session, report_id(marked), [Sensitivity("minor")], reach=EVERYTHING, actor=who("admin"))
    assert found(office, "被狗咬伤") == []
    assert found(office, marked) == [("case", marked)]
    (hit,) = office.ask("GET", "/v1/search", params={"words": marked})["items"]
    assert "孩子" not in hit["title"]


def test_nobody_finds_what_is_not_theirs(office: SharedOffice) -> None:
    case = office.case(description="楼道堆放杂物影响通行")
    elsewhere = office.member("李外区", "bureau", Grant("street-staff", area="admin/g2"))
    here = office.member("赵本区", "street", Grant("street-staff", area="admin/g1"))
    assert found(office, "堆放杂物", by=elsewhere) == found(office, case, by=elsewhere) == []
    assert found(office, "堆放杂物", by=here) == [("case", case)]
    office.act(case, "accuse", unit_code="street")
    assert found(office, "堆放杂物", by=here) == found(office, case, by=here) == []
    body = {
        "kind": "instruction", "title": "街道自查", "text": "w", "units": ["street"],
        "due_at": (clock.now() + timedelta(days=1)).isoformat(),
    }  # fmt: skip
    office.ask("POST", "/v1/tasks", json=body, status=201)
    assert [kind for kind, _ in found(office, "街道自查", by=here)] == ["task"]
    assert found(office, "街道自查", by=elsewhere) == []


def test_short_words_are_looked_for_in_the_reports_of_the_last_days_and_it_says_so(office: SharedOffice) -> None:
    since = office.ask("GET", "/v1/search", params={"words": "噪音"})["reports_since"]
    assert since is not None
    assert office.ask("GET", "/v1/search", params={"words": "噪音大"})["reports_since"] is None


def test_longer_words_are_found_by_the_index(office: SharedOffice) -> None:
    with office.database.transaction() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(
            session.scalars(text("EXPLAIN SELECT id FROM report r WHERE r.description ILIKE '%夜间施工%'")).all()
        )
    assert "gin" in plan or "Bitmap Index Scan" in plan
    assert "description_address_text_idx" in plan


def test_names_are_found_by_what_they_hold_and_how_they_sound() -> None:
    assert all(named_so("新安路街道", words) for words in ("新安", "路街", "xin", "xinanlu", "xal", "xaljd", "XAL"))
    assert not any(named_so("新安路街道", words) for words in ("安新", "anlu", "x1", "jd", "新安街"))


def test_an_excerpt_shows_what_stands_around_the_words() -> None:
    text_ = "甲" * 100 + "井盖" + "乙" * 100
    shown = excerpt(text_, "井盖")
    assert shown is not None
    assert (shown[0], shown[-1]) == ("…", "…")
    assert "井盖" in shown
    assert len(shown) == 62
    assert excerpt("井盖", "井盖") == "井盖"
    assert excerpt("路灯", "井盖") is None
