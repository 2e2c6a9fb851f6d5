"""The first page: what there is to see, and who answers for a point."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import HTMLResponse

router = APIRouter(include_in_schema=False)
_PAGE = Path(__file__).resolve().parent.parent / "pages" / "start.html"


@router.get("/")
async def get_start() -> HTMLResponse:
    """Give the page; it asks `GET /v1/assignments` for a point."""
    return HTMLResponse(_PAGE.read_text(encoding="utf-8"))
