"""The page on which a caller follows a matter; the address of its QR code has number and token behind `#`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.responses import HTMLResponse, Response

from api.http.language import WordsLanguage, in_language
from api.http.openapi import feature_router
from presentation.pages.template_page import template_page
from presentation.words.pages import CATALOGUE

router = feature_router(include_in_schema=False)


@router.get("/trace")
async def get_trace_page(language: Annotated[str, Depends(WordsLanguage(CATALOGUE))]) -> Response:
    """Return the page; it asks for what it shows, so that no log has a token."""
    return in_language(HTMLResponse(template_page("trace.html", language)), language)
