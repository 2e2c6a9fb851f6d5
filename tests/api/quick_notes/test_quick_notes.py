"""Quick notes over HTTP: written down in time by our clock, apart from cases, a case when they grow, a day's log."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from core import clock
from governance.channels.queries import kinds_on
from governance.erasure import operations as erasure
from governance.erasure.states import ErasureCause
from governance.quick_notes import operations, queries, rules
from governance.reports.numbers import report_id
from identity.grants import Grant
from tests.factories.cases import WORD, case_district
from tests.factories.identity import who
from tests.factories.photos import photo, send
from tests.factories.sign_in import by_session, open_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient
    from httpx2 import Response

    from core.db import Database
    from core.settings import Settings

    Keys = Callable[..., dict[str, str]]

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


class Worker:
    """A grid worker of one of the district's grids, and an administrator's key."""

    def __init__(self, client: TestClient, database: Database, settings: Settings, key: dict[str, str]) -> None:
        self.client, self.database, self.key = client, database, key
        with database.transaction() as session:
            case_district(session)
            token = open_session(session, settings, "worker", [Grant("grid-worker", "admin/g1")])
            other = open_session(session, settings, "other", [Grant("grid-worker", "admin/g2")])
        self.own = by_session(token) | SAME_SITE
        self.other = by_session(other) | SAME_SITE

    def note(self, name: str = "note-0001", *, headers: dict[str, str] | None = None, **more: Any) -> Response:
        body = {
            "id": name, "source": "patrol", "category": "E0102", "text": "楼道杂物，已清理", "lon": 113.5, "lat": 34.5,
            "accuracy_m": 12.5,
        }  # fmt: skip
        return self.client.post("/v1/quick-notes", json=body | more, headers=headers or self.own)


@pytest.fixture
def worker(client: TestClient, database: Database, settings: Settings, make_key: Keys) -> Worker:
    return Worker(client, database, settings, make_key())


def at(days: int, hour: int = 9) -> str:
    """Return an hour of a day so many days ago, local time."""
    day = clock.now().astimezone(clock.LOCAL) - timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0).isoformat()


def test_a_note_keeps_place_accuracy_and_photos_and_is_there_once(worker: Worker) -> None:
    first = worker.note(contact={"name": "王芳", "phone": "13900000001"}, text="王芳 13900000001 反映，已清理")
    assert first.status_code == 201, first.text
    told = first.json()
    assert (told["area_path"], told["in_own_area"], told["accuracy_m"], told["is_case"], told["is_back_filled"]) == (
        ["S", "g1"], True, 12.5, False, False
    )  # fmt: skip
    assert "13900000001" not in first.text
    again = worker.note(contact={"name": "王芳", "phone": "13900000001"}, text="王芳 13900000001 反映，已清理")
    assert (again.status_code, again.json()["number"]) == (200, told["number"])
    assert worker.note(text="别的").status_code == 409, "another note under its id"
    for seed, stage in ((1, "before"), (2, "after")):
        assert send(worker.client, worker.own, told["number"], photo(seed), stage=stage).status_code == 201
    listed = worker.client.get(f"/v1/reports/{told['number']}/attachments", headers=worker.own).json()["items"]
    assert [one["stage"] for one in listed] == ["before", "after"]


def test_a_place_outside_of_the_own_grid_is_kept_and_shown_as_such(worker: Worker) -> None:
    assert worker.note(lon=114.5).json()["in_own_area"] is False
    assert worker.note("note-0002", lon=None, lat=None).json()["in_own_area"] is None
    assert worker.note("note-0003", headers=worker.key).json()["in_own_area"] is None, "no areas of its own"


def test_notes_are_written_down_two_days_back_by_our_clock_unless_a_policy_says_otherwise(worker: Worker) -> None:
    assert worker.note("note-0001", noted_at=at(2, 0)).json()["is_back_filled"]
    late = worker.note("note-0002", noted_at=at(3, 23))
    assert (late.status_code, late.json()["type"]) == (409, "urn:wangge:problem:quick-note-too-old")
    ahead = (clock.now() + timedelta(hours=1)).isoformat()
    assert worker.note("note-0003", noted_at=ahead).status_code in {400, 422}
    today = clock.now().astimezone(clock.LOCAL).date()
    with worker.database.transaction() as session:
        operations.set_policy(session, valid_from=today + timedelta(days=1), days=5, actor=who("admin"))
        assert [queries.back_fill_days(session, today + timedelta(days=n)) for n in (0, 1)] == [2, 5]
        for wrong in ({"valid_from": today, "days": 1}, {"valid_from": today + timedelta(days=1), "days": 1}):
            with pytest.raises(rules.QuickNotePolicyError):
                operations.set_policy(session, **wrong, actor=who("admin"))  # type: ignore[arg-type]
    with worker.database.transaction() as session:
        stored = session.scalar(text("SELECT count(*) FROM report"))
    assert stored == 1, "what is refused leaves nothing"


@pytest.mark.parametrize(
    ("now", "first"),
    [("2026-06-02T23:59:59+08:00", "2026-05-31"), ("2026-06-03T00:00:00+08:00", "2026-06-01"),
     ("2026-06-02T16:00:00+00:00", "2026-06-01")],
)  # fmt: skip
def test_the_day_is_the_local_one(now: str, first: str) -> None:
    assert rules.earliest_day(datetime.fromisoformat(now), 2) == date.fromisoformat(first)


def test_a_note_is_no_case_until_it_grows_and_counts_as_one_quick_note(worker: Worker) -> None:
    number = worker.note(category=WORD).json()["number"]
    assert worker.client.get("/v1/cases", headers=worker.key).json()["items"] == []
    with worker.database.transaction() as session:
        assert kinds_on(session, clock.now().date())[rules.CHANNEL] == "quick_note", "hotspots count it as such"
    assert worker.client.post(f"/v1/quick-notes/{number}/case", headers=worker.other).status_code == 404
    grown = worker.client.post(f"/v1/quick-notes/{number}/case", headers=worker.own)
    assert (grown.status_code, grown.json()) == (201, {"number": number, "state": "opened", "category": "E0101"})
    assert worker.client.post(f"/v1/quick-notes/{number}/case", headers=worker.own).status_code == 200
    assert worker.client.get(f"/v1/quick-notes/{number}", headers=worker.own).json()["is_case"]
    assert worker.client.get(f"/v1/cases/{number}", headers=worker.key).json()["channel"] == "quick-notes"


def test_lists_reach_the_own_areas_and_pages_follow_each_other(worker: Worker) -> None:
    numbers = [worker.note(f"note-000{n}").json()["number"] for n in range(3)]
    worker.note("note-0009", headers=worker.other, lon=114.5, source="visit")

    def listed(headers: dict[str, str], **query: Any) -> list[str]:
        answer = worker.client.get("/v1/quick-notes", params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        return [one["number"] for one in answer.json()["items"]]

    assert listed(worker.own) == numbers[::-1]
    assert len(listed(worker.key)) == 4
    assert listed(worker.own, source="visit") == listed(worker.key, own=True) == []
    assert len(listed(worker.key, source="visit", day=at(0)[:10])) == 1
    page = worker.client.get("/v1/quick-notes", params={"limit": 2}, headers=worker.own).json()
    assert listed(worker.own, after=page["next"]) == numbers[:1]


def test_a_daily_log_has_notes_and_steps_and_is_printed(worker: Worker) -> None:
    number = worker.note(source="visit", text="<b>下水道</b>疏通").json()["number"]
    worker.note("note-0002", noted_at=at(1))
    worker.client.post(f"/v1/quick-notes/{number}/case", headers=worker.own)
    day = at(0)[:10]
    log = worker.client.get(f"/v1/quick-notes/logs/{day}", headers=worker.own).json()
    assert ([one["number"] for one in log["notes"]], [one["verb"] for one in log["steps"]]) == ([number], ["open"])
    page = worker.client.get(f"/v1/quick-notes/logs/{day}/print.html", headers=worker.own)
    assert (page.status_code, "每日工作情况" in page.text, "<b>下水道" in page.text) == (200, True, False)
    assert "示例数据" not in page.text
    with worker.database.transaction() as session:
        session.execute(text("UPDATE layer SET name = name || '（示例）'"))
    assert "示例数据" in worker.client.get(f"/v1/quick-notes/logs/{day}/print.html", headers=worker.own).text
    pdf = worker.client.get(f"/v1/quick-notes/logs/{day}/print.pdf?lang=en", headers=worker.own)
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")
    with worker.database.transaction() as session:
        person = session.scalar(text("SELECT id FROM principal WHERE name = 'worker'"))
    path = f"/v1/quick-notes/logs/{day}?person={person}"
    assert worker.client.get(path, headers=worker.other).status_code == 403
    assert len(worker.client.get(path, headers=worker.key).json()["notes"]) == 1


def test_an_erasure_takes_the_words_and_the_note_stays(worker: Worker) -> None:
    number = worker.note(contact={"phone": "13900000001"}).json()["number"]
    with worker.database.transaction() as session:
        erasure.erase(session, [report_id(number)], cause=ErasureCause.REQUEST, actor=who("officer"), note="n")
    told = worker.client.get(f"/v1/quick-notes/{number}", headers=worker.own).json()
    assert (told["text"], told["source"]) == ("", "patrol")
    with worker.database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM reporter")) == 0
