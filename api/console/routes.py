"""The console's pages and files, and its settings."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Path, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from api.http.conditional_response import listed
from api.http.console_build import console_page
from api.http.dependencies import KEY_OPTIONAL, OptionalPrincipalDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from core import training
from core.content_encoding import choose_encoding
from core.errors import DomainError, Kind
from presentation.words.pages import SAMPLE

router = feature_router()

DESKS: Final = (
    "account",
    "admin",
    "boundaries",
    "cases",
    "dispatch",
    "map",
    "overview",
    "planner",
    "records",
    "supervise",
    "triage",
    "unit",
    "verify",
    "wall",
)
"""First parts of the paths that the console answers itself (web/src/app/router.ts)."""
_MEDIA: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "png": "image/png",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}
_FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}


class ConsoleFileNotFoundError(DomainError):
    """The console has no such file; it was built anew. Load the page again."""

    code = "console-file-not-found"
    kind = Kind.NOT_FOUND


class ConsoleOut(BaseModel):
    """What the console has to know of this service before anybody signs in."""

    build: str | None = Field(description="The build that is served; null: none.", examples=["3f2a90c41d7e"])
    signed_in: bool = Field(description="Whether the request came by the session of a person.")
    training: bool = Field(description="Whether this is a training environment, where nothing is real.")
    sample: bool = Field(description="Whether data are made up, which the name of a layer says.")
    openid: bool = Field(description="Whether persons may sign in at an OpenID provider, by `/sign-in/openid`.")
    basemap_url: str | None = Field(
        description="Address of the basemap's tiles or WMS; null: none.",
        examples=["https://t0.example.org/{z}/{x}/{y}"],
    )
    default_layer: str = Field(description="Layer that is shown first.", examples=["admin"])


@router.get("/v1/console", tags=["operation"], responses=responses(401, 503), openapi_extra=KEY_OPTIONAL)
async def get_console(services: ServicesDep, principal: OptionalPrincipalDep) -> ConsoleOut:
    """Describe this service to its console: build, sign-in, basemap. Needs no key."""
    settings = services.settings
    return ConsoleOut(
        signed_in=principal is not None and principal.session_id is not None,
        build=services.console.version,
        training=training.is_on(),
        sample=any(SAMPLE in known.layer.name for known in services.releases.timeline.layers),
        openid=bool(settings.openid_issuer) and not training.is_on(),
        basemap_url=settings.basemap_url or None,
        default_layer=settings.default_layer,
    )


@router.get("/console/{name}", include_in_schema=False)
def get_console_file(
    services: ServicesDep, request: Request, name: Annotated[str, Path(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}$")]
) -> Response:
    """Return a file of the console; its name holds the hash of its content, so that it is kept for ever."""
    media = _MEDIA.get(name.rpartition(".")[2])
    encoding = choose_encoding(listed(request.headers, "accept-encoding"))
    content = services.console.file(name, encoding) if media else None
    if content is None:
        raise ConsoleFileNotFoundError
    headers = _FOR_EVER if encoding == "identity" else {**_FOR_EVER, "Content-Encoding": encoding}
    return Response(content, media_type=media, headers=headers)


async def get_desk(request: Request) -> Response:
    """Return the page that starts the console, which then shows the desk of the address."""
    return console_page(request) or RedirectResponse("/start", 307)


for _desk in DESKS:
    router.add_api_route(f"/{_desk}", get_desk, include_in_schema=False)
    router.add_api_route(f"/{_desk}/{{rest:path}}", get_desk, include_in_schema=False)
