"""Duplicates over HTTP: candidates with reasons, merging that keeps both histories, and what protection it keeps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from core import clock
from governance.attachments.rules import SAME_PICTURE
from governance.cases.duplicates.rules import LEAST_SCORE, RADIUS_M, ComparedCase, score
from governance.cases.lifecycle.verifying import verify_cases
from governance.reports.numbers import report_id
from identity.grants import Grant
from tests.factories.cases import SharedOffice, shared_office
from tests.factories.photos import photo, send

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE = "trace/rating"
METRE = 1 / 92_000  # degrees of longitude at 34.5°, a little more than a metre


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as opened:
        yield opened


def _relate(office: SharedOffice, number: str, verb: str, other: str, status: int = 200, **more: Any) -> dict[str, Any]:
    body = {"verb": verb, "other": other, "reason": "同一处违建"}
    return dict(office.ask("POST", f"/v1/cases/{number}/duplicates", json=body, status=status, **more))


def _candidates(office: SharedOffice, number: str, **more: Any) -> dict[str, dict[str, Any]]:
    found = office.ask("GET", f"/v1/cases/{number}/duplicates", **more)["items"]
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    return {one["number"]: one for one in found}


def _moved(office: SharedOffice, metres: float, **more: Any) -> str:
    return office.case(lon=113.2 + metres * METRE, lat=34.2, path=["S", "g1"], **more)


def test_what_lies_near_in_place_time_category_and_text_is_a_candidate_with_its_reasons(office: SharedOffice) -> None:
    words = "新安路与孟津路交叉口东北角有人搭建彩钢棚"
    number = _moved(office, 0, description=words)
    near = _moved(office, 20, description="新安路孟津路交叉口搭建彩钢棚，无人管")
    far = _moved(office, 5 * RADIUS_M, description=words)
    voided = _moved(office, 10, description=words)
    office.act(voided, "void")
    handled = _moved(office, 5, description=words)
    office.act(handled, "accept")
    found = _candidates(office, number)
    assert near in found, "near, though in other words"
    assert handled in found
    assert far not in found
    assert voided not in found
    reasons = {one["code"]: one for one in found[near]["reasons"]}
    assert set(reasons) == {"distance_m", "hours_apart", "category", "text_alike"}
    assert 15 < reasons["distance_m"]["value"] < 25
    assert reasons["category"]["value"] == "E0101"
    assert found[near]["score"] == pytest.approx(sum(one["points"] for one in found[near]["reasons"]), abs=1e-3)


def test_a_photo_of_the_same_picture_makes_a_candidate_of_what_is_told_in_other_words(office: SharedOffice) -> None:
    place = {"lat": 34.3, "lon": 113.9, "path": ["S", "g1"]}
    number = office.case(description="路口有棚子", **place)
    other = office.case(category="渣土", description="乱搭乱建无人管", **place | {"lon": 113.9 + 120 * METRE})
    assert other not in _candidates(office, number)
    send(office.client, office.key, number, photo(11))
    send(office.client, office.key, other, photo(11, size=(320, 240), quality=40))
    found = _candidates(office, number, params={"lang": "zh"})[other]
    reason = found["reasons"][-1]
    assert reason["code"] == "photo_bits_apart"
    assert 0 <= reason["value"] <= SAME_PICTURE
    assert reason["sentence"] == f"照片为同一画面：感知哈希 64 位中相差 {reason['value']} 位。"
    assert found["score"] == pytest.approx(sum(one["points"] for one in found["reasons"]), abs=1e-3)
    assert _candidates(office, number)[other]["reasons"][0]["sentence"].startswith("The places are 1")


def test_several_cases_are_merged_by_one_act_all_or_none(office: SharedOffice) -> None:
    main, *others = (office.case("accept") for _ in range(4))
    rejected = office.case("accept", "reject")

    def merge(cases: list[str], status: int = 200) -> dict[str, Any]:
        body = {"cases": cases, "reason": "同一处积水"}
        return dict(office.ask("POST", f"/v1/cases/{main}/mergings", json=body, status=status))

    refused = merge([*others, rejected], 409)
    assert rejected in refused["detail"]
    assert refused["field"] == "cases.3"
    assert [office.ask("GET", f"/v1/cases/{one}")["state"] for one in others] == ["accepted"] * 3
    merge([others[0], others[0]], 409)
    merge([main], 409)
    assert [one["number"] for one in merge(others)["merged"]] == others
    assert [step["verb"] for step in office.history(main)[-3:]] == ["take_in"] * 3
    assert {office.history(one)[-1]["reason"] for one in others} == {"同一处积水"}


def test_candidates_are_those_that_a_comparison_of_all_pairs_finds(office: SharedOffice) -> None:
    texts = ("西门口路灯不亮", "西门口路灯坏了不亮", "小区垃圾堆放", "")
    placed = [
        (office.case(lon=113.7 + step * 25 * METRE, lat=34.7, path=["S", "g1"], description=texts[step % 4]),
         texts[step % 4])
        for step in range(12)
    ]  # fmt: skip
    with office.database.transaction() as session:
        query = text(
            "SELECT c.id, r.reported_at, c.category_path, r.category, ST_X(r.geom), ST_Y(r.geom)"
            " FROM case_record c JOIN report r ON r.id = c.id WHERE c.id = ANY (:ids)"
        )
        rows = {row[0]: row for row in session.execute(query, {"ids": [report_id(one) for one, _ in placed]})}
        distance = text("SELECT ST_Distance(ST_MakePoint(:a, :b)::geography, ST_MakePoint(:c, :d)::geography)")
        for number, words in placed:
            own = rows[report_id(number)]
            expected = {}
            for other, said in placed:
                row = rows[report_id(other)]
                metres = session.scalar(distance, {"a": own[4], "b": own[5], "c": row[4], "d": row[5]})
                facts, others = ComparedCase(own[1], own[2], own[3], words), ComparedCase(row[1], row[2], row[3], said)
                points, _ = score(facts, others, distance_m=metres, same_caller=False)
                if other != number and metres is not None and metres <= RADIUS_M and points >= LEAST_SCORE:
                    expected[other] = points
            found = {key: one["score"] for key, one in _candidates(office, number).items()}
            assert found == pytest.approx(expected)


def test_a_merged_case_is_open_no_more_and_both_histories_say_so(office: SharedOffice) -> None:
    main, number = office.case("accept", "file", "dispatch"), office.case("accept", "file", "dispatch")
    load = sum(one["in_hand"] for one in office.ask("GET", "/v1/cases/load")["items"])
    assert _relate(office, number, "merge", main)["main"]["number"] == main
    case = office.ask("GET", f"/v1/cases/{number}")
    assert (case["state"], case["due_at"]) == ("merged", None)
    assert {one["state"] for one in case["clocks"]} == {"stopped"}
    assert sum(one["in_hand"] for one in office.ask("GET", "/v1/cases/load")["items"]) == load - 1
    step = office.history(number)[-1]
    assert (step["verb"], step["reason"], step["detail"]["other"]) == ("merge", "同一处违建", main)
    step = office.history(main)[-1]
    assert (step["verb"], step["came_from"], step["detail"]) == ("take_in", "dispatched", {"other": number})
    assert [one["number"] for one in office.ask("GET", f"/v1/cases/{main}/relations")["merged"]] == [number]
    office.act(number, "acknowledge", status=409)
    third = office.case("accept")
    assert main in _relate(office, third, "merge", number, 409)["detail"], "the main case is named"
    assert number in _relate(office, main, "merge", third, 409)["detail"], "what has merged cases goes nowhere"
    _relate(office, number, "unmerge", third, 409)
    assert _relate(office, number, "unmerge", main)["main"] is None
    case = office.ask("GET", f"/v1/cases/{number}")
    assert (case["state"], case["unit_code"], case["due_step"]) == ("accepted", None, None)
    assert [one["verb"] for one in office.history(main)[-2:]] == ["take_in", "let_go"]
    office.act(number, "file")
    _relate(office, number, "merge", main)
    with office.database.transaction() as session:
        session.execute(text("SET LOCAL timezone = 'UTC'"))
        ids = [report_id(main), report_id(number)]
        kinds = {(one.kind, one.table) for one in verify_cases(session, ids).findings}
        assert not {table for _, table in kinds} & {"case_merge", "case_record"}


def test_linked_is_not_merged(office: SharedOffice) -> None:
    one, other = office.case("accept"), office.case("accept")
    assert [it["number"] for it in _relate(office, one, "link", other)["linked"]] == [other]
    _relate(office, other, "link", one, 409)
    assert office.ask("GET", f"/v1/cases/{one}")["state"] == "accepted"
    assert [it["number"] for it in office.ask("GET", f"/v1/cases/{other}/relations")["linked"]] == [one]
    assert _relate(office, other, "unlink", one)["linked"] == []
    _relate(office, other, "unlink", one, 409)
    _relate(office, one, "link", one, 409)


def test_nobody_is_offered_or_merges_what_the_grants_do_not_reach(office: SharedOffice) -> None:
    words = {"description": "路面塌陷有坑", "lat": 34.9}
    one = office.case("accept", lon=113.9999, path=["S", "g1"], **words)
    other = office.case("accept", lon=114.0001, path=["S", "g2"], **words)
    by = office.member("钱网格", "street", Grant("street-staff", "admin/g1"), Grant("dispatcher", "admin/g1"))
    assert other in _candidates(office, one)
    assert other not in _candidates(office, one, by=by)
    _relate(office, one, "merge", other, 404, by=by)
    _relate(office, one, "merge", other)
    assert office.ask("GET", f"/v1/cases/{one}/relations", by=by)["main"] is None
    reader = office.member("孙只读", "street", Grant("street-staff"))
    _relate(office, one, "unmerge", other, 403, by=reader)


def test_a_case_that_accuses_stays_hidden_from_the_accused_through_merging(office: SharedOffice) -> None:
    by = office.member("吴局", "bureau", Grant("street-staff"), Grant("dispatcher"))
    main, number = office.case("accept", "file", "dispatch"), office.case("accept")
    office.act(number, "accuse", unit_code="bureau")
    assert number not in _candidates(office, main, by=by)
    _relate(office, number, "merge", main, 409)
    _relate(office, number, "link", main, 409)
    office.ask("GET", f"/v1/cases/{number}", by=by, status=404)
    later = office.case("accept")
    _relate(office, later, "merge", main)
    office.act(main, "accuse", unit_code="bureau")
    for hidden in (main, later):
        office.ask("GET", f"/v1/cases/{hidden}", by=by, status=404)


def test_a_confidential_caller_stays_unknown_to_the_unit_that_has_the_main_case(office: SharedOffice) -> None:
    by = office.member("郑街办", "street", Grant("street-staff"), Grant("verifier"))
    main = office.case("accept", "file", "dispatch")
    number = office.case("accept", name="周某", phone="13800000002")
    office.ask("POST", f"/v1/reports/{number}/confidentiality")
    assert office.ask("GET", f"/v1/reports/{number}/reporter", by=by), "nobody has it yet"
    _relate(office, number, "merge", main)
    office.ask("GET", f"/v1/reports/{number}/reporter", by=by, status=403)


def test_what_only_a_confidential_caller_joins_is_offered_to_nobody_of_the_line(office: SharedOffice) -> None:
    line = office.member("冯街办", "street", Grant("street-staff"), Grant("dispatcher"))
    outside = office.member("褚主管", None, Grant("street-staff"), Grant("dispatcher"))
    told = {"name": "卫某", "phone": "13800000003", "description": "楼顶彩钢棚夜里施工"}
    number = office.case("accept", "file", "dispatch", **told)
    far = office.case("accept", "file", lon=113.9, **told)
    assert far in _candidates(office, number, by=line)
    office.ask("POST", f"/v1/reports/{number}/confidentiality")
    assert far not in _candidates(office, number, by=line), "that it is offered would tell that the caller is the same"
    assert far in _candidates(office, number, by=outside)


def test_the_score_is_that_of_near_things_and_never_over_one() -> None:
    now = clock.now()
    facts = ComparedCase(now, ("E0101", "E"), "违建", "彩钢棚")
    assert score(facts, facts, distance_m=0, same_caller=True)[0] == pytest.approx(1)
    whole, reasons = score(facts, facts, distance_m=0, same_caller=True, photo_bits=0)
    assert whole == pytest.approx(1)
    assert reasons[-1].points == 0
    later = ComparedCase(now + timedelta(days=31), ("E0102", "E"), "垃圾", "")
    assert score(facts, later, distance_m=None, same_caller=False)[0] == pytest.approx(0.1)


def test_callers_of_a_merged_case_see_the_main_one_and_each_rates_it_once(office: SharedOffice) -> None:
    main, number = office.case("accept", "file", "dispatch"), office.case("accept")
    _relate(office, number, "merge", main)
    tokens = {one: office.ask("POST", f"/v1/reports/{one}/trace-tokens", status=201)["token"] for one in (main, number)}

    def public(one: str, path: str = "trace", status: int = 200, **more: Any) -> dict[str, Any]:
        body = {"number": one, "token": tokens[one], **more}
        return dict(office.ask("POST", f"/v1/public/{path}", json=body, status=status))

    seen = public(number)
    assert (seen["state"], seen["unit"], seen["may_rate"]) == ("dispatched", "街道办事处", False)
    assert [one["verb"] for one in seen["steps"]] == ["accept", "file", "dispatch", "open", "accept", "merge"]
    assert main not in str(seen), "the number of somebody else's matter is not told"
    for verb in ("acknowledge", "handle", "verify", "close"):
        office.act(main, verb)
    assert public(main, RATE, rating=5)["rating"] == 5
    seen = public(number)
    assert (seen["state"], seen["rating"], seen["may_rate"], seen["may_reopen"]) == ("rated", None, True, False)
    assert "rate" not in [one["verb"] for one in seen["steps"]]
    seen = public(number, RATE, rating=2, comment="拖了很久")
    assert (seen["rating"], seen["may_rate"], seen["steps"][-1]["verb"]) == (2, False, "rate_main")
    assert public(number, RATE, rating=3, status=409)["type"].endswith("rating-done")
    assert office.ask("GET", f"/v1/cases/{main}")["rating"] == 5
    _relate(office, number, "unmerge", main)
    assert public(number)["rating"] is None, "what was rated was the main case"


def test_photos_of_a_merged_case_come_along_to_who_may_see_it(office: SharedOffice) -> None:
    main, number = office.case("accept"), office.case("accept")
    own = send(office.client, office.key, number, photo(7)).json()["number"]
    listed = f"/v1/reports/{main}/attachments"
    before = [one["number"] for one in office.ask("GET", listed)["items"]]
    assert own not in before
    _relate(office, number, "merge", main)
    assert own in [one["number"] for one in office.ask("GET", listed)["items"]]
    _relate(office, number, "unmerge", main)
    assert [one["number"] for one in office.ask("GET", listed)["items"]] == before


def test_of_two_people_who_merge_crosswise_one_is_told_what_the_other_did(office: SharedOffice) -> None:
    one, other = office.case("accept"), office.case("accept")

    def merge(pair: tuple[str, str]) -> int:
        body = {"verb": "merge", "other": pair[1], "reason": "重复"}
        return office.client.post(f"/v1/cases/{pair[0]}/duplicates", json=body, headers=office.key).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(merge, [(one, other), (other, one)])) == [200, 409]
    states = sorted(office.ask("GET", f"/v1/cases/{it}")["state"] for it in (one, other))
    assert states == ["accepted", "merged"]
