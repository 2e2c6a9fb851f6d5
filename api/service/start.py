"""The first page: what there is to see, and who answers for a point."""

from __future__ import annotations

from starlette.responses import HTMLResponse

from api.http.openapi import feature_router
from presentation.pages import TEMPLATES

router = feature_router(include_in_schema=False)
_PAGE = TEMPLATES / "start.html"


@router.get("/")
async def get_start() -> HTMLResponse:
    """Give the page; it asks `GET /v1/assignments` for a point."""
    return HTMLResponse(_PAGE.read_text(encoding="utf-8"))
