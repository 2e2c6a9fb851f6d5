"""Meetings: units called by tasks, decisions that become tasks and stand on topics, topics closed by evidence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from core import clock
from governance.hotspots.topics import closing
from governance.hotspots.topics.tables import HotspotTopic
from grids.boundaries.tables import Layer
from identity.grants import Grant
from tests.factories.cases import shared_office
from tests.factories.reports import PlacedRow, store_reports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.factories.cases import SharedOffice

ROOT = "/v1/meetings"


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as opened:
        yield opened


def topic(office: SharedOffice, category: str) -> int:
    with office.database.transaction() as session:
        today = clock.now().date()
        row = HotspotTopic(
            layer_id=session.scalars(select(Layer.id)).one(), category=category, scope="place",
            title={"code": "title", "values": {}}, area_codes=["g1"], status="open", opened_on=today,
            last_seen_on=today,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def planned(number: int, **change: Any) -> dict[str, Any]:
    begins = clock.now() + timedelta(minutes=5)
    return {
        "title": "垃圾清运会商", "begins_at": begins.isoformat(), "place": "三楼", "agenda": [{"topic": number}],
        "calls": [{"unit_code": "street", "brings": "台账"}, {"unit_code": "bureau", "brings": "清运计划"}],
    } | change  # fmt: skip


def test_a_meeting_calls_units_by_tasks_and_its_decisions_become_tasks_that_stand_on_the_topic(
    office: SharedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = topic(office, "垃圾清运")
    made = office.ask("POST", ROOT, json=planned(number), status=201)
    assert [(one["unit_code"], one["brings"]) for one in made["calls"]] == [("bureau", "清运计划"), ("street", "台账")]
    task = office.ask("GET", f"/v1/tasks/{made['calls'][1]['task']}")
    assert (task["title"], task["due_at"]) == ("垃圾清运会商", made["begins_at"])
    path = f"{ROOT}/{made['number']}"
    early = office.ask("PUT", f"{path}/minutes", json={"words": "x"}, status=409)
    assert early["type"].endswith("meeting-state")
    body = {"topic": number, "unit_code": "bureau", "words": "增设清运频次", "due_on": "2199-01-01"}
    office.ask("POST", f"{path}/decisions", json=body, status=409)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=10))
    held = office.ask("PUT", f"{path}/minutes", json={"words": "各单位通报，联系13812345678"})
    assert held["state"] == "held"
    assert "13812345678" not in held["minutes"]
    office.ask("POST", f"{path}/decisions", json=body | {"topic": 999}, status=400)
    decided = office.ask("POST", f"{path}/decisions", json=body, status=201)["decisions"]
    owned = office.ask("GET", f"/v1/tasks/{decided[0]['task']}")
    assert [one["unit_code"] for one in owned["units"]] == ["bureau"]
    with office.database.snapshot() as session:
        kept = session.get_one(HotspotTopic, number)
        assert (kept.owner, kept.measures) == ("城市管理局", "增设清运频次")
        events = session.scalars(
            text("SELECT kind FROM hotspot_topic_event WHERE topic_id = :topic"), {"topic": number}
        ).all()
    assert list(events) == ["decided"]
    assert office.ask("POST", f"{path}/actions", json={"action": "close"})["state"] == "closed"
    office.ask("POST", f"{path}/decisions", json=body, status=409)
    reader = office.member("读者", "street", Grant("street-staff"))
    assert office.ask("GET", path, by=reader)["state"] == "closed"
    assert [one["number"] for one in office.ask("GET", f"{ROOT}?topic={number}", by=reader)["items"]] == [
        made["number"]
    ]
    office.ask("POST", ROOT, json=planned(number), by=reader, status=403)
    for change in ("UPDATE meeting SET minutes = 'x'", "UPDATE meeting_decision SET words = 'x'"):
        with pytest.raises(IntegrityError), office.database.transaction() as session:
            session.execute(text(change))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"begins_at": "2020-01-01T08:00:00+08:00"}, "begins_at"),
        ({"calls": [{"unit_code": "street", "brings": "a"}] * 2}, "calls"),
        ({"calls": [{"unit_code": "none", "brings": "a"}]}, "units"),
        ({"title": " "}, "title"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused_by_its_field(
    office: SharedOffice, change: dict[str, Any], field: str
) -> None:
    number = topic(office, f"试{field}")
    problem = office.ask("POST", ROOT, json=planned(number, **change), status=404 if field == "units" else 400)
    assert problem["field"] == field
    made = office.ask("POST", ROOT, json=planned(number), status=201)["number"]
    assert office.ask("POST", f"{ROOT}/{made}/actions", json={"action": "call_off"})["state"] == "called_off"


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60))
def test_the_evidence_is_the_exact_test_of_two_counts_of_equal_spans(before: int, after: int) -> None:
    if before + after:
        expected = stats.binomtest(after, before + after, 0.5, alternative="less").pvalue
        assert closing.evidence(before, after) == pytest.approx(expected)
    else:
        assert closing.evidence(before, after) == 1


def test_a_topic_closes_when_reports_became_fewer_by_more_than_chance_and_not_by_word(office: SharedOffice) -> None:
    today = clock.now().astimezone(clock.LOCAL).date()
    since = today - timedelta(days=20)
    for category, after in (("降", 3), ("平", 15)):
        number = topic(office, category)
        days = [since - timedelta(days=1 + place % 20) for place in range(20)]
        days += [since + timedelta(days=place % 20) for place in range(after)]
        rows = [
            PlacedRow(113.5, 34.5, ["S", "g1"], at=datetime.combine(day, clock.now().time(), clock.LOCAL),
                      category=category)
            for day in days
        ]  # fmt: skip
        with office.database.transaction() as session:
            store_reports(session, rows)
        path = f"/v1/hotspots/topics/{number}/closing"
        if category == "降":
            told = office.ask("POST", path, json={"since": since.isoformat()})
            assert (told["before"], told["after"], told["days"]) == (20, 3, 20)
            assert told["p"] < closing.LEVEL
            with office.database.snapshot() as session:
                assert session.get_one(HotspotTopic, number).status == "resolved"
                found = session.scalar(
                    text("SELECT finding FROM hotspot_topic_event WHERE topic_id = :topic"), {"topic": number}
                )
            assert (found["before"], found["after"]) == ("20", "3")
        else:
            problem = office.ask("POST", path, json={"since": since.isoformat()}, status=409)
            assert problem["type"].endswith("topic-evidence-missing")
        office.ask("POST", path, json={"since": today.isoformat()}, status=409)
