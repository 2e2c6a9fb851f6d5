"""The first page: the console where it is built; and the plain page: what there is to see, who answers for a point."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import HTMLResponse, Response

from api.http.console_build import console_page
from api.http.language import WordsLanguage, in_language
from api.http.openapi import feature_router
from presentation.pages.template_page import template_page
from presentation.words.pages import CATALOGUE

router = feature_router(include_in_schema=False)

Language = Annotated[str, Depends(WordsLanguage(CATALOGUE))]


@router.get("/")
async def get_first_page(request: Request, language: Language) -> Response:
    """Return the console; the plain page where it is not built, and for links of before that name a point."""
    page = None if "lon" in request.query_params else console_page(request)
    return page or _plain_page(language)


@router.get("/start")
async def get_start(language: Language) -> Response:
    """Return the plain page; it asks `GET /v1/assignments` for a point."""
    return _plain_page(language)


def _plain_page(language: str) -> Response:
    return in_language(HTMLResponse(template_page("start.html", language)), language)
