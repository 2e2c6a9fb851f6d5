"""What the centre's wall shows: each figure is that of the list of cases behind it, within the caller's reach."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
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
    with shared_office(module_database_url, tmp_path_factory.mktemp("overview")) as made:
        yield made


def opened_earlier(office: SharedOffice, number: str, by: timedelta) -> None:
    """Let a case have been opened and all its steps done earlier, as if the clock had been back."""
    with office.database.transaction() as session:
        session.execute(text("ALTER TABLE case_step DISABLE TRIGGER USER"))
        given: dict[str, Any] = {"id": session.scalar(text("SELECT max(id) FROM case_record")), "by": by}
        session.execute(text("UPDATE case_record SET opened_at = opened_at - :by WHERE id = :id"), given)
        session.execute(text("ALTER TABLE case_step ENABLE TRIGGER USER"))
    assert office.ask("GET", f"/v1/cases/{number}")["number"] == number


@pytest.fixture(scope="module")
def seen(office: SharedOffice) -> dict[str, Any]:
    """Cases in several states, a week apart; then the overview of all."""
    for weeks in (1, 1, 8, 9):
        opened_earlier(office, office.case(), timedelta(weeks=weeks, minutes=1))
    office.case("accept")
    office.case("accept", "file", "dispatch")
    office.case("accept", "file", "dispatch", "acknowledge")
    office.case("accept", "file", "dispatch", "acknowledge", "handle", "verify", "close")
    return dict(office.ask("GET", "/v1/cases/overview?days=31&level=1"))


def test_open_cases_by_state_are_those_of_the_list(office: SharedOffice, seen: dict[str, Any]) -> None:
    listed = Counter(one["state"] for one in office.ask("GET", "/v1/cases?limit=1000")["items"])
    counted = {one["state"]: one["cases"] for one in seen["steps"] if one["cases"]}
    assert counted == {state: cases for state, cases in listed.items() if state not in {"closed", "rated"}}
    overdue = office.ask("GET", "/v1/cases?overdue=true&limit=1000")["items"]
    assert sum(one["overdue"] for one in seen["steps"]) == len(overdue)
    assert sum(one["cases"] for one in seen["areas"]) == sum(counted.values()) == len(seen["places"])


def test_areas_are_counted_at_the_level_asked_for(office: SharedOffice, seen: dict[str, Any]) -> None:
    assert {one["area"] for one in seen["areas"]} == {"g1"}
    assert {one["area"] for one in office.ask("GET", "/v1/cases/overview?level=0")["areas"]} == {"S"}
    assert {one["area"] for one in office.ask("GET", "/v1/cases/overview?level=9")["areas"]} == {None}


def test_today_stands_beside_the_same_weekday_of_eight_weeks(seen: dict[str, Any]) -> None:
    days = seen["same_days"]
    today = clock.now().astimezone(clock.LOCAL).date()
    assert [one["day"] for one in days] == [str(today - timedelta(weeks=back)) for back in range(8, -1, -1)]
    # A minute earlier than now: of the day before, in the first minute of a day.
    if clock.now().astimezone(clock.LOCAL).hour:
        assert [one["cases"] for one in days] == [1, 0, 0, 0, 0, 0, 0, 2, 4]


def test_a_case_counts_once_for_what_was_done_to_it_today(seen: dict[str, Any]) -> None:
    assert seen["done_today"] == {"accept": 4, "dispatch": 3, "handle": 1, "handle_on_the_spot": 0, "close": 1}


def test_times_are_from_dispatch_to_taking_over_and_what_is_not_taken_over_waits(seen: dict[str, Any]) -> None:
    assert {one["minutes"]: one["cases"] for one in seen["taken"]} == {
        15: 2, 30: 0, 60: 0, 120: 0, 240: 0, 480: 0, 1440: 0, None: 0,
    }  # fmt: skip
    assert seen["waiting"] == 1
    assert 0 <= seen["median_minutes"] < 15


def test_every_figure_has_its_list_of_cases(office: SharedOffice, seen: dict[str, Any]) -> None:
    def listed(query: str) -> int:
        return len(office.ask("GET", f"/v1/cases?limit=1000&{query}")["items"])

    for verb, cases in seen["done_today"].items():
        assert listed(f"done_today={verb}") == cases
    before = 0
    for group in seen["taken"]:
        upper = "" if group["minutes"] is None else f"&taken_within={group['minutes']}"
        lower = f"&taken_after={before}" if before else "&taken_after=0"
        assert listed(f"opened_from={seen['since'].replace('+', '%2B')}{lower}{upper}") == group["cases"]
        before = group["minutes"]
    assert listed("untaken=true") == seen["waiting"]
    for area in seen["areas"]:
        assert listed(f"open=true&area={area['area']}") == area["cases"]
    for channel in seen["channels"]:
        since = seen["since"].replace("+", "%2B")
        assert listed(f"channel={channel['channel']}&opened_from={since}") == channel["cases"]


def test_nobody_counts_what_is_not_theirs(office: SharedOffice, seen: dict[str, Any]) -> None:
    elsewhere = office.member("elsewhere", "bureau", Grant("street-staff", area="admin/g2"))
    found = office.ask("GET", "/v1/cases/overview", by=elsewhere)
    assert sum(one["cases"] for one in found["steps"]) == 0
    assert (found["places"], found["channels"], found["areas"]) == ([], [], [])
    assert seen["channels"]
