"""A browser that reaches this machine alone."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from playwright.sync_api import sync_playwright

from tests import missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

OPTIONS: Final = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip


@contextmanager
def opened_browser() -> Iterator[Browser]:
    """Start Chromium; a test is skipped where there is none."""
    program = shutil.which("chromium")
    if program is None:
        missing.skip(missing.CHROMIUM)
    with sync_playwright() as played:
        browser = played.chromium.launch(executable_path=program, args=list(OPTIONS))
        yield browser
        browser.close()
