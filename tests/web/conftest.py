"""What the tests of the console in a browser share: one browser, one service with the sample district, one judge."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from pydantic import SecretStr

from api.app import create_app
from cli import node
from core.settings import Settings
from tests.factories.browser import opened_browser
from tests.factories.sample import import_sample_gazetteer, publish_sample
from tests.factories.serving import served_in_a_thread
from tests.factories.sign_in import CHEAP, PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from core.db import Database

DESKTOP: Final = {"width": 1440, "height": 900}
PHONE: Final = {"width": 390, "height": 844}
SHOTS: Final = os.environ.get("WANGGE_SCREENSHOTS", "")
SMALL: Final = """() => [...document.querySelectorAll('button, input:not([type=checkbox]), select, a')]
  .filter(e => e.offsetHeight && e.offsetHeight < 24).map(e => e.outerHTML.slice(0, 90))"""


@dataclass
class Console:
    """The console as a person opens it; what it must never do is kept and judged at the end of each visit."""

    browser: Browser
    base: str
    settings: Settings
    database: Database
    faults: list[str] = field(default_factory=list)

    @contextmanager
    def visit(self, *, refused: int = 0, live: bool = False, **options: Any) -> Iterator[Page]:
        """Open a page in a browser of its own; `refused` requests are meant to be refused, others are faults.

        Only a `live` page has the stream of events: with it the network of a page is never idle.
        """
        with self.browser.new_context(viewport=DESKTOP, **options) as context:  # type: ignore[arg-type]
            if not live:
                context.add_init_script("delete window.EventSource")
            page = context.new_page()
            faults: list[str] = []
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
            page.on("request", lambda asked: faults.append(asked.url) if not self._is_own(asked.url) else None)
            yield page
            answered = [told for told in faults if "Failed to load resource: the server responded with" in told]
            assert len(answered) == refused, faults
            assert [told for told in faults if told not in answered] == []

    def _is_own(self, url: str) -> bool:
        return url.startswith((f"{self.base}/", "data:", "blob:"))


def judge(page: Page, name: str) -> None:
    """Hold what is shown to the rules for everybody, in both themes and widths; keep pictures where asked for."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour half-way to another is judged
        for kind, size in (("desktop", DESKTOP), ("phone", PHONE)):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            if SHOTS:
                page.wait_for_timeout(400)
                page.screenshot(path=Path(SHOTS) / f"{name}-{scheme}-{kind}.png")
            if (scheme, kind) != ("dark", "phone"):
                found = Axe().run(page)
                assert found.violations_count == 0, f"{name}, {scheme}, {kind}: {found.generate_report()}"
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, f"{name}: nothing has to be scrolled sideways"
            assert page.evaluate(SMALL) == [], f"{name}: each target is 24 pixels high at least (WCAG 2.5.8)"
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


def sign_in(page: Page, console: Console, login: str, path: str = "/") -> None:
    """Sign in by keyboard alone."""
    page.goto(console.base + path)
    page.wait_for_url("**/sign-in**")
    expect(page.locator("input[name=login]")).to_be_focused()
    page.keyboard.type(login)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


@pytest.fixture(scope="module")
def console(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """The built console over the sample district."""
    settings = Settings(
        DATABASE_URL=module_database_url,
        cache_dir=tmp_path_factory.mktemp("cache"),
        attachments_dir=tmp_path_factory.mktemp("files"),
        web_dist=node.BUILT,
        secret_keys=SecretStr("k" * 32),
        log_level="CRITICAL",
        **CHEAP,  # type: ignore[arg-type]
    )
    app = create_app(settings)
    database = app.state.services.database
    publish_sample(database)
    import_sample_gazetteer(database)
    with opened_browser() as browser, served_in_a_thread(app) as base:
        yield Console(browser, base, settings, database)
