"""The grid worker's phone in a browser: by thumb, at 360 pixels, without a network, and killed in the middle."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest
import shapely
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from governance.categories.operations import CategoryIn, state_categories
from identity.grants import Grant
from tests.factories.cases import START
from tests.factories.identity import who
from tests.factories.photos import photo
from tests.factories.sample import sample_areas
from tests.factories.sign_in import PASSWORD, make_account
from tests.missing import needs_chromium, needs_console
from tests.web.conftest import SHOTS, Console

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [needs_chromium, needs_console]
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2,
    "permissions": ["geolocation"], "locale": "zh-CN",
}  # fmt: skip
LEAST_TARGET: Final = 48
NAMES: Final = ("私搭乱建", "暴露垃圾", "积存渣土", "道路积水", "乱堆物料", "占道经营", "非法小广告")
SMALL: Final = """least => [...document.querySelectorAll('button, input:not(.unseen), select, textarea, a')]
  .filter(e => e.offsetHeight && e.offsetHeight < least && !e.closest('label'))
  .map(e => e.offsetHeight + ' ' + e.outerHTML.slice(0, 90))"""
ENHANCED: Final = {"rules": {"color-contrast-enhanced": {"enabled": True}}}


def centre() -> tuple[str, float, float]:
    """Return a grid of the sample district and a point in it."""
    grid = next(area for area in sample_areas() if area.level == "grid")
    point = shapely.point_on_surface(grid.geom)
    return grid.code, point.x, point.y


@pytest.fixture(scope="module")
def office(console: Console) -> Console:
    """The console's service with the categories that workers choose from."""
    with console.database.transaction() as session:
        state_categories(
            session,
            [
                CategoryIn("E01", "市容环境", "event", START),
                *(
                    CategoryIn(f"E010{index}", name, "event", START, parent_code="E01", on_the_spot=True)
                    for index, name in enumerate(NAMES, 1)
                ),
            ],
            actor=who("admin"),
        )
    return console


@contextmanager
def opened(console: Console, **options: Any) -> Iterator[Page]:
    """Open the phone's page in a browser of its own; an error of a script is a failure."""
    _, lon, lat = centre()
    place = {"longitude": lon, "latitude": lat, "accuracy": 8}
    with console.browser.new_context(**PHONE | {"geolocation": place} | options) as context:
        page = context.new_page()
        faults = watched(page)
        yield page
        assert faults == []


def watched(page: Page) -> list[str]:
    """Keep what a page must never do."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda told: faults.append(told.text) if "Content Security Policy" in told.text else None)
    return faults


def sign_in(page: Page, console: Console, login: str, path: str = "/m") -> None:
    page.goto(console.base + path)
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).tap()
    expect(page.get_by_role("button", name="随手记")).to_be_visible()


def judge(page: Page, name: str) -> None:
    """Hold a page to the rules for everybody at 360 pixels, light and dark: 7 to 1, targets of 48 pixels."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if SHOTS:
            page.wait_for_timeout(200)
            page.screenshot(path=f"{SHOTS}/{name}-{scheme}.png")
        found = Axe().run(page, options=ENHANCED)
        assert found.violations_count == 0, f"{name}, {scheme}: {found.generate_report()}"
    page.emulate_media(color_scheme="light")
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{name}: nothing has to be scrolled sideways"
    assert page.evaluate(SMALL, LEAST_TARGET) == [], f"{name}: each target is {LEAST_TARGET} pixels high at least"


def picture(folder: Path, seed: int) -> str:
    """Write a photo of a camera of twelve megapixels."""
    file = folder / f"{seed}.jpg"
    file.write_bytes(photo(seed, size=(4000, 3000)))
    return str(file)


def worker(console: Console, name: str) -> str:
    grid, _, _ = centre()
    with console.database.transaction() as session:
        make_account(session, console.settings, name, [Grant("grid-worker", area=f"admin/{grid}")])
    return name


def test_a_quick_note_takes_three_taps(office: Console, tmp_path: Path) -> None:
    with opened(office) as page:
        sign_in(page, office, worker(office, "马晓明"))
        judge(page, "phone-today")
        taps = 0
        with page.expect_file_chooser() as camera:
            page.get_by_role("button", name="随手记").tap()
            taps += 1
        camera.value.set_files(picture(tmp_path, 1))
        expect(page.locator("figure img")).to_be_visible()
        page.get_by_text("暴露垃圾", exact=True).first.tap()
        taps += 1
        expect(page.get_by_text("误差约 8 米")).to_be_visible()
        judge(page, "phone-note")
        page.get_by_role("button", name="保存并发送").tap()
        taps += 1
        assert taps == 3
        expect(page.get_by_role("heading", name="今日")).to_be_visible()
        page.goto(f"{office.base}/m/waiting")
        expect(page.get_by_text("已送达", exact=True)).to_be_visible()
        judge(page, "phone-arrived")
        found = page.request.get(f"{office.base}/v1/quick-notes?own=true").json()["items"]
        assert [(one["category"], one["text"], one["accuracy_m"], one["in_own_area"]) for one in found] == [
            ("E0102", "暴露垃圾，已现场处理", 8, True)
        ]
        held = page.request.get(f"{office.base}/v1/reports/{found[0]['number']}/attachments").json()["items"]
        assert [(one["stage"], one["width"], one["height"]) for one in held] == [("before", 1600, 1200)]
        assert held[0]["size_bytes"] <= 400_000
