"""Four kits of components for the console: what ten of their components weigh, and how they serve readers and a policy.

Each page under component_kits/ shows a button, a field, a select, a date, a checkbox, radios, a switch, a table, tabs,
pages and a dialog, with the labels that the kit names. Counted are the gzip size of what is built, the findings of
axe-core with all closed, a select open, a date open and a dialog open, and what a policy without inline styles
(style-src 'self') stops. Needs a network: the kits are fetched into a folder of their own.
"""

from __future__ import annotations

import functools
import http.server
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as TooLong

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from cli import node

HERE: Final = Path(__file__).parent / "component_kits"
KITS: Final = ("none", "element", "naive", "tdesign", "prime")
STRICT: Final = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'"


class Strict(http.server.SimpleHTTPRequestHandler):
    """Serves files under a policy."""

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def end_headers(self) -> None:
        """Add the policy."""
        self.send_header("Content-Security-Policy", STRICT)
        super().end_headers()


def built(folder: Path) -> dict[str, str]:
    """Build each page; return what measure.mjs told of its sizes."""
    shutil.copytree(HERE, folder, dirs_exist_ok=True)
    npm = node.node().parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    for kit in KITS:
        shutil.copy(folder / "index.html", folder / kit)
    subprocess.run([node.node(), npm, "install", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True)
    told = subprocess.run([node.node(), "measure.mjs", *KITS], cwd=folder, check=True, capture_output=True, text=True)
    return dict(line.split(" ", 1) for line in told.stdout.splitlines())


def findings(page: Page) -> Counter[str]:
    """Return the findings of axe-core by rule, over all states of the page."""
    found: Counter[str] = Counter()

    def judge() -> None:
        for rule in Axe().run(page).response["violations"]:
            found[rule["id"]] += len(rule["nodes"])

    judge()
    for opened in (".probe-select", ".probe-date", ".probe-dialog"):
        try:
            page.locator(opened).first.click(timeout=3000)
        except TooLong:
            found[f"{opened} cannot be clicked"] += 1
            continue
        page.wait_for_timeout(700)
        judge()
        page.keyboard.press("Escape")
        page.wait_for_timeout(500)
    return found


def look(browser: Browser, address: str) -> tuple[int, Counter[str]]:
    """Return how often the policy stopped something, and the findings without one."""
    stopped: list[str] = []
    for bypass in (False, True):
        page = browser.new_context(bypass_csp=bypass).new_page()
        page.on("console", lambda told: stopped.append(told.text))
        page.goto(address)
        page.wait_for_timeout(600)
    return sum("Content Security" in text for text in stopped), findings(page)


def main() -> None:
    """Print one line a kit."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as played:
        sizes = built(Path(folder))
        handler = functools.partial(Strict, directory=str(Path(folder) / "out"))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = played.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for kit in KITS[1:]:
            stopped, found = look(browser, f"http://127.0.0.1:{server.server_port}/{kit}/")
            print(f"{kit}: gzip {sizes[kit]}; stopped {stopped}; axe {sum(found.values())} {dict(found)}")
        print(f"Vue alone: gzip {sizes['none']}")
        browser.close()


if __name__ == "__main__":
    main()
