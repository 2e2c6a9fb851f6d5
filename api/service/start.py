"""The first page: what there is to see, and who answers for a point."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from presentation.pages import TEMPLATES

router = APIRouter(include_in_schema=False)
_PAGE = TEMPLATES / "start.html"


@router.get("/")
async def get_start() -> HTMLResponse:
    """Give the page; it asks `GET /v1/assignments` for a point."""
    return HTMLResponse(_PAGE.read_text(encoding="utf-8"))
