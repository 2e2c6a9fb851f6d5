"""Attachments over HTTP: kept by their hash, stripped on their way out, refused where hostile, seen by few."""

from __future__ import annotations

import io
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from sqlalchemy import text

from core import clock
from governance.attachments import operations, queries, rules
from governance.erasure import operations as erasure
from governance.erasure.states import ErasureCause
from governance.legal_holds import operations as holds
from governance.legal_holds.operations import HoldSubject
from governance.reports import sensitivity
from governance.reports.numbers import report_id, report_number
from governance.reports.states import Sensitivity
from identity.grants import EVERYTHING, Grant
from identity.principals import named
from tests.factories.identity import who
from tests.factories.photos import GPS, bomb, photo, send, sha256
from tests.factories.reports import store_report
from tests.factories.seals import findings, seal_all
from tests.factories.sign_in import by_session, open_session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fastapi.testclient import TestClient

    from core.db import Database
    from core.settings import Settings

    Keys = Callable[..., dict[str, str]]

JPEG = photo(gps=GPS, taken="2026:06:01 08:30:00", orientation=6)


@pytest.fixture
def number(database: Database) -> str:
    with database.transaction() as session:
        return report_number(store_report(session, lon=113.31, lat=34.81, phone="13800000001"))


def fields(answer: Any, *names: str) -> tuple[Any, ...]:
    return tuple(answer.json()[name] for name in names)


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def test_a_photo_is_kept_once_by_its_hash_and_leaves_without_what_its_camera_wrote(
    client: TestClient, make_key: Keys, number: str
) -> None:
    key = make_key()
    first = send(client, key, number, JPEG, stage="before")
    assert first.status_code == 201, first.text
    assert fields(first, "kind", "media_type", "sha256", "width", "height", "stage") == (
        "photo", "image/jpeg", sha256(JPEG), 480, 640, "before"
    )  # fmt: skip
    assert fields(first, "lon", "lat") == (113.31, 34.8083333)
    assert datetime.fromisoformat(first.json()["taken_at"]) == datetime.fromisoformat("2026-06-01T08:30+08:00")
    again = send(client, key, number, JPEG)
    assert (again.status_code, fields(again, "number")) == (200, fields(first, "number"))
    listed = client.get(f"/v1/reports/{number}/attachments", headers=key).json()["items"]
    assert [one["number"] for one in listed] == [first.json()["number"]]
    for copy, side in (("file", 640), ("thumbnail", 320)):
        read = client.get(f"/v1/attachments/{first.json()['number']}/{copy}", headers=key)
        linked = client.get(listed[0][f"{copy}_url"].removeprefix("http://testserver"))
        assert (read.status_code, read.headers["content-type"], read.content) == (200, "image/jpeg", linked.content)
        image = opened(read.content)
        assert (max(image.size), image.size[0] < image.size[1]) == (side, True), "upright"
        assert (dict(image.getexif()), b"CameraOfNobody" in read.content) == ({}, False)
        assert "sandbox" in linked.headers["content-security-policy"]
        assert linked.headers["x-content-type-options"] == "nosniff"
        assert "filename" in linked.headers["content-disposition"]


def test_the_kind_is_told_by_content_and_a_telephone_s_heic_is_read(
    client: TestClient, make_key: Keys, number: str
) -> None:
    key = make_key()
    heic = photo(3, "HEIF", gps=GPS, taken="2026:06:01 08:30:00", offset="+00:00")
    sent = send(client, key | {"Content-Type": "text/html"}, number, heic)
    assert (sent.status_code, fields(sent, "media_type", "lon")) == (201, ("image/heic", 113.31))
    assert datetime.fromisoformat(sent.json()["taken_at"]) == datetime.fromisoformat("2026-06-01T08:30+00:00")
    read = client.get(f"/v1/attachments/{sent.json()['number']}/file", headers=key)
    assert opened(read.content).format == "JPEG"
    for form, media in (("PNG", "image/png"), ("WEBP", "image/webp")):
        assert fields(send(client, key, number, photo(4, form)), "media_type") == (media,)


HOSTILE = {
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", 415, "type-refused"),
    "html": (b"<!doctype html><script>x()</script>", 415, "type-refused"),
    "gif": (b"GIF89a" + b"\0" * 20, 415, "type-refused"),
    "empty": (b"", 415, "type-refused"),
    "zip before the photo": (b"PK\x03\x04" + JPEG, 415, "type-refused"),
    "900 million pixels in a few kilobytes": (bomb(), 400, "invalid"),
    "cut off": (JPEG[:300], 400, "invalid"),
    "a script with a photo's first bytes": (b"\xff\xd8\xff\xe0<script>x()</script>", 400, "invalid"),
    "larger than 10 MiB": (b"\xff\xd8\xff" + b"\0" * rules.LARGEST_PHOTO, 413, "too-large"),
}


