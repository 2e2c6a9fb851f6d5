"""The article's story (M7): a photo report by the words of a crossing, to the street, the grid worker on site, two
bureaus whistled to a joint visit, handled, verified, closed the next day, called back, rated; the public follows it.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import clock
from identity.grants import Grant
from identity.people import operations as people
from identity.people.operations import PersonIn
from tests.factories.identity import who
from tests.factories.photos import photo, send
from tests.factories.sign_in import by_session, open_session

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pytest
    from fastapi.testclient import TestClient

    from core.db import Database
    from core.settings import Settings

SEED = Path(__file__).parents[3] / "data/categories/classes.csv"
STREET = "410106003"
SINCE = "2026-01-01T00:00:00+08:00"


PLACE = {"410106-cg": "王城", "410106-zr": "赵然"}
"""The bureaus that are called, and who comes for each."""


class Office:
    """The service, asked for things that succeed."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def sent(self, method: str, path: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        answer = self.client.request(method, f"/v1/{path}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return dict(answer.json())


def district(office: Office, administrator: dict[str, str]) -> None:
    """State the units, what the street answers for, and the categories."""
    for code, name, kind, parent in (
        ("410106", "运行中心", "centre", None), (STREET, "新安路街道办事处", "street", "410106"),
        ("410106003004", "社区居民委员会", "community", STREET),
        ("410106-cg", "区城市管理局", "department", "410106"), ("410106-zr", "区自然资源局", "department", "410106"),
    ):  # fmt: skip
        body = {"name": name, "kind": kind, "parent_code": parent, "start": SINCE}
        office.sent("PUT", f"units/{code}", body, administrator)
    answers = {"area": f"admin/{STREET}", "category": "E0101", "start": SINCE}
    office.sent("POST", f"units/{STREET}/answers", answers, administrator)
    with SEED.open("rb") as file:
        files = {"file": ("classes.csv", file)}
        taken = office.client.post(
            "/v1/categories/imports", headers=administrator, files=files, data={"start": SINCE}
        )  # fmt: skip
    assert taken.status_code == 200, taken.text


def people_of(database: Database, settings: Settings) -> dict[str, dict[str, str]]:
    """Sign in the grid worker, who leads the street's office, and one person of each bureau."""
    signed_in = {}
    with database.transaction() as session:
        for name, unit, grant in (
            ("陈刚", "410106003004", Grant("grid-worker", f"admin/{STREET}")),
            ("李敏", STREET, Grant("street-staff", f"admin/{STREET}")),
            *((name, unit, Grant("department-staff", None, "E01")) for unit, name in PLACE.items()),
        ):
            (person,) = people.add_people(session, [PersonIn(name, None, None, acts_as=name)], actor=who("admin"))
            people.state_units(session, [(person.id, unit)], actor=who("admin"))
            token = open_session(session, settings, name, [grant])
            signed_in[name] = by_session(token) | {"Sec-Fetch-Site": "same-origin"}
    return signed_in


def joint_visit(office: Office, case: dict[str, Any], signed_in: Mapping[str, dict[str, str]]) -> None:
    """Let the street whistle the bureaus to the place: they come, write opinions, sign the conclusion, are rated."""
    whistles, leader = f"cases/{case['number']}/whistles", signed_in["李敏"]
    call = {"kind": "enforcement", "units": [*PLACE], "reason": "疑似违建，请到现场会商"}
    refused = office.client.post(f"/v1/{whistles}", json=call, headers=signed_in["陈刚"])
    assert refused.status_code == 403, "a grid worker does not whistle"
    office.sent("POST", whistles, call, leader)
    steps = f"{whistles}/1/steps"
    for name, opinion in (("王城", "未取得规划许可，限期拆除"), ("赵然", "用地性质为绿地，不得建设")):
        for act in (
            {"verb": "sign"}, {"verb": "contact"}, {"verb": "arrive", "lon": case["lon"], "lat": case["lat"]},
            {"verb": "advise", "opinion": opinion},
        ):  # fmt: skip
            office.sent("POST", steps, act, signed_in[name])
    office.sent("POST", steps, {"verb": "conclude", "opinion": "当事人次日前自行拆除"}, leader)
    for name in PLACE.values():
        office.sent("POST", steps, {"verb": "cosign"}, signed_in[name])
    for unit in PLACE:
        settled = office.sent("POST", steps, {"verb": "rate_unit", "unit_code": unit, "rating": 5}, leader)
    assert settled["state"] == "settled"
    for one in settled["units"]:
        assert (one["is_late"], one["distance_m"], one["is_distant"], one["rating"]) == (False, 0, False, 5)


