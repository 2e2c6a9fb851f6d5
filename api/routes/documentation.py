"""The API's documentation for people: Swagger UI from a package, so that a closed network shows it too."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from collections.abc import Iterable

router = APIRouter(include_in_schema=False)
ASSETS = "/docs/assets"


@router.get("/docs")
async def documentation() -> HTMLResponse:
    """Show every operation and let one try it."""
    return get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="Wangge API",
        swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{ASSETS}/swagger-ui.css",
        swagger_favicon_url=f"{ASSETS}/favicon-32x32.png",
    )


def summarise(routers: Iterable[APIRouter]) -> None:
    """Head each operation with the first sentence of its description, not with the name of a function."""
    for one in routers:
        for route in one.routes:
            if isinstance(route, APIRoute) and route.summary is None:
                route.summary = route.description.partition("\n\n")[0].replace("\n", " ").rstrip(".")


def mount_assets(app: FastAPI) -> None:
    """Serve Swagger UI's own files."""
    package = "drf_spectacular_sidecar"
    folder = Path(str(files(package))) / "static" / package / "swagger-ui-dist"
    app.mount(ASSETS, StaticFiles(directory=folder), name="documentation-assets")
