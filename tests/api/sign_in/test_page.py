"""The page to sign in, in a browser: a password is set by the link, and nobody is sent on to another site."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
import uvicorn
from playwright.sync_api import sync_playwright

from api.app import create_app
from identity.actors import COMMAND_LINE
from identity.sign_in import accounts
from tests import missing
from tests.factories.sign_in import PASSWORD, make_person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.settings import Settings


@pytest.fixture
def served(settings: Settings) -> Iterator[tuple[str, str]]:
    """The address of a served application, and the token of an invitation."""
    app = create_app(settings)
    with app.state.services.database.transaction() as session:
        person = make_person(session, "刘洋")
        made = accounts.invite(session, person=person, settings=settings, actor=COMMAND_LINE)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", made.token
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()


@missing.needs_chromium
def test_a_link_sets_the_password_and_the_person_goes_on_within_this_service(served: tuple[str, str]) -> None:
    base, token = served
    errors: list[str] = []
    with sync_playwright() as played:
        browser = played.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            page = browser.new_page(locale="en")
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(f"{base}/sign-in?next=//evil.example#token={token}")
            page.locator("#first input").fill(PASSWORD)
            page.locator("#first button").click()
            page.get_by_text("The password is set").wait_for()
            assert token not in page.url
            page.locator("#enter input[name=password]").fill("wrong")
            page.locator("#enter button").click()
            page.get_by_text("Login or password is wrong").wait_for()
            page.locator("#enter input[name=password]").fill(PASSWORD)
            page.locator("#enter button").click()
            page.wait_for_url(f"{base}/")
            assert page.request.get(f"{base}/v1/me").json()["name"] == "刘洋"
            page.goto(f"{base}/sign-in?next=/v1/sessions")
            page.locator("#enter input[name=login]").fill("刘洋")
            page.locator("#enter input[name=password]").fill(PASSWORD)
            page.locator("#enter button").click()
            page.wait_for_url(f"{base}/v1/sessions")
        finally:
            browser.close()
    assert errors == []
