"""Bulletins: counted as of their cut-off, drafted once, never typed over, released by a person, told and drawn."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, cast

import docx
import pypdf
import pytest
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core import clock
from governance.bulletins import operations, queries
from governance.bulletins.states import Edition
from governance.notifications.operations import collecting
from governance.policies.operations import state_value
from governance.policies.states import PolicyCode
from identity.actors import SCHEDULE
from identity.grants import Grant
from spatial_jobs import tasks
from tests.factories.cases import shared_office
from tests.factories.events import wait_until_readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.bulletins.figures import Figures
    from tests.factories.cases import SharedOffice

ROOT = "/v1/bulletins"
DAY: Final = datetime.combine(datetime.now(clock.LOCAL).date() + timedelta(days=2), time(), clock.LOCAL)
"""A day to come: what other fixtures make at the real time lies before it."""
TO_CLOSED = ("accept", "file", "dispatch", "acknowledge", "handle", "verify", "close")


@contextmanager
def at(hour: float, *, day: int = 0) -> Iterator[None]:
    """Let it be some hours into a day."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: (DAY + timedelta(days=day, hours=hour)).astimezone(UTC))
        yield


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as opened:
        yield opened


@pytest.fixture(scope="module")
def worked(office: SharedOffice) -> int:
    """Go some cases their ways around a morning's cut-off, and return the number of its bulletin, drafted in time."""
    with at(9, day=-1):
        office.case(*TO_CLOSED)  # over before the span
        office.case("accept", "file", "dispatch")  # handled in 20 working hours: overdue two days later
    with at(18, day=-1):
        office.case(*TO_CLOSED)
        again = office.case(*TO_CLOSED[:5])
        moving = office.case("accept", "file", grid="g2")
        office.act(moving, "dispatch", unit_code="bureau", reason="r")
    with at(8.25):
        office.act(again, "rework")
    with at(8.5):
        drafted = draft(office)
    with at(9):
        office.act(again, "handle")
        office.act(moving, "acknowledge")
        office.case("accept")
    return drafted[-1]


def draft(office: SharedOffice) -> list[int]:
    with office.database.transaction() as session:
        return operations.draft_due(session, actor=SCHEDULE)


def figures(office: SharedOffice, number: int) -> Figures:
    with office.database.snapshot() as session:
        return queries.figures_of(queries.bulletin(session, number, sees_drafts=True))


def test_a_bulletin_counts_what_happened_between_two_cut_offs_and_what_is_left(
    office: SharedOffice, worked: int
) -> None:
    told = figures(office, worked)
    assert (told.since, told.cut_at) == (DAY - timedelta(hours=7.5), DAY + timedelta(hours=8.5))
    assert (told.came_in, told.handled, told.closed, told.reworked) == (3, 2, 1, 1)
    assert [(one.channel, one.cases) for one in told.by_channel] == [("12345", 3)]
    assert (told.in_hand, sum(one.in_hand for one in told.units)) == (3, 3)
    assert {one.unit_code: one.name for one in told.units} == {"street": "街道办事处", "bureau": "城市管理局"}


def test_drafted_late_it_counts_as_histories_stood_at_the_cut_off(office: SharedOffice, worked: int) -> None:
    from governance.bulletins.counting import count

    told = figures(office, worked)
    with at(20), office.database.snapshot() as session:
        assert count(session, since=told.since, cut=told.cut_at) == told


def test_what_is_overdue_stands_with_its_unit_and_hours(office: SharedOffice, worked: int) -> None:
    del worked
    with at(17, day=8):
        with office.database.transaction() as session:
            number = operations.draft(session, (DAY + timedelta(days=8)).date(), Edition.AFTERNOON, actor=SCHEDULE).id
        told = figures(office, number)
    assert told.overdue == len(told.overdue_cases) == sum(one.overdue for one in told.units) > 0
    first = told.overdue_cases[0]
    assert first.hours == round(first.hours, 1) == max(one.hours for one in told.overdue_cases)
    expected = (told.cut_at - first.due_at).total_seconds() / 3600
    assert abs(float(first.hours) - expected) <= 0.05
    assert [one.longest_overdue_hours for one in told.units if one.unit_code == first.unit_code] == [first.hours]


def test_a_draft_appears_once_however_often_and_by_how_many_it_is_tried(office: SharedOffice, worked: int) -> None:
    with at(16.6, day=1):
        with office.database.snapshot() as session:  # a process that is killed before it commits leaves nothing
            session.execute(text("SET TRANSACTION READ WRITE"))
            assert operations.draft_due(session, actor=SCHEDULE)
            session.rollback()
        with ThreadPoolExecutor(2) as pool:
            drafted = [number for made in pool.map(lambda _: draft(office), range(2)) for number in made]
        assert draft(office) == []
    listed = [one["number"] for one in office.ask("GET", ROOT)["items"]]
    assert len(listed) == len({*listed})
    assert {worked, *drafted} <= {*listed}
    values = {"day": (DAY + timedelta(days=1)).date()}
    with office.database.snapshot() as session:
        count = session.scalar(text("SELECT count(*) FROM bulletin WHERE day = :day"), values)
    assert count == 2


def test_a_clock_that_was_ahead_leaves_no_bulletin_of_a_day_to_come(office: SharedOffice) -> None:
    with at(17, day=20):
        ahead = draft(office)
        office.ask("PUT", f"{ROOT}/{ahead[-1]}/words", json={"words": "防汛值守"})
    with at(17, day=2):
        draft(office)
        office.ask("GET", f"{ROOT}/{ahead[-1]}", status=200)
    with office.database.snapshot() as session:
        states = session.scalars(text("SELECT state FROM bulletin WHERE id = ANY (:ids)"), {"ids": ahead}).all()
    assert set(states) == {"discarded"}
    with at(17, day=20):
        anew = draft(office)
        assert office.ask("GET", f"{ROOT}/{anew[-1]}")["words"] == "防汛值守"
        assert {*anew}.isdisjoint(ahead)


