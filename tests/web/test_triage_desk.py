"""The triage desk in a browser: what waits is settled by candidate, click or area, by keyboard alone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from core import clock
from governance.reports.numbers import report_number
from governance.triage import queries
from identity.grants import EVERYTHING, Grant
from tests.factories.events import wait_until_readable
from tests.factories.reports import PlacedRow, store_reports
from tests.factories.sign_in import make_account
from tests.missing import needs_chromium, needs_console
from tests.web.conftest import Console, judge, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [needs_chromium, needs_console]
GRID = "410106003004006"


def waiting(address: str, days: int, text: str = "疑似违建") -> PlacedRow:
    at = clock.now() - timedelta(days=days)
    return PlacedRow(address=address, description=text, category="违法建设", at=at, received_at=at)


@pytest.fixture(scope="module")
def dispatcher(console: Console) -> str:
    """A dispatcher's login, with three reports in the queue and one beside the first."""
    at = clock.now() - timedelta(days=9, hours=1)
    beside = PlacedRow(
        113.2744, 34.8022, (GRID,), address="大转盘旁边的空地", description="垃圾堆放", at=at, received_at=at
    )
    rows = [waiting("大转盘旁边", 9), waiting("鸿盛小区与鸿园小区之间", 3), waiting("只知道在村里", 1), beside]
    with console.database.transaction() as session:
        make_account(session, console.settings, "钱芳", [Grant("dispatcher")])
        store_reports(session, rows)
    return "钱芳"


def left(console: Console) -> int:
    with console.database.snapshot() as session:
        return queries.count(session, reach=EVERYTHING)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_what_waits_is_settled_by_click_candidate_and_area_by_keyboard_alone(console: Console, dispatcher: str) -> None:
    with console.visit() as page:
        sign_in(page, console, dispatcher, "/triage")
        expect(page.get_by_text("3 件待落位，最久已等 9 天")).to_be_visible()
        card = page.get_by_role("region", name=re.compile("^上报"))
        expect(card.locator("mark.unread").first).to_have_text("大转盘")
        expect(card).to_contain_text("大转盘旁边的空地")
        expect(card).to_contain_text("没有候选位置")
        page.locator("canvas").first.wait_for()
        page.wait_for_load_state("networkidle")
        judge(page, "triage")

        # The map by keyboard: its centre is taken; what the caller calls the place is proposed.
        press(page, "m", "ArrowRight", "Enter")
        expect(card.get_by_label("依据（R）")).to_be_focused()
        expect(card.get_by_role("status")).to_contain_text("已选")
        page.keyboard.type("电话核实")
        press(page, "Tab")
        page.keyboard.type("大转盘")
        press(page, "Enter")
        expect(page.get_by_text("已提议为地名说法")).to_be_visible()
        expect(page.get_by_text("2 件待落位")).to_be_visible()
        assert left(console) == 2

        # A candidate by its number; the grounds stand as they were said last.
        expect(card).to_contain_text("鸿盛小区")
        expect(card.get_by_role("button", name=re.compile("^1 "))).to_be_visible()
        press(page, "1")
        expect(card.get_by_role("button", name=re.compile("^1 "))).to_have_attribute("aria-pressed", "true")
        page.wait_for_load_state("networkidle")
        judge(page, "triage-candidate")
        card.get_by_label("依据（R）").press("Enter")
        expect(page.get_by_text("1 件待落位")).to_be_visible()

        # An area by its code.
        expect(card).to_contain_text("只知道在村里")
        press(page, "a")
        page.keyboard.type(GRID)
        press(page, "Enter")
        expect(card.get_by_role("status")).to_contain_text("只到区域")
        expect(card.get_by_label("依据（R）")).to_be_focused()
        press(page, "Enter")
        expect(page.get_by_text("没有待落位的上报")).to_be_visible()
        assert left(console) == 0
        judge(page, "triage-empty")

        page.get_by_role("link", name="地名说法").click()
        page.get_by_role("button", name=re.compile("大转盘")).click()
        page.get_by_label("理由").fill("群众都这么叫")
        judge(page, "wordings")
        page.get_by_role("button", name="确认“大转盘”").click()
        expect(page.get_by_role("row", name=re.compile("大转盘"))).to_contain_text("已确认")


def test_a_report_that_comes_in_meanwhile_appears_by_itself_and_is_placed_by_a_click(
    console: Console, dispatcher: str
) -> None:
    with console.visit(live=True) as page:
        sign_in(page, console, dispatcher, "/triage")
        expect(page.get_by_role("heading", name="地址研判")).to_be_visible()
        wait_until_readable(console.database)
        before = left(console)
        with console.database.transaction() as session:
            (report,) = store_reports(
                session, [PlacedRow(address="<img src=x onerror=alert(1)>后面", description="急")]
            )
        expect(page.get_by_text("新到 1 件")).to_be_visible(timeout=90_000)
        page.get_by_role("button", name=re.compile(report_number(report))).click()
        box = page.locator(".canvas").bounding_box()
        assert box is not None
        page.locator("canvas").first.wait_for()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        card = page.get_by_role("region", name=re.compile("^上报"))
        expect(card.get_by_role("status")).to_contain_text("已选")
        card.get_by_label("依据（R）").fill("现场核实")
        card.get_by_role("button", name=re.compile("落位到")).click()
        expect(page.get_by_text(f"{report_number(report)} 已落位到")).to_be_visible()
        assert left(console) == before
