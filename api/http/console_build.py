"""The built console: the page that starts it, and the files that the page names by the hash of their content.

The folder is looked at anew when its page has changed, so that a new build is served without a restart. Files of the
build before are gone then: a page that still asks for one gets a 404 and is told to load anew.
"""

from __future__ import annotations

import hashlib
import html
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

_BASE: Final = re.compile(r'<base href="[^"]*">')
_PAGE_HEADERS: Final = {"Cache-Control": "no-store", "Cross-Origin-Opener-Policy": "same-origin"}


@dataclass(frozen=True, slots=True)
class ConsoleBuild:
    """A folder that `wangge console build` has filled, or that has nothing in it."""

    folder: Path

    @property
    def page(self) -> str | None:
        """The page that starts the console; None where there is no build."""
        file = self.folder / "index.html"
        try:
            return _read(file, file.stat().st_mtime_ns)
        except OSError:
            return None

    @property
    def version(self) -> str | None:
        """What tells this build from others: its page names each file by its content."""
        page = self.page
        return None if page is None else hashlib.sha256(page.encode()).hexdigest()[:12]

    def file(self, name: str, encoding: str) -> bytes | None:
        """Return a file of the build, encoded; None where there is none of this name."""
        file = self.folder / "console" / name
        try:
            return _encoded(file, file.stat().st_mtime_ns, encoding)
        except OSError:
            return None


def console_page(request: Request) -> Response | None:
    """Answer with the page that starts the console, under the address by which it was reached; None without a build."""
    services = services_of(request.app)
    page = services.console.page
    if page is None:
        return None
    folder = f"{urlsplit(address_of(request)).path}/"
    policy = console_policy(services.settings.basemap_url)
    based = _BASE.sub(lambda _: f'<base href="{html.escape(folder)}">', page, count=1)
    return HTMLResponse(based, headers={**_PAGE_HEADERS, "Content-Security-Policy": policy})


@lru_cache(maxsize=4)
def _read(file: Path, _changed_ns: int) -> str:
    return file.read_text(encoding="utf-8")


@lru_cache(maxsize=400)
def _encoded(file: Path, _changed_ns: int, encoding: str) -> bytes:
    return encode(file.read_bytes(), encoding)
