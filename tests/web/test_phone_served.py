"""The phone's page is served at /m as it is built: installable, small, and its worker knows the files of the build."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from cli import node
from tests.missing import needs_console
from tests.web.test_console import first_view

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.settings import Settings

PHONE_MOST = 200_000
"""Bytes by gzip before the map: four seconds of a slow 3G."""
PAGE = '<!doctype html><base href="/"><link rel="manifest" href="m/manifest.webmanifest">'
MANIFEST = {
    "m.html": {"file": "console/m-1.js", "css": ["console/m-1.css"], "imports": ["_a"], "dynamicImports": ["map"]},
    "_a": {"file": "console/a-1.js", "imports": ["m.html"]},
    "map": {"file": "console/map-1.js"},
    "index.html": {"file": "console/index-1.js"},
}


@pytest.fixture
def built(settings: Settings, tmp_path: Path) -> Iterator[tuple[TestClient, Path]]:
    """A client of a service that has a small build, and the folder of that."""
    folder = tmp_path / "dist"
    (folder / "m").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "m.html").write_text(PAGE)
    (folder / "manifest.json").write_text(json.dumps(MANIFEST))
    (folder / "m" / "worker.js").write_text("// the worker")
    (folder / "m" / "manifest.webmanifest").write_text("{}")
    (folder / "m" / "secret.txt").write_text("no file of the phone")
    app = create_app(settings.model_copy(update={"web_dist": folder}))
    with TestClient(app, client=("127.0.0.1", 50000)) as client:
        yield client, folder


def test_every_address_below_m_is_the_page_which_is_never_kept(built: tuple[TestClient, Path]) -> None:
    client, _ = built
    for path in ("/m", "/m/waiting", "/m/note/1b-2", "/m/secret.txt", "/m/cases/SJ2607000731-4/arrive"):
        page = client.get(path)
        assert (page.status_code, page.text) == (200, PAGE), path
        assert page.headers["cache-control"] == "no-store"
        assert {"script-src 'self'", "manifest-src 'self'"} <= set(page.headers["content-security-policy"].split("; "))
    proxied = {"X-Forwarded-Prefix": "/grid", "X-Forwarded-Host": "gov.example"}
    assert '<base href="/grid/">' in client.get("/m", headers=proxied).text


def test_the_worker_knows_the_files_of_the_build_and_answers_m_alone(built: tuple[TestClient, Path]) -> None:
    client, folder = built
    worker = client.get("/m/worker.js")
    assert (worker.headers["service-worker-allowed"], worker.headers["cache-control"]) == ("/m", "no-cache")
    head, _, rest = worker.text.partition("// the worker")
    assert rest == ""
    found = json.loads(re.findall(r"FILES = (\[.*\]);", head)[0])
    assert [name.rpartition("/")[2] for name in found] == ["a-1.js", "m-1.css", "m-1.js", "map-1.js"]
    before = client.get("/v1/console").json()["build"]
    (folder / "m.html").write_text(PAGE + " ")
    assert client.get("/v1/console").json()["build"] != before
    assert client.get("/m/worker.js").text != worker.text


def test_without_a_build_the_plain_page_is_shown(settings: Settings, tmp_path: Path) -> None:
    with TestClient(create_app(settings.model_copy(update={"web_dist": tmp_path}))) as client:
        assert client.get("/m", follow_redirects=False).headers["location"] == "/start"
        assert client.get("/m/worker.js").json()["type"] == "urn:wangge:problem:console-file-not-found"
        assert client.get("/m/icon-192.png").status_code == 404


@needs_console
def test_the_page_is_small_before_the_map_and_can_be_installed() -> None:
    manifest = json.loads((node.BUILT / "manifest.json").read_text())
    files = first_view(manifest, ["m.html"])
    sizes = {name: len(gzip.compress((node.BUILT / name).read_bytes(), 9)) for name in files}
    assert sum(sizes.values()) <= PHONE_MOST, sizes
    told = json.loads((node.BUILT / "m" / "manifest.webmanifest").read_text())
    assert {"192x192", "512x512"} == {icon["sizes"] for icon in told["icons"]}
    assert all((node.BUILT / "m" / icon["src"]).read_bytes().startswith(b"\x89PNG") for icon in told["icons"])
    assert (told["display"], told["start_url"], told["scope"]) == ("standalone", "../m", "../m")


@needs_console
def test_the_build_is_written_for_chromium_80() -> None:
    """No syntax that came later; what it calls is held by web/tests/phone_browser.test.ts."""
    manifest = json.loads((node.BUILT / "manifest.json").read_text())
    for name in first_view(manifest, ["m.html"]):
        text = (node.BUILT / name).read_text()
        if name.endswith(".js"):
            assert not re.search(r"\?\?=|\|\|=|&&=|static\{", text), name
        else:
            assert not re.search(r"[{;]inset:|aspect-ratio|:has\(|dvh", text), name
