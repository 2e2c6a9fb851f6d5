"""The story of a photo report: sent by the words of a crossing, to the street, on site, handled, verified, rated.

Whistling departments to a joint visit and the public's trace are not part of it yet.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from identity.grants import Grant
from identity.people import operations as people
from identity.people.operations import PersonIn
from tests.factories.identity import who
from tests.factories.sign_in import by_session, open_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database
    from core.settings import Settings

SEED = Path(__file__).parents[3] / "data/categories/classes.csv"
STREET = "410106003"
SINCE = "2026-01-01T00:00:00+08:00"


def test_an_illegal_building_at_a_crossing_is_gone_and_rated(
    client: TestClient, database: Database, settings: Settings, make_key: Callable[..., dict[str, str]]
) -> None:
    administrator, sender = make_key("administrator"), make_key("intake", channel="郑好拍")
    dispatcher, verifier = make_key("dispatcher"), make_key("verifier")

    def sent(method: str, path: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        answer = client.request(method, f"/v1/{path}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return dict(answer.json())

    for code, name, kind, parent in (
        ("410106", "运行中心", "centre", None), (STREET, "新安路街道办事处", "street", "410106"),
        ("410106003004", "社区居民委员会", "community", STREET),
    ):  # fmt: skip
        body = {"name": name, "kind": kind, "parent_code": parent, "start": SINCE}
        sent("PUT", f"units/{code}", body, administrator)
    answers = {"area": f"admin/{STREET}", "category": "E0101", "start": SINCE}
    sent("POST", f"units/{STREET}/answers", answers, administrator)
    with SEED.open("rb") as file:
        files = {"file": ("classes.csv", file)}
        taken = client.post("/v1/categories/imports", headers=administrator, files=files, data={"start": SINCE})
    assert taken.status_code == 200, taken.text
    with database.transaction() as session:
        (worker,) = people.add_people(session, [PersonIn("陈刚", "XA-7", None, acts_as="陈刚")], actor=who("admin"))
        people.state_units(session, [(worker.id, "410106003004")], actor=who("admin"))
        token = open_session(session, settings, "陈刚", [Grant("grid-worker", f"admin/{STREET}")])
    on_site = by_session(token) | {"Sec-Fetch-Site": "same-origin"}

    report = {
        "external_id": "zhp-1", "category": "违建", "text": "路口疑似搭建", "address": "新乡路与孟津路交叉口",
        "photos": ["before.jpg"], "reported_at": "2026-06-01T09:00:00+08:00",
    }  # fmt: skip
    number = sent("POST", "reports", report, sender)["number"]
    assert sent("POST", "cases", {"report": number}, dispatcher)["category_path"] == ["E0101", "E01", "E"]
    steps = f"cases/{number}/steps"
    for verb in ("accept", "file"):
        sent("POST", steps, {"verb": verb}, dispatcher)
    case = sent("POST", steps, {"verb": "dispatch"}, dispatcher)
    assert (case["unit_code"], case["area_path"][1], case["due_step"]) == (STREET, STREET, "acknowledge")
    sent("POST", steps, {"verb": "acknowledge"}, on_site)
    assert client.post(f"/v1/{steps}", json={"verb": "close"}, headers=on_site).status_code == 403
    done = {
        "verb": "handle",
        "opinion": "已自行拆除，现场已清理",
        "photos": ["after.jpg"],
        "lon": 113.274,
        "lat": 34.802,
    }
    sent("POST", steps, done, on_site)
    sent("POST", steps, {"verb": "verify", "opinion": "现场核查，已拆除"}, verifier)
    sent("POST", steps, {"verb": "close"}, verifier)
    rated = sent("POST", steps, {"verb": "rate", "rating": 5}, verifier)
    assert (rated["state"], rated["rating"], rated["is_overdue"]) == ("rated", 5, False)
    history = client.get(f"/v1/cases/{number}/history", headers=on_site).json()["items"]
    assert [(one["verb"], one["unit_code"]) for one in history] == [
        ("open", None), ("accept", None), ("file", None), ("dispatch", STREET), ("acknowledge", STREET),
        ("handle", STREET), ("verify", STREET), ("close", STREET), ("rate", STREET),
    ]  # fmt: skip
    assert history[3]["detail"]["dispatch"] == {"by": "answer", "area": f"admin/{STREET}", "category": "E0101"}
    assert [one["actor"] for one in history[4:6]] == ["陈刚", "陈刚"]
