"""What the public sees by number and token: steps and units, never a person; one rating; no guessing of numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from api.http import public_limits
from core import clock
from governance.public_trace import rules
from governance.reports import sensitivity
from governance.reports.numbers import report_id, report_number
from governance.reports.states import Sensitivity
from identity.grants import EVERYTHING
from tests.factories.cases import WORD, acts, case_district
from tests.factories.identity import who
from tests.factories.photos import photo, send
from tests.factories.reports import store_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient
    from httpx2 import Response

    from core.db import Database

    Keys = Callable[..., dict[str, str]]

TO_CLOSED = ("accept", "file", "dispatch", "acknowledge", "handle", "verify", "close")
NAME, PHONE = "欧阳振华", "13912345678"


class Public:
    """The application with a district, asked by the office and by the public."""

    def __init__(self, client: TestClient, database: Database, key: dict[str, str]) -> None:
        self.client, self.database, self.key = client, database, key
        with database.transaction() as session:
            case_district(session)

    def report(self, **more: Any) -> str:
        with self.database.transaction() as session:
            placed = {"lon": 113.5, "lat": 34.5, "path": ["S", "g1"], "category": WORD, "name": NAME, "phone": PHONE}
            return report_number(store_report(session, **placed | more))

    def token(self, number: str) -> str:
        made = self.client.post(f"/v1/reports/{number}/trace-tokens", headers=self.key)
        assert made.status_code == 201, made.text
        assert made.json()["url"].endswith(f"/trace#{number}:{made.json()['token']}")
        assert made.json()["qr_svg"].startswith("<svg")
        token: str = made.json()["token"]
        return token

    def go(self, number: str, *verbs: str) -> None:
        self.client.post("/v1/cases", json={"report": number}, headers=self.key)
        for verb in verbs:
            body = acts(verb) | ({"reason": f"{NAME}，{PHONE}"} if verb == "reject" else {})
            if "photos" in body:
                body["photos"] = [self.photo(number)["sha256"]]
            done = self.client.post(f"/v1/cases/{number}/steps", json=body, headers=self.key)
            assert done.status_code == 200, done.text

    def photo(self, number: str, seed: int = 1) -> dict[str, Any]:
        return dict(send(self.client, self.key, number, photo(seed)).json())

    def ask(self, number: str, token: str, what: str = "", **more: Any) -> Response:
        return self.client.post(f"/v1/public/trace{what}", json={"number": number, "token": token} | more)


@pytest.fixture
def public(client: TestClient, database: Database, make_key: Keys) -> Public:
    return Public(client, database, make_key(name="某工作人员"))


def test_a_matter_is_followed_from_its_receipt_and_no_person_is_named(public: Public) -> None:
    number = public.report()
    token = public.token(number)
    before = public.ask(number, token)
    assert (before.status_code, before.json()["state"], before.json()["steps"]) == (200, None, [])
    public.go(number, *TO_CLOSED)
    seen = public.ask(number, f" {token[:4]}-{token[4:].lower()} ")
    told = seen.json()
    assert (told["state"], told["category"], told["unit"]) == ("closed", "私搭乱建", "街道办事处")
    assert [one["verb"] for one in told["steps"]] == ["open", *TO_CLOSED]
    assert {one["unit"] for one in told["steps"][3:]} == {"街道办事处"}
    assert [secret for secret in (NAME, PHONE, "某工作人员") if secret in seen.text] == []
    assert (told["may_rate"], told["may_reopen"]) == (True, True)


def test_only_cleared_photos_are_shown_and_none_of_a_sensitive_matter(public: Public) -> None:
    number = public.report()
    token, sent = public.token(number), public.photo(number)
    assert public.ask(number, token).json()["photos"] == []
    cleared = public.client.put(
        f"/v1/attachments/{sent['number']}/clearing", json={"cleared": True}, headers=public.key
    )
    assert cleared.status_code == 200
    shown = public.ask(number, token).json()["photos"]
    assert public.client.get(shown[0]["thumbnail_url"].removeprefix("http://testserver")).status_code == 200
    with public.database.transaction() as session:
        sensitivity.mark(session, report_id(number), [Sensitivity.MINOR], reach=EVERYTHING, actor=who("admin"))
    assert public.ask(number, token).json()["photos"] == []


def test_a_wrong_number_and_a_wrong_token_get_one_answer(public: Public, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = public.report(), public.report()
    token = public.token(mine)
    wrong = [
        public.ask(number, word)
        for number, word in ((mine, "7K2M9QXR41TD"), (other, token), ("SJ2607000731-4", token), ("nonsense", token))
    ]
    assert {(one.status_code, one.json()["type"], one.json()["detail"]) for one in wrong} == {
        (404, "urn:wangge:problem:trace-refused", wrong[0].json()["title"])
    }
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + rules.TOKEN_LASTS)
    assert public.ask(mine, token).json()["type"] == wrong[0].json()["type"], "expired"


def test_who_guesses_is_slowed_down_and_who_asks_too_often(public: Public, monkeypatch: pytest.MonkeyPatch) -> None:
    number = public.report()
    token = public.token(number)
    monkeypatch.setattr(public_limits, "WRONG_A_MINUTE", 2)
    assert [public.ask(number, "7K2M9QXR41TD").status_code for _ in range(3)] == [404, 404, 429]
    assert public.ask(number, token).headers["retry-after"]
    public.client.app.state.services.public_requests.forget()  # type: ignore[attr-defined]
    monkeypatch.setattr(public_limits, "REQUESTS_A_MINUTE", 2)
    assert [public.ask(number, token).status_code for _ in range(3)] == [200, 200, 429]


def test_one_rating_a_matter_and_caller_within_its_time(public: Public, monkeypatch: pytest.MonkeyPatch) -> None:
    number = public.report()
    token = public.token(number)

    def rated(rating: int = 5) -> tuple[int, str]:
        answer = public.ask(number, token, "/rating", rating=rating, comment="处理及时")
        return answer.status_code, answer.json().get("type", "").rpartition(":")[2]

    assert rated() == (409, "rating-not-open")
    public.go(number, *TO_CLOSED)
    assert public.ask(number, token, "/rating", rating=6).status_code == 422
    now = clock.now()
    with monkeypatch.context() as later:
        later.setattr(clock, "now", lambda: now + rules.ANSWER_WITHIN + timedelta(seconds=5))
        assert rated() == (409, "rating-too-late")
    assert rated(4) == (200, "")
    assert rated(1) == (409, "rating-done")
    other = public.token(number)
    assert public.ask(number, other, "/rating", rating=1).status_code == 409, "another token is the same caller"
    with public.database.transaction() as session:
        assert session.scalar(text("SELECT rating FROM case_record")) == 4


def test_what_is_not_solved_is_reopened_once(public: Public) -> None:
    number = public.report()
    token = public.token(number)
    public.go(number, *TO_CLOSED)
    reopened = public.ask(number, token, "/reopening", reason="又搭起来了")
    assert (reopened.status_code, reopened.json()["state"]) == (200, "filed")
    assert public.ask(number, token, "/reopening", reason="x").json()["type"].endswith("rating-not-open")
    public.go(number, *TO_CLOSED[2:])
    again = public.ask(number, token, "/reopening", reason="x")
    assert (again.status_code, again.json()["type"]) == (409, "urn:wangge:problem:reopening-done")
    assert public.ask(number, token, "/rating", rating=2).status_code == 200, "a new outcome is rated"


def test_why_a_matter_is_not_taken_is_told_without_people(public: Public) -> None:
    number = public.report()
    token = public.token(number)
    public.go(number, "reject")
    told = public.ask(number, token)
    assert (told.json()["steps"][-1]["reason"] is not None, PHONE in told.text) == (True, False)


def test_what_is_followed_nearby_is_shown_with_photo_and_text(public: Public) -> None:
    near = public.report(description=f"路边搭建，联系人：{NAME}，{PHONE}")
    far, waiting = public.report(lon=113.51), public.report(lon=113.5001)
    for number in (near, far):
        public.go(number, "accept")
    sent = public.photo(near)
    public.client.put(f"/v1/attachments/{sent['number']}/clearing", json={"cleared": True}, headers=public.key)

    def found(**more: Any) -> list[dict[str, Any]]:
        answer = public.client.get("/v1/public/nearby", params={"lon": 113.5002, "lat": 34.5, **more})
        assert answer.status_code == 200, answer.text
        assert PHONE not in answer.text
        return list(answer.json()["items"])

    (one,) = found()
    assert (one["category"], one["state"], len(one["photos"]), "路边搭建" in one["text"]) == (
        "私搭乱建", "accepted", 1, True
    )  # fmt: skip
    # A degree of longitude at 34.5° N has 91.8 km on the ellipsoid.
    assert one["distance_m"] == pytest.approx(18.4, abs=0.1)
    assert found(radius_m=10) == found(category="E0102") == []
    with public.database.transaction() as session:
        sensitivity.mark(session, report_id(near), [Sensitivity.HEALTH], reach=EVERYTHING, actor=who("admin"))
    assert found() == []
    assert waiting != near
