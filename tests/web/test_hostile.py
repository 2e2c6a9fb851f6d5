"""What others would make of the console, tried in a browser: frames, addresses that lead away, names with scripts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import expect

from grids.boundaries import operations, queries
from grids.change_sets import operations as change_sets
from identity.grants import Grant
from tests.factories.identity import who
from tests.factories.sample import sample_areas
from tests.factories.serving import served_in_a_thread
from tests.factories.sign_in import PASSWORD, make_account
from tests.missing import needs_chromium, needs_console
from tests.web.conftest import Console, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [needs_chromium, needs_console]
PROGRAM: Final = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>{{hit=1}}'
ELSEWHERE: Final = (
    "//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "/%09/evil.example",
    "/\t/evil.example", "javascript:window.hit=1", "data:text/html,x", "///evil.example", "/map/../..//evil.example",
)  # fmt: skip


def holds_no_program(page: Page) -> None:
    """Nothing of a text became part of the page."""
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.hit") is None
    assert page.locator("img[src=x]").count() == 0


def test_a_page_of_another_site_cannot_show_the_console_in_a_frame(console: Console) -> None:
    async def other_site(scope: dict[str, object], receive: object, send: object) -> None:
        del receive
        if scope["type"] != "http":
            return
        frames = "".join(f'<iframe src="{console.base}{path}"></iframe>' for path in ("/", "/sign-in", "/boundaries"))
        headers = [(b"content-type", b"text/html; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": frames.encode()})  # type: ignore[operator]

    with served_in_a_thread(other_site) as site, console.browser.new_context() as context:  # type: ignore[arg-type]
        page = context.new_page()
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text))
        page.goto(site)
        page.wait_for_load_state("networkidle")
        shown = [frame.locator("#app, input").count() for frame in page.frames[1:]]
        assert shown == [0, 0, 0]
        assert sum("frame-ancestors" in one for one in told) >= 3, told


@pytest.fixture(scope="module")
def signing_in(console: Console) -> str:
    with console.database.transaction() as session:
        make_account(session, console.settings, "韩梅", [Grant("gis-editor")])
    return "韩梅"


def test_signing_in_leads_to_no_other_site_whatever_the_address_asks_for(console: Console, signing_in: str) -> None:
    with console.browser.new_context() as context:
        page, asked_of = context.new_page(), set[str]()
        page.on("request", lambda request: asked_of.add(request.url))
        for asked in ELSEWHERE:
            context.clear_cookies()
            page.goto(f"{console.base}/sign-in?{urlencode({'next': asked})}")
            page.get_by_label("登录名").fill(signing_in)
            page.get_by_label("密码", exact=True).fill(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: "/sign-in" not in url)
            holds_no_program(page)
            assert urlsplit(page.url).netloc == urlsplit(console.base).netloc, asked
        own = (f"{console.base}/", "data:", "blob:")
        assert [url for url in asked_of if not url.startswith(own)] == []


def test_a_name_that_is_a_program_is_shown_as_the_text_it_is(console: Console, signing_in: str) -> None:
    """Of areas, units, attributes, drafts, layers and persons; and what the address holds."""
    grids = [area for area in sample_areas() if area.level == "grid"]
    hostile = replace(grids[0], name=PROGRAM, unit_name=PROGRAM, attributes={PROGRAM: PROGRAM})
    others = [area for area in sample_areas() if area.code != hostile.code]
    with console.database.transaction() as session:
        layer = queries.get_layer(session, "admin")
        publication = operations.Publication(author=who(PROGRAM), note=PROGRAM)
        operations.publish(session, layer=layer, areas=[hostile, *others], publication=publication, lead_s=0.0)
        facts = {"code": "odd", "name": PROGRAM, "levels": ["grid"], "code_rule": "free"}
        operations.create_layer(session, **facts, actor=who("test"))  # type: ignore[arg-type]
        draft = change_sets.open_draft(session, layer=layer, title=PROGRAM, author=who(PROGRAM)).id
        change_sets.assign_facts(
            session, change_set_id=draft, code=grids[1].code, facts={"name": f"{PROGRAM}2"}, actor=who(PROGRAM)
        )
    with console.visit() as page:
        sign_in(page, console, signing_in, f"/map?area={hostile.code}")
        expect(page.locator(".card h2")).to_have_text(PROGRAM)
        expect(page.locator(".card dl")).to_contain_text(PROGRAM)
        holds_no_program(page)
        page.goto(f"{console.base}/boundaries")
        expect(page.get_by_role("link", name=PROGRAM)).to_be_visible()
        holds_no_program(page)
        page.goto(f"{console.base}/boundaries/{draft}?areas={grids[1].code}")
        expect(page.locator("h1").filter(has_text=PROGRAM)).to_be_visible()
        expect(page.get_by_role("region", name="选中的网格")).to_contain_text(PROGRAM)
        holds_no_program(page)
        page.keyboard.press("Control+k")
        expect(
            page.get_by_role("combobox", name="查找案件、上报、任务、人员、区域、变更单、工作台和命令")
        ).to_be_focused()
        page.keyboard.type("<img")
        expect(page.get_by_role("dialog").get_by_role("option").first).to_contain_text(PROGRAM)
        holds_no_program(page)
        for path in ("/map?layer={0}&level={0}&area={0}", "/boundaries?areas={0}", "/map?lang={0}"):
            page.goto(console.base + path.format("<img src=x onerror=window.hit=1>"))
            expect(page.get_by_role("navigation").first).to_be_visible()
            holds_no_program(page)
