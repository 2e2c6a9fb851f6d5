"""GeoReport v2 as its clients use it: the client of PyPI reads, FixMyStreet's requests are taken, nobody is named."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import xmltodict
from georeport import GeoReport
from sqlalchemy import text

from core import clock
from governance.cases.lifecycle import operations as cases
from governance.channels.operations import bind_key
from governance.open311 import queries
from governance.reports.numbers import report_id
from governance.reports.operations import read_reporter
from identity.grants import EVERYTHING
from tests.factories.cases import WORD, acts, case_district
from tests.factories.identity import who
from tests.factories.photos import photo
from tests.factories.reports import store_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient
    from httpx2 import Response

    from core.db import Database

    Keys = Callable[..., dict[str, str]]

ROOT = "/open311/v2"
PROBLEM = {
    "service_code": "E0102",
    "lat": "34.5",
    "long": "113.5",
    "email": "Li@example.org",
    "first_name": "Mei",
    "last_name": "Li",
    "phone": "13800000000",
    "description": "title: Rubbish\n\ndetail: 13900000001 打来电话\n\nurl: x",
    "media_url": "https://fms.example/photo/7.jpeg",
    "attribute[fixmystreet_id]": "4711",
}


class City:
    """The application, a peer whose key sends for a channel of its own, and an office that reads everything."""

    def __init__(self, client: TestClient, database: Database, make_key: Keys) -> None:
        self.client, self.database = client, database
        self.peer = make_key("intake", "fixmystreet")["X-API-Key"]
        self.stranger = make_key("intake", "another")["X-API-Key"]
        self.office = make_key()["X-API-Key"]
        with database.transaction() as session:
            case_district(session)
            for key in ("fixmystreet", "another"):
                bind_key(session, key=key, channel=key, crs="GCJ-02", actor=who("admin"))

    def post(self, path: str, **form: str) -> Response:
        """Send a form with the key in it, as FixMyStreet does."""
        return self.client.post(f"{ROOT}/{path}", data={"jurisdiction_id": "", "api_key": self.peer} | form)

    def get(self, path: str, key: str | None = None, **asked: str) -> Response:
        """Ask with a key in the query."""
        return self.client.get(f"{ROOT}/{path}", params=asked | ({} if key is None else {"api_key": key}))

    def listed(self, key: str | None = None, **asked: str) -> list[str]:
        """Return the numbers of a list of requests."""
        answer = self.get("requests.json", key or self.office, **asked)
        assert answer.status_code == 200, answer.text
        return [one["service_request_id"] for one in answer.json()]

    def send(self, **form: str) -> str:
        """Send a request and return its number."""
        answer = self.post("requests.xml", **PROBLEM | form)
        assert answer.status_code in {200, 201}, answer.text
        return str(xmltodict.parse(answer.content)["service_requests"]["request"]["service_request_id"])

    def open(self, *numbers: str) -> None:
        """Open cases, as the worker does within a minute."""
        with self.database.transaction() as session:
            caller = cases.Caller(who("admin"), lambda _: EVERYTHING)
            for number in numbers:
                cases.open_case(session, report_id=report_id(number), caller=caller)

    def act(self, number: str, *verbs: str) -> None:
        """Do something to a case."""
        for verb in verbs:
            done = self.client.post(f"/v1/cases/{number}/steps", json=acts(verb), headers={"X-API-Key": self.office})
            assert done.status_code == 200, done.text


@pytest.fixture
def city(client: TestClient, database: Database, make_key: Keys) -> City:
    return City(client, database, make_key)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_client_of_pypi_reads_services_and_requests(city: City, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def over_the_test_client(address: str, params: dict[str, Any] | None = None) -> Response:
        """Send what the client sends; the key is the password in the endpoint's address, as `requests` sends it."""
        return city.client.get(urlsplit(address).path, params=params, auth=("any", city.office))

    monkeypatch.setattr("georeport.georeport.requests.get", over_the_test_client)
    first, second = city.send(), city.send(service_code="E0101", **{"attribute[fixmystreet_id]": "4712"})
    city.open(first, second)
    city.act(second, "reject")
    peer = GeoReport(f"http://any:key@testserver{ROOT}/", output_format=form)
    services = {one["service_code"]: one for one in peer.get_service_list()}
    assert set(services) == {"E0101", "E0102", "E0103"}
    assert (services["E0102"]["service_name"], services["E0102"]["group"]) == ("暴露垃圾", "事件")
    assert peer.get_service_definition("E0102")["service_code"] == "E0102"
    found = {one["service_request_id"]: one for one in peer.get_service_requests()}
    assert {number: one["status"] for number, one in found.items()} == {first: "open", second: "closed"}
    assert (found[first]["service_code"], float(found[first]["long"])) == ("E0102", 113.5)
    alone = peer.get_service_request(second)
    assert (alone if isinstance(alone, dict) else alone[0])["status_notes"] == "不予受理"