def test_hostile_files_are_refused_and_leave_nothing(
    client: TestClient, make_key: Keys, number: str, settings: Settings
) -> None:
    key, met = make_key(), dict[str, tuple[int, str]]()
    for name, (content, _, _) in HOSTILE.items():
        answer = send(client, key, number, content)
        met[name] = (answer.status_code, answer.json()["type"].removeprefix("urn:wangge:problem:attachment-"))
    assert met == {name: (status, problem) for name, (_, status, problem) in HOSTILE.items()}
    assert [path for path in settings.attachments_dir.rglob("*") if path.is_file()] == []


def test_a_photo_with_another_file_behind_its_end_leaves_as_the_photo_alone(
    client: TestClient, make_key: Keys, number: str
) -> None:
    key = make_key()
    sent = send(client, key, number, JPEG + b"PK\x03\x04<script>x()</script>")
    read = client.get(f"/v1/attachments/{sent.json()['number']}/file", headers=key)
    assert (read.status_code, b"<script>" in read.content) == (200, False)


def test_what_came_in_otherwise_than_it_was_sent_is_not_kept(client: TestClient, make_key: Keys, number: str) -> None:
    key = make_key()
    cut = client.put(f"/v1/reports/{number}/attachments/{sha256(JPEG)}", content=JPEG[:-1], headers=key)
    assert (cut.status_code, cut.json()["type"]) == (400, "urn:wangge:problem:attachment-hash-differs")
    assert client.get(f"/v1/reports/{number}/attachments", headers=key).json()["items"] == []
    assert send(client, key, number, JPEG).status_code == 201, "sent again it is kept"


