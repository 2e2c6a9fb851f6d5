"""A shift without a network: thirty acts, the browser killed twice, the cases changed meanwhile; all arrives once."""

from __future__ import annotations

import os
import shutil
import signal
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import expect

from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import Verb
from tests.factories.browser import OPTIONS
from tests.factories.phones import Field, do, judge, made_field, note, picture
from tests.missing import needs_chromium, needs_console

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.web.conftest import Console

pytestmark = [needs_chromium, needs_console]
STREETS: Final = tuple(f"济源路 {number} 号" for number in range(11, 17))
NOTES: Final = 12


@pytest.fixture(scope="module")
def field(console: Console) -> Field:
    """The console's service with a street, its people and categories."""
    return made_field(console)


def phone(field: Field, profile: Path, *, offline: bool) -> tuple[BrowserContext, Page]:
    """Start the phone's browser on its profile."""
    context = field.console.browser.browser_type.launch_persistent_context(
        profile, executable_path=shutil.which("chromium"), args=list(OPTIONS), **field.options(offline=offline)
    )
    return context, context.pages[0]


def kill(profile: Path) -> None:
    """End the browser of a profile without a word, as a phone does that needs its memory."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"--user-data-dir={profile}".encode() in words:
            os.kill(int(folder.name), signal.SIGKILL)


def arrived(page: Page, field: Field) -> list[dict[str, object]]:
    """Return the worker's notes as the service has them."""
    return list(page.request.get(f"{field.base}/v1/quick-notes?own=true").json()["items"])


def handle_a_case(page: Page, street: str, photo: str) -> None:
    """Take a case over, say that one is there, and handle it with a photo: three acts."""
    page.get_by_role("link", name="今日", exact=True).tap()
    page.get_by_role("link", name=street).tap()
    do(page, "接单")
    do(page, "到场")
    do(page, "处置完成", photo)


def begins(field: Field, profile: Path, worker: str, folder: Path) -> None:
    """Work until the browser is killed with a note half written: fifteen acts."""
    context, page = phone(field, profile, offline=False)
    field.sign_in(page, worker)
    expect(page.get_by_role("link", name=STREETS[-1])).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    context.close()  # who signed in is written to the disk some time after it was, and always at the end
    context, page = phone(field, profile, offline=True)
    page.goto(f"{field.base}/m")
    for seed in range(NOTES // 2):
        note(page, picture(folder, seed))
    for seed, street in enumerate(STREETS[:3], 20):
        handle_a_case(page, street, picture(folder, seed))
    with page.expect_file_chooser() as camera:
        page.get_by_role("button", name="随手记").tap()
    camera.value.set_files(picture(folder, 40))
    expect(page.locator("figure img")).to_be_visible()
    kill(profile)


def goes_on(field: Field, profile: Path, folder: Path) -> None:
    """Open it again without a network: the worker starts the page, and what was half written is there."""
    context, page = phone(field, profile, offline=True)
    page.goto(f"{field.base}/m")
    expect(page.get_by_role("link", name="15 条待发送")).to_be_visible()
    page.get_by_role("link", name="照片 1 张").tap()
    expect(page.locator("figure img")).to_be_visible()
    page.get_by_role("button", name="保存并发送").tap()
    expect(page.get_by_role("heading", name="今日")).to_be_visible()
    for seed in range(NOTES // 2 + 1, NOTES):
        note(page, picture(folder, seed))
    for seed, street in enumerate(STREETS[3:], 30):
        handle_a_case(page, street, picture(folder, seed))
    expect(page.get_by_role("link", name="30 条待发送")).to_be_visible()
    judge(page, "phone-shift", schemes=("light",))
    context.close()


def sends_and_is_killed(field: Field, profile: Path) -> None:
    """Let the network be back, and kill the browser while it sends."""
    context, page = phone(field, profile, offline=False)
    page.goto(f"{field.base}/m")
    for _ in range(200):
        if len(arrived(page, field)) >= 2:
            break
        time.sleep(0.02)
    kill(profile)
    del context


def decides(page: Page) -> None:
    """Send two acts again by the cases as they stand, and drop those on the case that is closed."""
    expect(page.get_by_text("情况已有变化")).to_have_count(3, timeout=30_000)
    judge(page, "phone-conflicts")
    for left in (2, 1):
        card = page.locator("li.card", has=page.get_by_text("督办")).first
        card.get_by_role("button", name="按现在的情况再提交").tap()
        expect(page.get_by_text("情况已有变化")).to_have_count(left, timeout=15_000)
    voided = page.locator("li.card", has=page.get_by_text("作废")).first
    voided.get_by_role("button", name="按现在的情况再提交").tap()
    expect(page.get_by_text("案件现为：已作废")).to_be_visible(timeout=15_000)
    drop = page.get_by_role("button", name="丢弃", exact=True)
    for left in (2, 1, 0):
        drop.first.tap()
        page.get_by_role("button", name="确认丢弃").tap()
        expect(drop).to_have_count(left)
    expect(page.get_by_text("没有待发送的内容")).to_be_visible(timeout=15_000)


def is_in_order(page: Page, field: Field, worker: str, numbers: dict[str, str]) -> None:
    """Compare what the service has with what was done."""
    notes = arrived(page, field)
    assert len(notes) == NOTES
    numbered = [str(one["number"]) for one in notes]
    noted = [datetime.fromisoformat(str(one["noted_at"])) for one in notes]
    assert numbered == sorted(numbered, reverse=True)
    assert noted == sorted(noted, reverse=True)
    assert all(at < datetime.fromisoformat(str(one["written_at"])) for at, one in zip(noted, notes, strict=True))
    for one in notes:
        held = page.request.get(f"{field.base}/v1/reports/{one['number']}/attachments").json()["items"]
        assert len(held) == 1, one
    for street, number in numbers.items():
        steps = page.request.get(f"{field.base}/v1/cases/{number}/history").json()["items"]
        own = [step for step in steps if step["actor"] == worker]
        expected = [] if street == STREETS[5] else ["acknowledge", "visit", "handle"]
        assert [step["verb"] for step in own] == expected, street
        by_device = [datetime.fromisoformat(step["device_at"]) for step in own]
        assert all(at < datetime.fromisoformat(step["at"]) for at, step in zip(by_device, own, strict=True))
        assert by_device == sorted(by_device)


def test_all_of_a_shift_without_a_network_arrives_once_in_order_with_both_clocks(field: Field, tmp_path: Path) -> None:
    numbers = {street: field.case(street) for street in STREETS}
    profile, worker = tmp_path / "profile", field.worker("苗青")
    begins(field, profile, worker, tmp_path)
    goes_on(field, profile, tmp_path)
    for street, reason in zip(STREETS[3:5], ("群众催办", "领导批示"), strict=True):
        field.office_acts(numbers[street], Act(verb=Verb.SUPERVISE, reason=reason))
    field.office_acts(numbers[STREETS[5]], Act(verb=Verb.VOID, reason="重复登记"))
    sends_and_is_killed(field, profile)
    context, page = phone(field, profile, offline=False)
    page.goto(f"{field.base}/m/waiting")
    decides(page)
    assert page.locator("li.arrived").count() == 27
    is_in_order(page, field, worker, numbers)
    context.close()
