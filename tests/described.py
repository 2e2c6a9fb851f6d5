"""The application as it describes itself: what is known of it with no database, built once for all who ask."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from api.app import create_app
from core.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

METHODS: Final = ("get", "post", "put", "patch", "delete", "options")


@cache
def application() -> FastAPI:
    """Give the application on a database that is not there: to be read, not to be started."""
    return create_app(Settings(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", log_level="CRITICAL"))


@cache
def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Give each operation of the OpenAPI document: its method, its path and what is said of it."""
    paths = application().openapi()["paths"]
    return [(method, path, paths[path][method]) for path in paths for method in METHODS if method in paths[path]]
