"""The desks of cases as their people work: by keyboard, by mouse, side by side, with what happens meanwhile."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from identity.grants import Grant
from identity.people import operations as people
from tests.factories.cases import state_offices
from tests.factories.console_cases import case_in_sample
from tests.factories.identity import who
from tests.factories.photos import photo
from tests.factories.sign_in import make_account
from tests.missing import needs_chromium, needs_console
from tests.web.conftest import Console, judge, sign_in

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [needs_chromium, needs_console, pytest.mark.usefixtures("offices")]
MATTERS = 20


@pytest.fixture(scope="module")
def offices(console: Console) -> None:
    """People of the centre, a street, the verifiers and the supervisors."""
    with console.database.transaction() as session:
        state_offices(session)
        make_account(session, console.settings, "坐席甲", [Grant("dispatcher")])
        make_account(session, console.settings, "坐席乙", [Grant("dispatcher")])
        street = make_account(session, console.settings, "街道乙", [Grant("street-staff")])
        make_account(session, console.settings, "核查员", [Grant("verifier")])
        make_account(session, console.settings, "督办员", [Grant("supervisor")])
        given = {"id": street.id, "name": "街道乙"}
        session.execute(
            text("INSERT INTO person (id, name, created_at, changed_at) VALUES (:id, :name, now(), now())"), given
        )
        people.state_units(session, [(street.id, "street")], actor=who("admin"))


def cases(console: Console, count: int, **more: object) -> list[str]:
    with console.database.transaction() as session:
        return [case_in_sample(session, grid, **more) for grid in range(count)]  # type: ignore[arg-type]


def open_desk(page: Page, console: Console, login: str, path: str, heading: str) -> None:
    sign_in(page, console, login, path)
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()


def test_twenty_matters_go_to_their_units_by_keyboard_alone(console: Console) -> None:
    numbers = set(cases(console, MATTERS))
    with console.visit() as page:
        open_desk(page, console, "坐席甲", "/dispatch?queue=waiting", "调度")
        expect(page.get_by_text(f"{MATTERS} 件", exact=False).first).to_be_visible()
        judge(page, "dispatch")
        start, presses = time.monotonic(), 0

        def press(*keys: str) -> None:
            nonlocal presses
            for key in keys:
                page.keyboard.press(key)
                presses += 1

        card = page.locator("section.card")
        press("j")
        done: set[str] = set()
        while len(done) < MATTERS:
            expect(card.locator(".state")).to_have_text("待受理")
            number = card.get_by_role("heading", level=2).first.inner_text()
            assert number in numbers - done
            for key, state in (("a", "待立案"), ("f", "待派遣")):
                press(key)
                expect(card.locator(".state")).to_have_text(state)
            press("d")
            expect(page.get_by_role("form", name="派遣")).to_be_visible()
            if not done:
                judge(page, "dispatch-act")
            press("ArrowDown", "Tab")  # the rules answer for nobody here: the first unit of the list
            page.keyboard.type("属地")
            press("Tab", "Enter")
            expect(page.get_by_role("form", name="派遣")).to_have_count(0)
            presses += len("属地")
            done.add(number)
            if len(done) < MATTERS:
                expect(card.get_by_role("heading", level=2).first).not_to_have_text(number)
        expect(page.get_by_text("这个队列没有案件", exact=False)).to_be_visible()
        print(f"{MATTERS} matters: {time.monotonic() - start:.0f} s, {presses} key presses")


def test_several_are_accepted_at_once_and_can_be_taken_back_in_time(console: Console) -> None:
    numbers = cases(console, 3)
    with console.visit() as page:
        open_desk(page, console, "坐席甲", "/dispatch?queue=toAccept", "调度")
        for number in numbers:
            page.get_by_role("checkbox", name=f"勾选 {number}").check()
        page.get_by_role("button", name="受理 3 件").click()
        page.get_by_role("button", name="撤销").click()
        expect(page.get_by_role("button", name="受理 3 件")).to_be_visible()
        page.get_by_role("button", name="受理 3 件").click()
        expect(page.get_by_text("已办理 3 件，未办成 0 件")).to_be_visible(timeout=30_000)
        for number in numbers:
            expect(page.get_by_role("checkbox", name=f"勾选 {number}")).to_have_count(0)


def test_a_unit_takes_over_and_handles_with_a_photo_and_the_verifier_closes(console: Console, tmp_path: Path) -> None:
    (number,) = cases(console, 1, description="楼顶加盖彩钢房")
    picture = tmp_path / "after.jpg"
    picture.write_bytes(photo(3))
    with console.visit() as dispatcher, console.visit() as unit, console.visit() as verifier:
        open_desk(dispatcher, console, "坐席甲", f"/dispatch?queue=open&case={number}", "调度")
        card = dispatcher.locator("section.card")
        for name in ("受理", "立案"):
            card.get_by_role("button", name=name, exact=False).first.click()
        card.get_by_role("button", name="派遣", exact=False).first.click()
        card.get_by_role("combobox", name="单位").select_option(label="街道办事处")
        card.get_by_label("理由").fill("属地街道")
        card.get_by_role("button", name="派遣至街道办事处").click()
        expect(card.locator(".state")).to_have_text("待接单")

        open_desk(unit, console, "街道乙", "/unit", "承办")
        unit.get_by_role("button", name=number, exact=False).click()
        mine = unit.locator("section.card")
        mine.get_by_role("button", name="接单", exact=False).first.click()
        expect(mine.locator(".state")).to_have_text("处置中")
        judge(unit, "unit")
        mine.get_by_role("button", name="处置", exact=False).first.click()
        mine.get_by_label("意见").fill("已自行拆除")
        mine.get_by_label("照片").set_input_files(picture)
        mine.get_by_role("form").get_by_role("button", name="处置").click()
        expect(mine).to_have_count(0)  # it has left the queue, and there is no other
        unit.get_by_role("button", name="已处置").click()
        expect(unit.get_by_role("button", name=number, exact=False)).to_contain_text("待核查")

        open_desk(verifier, console, "核查员", f"/verify?case={number}", "核查")
        seen = verifier.locator("section.card")
        expect(seen.get_by_role("img")).to_have_count(1)
        seen.get_by_role("button", name="核查通过", exact=False).click()
        seen.get_by_label("意见").fill("现场属实")
        seen.get_by_role("form").get_by_role("button", name="核查通过").click()
        expect(seen).to_have_count(0)
        verifier.get_by_role("button", name="待结案").click()
        verifier.get_by_role("button", name=number, exact=False).click()
        seen.get_by_role("button", name="结案", exact=False).first.click()
        expect(seen).to_have_count(0)
        verifier.goto(f"{console.base}/cases/{number}")
        expect(verifier.get_by_role("heading", level=1, name=number)).to_be_visible()
        expect(verifier.get_by_text("楼顶加盖彩钢房")).to_be_visible()
        expect(verifier.get_by_role("listitem").filter(has_text="结案 核查员")).to_have_count(1)
        judge(verifier, "case")


def test_who_is_second_is_told_what_changed_and_keeps_what_was_typed(console: Console) -> None:
    (number,) = cases(console, 1)
    with console.visit(refused=1) as first, console.visit() as second:
        for page, login in ((first, "坐席甲"), (second, "坐席乙")):
            open_desk(page, console, login, f"/cases/{number}", number)
        first.get_by_role("button", name="不予受理", exact=False).click()
        first.get_by_label("理由").fill("不属于受理范围")
        second.get_by_role("button", name="受理A").click()
        expect(second.locator(".state")).to_have_text("待立案")
        first.get_by_role("form").get_by_role("button", name="不予受理").click()
        expect(first.get_by_role("alert")).to_contain_text("坐席乙")
        expect(first.get_by_label("理由")).to_have_value("不属于受理范围")


def test_new_matters_appear_by_themselves_and_are_counted(console: Console) -> None:
    with console.visit(live=True) as page:
        open_desk(page, console, "坐席甲", "/dispatch?queue=open", "调度")
        expect(page.get_by_role("status").first).to_contain_text("件")
        cases(console, 2)
        expect(page.get_by_role("button", name="新到 2 件，知道了")).to_be_visible(timeout=60_000)


def test_the_supervisor_supervises_what_is_overdue(console: Console) -> None:
    (number,) = cases(console, 1, is_late=True)
    with console.visit() as page:
        open_desk(page, console, "督办员", "/supervise?queue=open", "督办")
        page.get_by_role("button", name=number, exact=False).click()
        card = page.locator("section.card")
        card.get_by_role("button", name="督办", exact=False).first.click()
        card.get_by_label("理由").fill("超期未受理")
        card.get_by_role("form").get_by_role("button", name="督办").click()
        expect(card.get_by_text("督办中")).to_be_visible()
        judge(page, "supervise")


def test_a_call_is_taken_beside_the_open_matters_and_opens_its_case(console: Console) -> None:
    with console.visit() as page:
        open_desk(page, console, "坐席甲", "/dispatch?queue=open", "调度")
        page.get_by_role("button", name="接听来电").click()
        form = page.get_by_role("form", name="接听来电")
        page.keyboard.type("楼下垃圾桶满了三天没人清")
        form.get_by_label("地址").fill("济源路88号")
        form.get_by_label("类别").select_option(label="暴露垃圾")
        form.get_by_label("来电人电话").fill("13800001234")
        expect(form.get_by_role("status")).to_contain_text("地址", timeout=20_000)
        judge(page, "call")
        form.get_by_role("button", name="登记并打开案件").click()
        card = page.locator("section.card")
        expect(card.locator(".state")).to_have_text("待受理")
        expect(card.get_by_text("楼下垃圾桶满了三天没人清")).to_be_visible()
        expect(card.get_by_text("centre-call", exact=False)).to_be_visible()
