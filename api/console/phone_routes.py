"""The grid worker's phone at `/m`: its page, what a phone needs to install it, and its service worker."""

from __future__ import annotations

import json
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Path, Request
from starlette.responses import RedirectResponse, Response

from api.console.routes import ConsoleFileNotFoundError
from api.http.console_build import PHONE, console_page
from api.http.openapi import feature_router
from api.http.public_address import address_of
from api.http.services import ServicesDep

router = feature_router()
FILES: Final = {
    "icon-192.png": "image/png",
    "icon-512.png": "image/png",
    "manifest.webmanifest": "application/manifest+json",
}
_A_DAY: Final = {"Cache-Control": "public, max-age=86400"}


async def get_phone(request: Request) -> Response:
    """Return the page that starts the phone, which then shows what the address names."""
    return console_page(request, PHONE) or RedirectResponse("/start", 307)


@router.get("/m/worker.js", include_in_schema=False)
def get_phone_worker(request: Request, services: ServicesDep) -> Response:
    """Return the service worker, which may answer `/m`, with the files of the present build to be kept."""
    text = services.console.file("worker.js", "identity", folder="m")
    if text is None:
        raise ConsoleFileNotFoundError
    base = address_of(request)
    page, files = f"{base}/m", [f"{base}/{name}" for name in services.console.needed_by(PHONE)]
    build = services.console.version
    head = f"const [BUILD, PAGE] = {json.dumps([build, page])};\nconst FILES = {json.dumps(files)};\n"
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": f"{urlsplit(base).path}/m"}
    return Response(head.encode() + text, media_type="text/javascript; charset=utf-8", headers=headers)


@router.get("/m/{name}", include_in_schema=False)
def get_phone_file(request: Request, services: ServicesDep, name: Annotated[str, Path(max_length=200)]) -> Response:
    """Return a file that installs the phone's page, or the page for an address below it."""
    if name not in FILES:
        return console_page(request, PHONE) or RedirectResponse("/start", 307)
    content = services.console.file(name, "identity", folder="m")
    if content is None:
        raise ConsoleFileNotFoundError
    return Response(content, media_type=FILES[name], headers=_A_DAY)


router.add_api_route("/m", get_phone, include_in_schema=False)
router.add_api_route("/m/{rest:path}", get_phone, include_in_schema=False)
