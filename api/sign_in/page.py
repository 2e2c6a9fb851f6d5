"""The page to sign in, and to set a password by an invitation (`#token=…`): the console's where it is built."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import HTMLResponse, Response

from api.http.console_build import console_page
from api.http.language import WordsLanguage, in_language
from api.http.openapi import feature_router
from api.http.services import ServicesDep
from core import training
from presentation.pages.template_page import template_page
from presentation.words.pages import CATALOGUE

router = feature_router(include_in_schema=False)


@router.get("/sign-in")
async def get_sign_in_page(
    services: ServicesDep, request: Request, language: Annotated[str, Depends(WordsLanguage(CATALOGUE))]
) -> Response:
    """Return the page; it names the OpenID provider's way where there is one."""
    started = console_page(request)
    if started is not None:
        return started
    page = template_page("sign_in.html", language)
    if services.settings.openid_issuer and not training.is_on():
        page = page.replace('data-openid="off"', 'data-openid="on"', 1)
    return in_language(HTMLResponse(page), language)
