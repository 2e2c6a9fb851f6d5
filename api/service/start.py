"""The first page: what there is to see, and who answers for a point."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.responses import HTMLResponse, Response

from api.http.language import WordsLanguage, in_language
from api.http.openapi import feature_router
from presentation.pages.template_page import template_page
from presentation.words.pages import CATALOGUE

router = feature_router(include_in_schema=False)


@router.get("/")
async def get_start(language: Annotated[str, Depends(WordsLanguage(CATALOGUE))]) -> Response:
    """Return the page; it asks `GET /v1/assignments` for a point."""
    return in_language(HTMLResponse(template_page("start.html", language)), language)