def test_an_illegal_building_at_a_crossing_is_gone_and_rated(
    client: TestClient,
    database: Database,
    settings: Settings,
    make_key: Callable[..., dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office, sender = Office(client), make_key("intake", channel="郑好拍")
    dispatcher, verifier = make_key("dispatcher"), make_key("verifier")
    sent = office.sent
    district(office, make_key("administrator"))
    signed_in = people_of(database, settings)
    on_site = signed_in["陈刚"]
    report = {
        "external_id": "zhp-1", "category": "违建", "text": "路口疑似搭建", "address": "新乡路与孟津路交叉口",
        "photos": ["before.jpg"], "reported_at": "2026-06-01T09:00:00+08:00",
    }  # fmt: skip
    number = sent("POST", "reports", report, sender)["number"]
    assert send(client, sender, number, photo(seed=1)).status_code == 201
    assert sent("POST", "cases", {"report": number}, dispatcher)["category_path"] == ["E0101", "E01", "E"]
    steps = f"cases/{number}/steps"
    for verb in ("accept", "file"):
        sent("POST", steps, {"verb": verb}, dispatcher)
    case = sent("POST", steps, {"verb": "dispatch"}, dispatcher)
    assert (case["unit_code"], case["area_path"][1], case["due_step"]) == (STREET, STREET, "acknowledge")
    sent("POST", steps, {"verb": "acknowledge"}, on_site)
    assert client.post(f"/v1/{steps}", json={"verb": "close"}, headers=on_site).status_code == 403
    joint_visit(office, case, signed_in)
    sent_photo = send(client, on_site, number, photo(), stage="after")
    assert sent_photo.status_code == 201, sent_photo.text
    done = {
        "verb": "handle", "opinion": "已自行拆除，现场已清理", "photos": [sent_photo.json()["sha256"]],
        "lon": 113.274, "lat": 34.802,
    }  # fmt: skip
    sent("POST", steps, done, on_site)
    sent("POST", steps, {"verb": "verify", "opinion": "现场核查，已拆除"}, verifier)
    the_next_day = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: the_next_day)
    assert sent("POST", steps, {"verb": "close"}, verifier)["state"] == "closed"
    asked = {"contacted": True, "solved": True, "satisfied": True}
    sent("POST", f"reports/{number}/call-backs", asked, sender)
    token = sent("POST", f"reports/{number}/trace-tokens", {}, sender)["token"]
    rated = sent("POST", "public/trace/rating", {"number": number, "token": token, "rating": 5}, {})
    assert (rated["state"], rated["rating"], rated["may_rate"]) == ("rated", 5, False)
    seen = client.get(f"/v1/cases/{number}", headers=verifier).json()
    assert (seen["rating"], seen["is_overdue"]) == (5, False)
    history = client.get(f"/v1/cases/{number}/history", headers=verifier).json()["items"]
    visit = [
        "whistle", *["sign", "contact", "arrive", "advise"] * 2, "conclude", *["cosign"] * 2, *["rate_unit"] * 2
    ]  # fmt: skip
    assert [one["verb"] for one in history] == [
        "open", "accept", "file", "dispatch", "acknowledge", *visit, "handle", "verify", "close", "call_back", "rate",
    ]  # fmt: skip
    assert {one["unit_code"] for one in history[3:]} == {STREET}
    assert history[3]["detail"]["dispatch"] == {"by": "answer", "area": f"admin/{STREET}", "category": "E0101"}
    assert [one["actor"] for one in history if one["verb"] in {"acknowledge", "whistle", "arrive", "handle"}] == [
        "陈刚", "李敏", "王城", "赵然", "陈刚",
    ]  # fmt: skip
    traced = client.post("/v1/public/trace", json={"number": number, "token": token})
    inside = {"sign", "contact", "advise", "cosign", "rate_unit", "call_back"}
    assert [one["verb"] for one in traced.json()["steps"]] == [
        one["verb"] for one in history if one["verb"] not in inside
    ]
    assert [one["unit"] for one in traced.json()["steps"] if one["verb"] == "arrive"] == [
        "区城市管理局",
        "区自然资源局",
    ]
    assert (traced.json()["state"], traced.json()["rating"]) == ("rated", 5)
    assert not any(words in traced.text for words in (*signed_in, "限期拆除")), "no person, and nothing written inside"