def test_what_fixmystreet_sends_becomes_one_report_and_nothing_of_its_author_comes_back(city: City) -> None:
    number = city.send()
    again = city.post("requests.xml", **PROBLEM)
    assert (again.status_code, number in again.text) == (200, True)
    with city.database.transaction() as session:
        row = session.execute(text("SELECT channel, external_id, category, crs, photos, area_path FROM report")).one()
        kept = read_reporter(session, report_id(number), reach=EVERYTHING, actor=who("admin"))
    assert row[:4] == ("fixmystreet", "4711", "E0102", "WGS84")
    assert (row.photos, row.area_path) == (["https://fms.example/photo/7.jpeg"], ["S", "g1"])
    assert (kept["name"], kept["phone"]) == ("Mei Li", "13800000000")
    assert kept["set_aside"]["reporter.email"] == "Li@example.org"
    city.open(number)
    for key in (city.peer, city.office):
        for path in (f"requests/{number}.xml", "requests.json", "requests.geojson", "servicerequestupdates.xml"):
            said = city.get(path, key).text
            assert number in said
            assert [word for word in ("Mei", "example.org", "13800000000", "13900000001") if word in said] == []
    token = xmltodict.parse(city.get(f"tokens/{number}.xml", city.peer).content)
    assert token["service_requests"]["request"]["service_request_id"] == number


def test_updates_go_both_ways_each_once(city: City) -> None:
    number = city.send()
    city.open(number)
    city.act(number, "accept", "file", "dispatch")
    begun = (clock.now() - timedelta(hours=2)).isoformat()
    ended = (clock.now() + timedelta(hours=1)).isoformat()
    answer = city.get("servicerequestupdates.xml", city.peer, start_date=begun, end_date=ended)
    updates = xmltodict.parse(answer.content)["service_requests_updates"]["request_update"]
    assert [(one["service_request_id"], one["status"], one["description"]) for one in updates] == [
        (number, "open", "已登记"), (number, "open", "已受理"), (number, "open", "已立案"),
        (number, "open", "已派遣（街道办事处）"),
    ]  # fmt: skip
    update = {
        "update_id": "81", "service_request_id": number, "updated_datetime": begun, "status": "CLOSED",
        "description": "It is gone", "email": "li@example.org", "first_name": "Mei", "last_name": "Li",
    }  # fmt: skip
    first, second = city.post("servicerequestupdates.xml", **update), city.post("servicerequestupdates.xml", **update)
    assert (first.status_code, second.status_code) == (201, 200)
    ids = [
        xmltodict.parse(one.content)["service_request_updates"]["request_update"]["update_id"]
        for one in (first, second)
    ]
    assert ids[0] == ids[1]
    headers = {"X-API-Key": city.office}
    history = city.client.get(f"/v1/cases/{number}/history", headers=headers).json()["items"]
    assert [one["verb"] for one in history] == ["open", "accept", "file", "dispatch", "add_note"]
    assert history[-1]["opinion"] == "It is gone"
    assert history[-1]["detail"]["peer"] == {"update_id": "81", "status": "closed"}
    assert city.client.get(f"/v1/cases/{number}", headers=headers).json()["state"] == "dispatched"
    foreign = city.client.post(f"{ROOT}/servicerequestupdates.xml", data=update | {"api_key": city.stranger})
    assert (foreign.status_code, "<code>404</code>" in foreign.text) == (404, True)


