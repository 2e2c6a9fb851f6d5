"""The overview and the wall in a browser: each figure leads to its cases, new cases appear by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from governance.reports.numbers import report_number
from identity.grants import Grant
from tests.factories.cases import state_offices
from tests.factories.console_cases import case_in_sample
from tests.factories.reports import store_report
from tests.factories.sign_in import make_account
from tests.missing import needs_chromium, needs_console
from tests.web.conftest import SHOTS, Console, judge, sign_in

pytestmark = [needs_chromium, needs_console]
WALLS = {"16x9": (1920, 1080), "32x9": (3840, 1080)}


@pytest.fixture(scope="module")
def late(console: Console) -> str:
    """Cases in twelve grids; return the number of the one that is over its deadline."""
    with console.database.transaction() as session:
        make_account(session, console.settings, "值班长", [Grant("dispatcher"), Grant("supervisor")])
        state_offices(session)
        for grid in range(12):
            case_in_sample(session, grid, channel=("12345", "app", "patrol")[grid % 3])
        return case_in_sample(session, 3, is_late=True)


def test_each_figure_of_the_overview_leads_to_its_cases(console: Console, late: str) -> None:
    with console.visit() as page:
        sign_in(page, console, "值班长", "/overview")
        expect(page.get_by_role("heading", name="运行概览")).to_be_visible()
        expect(page.get_by_text("在办 13 件")).to_be_visible()
        judge(page, "overview")
        page.get_by_role("button", name="待受理：13 件，列出案件").click()
        listed = page.get_by_role("complementary", name="待受理")
        expect(listed.get_by_role("listitem")).to_have_count(13)
        expect(listed.get_by_role("listitem").filter(has_text=late)).to_contain_text("超期")
        judge(page, "overview-cases")
        page.keyboard.press("Escape")
        expect(listed).to_have_count(0)
        page.get_by_role("button", name="app：4 件，列出案件").click()
        expect(page.get_by_role("complementary", name="app").get_by_role("listitem")).to_have_count(4)
        page.keyboard.press("Escape")
        page.get_by_role("button", name="今日登记：13 件，列出案件").click()
        expect(page.get_by_role("complementary", name="今日登记").get_by_role("listitem")).to_have_count(13)


def test_the_wall_is_dark_large_and_fits_its_screens(console: Console, late: str) -> None:
    assert late
    with console.visit() as page:
        sign_in(page, console, "值班长", "/wall")
        expect(page.get_by_role("heading", name="运行大屏")).to_be_visible()
        expect(page.get_by_text("在办 13 件")).to_be_visible()
        for name, (width, height) in WALLS.items():
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(500)
            if SHOTS:
                page.screenshot(path=Path(SHOTS) / f"wall-{name}.png")
            taller = page.evaluate("document.documentElement.scrollHeight - innerHeight")
            assert taller <= 0, f"{name}: nothing has to be scrolled"
            size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.overview')).fontSize)")
            assert size >= 28
            assert page.evaluate("document.documentElement.classList.contains('dark')")
        judge(page, "wall")
        page.keyboard.press("Escape")
        page.wait_for_url("**/overview")
        assert not page.evaluate("document.documentElement.classList.contains('dark')")


def test_new_cases_appear_by_themselves(console: Console, late: str) -> None:
    assert late
    with console.visit(live=True) as page:
        sign_in(page, console, "值班长", "/overview")
        expect(page.get_by_text("在办 13 件")).to_be_visible()
        with console.database.transaction() as session:
            case_in_sample(session, 5)
        expect(page.get_by_text("在办 14 件")).to_be_visible(timeout=60_000)


def test_the_palette_finds_cases_and_what_else_the_service_knows_by_their_words(console: Console, late: str) -> None:
    with console.database.transaction() as session:
        note = store_report(session, category="道路破损", description="人行道地砖松动", path=["410106"], channel="app")
        make_account(session, console.settings, "唐指挥", [Grant("dispatcher"), Grant("supervisor")])
    with console.visit() as page:
        sign_in(page, console, "唐指挥", "/overview")
        expect(page.get_by_role("heading", name="运行概览")).to_be_visible()
        options = page.get_by_role("dialog").get_by_role("option")
        page.keyboard.press("Control+k")
        expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
        page.keyboard.type(late)
        expect(options).to_have_count(1, timeout=20_000)
        expect(options.first).to_contain_text(f"{late} · 待受理")
        page.get_by_role("dialog").get_by_role("combobox").fill("地砖松动")
        expect(options.first).to_contain_text("上报人行道地砖松动", timeout=20_000)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/records/report/{report_number(note)}")
        expect(page.get_by_role("article")).to_contain_text("人行道地砖松动")
        judge(page, "record")