def test_cut_offs_are_policy_for_the_days_that_begin_after(office: SharedOffice) -> None:
    with at(6, day=30), office.database.transaction() as session:
        state_value(session, PolicyCode.BULLETIN_MORNING, "07:15", note="区办〔2026〕12号", actor=SCHEDULE)
    with at(7.5, day=30):
        that_day = (DAY + timedelta(days=30)).date().isoformat()
        assert all(office.ask("GET", f"{ROOT}/{one}")["day"] < that_day for one in draft(office))
    with at(7.5, day=31):
        (*_, morning) = draft(office)
        assert office.ask("GET", f"{ROOT}/{morning}")["cut_at"].endswith("T23:15:00Z")
    for wrong in ("7:15", "24:00", "0715", "07:60", "8 hours"):
        body = {"code": "bulletin_morning", "value": wrong, "note": "n"}
        assert office.ask("POST", "/v1/policies/stated", json=body, status=400)["field"] == "value"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE bulletin SET figures = jsonb_set(figures, '{overdue}', '0')",
        "UPDATE bulletin SET cut_at = cut_at + interval '1 hour'",
        "DELETE FROM bulletin",
        "TRUNCATE bulletin CASCADE",
    ],
)
def test_numbers_of_a_bulletin_cannot_be_typed_over(office: SharedOffice, worked: int, change: str) -> None:
    del worked
    with pytest.raises(IntegrityError), office.database.transaction() as session:
        session.execute(text(change))


@pytest.fixture(scope="module")
def released(office: SharedOffice, worked: int) -> int:
    """Put words to a bulletin and release it."""
    reader = office.member("读者", "street", Grant("street-staff"))
    assert office.ask("GET", f"{ROOT}/{worked}", by=reader, status=404)["type"].endswith("bulletin-not-found")
    for path, body in (("PUT words", {"words": "x"}), ("POST release", None)):
        method, _, what = path.partition(" ")
        office.ask(method, f"{ROOT}/{worked}/{what}", json=body, by=reader, status=403)
    office.ask("PUT", f"{ROOT}/{worked}/words", json={"words": "请各单位当日清零，联系13812345678"})
    assert office.ask("POST", f"{ROOT}/{worked}/release")["state"] == "released"
    return worked


def test_released_it_is_read_by_who_reads_cases_and_never_changes(office: SharedOffice, released: int) -> None:
    reader = office.member("另一读者", "street", Grant("street-staff"))
    told = office.ask("GET", f"{ROOT}/{released}", by=reader)
    assert told["words"].startswith("请各单位当日清零")
    assert "13812345678" not in told["words"]
    assert len(told["digest"]) == 64
    for method, path, body in (("PUT", "words", {"words": ""}), ("POST", "release", None)):
        problem = office.ask(method, f"{ROOT}/{released}/{path}", json=body, status=409)
        assert problem["type"].endswith("bulletin-state")
    with pytest.raises(IntegrityError), office.database.transaction() as session:
        session.execute(text("UPDATE bulletin SET words = 'x' WHERE id = :id"), {"id": released})


def test_a_release_stands_in_the_inbox_with_its_first_figures(office: SharedOffice, released: int) -> None:
    wait_until_readable(office.database)
    more = True
    while more:
        with office.database.transaction() as session:
            more = collecting.collect(session).more
    values = {"id": f"bulletin_{released}_released"}
    with office.database.snapshot() as session:
        data = session.execute(text("SELECT type, data FROM notification_message WHERE id = :id"), values).one_or_none()
        names = session.scalars(
            text("SELECT p.name FROM inbox_entry i JOIN person p ON p.id = i.person_id WHERE i.message_id = :id"),
            values,
        ).all()
    assert data is not None
    assert (data[0], data[1]["came_in"], data[1]["edition"]) == ("bulletin.released", 3, "morning")
    assert "读者" in names


def test_drawn_by_the_worker_it_is_kept_byte_by_byte_in_every_form(office: SharedOffice, released: int) -> None:
    before = office.client.get(f"{ROOT}/{released}/print.html", headers=office.key)
    context = SimpleNamespace(additional_context={"database": office.database, "settings": office.settings})
    for _ in range(2):
        cast("Any", tasks.draw_bulletin).func(context, bulletin=released)
    drawn = {
        form: office.client.get(f"{ROOT}/{released}/print.{form}", headers=office.key).content
        for form in ("html", "pdf", "docx", "png")
    }
    assert drawn["html"] == before.content
    again = office.client.get(f"{ROOT}/{released}/print.pdf", headers=office.key)
    assert (again.content, again.headers["content-type"]) == (drawn["pdf"], "application/pdf")
    pages = pypdf.PdfReader(io.BytesIO(drawn["pdf"])).pages
    paragraphs = docx.Document(io.BytesIO(drawn["docx"])).paragraphs
    texts = ("".join(one.extract_text() for one in pages), "".join(one.text for one in paragraphs))
    for words in (drawn["html"].decode(), *texts):
        assert "新增案件" in words
        assert "请各单位当日清零" in words
        assert "13812345678" not in words
    with Image.open(io.BytesIO(drawn["png"])) as picture:
        assert (picture.format, picture.width) == ("PNG", 1080)
        assert picture.height > 800
    with pytest.raises(IntegrityError), office.database.transaction() as session:
        session.execute(text("UPDATE bulletin_print SET content = ''"))