def test_the_same_photo_sent_by_many_at_once_is_there_once(client: TestClient, make_key: Keys, number: str) -> None:
    key, statuses = make_key(), list[int]()
    threads = [
        threading.Thread(target=lambda: statuses.append(send(client, key, number, JPEG).status_code)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 200, 201]
    assert len(client.get(f"/v1/reports/{number}/attachments", headers=key).json()["items"]) == 1


def test_links_expire_and_are_signed(
    client: TestClient, make_key: Keys, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = send(client, make_key(), number, JPEG).json()
    path = sent["file_url"].removeprefix("http://testserver")
    assert client.get(path).status_code == 200
    said, _, signature = path.rpartition(".")
    other = said.replace(".clean.", ".original.")
    later = said[:-1] + str((int(said[-1]) + 1) % 10)
    for wrong in (f"{said}.{signature[:-2]}AA", f"{other}.{signature}", f"{later}.{signature}", f"{said}.", said):
        assert client.get(wrong).status_code == 404, wrong
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + rules.LINK_LASTS)
    assert client.get(path).status_code == 404


def test_who_sees_the_report_sees_its_files_and_who_only_sends_its_own(
    client: TestClient, make_key: Keys, number: str, database: Database, settings: Settings
) -> None:
    key = make_key()
    sent = send(client, key, number, JPEG).json()["number"]
    with database.transaction() as session:
        elsewhere = open_session(session, settings, "elsewhere", [Grant("grid-worker", "admin/none")])
        viewer = open_session(session, settings, "viewer", [Grant("viewer")])
    person = {name: by_session(token) | {"Sec-Fetch-Site": "same-origin"}
              for name, token in (("elsewhere", elsewhere), ("viewer", viewer))}  # fmt: skip
    only_sends = make_key(name="app", role="intake")

    def statuses(headers: dict[str, str]) -> list[int]:
        return [
            client.get(f"/v1/reports/{number}/attachments", headers=headers).status_code,
            client.get(f"/v1/attachments/{sent}/file", headers=headers).status_code,
            send(client, headers, number, photo(9)).status_code,
        ]

    assert statuses(person["elsewhere"]) == [404, 404, 404]
    assert statuses(person["viewer"]) == [200, 200, 403]
    assert statuses(only_sends) == [403, 403, 404]
    with database.transaction() as session:
        sensitivity.mark(session, report_id(number), [Sensitivity.MINOR], reach=EVERYTHING, actor=who("admin"))
    listed = client.get(f"/v1/reports/{number}/attachments", headers=person["viewer"]).json()["items"][0]
    assert (listed["file_url"], listed["lon"]) == (None, None)
    assert statuses(person["viewer"]) == [200, 403, 403]


def test_a_recording_is_read_by_who_may_see_the_reporter_and_audited(
    client: TestClient, make_key: Keys, number: str, database: Database, settings: Settings
) -> None:
    key, voice = make_key(), b"RIFF\0\0\0\0WAVEfmt " + b"\0" * 100
    sent = send(client, key, number, voice).json()
    assert (sent["kind"], sent["file_url"]) == ("recording", None)
    read = client.get(f"/v1/attachments/{sent['number']}/file", headers=key)
    assert (read.content, read.headers["content-disposition"][:10]) == (voice, "attachment")
    with database.transaction() as session:
        viewer = open_session(session, settings, "viewer", [Grant("viewer")])
        assert session.scalar(text("SELECT count(*) FROM audit_entry WHERE action = 'attachments.read'")) == 1
    headers = by_session(viewer) | {"Sec-Fetch-Site": "same-origin"}
    assert client.get(f"/v1/attachments/{sent['number']}/file", headers=headers).status_code == 403
    cleared = client.put(f"/v1/attachments/{sent['number']}/clearing", json={"cleared": True}, headers=key)
    assert cleared.status_code == 415


def test_an_erasure_takes_the_files_and_a_hold_keeps_them(
    client: TestClient, make_key: Keys, number: str, database: Database, settings: Settings
) -> None:
    key, held = make_key(), ""
    with database.transaction() as session:
        held = report_number(store_report(session, lon=113.31, lat=34.81))
        holds.set_hold(session, HoldSubject(report_id(held)), reason="案卷", actor=named(session, "officer"))
    sent = {one: send(client, key, one, JPEG).json() for one in (number, held)}
    seal_all(database)
    with database.transaction() as session:
        erasure.erase(
            session, [report_id(number), report_id(held)], cause=ErasureCause.REQUEST, actor=who("officer"), note="n"
        )
    assert client.get(f"/v1/reports/{number}/attachments", headers=key).json()["items"] == []
    assert client.get(sent[number]["file_url"].removeprefix("http://testserver")).status_code == 404
    assert client.get(f"/v1/attachments/{sent[held]['number']}/file", headers=key).status_code == 200
    again = send(client, key, number, JPEG)
    assert (again.status_code, again.json()["file_url"]) == (200, None), "sent again, it stays erased"
    with database.transaction() as session:
        job = session.execute(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'attachments.discard'")).one()
        files = client.app.state.services.files  # type: ignore[attr-defined]
        assert operations.discard(session, files, job.args["folders"]) == 3
    kept = [path for path in settings.attachments_dir.rglob("*") if path.is_file()]
    assert len(kept) == 3, "those of the held report"
    seal_all(database)
    assert findings(database) == []


def test_a_killed_upload_leaves_files_that_the_sweep_takes_and_no_others(
    client: TestClient, make_key: Keys, number: str, database: Database, settings: Settings
) -> None:
    key = make_key()
    send(client, key, number, JPEG)
    files = client.app.state.services.files  # type: ignore[attr-defined]
    other = photo(5)
    operations.store(files, other, sha256=sha256(other))  # and then killed, before its row
    half = settings.attachments_dir / "202601" / "x"
    half.mkdir(parents=True)
    (half / "original#1").write_bytes(b"half")

    def stored() -> int:
        return sum(path.is_file() for path in settings.attachments_dir.rglob("*"))

    assert (stored(), operations.sweep(database, files), stored()) == (7, 0, 7), "as young as an upload may be"
    assert (operations.sweep(database, files, older_than=timedelta(seconds=-60)), stored()) == (4, 3)
    assert send(client, key, number, other).status_code == 201, "nothing is in its way"


def test_photos_of_one_picture_are_found_across_reports(
    client: TestClient, make_key: Keys, number: str, database: Database
) -> None:
    key = make_key()
    with database.transaction() as session:
        others = [report_number(store_report(session, lon=113.31, lat=34.81)) for _ in range(2)]
    send(client, key, number, photo(1))
    send(client, key, others[0], photo(1, size=(320, 240), quality=40))
    send(client, key, others[1], photo(2))
    with database.snapshot() as session:
        found = queries.same_pictures(session, report_id(number), among=[report_id(one) for one in others])
    assert [report_number(report) for report in found] == others[:1]
    assert found[report_id(others[0])] <= rules.SAME_PICTURE


def test_plain_pictures_and_those_of_sensitive_reports_are_not_taken_for_one(
    client: TestClient, make_key: Keys, number: str, database: Database
) -> None:
    key = make_key()
    night = io.BytesIO()
    Image.new("RGB", (320, 240), "#101018").save(night, "JPEG")
    with database.transaction() as session:
        plain, sensitive = (store_report(session, lon=113.31, lat=34.81) for _ in range(2))
        session.execute(text("INSERT INTO report_sensitivity VALUES (:id, 'minor', now(), 't')"), {"id": sensitive})
    for content in (night.getvalue(), photo(1)):
        send(client, key, number, content)
    send(client, key, report_number(plain), night.getvalue())
    send(client, key, report_number(sensitive), photo(1))
    with database.snapshot() as session:
        assert queries.same_pictures(session, report_id(number), among=[plain, sensitive]) == {}


def test_more_files_than_one_report_may_have_are_refused(
    client: TestClient, make_key: Keys, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_OF_ONE_SUBJECT", 1)
    key = make_key()
    assert [send(client, key, number, photo(seed)).status_code for seed in (1, 2, 1)] == [201, 409, 200]


def test_a_row_is_never_changed(client: TestClient, make_key: Keys, number: str, database: Database) -> None:
    send(client, make_key(), number, JPEG)
    for statement in ("UPDATE attachment SET sent_by = 'x'", "DELETE FROM attachment"):
        with pytest.raises(Exception, match="append-only"), database.transaction() as session:
            session.execute(text(statement))


def test_names_of_the_store_are_ours(client: TestClient, make_key: Keys, number: str, settings: Settings) -> None:
    send(client, make_key(), number, JPEG)

    def names(folder: Path) -> list[str]:
        return sorted(path.name for path in folder.rglob("*") if path.is_file())

    assert names(settings.attachments_dir) == ["clean", "original", "thumbnail"]
