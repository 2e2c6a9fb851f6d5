"""Cases for other systems: filters, what changed since a place, and whole files, each within the caller's areas."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from core import clock
from governance.reports.numbers import report_number
from identity.grants import Grant
from tests.factories.cases import WORD, acts, case_district
from tests.factories.reports import store_report
from tests.factories.sign_in import by_session, open_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database
    from core.settings import Settings

    Keys = Callable[..., dict[str, str]]

PATIENCE = 2000


class Peer:
    """Another system that reads the application with a key for everything, and a worker of the grid g1."""

    def __init__(self, client: TestClient, database: Database, key: dict[str, str], settings: Settings) -> None:
        self.client, self.database, self.key = client, database, key
        with database.transaction() as session:
            case_district(session)
            token = open_session(session, settings, "worker", [Grant("grid-worker", "admin/g1")])
        self.local = by_session(token) | {"Sec-Fetch-Site": "same-origin"}

    def open(self, count: int = 1, grid: str = "g1", **more: Any) -> list[str]:
        """Open the cases of new reports and return their numbers."""
        lon = 113.5 if grid == "g1" else 114.5
        with self.database.transaction() as session:
            stored = [
                store_report(session, category=WORD, lon=lon, lat=34.5, path=["S", grid], **more) for _ in range(count)
            ]
        numbers = [report_number(one) for one in stored]
        for number in numbers:
            assert self.client.post("/v1/cases", json={"report": number}, headers=self.key).status_code == 201
        return numbers

    def act(self, number: str, verb: str) -> None:
        """Do something to a case."""
        done = self.client.post(f"/v1/cases/{number}/steps", json=acts(verb), headers=self.key)
        assert done.status_code == 200, done.text

    def get(self, path: str, key: dict[str, str] | None = None, **asked: Any) -> Any:
        """Return an answer as JSON."""
        found = self.client.get(path, params=asked, headers=key or self.key)
        assert found.status_code == 200, found.text
        return found.json()

    def listed(self, key: dict[str, str] | None = None, **asked: Any) -> set[str]:
        """Return the numbers of the cases of a list."""
        return {one["number"] for one in self.get("/v1/cases", key, **asked)["items"]}

    def follow(self, after: str, *, until: int, limit: int = 200, key: dict[str, str] | None = None) -> Any:
        """Return numbers and states as they change, page by page, until so many were seen, and the place reached.

        A transaction of another test holds the feed up for a moment: it is asked again.
        """
        seen: list[tuple[str, str]] = []
        for _ in range(PATIENCE):
            page = self.get("/v1/cases/changes", key, after=after, limit=limit)
            assert len(page["items"]) <= limit
            seen += [(one["number"], one["state"]) for one in page["items"]]
            after = page["next"]
            if len({number for number, _ in seen}) >= until and not page["more"]:
                return seen, after
        raise AssertionError(seen)


@pytest.fixture
def peer(client: TestClient, database: Database, make_key: Keys, settings: Settings) -> Peer:
    return Peer(client, database, make_key(), settings)


def test_filters_hold_together_and_within_the_areas_of_the_key(peer: Peer) -> None:
    (first,), (second,), (far,) = peer.open(), peer.open(channel="110"), peer.open(grid="g2")
    mark = peer.get(f"/v1/cases/{far}")["changed_at"]
    peer.act(first, "accept")
    assert peer.listed(updated_after=mark) == {first}
    assert peer.listed(changed_from=mark) == {first, far}
    assert peer.listed(channel="110") == {second}
    assert peer.listed(channel="110", state="accepted") == set()
    assert peer.listed(bbox="114,34,115,35") == {far}
    assert peer.listed(bbox="114,34,113,35") == {far}, "west of east crosses the antimeridian"
    later = (clock.now() + timedelta(hours=1)).isoformat()
    assert (peer.listed(opened_from=later), len(peer.listed(opened_before=later))) == (set(), 3)
    assert peer.listed(peer.local) == {first, second}
    pages, after = [], None
    while True:
        page = peer.get("/v1/cases", limit=2, **({} if after is None else {"after": after}))
        pages.append([one["number"] for one in page["items"]])
        if (after := page["next"]) is None:
            break
    assert pages == [[far, second], [first]]
    for asked, field in (({"bbox": "1,2"}, "query.bbox"), ({"updated_after": "2026"}, "query.updated_after")):
        refused = peer.client.get("/v1/cases", params=asked, headers=peer.key)
        assert (refused.status_code, refused.json()["field"]) == (400, field)


def test_changes_are_followed_from_a_place_on_and_none_is_passed_over(peer: Peer) -> None:
    begun = peer.get("/v1/cases/changes")
    assert (begun["items"], begun["more"]) == ([], False)
    numbers, far = peer.open(3), peer.open(1, "g2")
    peer.act(numbers[0], "accept")
    seen, place = peer.follow(begun["next"], until=4)
    assert set(seen) == {(numbers[0], "accepted"), *((one, "opened") for one in (*numbers[1:], *far))}
    one_by_one, _ = peer.follow(begun["next"], until=4, limit=1)
    assert set(one_by_one) == set(seen)
    in_g1, _ = peer.follow(begun["next"], until=3, key=peer.local)
    assert {number for number, _ in in_g1} == set(numbers)
    assert peer.get("/v1/cases/changes", after=place)["items"] == []
    peer.act(numbers[1], "reject")
    assert peer.follow(place, until=1)[0] == [(numbers[1], "rejected")]


def test_what_is_committed_late_is_not_passed_over(peer: Peer) -> None:
    place = peer.get("/v1/cases/changes")["next"]
    (late,) = peer.open()
    with peer.database.transaction() as session:
        # It takes its number in the feed first and is committed last.
        session.execute(text("INSERT INTO event (kind, subject, ids) SELECT 'case.moved', 'case', e.ids FROM event e"
                             " WHERE kind = 'case.opened' ORDER BY id DESC LIMIT 1"))  # fmt: skip
        (other,) = peer.open()
        early = peer.get("/v1/cases/changes", after=place)
    seen, _ = peer.follow(early["next"], until=2 - len({one["number"] for one in early["items"]} & {late, other}))
    assert other in {number for number, _ in seen} | {one["number"] for one in early["items"]}
    assert late in {number for number, _ in seen}, "its second event was committed after the first reading"


def test_a_place_that_is_none_or_is_kept_no_longer_is_refused(peer: Peer) -> None:
    place = peer.get("/v1/cases/changes")["next"]
    for wrong in ("x", "%%", "é", "OTk5OS45OTkuMC4wLjA"):
        refused = peer.client.get("/v1/cases/changes", params={"after": wrong}, headers=peer.key)
        assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) in {
            (400, "cursor-malformed"), (409, "changes-lost")
        }, wrong  # fmt: skip
    peer.open()
    with peer.database.transaction() as session:
        session.execute(text("SELECT record_removed('event', 'rows', range_agg(int8range(id, id + 1)), '') FROM event"))
    lost = peer.client.get("/v1/cases/changes", params={"after": place}, headers=peer.key)
    assert (lost.status_code, lost.json()["type"]) == (409, "urn:wangge:problem:changes-lost")


def test_files_hold_the_cases_of_the_key_in_each_form_without_texts(peer: Peer) -> None:
    numbers, _ = peer.open(2, external_id=None, description="张三在=家", phone="13800000000"), peer.open(1, "g2")
    peer.act(numbers[0], "accept")

    def file(form: str, **asked: str) -> bytes:
        answer = peer.client.get(f"/v1/cases/export.{form}", params=asked, headers=peer.local)
        assert answer.status_code == 200, answer.text
        assert int(answer.headers["Content-Length"]) == len(answer.content)
        return answer.content

    content = file("csv")
    assert not {word for word in ("张三", "138") if word in content.decode()}
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["number"] for row in rows] == numbers[::-1]
    assert [rows[1][name] for name in ("state", "version", "category_path", "area_path", "supervised")] == [
        "accepted", "2", "E/E0101", "S/g1", "false"
    ]  # fmt: skip
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(file("xlsx"))).get_sheet_by_index(0).to_python()
    assert sheet == [[*rows[0]], *([*row.values()] for row in rows)]
    frame = gpd.read_parquet(io.BytesIO(file("parquet")))
    assert (frame.crs.to_authority(), [*frame["number"]]) == (("OGC", "CRS84"), numbers[::-1])
    assert {(point.x, point.y) for point in frame.geometry} == {(113.5, 34.5)}
    assert (str(frame["opened_at"].dtype), frame["version"].tolist()) == ("datetime64[us, UTC]", [1, 2])
    assert len(file("csv", state="accepted").splitlines()) == 2
    assert gpd.read_parquet(io.BytesIO(file("parquet", state="closed"))).empty
