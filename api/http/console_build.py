"""The built console: the pages that start it on a desk and on a phone, and the files that they name by their hashes.

The folder is looked at anew when its page has changed, so that a new build is served without a restart. Files of the
build before are gone then: a page that still asks for one gets a 404 and is told to load anew.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse, Response

from api.http.headers import console_policy
from api.http.public_address import address_of
from api.http.services import services_of
from core.content_encoding import encode

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

PHONE: Final = "m.html"
"""The page of a build that starts the phone."""
_BASE: Final = re.compile(r'<base href="[^"]*">')
_PAGE_HEADERS: Final = {"Cache-Control": "no-store", "Cross-Origin-Opener-Policy": "same-origin"}


@dataclass(frozen=True, slots=True)
class ConsoleBuild:
    """A folder that `wangge console build` has filled, or that has nothing in it."""

    folder: Path

    @property
    def page(self) -> str | None:
        """The page that starts the console; None where there is no build."""
        return self.started_by("index.html")

    def started_by(self, name: str) -> str | None:
        """Return a page of the build; None where there is no build."""
        file = self.folder / name
        try:
            return _read(file, file.stat().st_mtime_ns)
        except OSError:
            return None

    @property
    def version(self) -> str | None:
        """What tells this build from others: its pages name each file by its content."""
        page = self.page
        if page is None:
            return None
        return hashlib.sha256((page + (self.started_by(PHONE) or "")).encode()).hexdigest()[:12]

    def needed_by(self, entry: str) -> list[str]:
        """Return the files that a page of the build loads, at once or later, by the manifest of the build."""
        file = self.folder / "manifest.json"
        try:
            manifest = json.loads(_read(file, file.stat().st_mtime_ns))
        except (OSError, ValueError):
            return []
        waiting, seen, files = [entry], set[str](), set[str]()
        while waiting:
            name = waiting.pop()
            if name in seen or name not in manifest:
                continue
            seen.add(name)
            files |= {manifest[name]["file"], *manifest[name].get("css", [])}
            waiting += [*manifest[name].get("imports", []), *manifest[name].get("dynamicImports", [])]
        return sorted(files)

    def file(self, name: str, encoding: str, folder: str = "console") -> bytes | None:
        """Return a file of the build, encoded; None where there is none of this name."""
        file = self.folder / folder / name
        try:
            return _encoded(file, file.stat().st_mtime_ns, encoding)
        except OSError:
            return None


def console_page(request: Request, name: str = "index.html") -> Response | None:
    """Answer with a page that starts the console, under the address by which it was reached; None without a build."""
    services = services_of(request.app)
    page = services.console.started_by(name)
    if page is None:
        return None
    folder = f"{urlsplit(address_of(request)).path}/"
    policy = console_policy(services.settings.basemap_url)
    based = _BASE.sub(lambda _: f'<base href="{html.escape(folder)}">', page, count=1)
    return HTMLResponse(based, headers={**_PAGE_HEADERS, "Content-Security-Policy": policy})


@lru_cache(maxsize=8)
def _read(file: Path, _changed_ns: int) -> str:
    return file.read_text(encoding="utf-8")


@lru_cache(maxsize=400)
def _encoded(file: Path, _changed_ns: int, encoding: str) -> bytes:
    return encode(file.read_bytes(), encoding)
