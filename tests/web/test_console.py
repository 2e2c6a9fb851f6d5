"""The console is served as it is built: files are kept, its page is not; its size is bounded; its own tests pass."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.console.routes import DESKS
from api.http.services import services_of
from cli import console_types, node
from core.db import Database
from grids.boundaries import operations
from tests.factories.identity import who
from tests.missing import needs_console

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.settings import Settings

ROUTER = (node.WEB / "src" / "app" / "router.ts").read_text()
FIRST_VIEW_MOST = 350_000
PAGE = '<!doctype html><base href="/"><script type="module" src="./console/index-1.js"></script>'


@pytest.fixture
def built(settings: Settings, tmp_path: Path) -> Iterator[tuple[TestClient, Path]]:
    """A client of a service that has a small build of the console, and the folder of that."""
    folder = tmp_path / "dist"
    (folder / "console").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "console" / "index-1.js").write_text("export const a = 1;\n" * 100)
    (folder / "secret.txt").write_text("no file of the console")
    app = create_app(settings.model_copy(update={"web_dist": folder, "basemap_url": "https://t{s}.example.org/{z}"}))
    with TestClient(app, client=("127.0.0.1", 50000)) as client:
        yield client, folder


def test_pages_are_never_kept_and_may_be_in_no_frame(built: tuple[TestClient, Path]) -> None:
    client, _ = built
    for path in ("/", "/sign-in", *(f"/{desk}" for desk in DESKS), "/map/admin/001?at=2027-01-01T00:00:00Z"):
        page = client.get(path)
        assert page.text == PAGE
        assert page.headers["cache-control"] == "no-store"
        policy = page.headers["content-security-policy"]
        assert "'unsafe" not in policy
        assert {"script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"} <= set(policy.split("; "))
        assert "img-src 'self' data: blob: https://*.example.org" in policy
    proxied = {"X-Forwarded-Prefix": "/grid", "X-Forwarded-Host": "gov.example"}
    assert '<base href="/grid/">' in client.get("/map", headers=proxied).text


def test_files_are_kept_for_ever_and_nothing_beside_them_is_served(built: tuple[TestClient, Path]) -> None:
    client, _ = built
    file = client.get("/console/index-1.js", headers={"Accept-Encoding": "br"})
    assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (file.headers["content-type"], file.headers["content-encoding"]) == ("text/javascript; charset=utf-8", "br")
    assert file.text.startswith("export")
    for name in ("none-2.js", "..%2Findex.html", "..%2Fsecret.txt", ".sources", "%2e%2e"):
        assert client.get(f"/console/{name}").status_code in {400, 404}, name


def test_the_console_is_told_that_data_are_a_sample(built: tuple[TestClient, Path], settings: Settings) -> None:
    client, _ = built
    timeline = services_of(client.app).releases.timeline  # type: ignore[arg-type]
    timeline.refresh()
    assert client.get("/v1/console").json()["sample"] is False
    database = Database(settings)
    with database.transaction() as session:
        operations.create_layer(session, code="made-up", name="网格（示例）", levels=["grid"], actor=who("test"))
    database.close()
    timeline.refresh()
    assert client.get("/v1/console").json()["sample"] is True


def test_a_new_build_is_noticed_without_a_restart(built: tuple[TestClient, Path]) -> None:
    client, folder = built
    before = client.get("/v1/console").json()["build"]
    (folder / "index.html").write_text(PAGE.replace("index-1", "index-2"))
    assert client.get("/v1/console").json()["build"] not in {before, None}
    assert "index-2" in client.get("/").text
    shutil.rmtree(folder)
    assert client.get("/v1/console").json()["build"] is None
    assert 'name="lon"' in client.get("/").text, "the plain page without a build"
    assert client.get("/sign-in").text.count("<form") == 2
    assert client.get("/map", follow_redirects=False).headers["location"] == "/start"


def test_the_plain_page_stays_and_links_of_before_reach_it(built: tuple[TestClient, Path]) -> None:
    client, _ = built
    for path in ("/start", "/?lon=113.2741&lat=34.8023"):
        assert 'name="lon"' in client.get(path).text


def test_the_service_answers_each_desk_of_the_console() -> None:
    paths = set(re.findall(r'path: "/([\w-]+)', ROUTER))
    assert paths == {*DESKS, "sign-in"}


def test_the_types_are_those_of_the_openapi_document() -> None:
    heading = console_types.heading(console_types.used_document())
    assert console_types.FILE.read_text().startswith(heading), "make them anew: ./wangge console types"


def test_the_lock_names_every_package_by_its_content_and_no_registry() -> None:
    lock = json.loads((node.WEB / "package-lock.json").read_text())
    own = {name: package for name, package in lock["packages"].items() if name}
    assert all(package["integrity"].startswith("sha512-") for package in own.values())
    assert [name for name, package in own.items() if "resolved" in package] == []
    given = lock["packages"][""]
    versions = [*given["dependencies"].values(), *given["devDependencies"].values()]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)


def first_view(manifest: dict[str, Any], entries: list[str]) -> set[str]:
    """Return the files that a browser loads for these entries of a build, with all that they import at once."""
    waiting, seen, files = list(entries), set(), set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            files |= {manifest[name]["file"], *manifest[name].get("css", [])}
            waiting += manifest[name].get("imports", [])
    return files


@needs_console
def test_the_first_view_is_small_and_holds_no_map() -> None:
    manifest = json.loads((node.BUILT / "manifest.json").read_text())
    files = first_view(manifest, ["index.html", "src/desks/sign_in/SignInPage.vue"])
    sizes = {name: len(gzip.compress((node.BUILT / name).read_bytes(), 9)) for name in files}
    assert sum(sizes.values()) <= FIRST_VIEW_MOST, sizes
    assert not any("ol/" in (node.BUILT / name).read_text() for name in files if "Map" in name)


@needs_console
def test_the_console_s_own_tests_pass() -> None:
    assert node.run_node(["node_modules/vitest/vitest.mjs", "run", "--reporter=dot"]) == 0