def test_filters_pages_and_grants(city: City) -> None:
    numbers = [city.send(**{"attribute[fixmystreet_id]": str(one)}) for one in range(3)]
    with city.database.transaction() as session:
        marked = store_report(session, category=WORD, lon=114.5, lat=34.5, path=["S", "g2"])
        session.execute(text("INSERT INTO report_sensitivity VALUES (:id, 'minor', now(), 'admin')"), {"id": marked})
        cases.open_case(session, report_id=marked, caller=cases.Caller(who("admin"), lambda _: EVERYTHING))
    city.open(*numbers)
    newest = numbers[::-1]
    assert city.listed() == newest, "the sensitive one is left out"
    assert city.listed(city.stranger) == []
    assert [city.listed(page=str(page), page_size="2") for page in (1, 2, 3)] == [newest[:2], newest[2:], []]
    assert city.listed(service_code="E0101") == []
    assert city.listed(service_code="E0101,E0102", status="open") == newest
    assert city.listed(status="closed") == []
    assert city.listed(bbox="113,34,114,35") == newest
    assert city.listed(bbox="114,34,115,35") == []
    assert city.listed(service_request_id=f"{numbers[0]},{numbers[2]}", status="closed") == [numbers[2], numbers[0]]
    mark = clock.now().isoformat()
    city.act(numbers[1], "accept")
    assert city.listed(updated_after=mark) == [numbers[1]]
    features = city.get("requests.geojson", city.office).json()["features"]
    assert features[0]["geometry"] == {"type": "Point", "coordinates": [113.5, 34.5]}


def test_errors_are_those_of_the_standard(city: City) -> None:
    number, late = city.send(), clock.now().isoformat()
    for answer, status, words in (
        (city.get("requests.json"), 403, "api_key"),
        (city.get("requests.json", "wg_nobody"), 403, ""),
        (city.get("requests/1.json", city.office), 404, ""),
        (city.get("services/E9.json"), 404, "E9"),
        (city.get("requests.json", city.office, start_date="2026-01-01T00:00:00Z", end_date=late), 400, "90"),
        (city.get("requests.json", city.office, start_date="2026-01-01"), 400, "start_date"),
        (city.get("requests.json", city.office, status="done"), 400, "done"),
        (city.get("requests.json", city.office, bbox="1,2"), 400, "bbox"),
        (city.post("requests.json", service_code="E0102"), 400, "lat"),
        (city.post("requests.json", lat="1", long="2"), 400, "service_code"),
        (city.post("requests.json", **PROBLEM | {"description": "x" * 4001}), 400, "description"),
        (city.post("requests.json", **PROBLEM | {"description": "another"}), 400, number),
        (city.client.post(f"{ROOT}/requests.json", json={"api_key": city.peer}), 400, "Content-Type"),
        (city.post("servicerequestupdates.json", update_id="1"), 400, "service_request_id"),
        (city.post("servicerequestupdates.json", update_id="1", description="x", service_request_id="1"), 404, ""),
    ):
        assert answer.status_code == status, answer.text
        (error,) = answer.json()
        assert (error["code"], words in error["description"]) == (str(status), True), error
    assert xmltodict.parse(city.get("requests.xml").content)["errors"]["error"]["code"] == "403"
    discovered = city.get("discovery.json").json()
    assert discovered["endpoints"][0]["url"].endswith(ROOT)
    assert "<specification>" in city.get("discovery.xml").text


def attached(city: City, number: str) -> list[str]:
    """Return the hashes of the photos of a report."""
    answer = city.client.get(f"/v1/reports/{number}/attachments", headers={"X-API-Key": city.office})
    return [one["sha256"] for one in answer.json()["items"]]


