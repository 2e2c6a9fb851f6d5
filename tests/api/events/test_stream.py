"""The stream of events: nothing missed over a reconnection, nothing to who may not read it, nothing held meanwhile."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from api.http import live_events
from api.http.live_events import place_of
from grids.boundaries import queries
from grids.change_sets import operations
from tests.factories.cases import WORD, case_district, open_case_of
from tests.factories.events import wait_until_readable
from tests.factories.identity import who
from tests.factories.reports import store_report
from tests.factories.sample import publish_sample
from tests.factories.serving import served_in_a_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi.testclient import TestClient

    from core.db import Database

URL = "/v1/events/stream"


def open_draft(database: Database, title: str) -> int:
    with database.transaction() as session:
        layer = queries.get_layer(session, "admin")
        return operations.open_draft(session, layer=layer, title=title, author=who("editor")).id


def read(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Return (kind, id, facts) of each event in a piece of a stream."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":") and ": " in line)
        if "event" in lines:
            found.append((lines["event"], lines["id"], json.loads(lines["data"])))
    return found


Told = tuple[str, str, dict[str, Any]]


def behind(client: TestClient, headers: dict[str, str], place: str, wanted: int) -> list[Told]:
    """Read behind a place until so much came: other databases of the cluster may hold the feed up for a moment."""
    end = time.monotonic() + 60
    found: list[Told] = []
    while len(found) < wanted and time.monotonic() < end:
        found = read(client.get(URL, headers=headers | {"Last-Event-ID": place}).text)
    return found


@pytest.fixture
def reader(database: Database, make_key: Callable[..., dict[str, str]]) -> dict[str, str]:
    publish_sample(database)
    return make_key("gis-editor")


def test_a_reconnection_at_the_last_id_misses_nothing_and_repeats_nothing(
    client: TestClient, database: Database, reader: dict[str, str]
) -> None:
    wait_until_readable(database)
    ((kind, place, _),) = read(client.get(URL, headers=reader).text)
    assert kind == "ready"
    drafts = [open_draft(database, f"{n}") for n in range(3)]
    first = behind(client, reader, place, 3)
    assert [(kind, facts["ids"], facts["layer"]) for kind, _, facts in first] == [
        ("draft.changed", [draft], "admin") for draft in drafts
    ]
    assert [facts["ids"] for _, _, facts in behind(client, reader, first[0][1], 2)] == [[draft] for draft in drafts[1:]]
    assert behind(client, reader, first[-1][1], 0) == []
    after = client.get(URL, params={"last_id": first[1][1]}, headers=reader)
    assert [facts["ids"] for _, _, facts in read(after.text)] == [drafts[2:]]
    assert after.headers["Cache-Control"] == "no-store"


def test_a_place_that_is_lost_or_none_is_told(client: TestClient, reader: dict[str, str]) -> None:
    ((_, place, _),) = read(client.get(URL, headers=reader).text)
    epoch, xid, event_id, seen = map(int, place.split("."))
    ahead = ".".join(map(str, (epoch + 1, xid, event_id, seen)))
    assert [kind for kind, _, _ in read(client.get(URL, params={"last_id": ahead}, headers=reader).text)] == ["reset"]
    for wrong in ("1.2.3", "x", "1.2.3.99999999999999999999", "-1.0.0.0"):
        answer = client.get(URL, headers=reader | {"Last-Event-ID": wrong})
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:wangge:problem:event-place-malformed")
    assert place_of("1.2.3.4") == (1, 2, 3, 4)


def test_nothing_is_streamed_to_who_may_not_read_drafts(
    client: TestClient, make_key: Callable[..., dict[str, str]]
) -> None:
    assert client.get(URL).status_code == 401
    assert client.get(URL, headers=make_key("intake")).status_code == 403


def test_cases_are_told_of_without_their_numbers_and_to_who_reads_cases_alone(
    client: TestClient, database: Database, make_key: Callable[..., dict[str, str]]
) -> None:
    with database.transaction() as session:
        case_district(session)
        report = store_report(session, category=WORD, lon=113.5, lat=34.5, path=["S", "g1"])
    dispatcher, planner = make_key("dispatcher"), make_key("planner")
    wait_until_readable(database)
    places = {who: read(client.get(URL, headers=key).text)[0][1] for who, key in (("d", dispatcher), ("p", planner))}
    with database.transaction() as session:
        open_case_of(session, report)
        draft = operations.open_draft(session, layer=queries.get_layer(session, "admin"), title="t", author=who("e")).id
    told = behind(client, dispatcher, places["d"], 2)
    assert [(kind, facts["ids"], facts["layer"]) for kind, _, facts in told] == [
        ("case.opened", None, None), ("draft.changed", [draft], "admin"),
    ]  # fmt: skip
    assert [kind for kind, _, _ in behind(client, planner, places["p"], 1)] == ["draft.changed"]


def test_an_open_stream_is_told_at_once_holds_no_connection_and_is_counted(
    client: TestClient, database: Database, reader: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_events, "_HEARTBEAT_S", 0.2)
    monkeypatch.setattr(live_events, "_EACH", 2)
    app: Any = client.app
    pool = app.state.services.database.engine.pool
    with served_in_a_thread(app) as base, httpx2.Client(base_url=base, headers=reader, trust_env=False) as http:
        with ExitStack() as opened:
            streams = [opened.enter_context(http.stream("GET", URL, params={"follow": True})) for _ in range(2)]
            lines = [iter_lines(stream) for stream in streams]
            assert [until(told, "event: ready") for told in lines] == [True, True]
            assert [until(told, ": still here") for told in lines] == [True, True]
            assert http.get(URL, params={"follow": True}).json()["type"] == "urn:wangge:problem:streams-busy"
            # Only the look of the process may hold one; that of the last request goes back just behind its answer.
            assert comes_true(lambda: pool.checkedout() <= 1)
            draft = open_draft(database, "实时")
            assert all(until(told, f'"ids":[{draft}]') for told in lines)
        assert until_closed(app.state.services.live)


def iter_lines(stream: httpx2.Response) -> Iterator[str]:
    return iter(stream.iter_lines())


def until(lines: Iterator[str], wanted: str) -> bool:
    return any(wanted in line for line in lines)


def until_closed(live: live_events.LiveEvents) -> bool:
    """Return whether the streams are forgotten once their clients are gone."""
    return comes_true(lambda: not live.open_streams)


def comes_true(holds: Callable[[], bool]) -> bool:
    """Return whether something holds within twenty seconds."""
    end = time.monotonic() + 20
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()
