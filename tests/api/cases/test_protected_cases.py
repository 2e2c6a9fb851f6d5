"""Who is accused sees nothing of the case; who asked to stay unknown is not shown to the line that handles it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import text

from governance.cases.protection import accusations
from governance.reports.numbers import report_id
from identity.grants import Grant
from tests.factories.cases import SharedOffice, shared_office
from tests.factories.photos import photo, send

if TYPE_CHECKING:
    from collections.abc import Iterator

STAFF: Final = (Grant("street-staff"), Grant("dispatcher"), Grant("verifier"), Grant("supervisor"))


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as opened:
        yield opened


@pytest.fixture(scope="module")
def people(office: SharedOffice) -> dict[str, dict[str, str]]:
    """People with every role everywhere, so that nothing but the accusation keeps anything from them."""
    return {
        "street": office.member("王街办", "street", *STAFF), "community": office.member("李社区", "community", *STAFF),
        "bureau": office.member("赵局", "bureau", *STAFF), "nobody": office.member("周主管", None, *STAFF),
    }  # fmt: skip


def _listed(answer: dict[str, Any]) -> list[str]:
    return [one["number"] for one in answer["items"]]


def test_an_accused_unit_and_those_below_it_see_the_case_nowhere(
    office: SharedOffice, people: dict[str, dict[str, str]]
) -> None:
    number = office.case("accept", "file", "dispatch", "acknowledge", name="举报人", phone="13800000001")
    attachment = send(office.client, office.key, number, photo(1)).json()["number"]
    office.act(number, "accuse", unit_code="street")
    paths = (
        f"/v1/cases/{number}", f"/v1/cases/{number}/history", f"/v1/reports/{number}",
        f"/v1/reports/{number}/attachments", f"/v1/reports/{number}/reporter", f"/v1/attachments/{attachment}/file",
    )  # fmt: skip
    for name, status in (("street", 404), ("community", 404), ("bureau", 200), ("nobody", 200)):
        by = people[name]
        sees = status == 200
        for path in paths[:5]:
            office.ask("GET", path, by=by, status=status)
        found = office.client.get(paths[5], headers=by)
        assert found.status_code == status
        assert (number in _listed(office.ask("GET", "/v1/cases", by=by))) == sees
        assert (number in _listed(office.ask("GET", "/v1/cases?category=E&area=S", by=by))) == sees
        assert (number in _listed(office.ask("GET", "/v1/reports", by=by))) == sees
        load = sum(one["in_hand"] for one in office.ask("GET", "/v1/cases/load", by=by)["items"])
        assert load == sees
        assert office.client.post(f"/v1/reports/{number}/trace-tokens", headers=by).status_code == (
            201 if sees else 404
        )
        assert office.act(number, "supervise", by=by, status=status)
    near = office.client.get("/v1/public/nearby", params={"lon": 113.5, "lat": 34.5}).json()["items"]
    assert near == [], "what accuses somebody is not shown to the public, of whom the accused is one"
    with office.database.transaction() as session:
        ids = {
            name: session.scalar(text("SELECT id FROM principal WHERE name = :name"), {"name": name})
            for name in ("王街办", "赵局")
        }
        hidden = [report_id(number) in accusations.hidden_from(session, ids[name]) for name in ids]
    assert hidden == [True, False]


def test_a_case_leaves_the_accused_unit_at_once_and_goes_to_the_unit_above_or_to_nobody(office: SharedOffice) -> None:
    number = office.case("accept", "file", "dispatch")
    office.act(number, "hand_down", unit_code="community")
    accused = office.act(number, "accuse", unit_code="community")
    assert (accused["state"], accused["unit_code"], accused["supervised"]) == ("dispatched", "street", True)
    steps = office.history(number)[-3:]
    assert [(one["verb"], one["actor"], one["unit_code"]) for one in steps] == [
        ("accuse", "office", "community"), ("recall", "system", None), ("dispatch", "system", "street")
    ]  # fmt: skip
    assert steps[2]["detail"]["dispatch"] == {"by": "above_accused", "instead_of": "community"}
    handle = next(one for one in accused["clocks"] if one["step"] == "handle")
    assert handle["state"] == "running", "the unit above has its whole limit"
    # No unit is above the street: the dispatcher names one, and the rules go around the accused as well.
    again = office.act(number, "accuse", unit_code="street")
    assert (again["state"], again["unit_code"]) == ("returned", None)
    assert "above which there is none" in office.act(number, "dispatch", status=409)["detail"]
    assert office.act(number, "dispatch", unit_code="bureau", reason="上级交办")["unit_code"] == "bureau"
    # What it has handled already stays as it is, and others verify it.
    handled = office.case("accept", "file", "dispatch", "acknowledge", "handle")
    assert office.act(handled, "accuse", unit_code="street")["state"] == "handled"


def test_rules_that_lead_to_the_accused_unit_lead_to_the_one_above(office: SharedOffice) -> None:
    number = office.case("accept", "file", "dispatch")
    office.act(number, "hand_down", unit_code="community")
    office.act(number, "recall")
    office.act(number, "accuse", unit_code="community")
    office.act(number, "dispatch", unit_code="community", reason="r", status=409)
    assert office.act(number, "dispatch")["unit_code"] == "street"


def test_an_accused_person_alone_does_not_see_it_and_a_mistake_is_taken_back(
    office: SharedOffice, people: dict[str, dict[str, str]]
) -> None:
    number = office.case("accept", "file", "dispatch")
    office.act(number, "accuse", unit_code=None, status=400)
    office.act(number, "accuse", person="李社区", status=400)
    office.act(number, "accuse", unit_code=None, person="没有此人", status=404)
    office.act(number, "accuse", unit_code=None, person="李社区")
    assert office.ask("GET", f"/v1/cases/{number}", by=people["street"])["unit_code"] == "street"
    office.ask("GET", f"/v1/cases/{number}", by=people["community"], status=404)
    assert isinstance(office.history(number)[-1]["detail"]["accused_person"], int), "a number, and no name"
    office.act(number, "lift_accusation", unit_code="street", status=404)
    office.act(number, "lift_accusation", unit_code=None, person="李社区")
    office.ask("GET", f"/v1/cases/{number}", by=people["community"])


def test_who_accuses_the_own_unit_is_not_refused_and_sees_it_no_longer(
    office: SharedOffice, people: dict[str, dict[str, str]]
) -> None:
    number = office.case("accept")
    assert office.act(number, "accuse", unit_code="bureau", by=people["bureau"])["supervised"]
    office.ask("GET", f"/v1/cases/{number}", by=people["bureau"], status=404)


def test_a_confidential_reporter_is_kept_from_the_line_that_handles_the_case(
    office: SharedOffice, people: dict[str, dict[str, str]]
) -> None:
    number = office.case("accept", "file", name="王五", phone="13800000002", description="我是王五，电话13800000002")
    office.ask("POST", f"/v1/reports/{number}/confidentiality", by=people["bureau"])
    office.ask("POST", f"/v1/reports/{number}/confidentiality")
    for by in people.values():
        seen = office.ask("GET", f"/v1/reports/{number}", by=by)
        assert (seen["confidential"], seen["reporter"] is not None) == (True, True), "nobody handles it yet"
    office.act(number, "dispatch")
    office.act(number, "hand_down", unit_code="community")
    voice = send(office.client, office.key, number, b"RIFF\x04\x00\x00\x00WAVEfmt ").json()["number"]
    office.act(number, "redispatch", unit_code="bureau")  # it was the street's and the community's, and is the bureau's
    for name, is_shown in (("street", False), ("community", False), ("bureau", False), ("nobody", True)):
        seen = office.ask("GET", f"/v1/reports/{number}", by=people[name])
        assert (seen["reporter"] is not None, "13800000002" in seen["text"]) == (is_shown, is_shown)
        answer = office.client.get(f"/v1/reports/{number}/reporter", headers=people[name])
        assert answer.status_code == (200 if is_shown else 403)
        recording = office.client.get(f"/v1/attachments/{voice}/file", headers=people[name])
        assert recording.status_code == (200 if is_shown else 403), "the voice says who it is"
    problem = office.ask("GET", f"/v1/reports/{number}/reporter", by=people["bureau"], status=403)
    assert problem["type"] == "urn:wangge:problem:reporter-confidential"
    removal = f"/v1/reports/{number}/confidentiality/removal"
    office.ask("POST", removal, json={"reason": "r"}, by=people["bureau"], status=403)
    office.ask("POST", removal, json={"reason": "本人同意"}, by=people["nobody"])
    office.ask("POST", removal, json={"reason": "本人同意"}, by=people["nobody"], status=404)
    assert office.ask("GET", f"/v1/reports/{number}/reporter", by=people["bureau"])["name"] == "王五"