def test_photos_come_as_parts_as_fixmystreet_sends_them_or_in_the_field(city: City) -> None:
    first, second = photo(1), photo(2)
    form = {name: value for name, value in PROBLEM.items() if name != "media_url"} | {"api_key": city.peer}
    parts = {"photo1": ("1.jpeg", first, "image/jpeg"), "photo2": ("2.jpeg", second, "image/jpeg")}
    sent = [city.client.post(f"{ROOT}/requests.json", data=form, files=parts) for _ in range(2)]
    assert [one.status_code for one in sent] == [201, 200], sent[0].text
    number = sent[0].json()[0]["service_request_id"]
    assert attached(city, number) == [hashlib.sha256(one).hexdigest() for one in (first, second)]

    inline = f"data:image/jpeg;base64,{base64.b64encode(first).decode()}"
    other = city.send(media_url=inline, **{"attribute[fixmystreet_id]": "4713"})
    assert attached(city, other) == [hashlib.sha256(first).hexdigest()]
    with city.database.snapshot() as session:
        links = session.execute(text("SELECT photos FROM report ORDER BY id DESC LIMIT 1")).scalar_one()
    assert links == []


def test_a_request_with_a_file_that_is_no_photo_is_refused_whole(city: City) -> None:
    form = PROBLEM | {"api_key": city.peer}
    for content in (b"%PDF-1.7 nothing", b"\xff\xd8\xff\xe0 broken", b"x" * (10 * 2**20 + 1)):
        answer = city.client.post(f"{ROOT}/requests.json", data=form, files={"media": ("a.jpg", content, "image/jpeg")})
        assert answer.status_code in {400, 413, 415}, answer.text
    seven = [("media", (f"{one}.jpg", photo(one, size=(80, 60)), "image/jpeg")) for one in range(7)]
    assert city.client.post(f"{ROOT}/requests.json", data=form, files=seven).status_code == 400
    assert city.post("requests.json", **PROBLEM | {"media_url": "data:image/jpeg,x"}).status_code == 400
    with city.database.snapshot() as session:
        assert session.execute(text("SELECT count(*) FROM report")).scalar_one() == 0


def test_the_photo_of_an_update_stands_with_its_note(city: City) -> None:
    number, content = city.send(), photo(3)
    update = {"api_key": city.peer, "update_id": "9", "service_request_id": number, "description": "Still there"}
    parts = {"photo1": ("1.jpeg", content, "image/jpeg")}
    sent = [city.client.post(f"{ROOT}/servicerequestupdates.json", data=update, files=parts) for _ in range(2)]
    assert [one.status_code for one in sent] == [201, 200], sent[0].text
    history = city.client.get(f"/v1/cases/{number}/history", headers={"X-API-Key": city.office}).json()["items"]
    assert history[-1]["photos"] == attached(city, number) == [hashlib.sha256(content).hexdigest()]
    foreign = city.client.post(
        f"{ROOT}/servicerequestupdates.json", data=update | {"api_key": city.stranger}, files=parts
    )
    assert foreign.status_code == 404


def test_all_requests_are_one_table_without_a_person(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_A_PORTION", 2)
    numbers = [city.send(**{"attribute[fixmystreet_id]": str(one)}) for one in range(5)]
    city.open(*numbers)
    city.act(numbers[0], "reject")
    answer = city.get("bulk/requests.csv", city.office)
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["service_request_id"] for row in rows] == numbers[::-1]
    assert [row["status_description"] for row in rows] == ["open"] * 4 + ["closed"]
    assert [bool(row["closed_date"]) for row in rows] == [False] * 4 + [True]
    assert (rows[0]["service_name"], rows[0]["source"], float(rows[0]["long"])) == ("暴露垃圾", "fixmystreet", 113.5)
    assert [word for word in ("Mei", "13800000000", "13900000001", "example.org") if word in answer.text] == []
    assert city.get("bulk/requests.csv", city.stranger).text.count("\n") == 1
    assert city.get("bulk/requests.csv").status_code == 403
    later_on = (clock.now() + timedelta(hours=1)).isoformat()
    assert city.get("bulk/requests.csv", city.office, start_date=later_on).text.count("\n") == 1
