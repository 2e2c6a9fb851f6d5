"""A grid worker's phone in tests: its browser, its person, the cases in hand, and how its pages are judged."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import shapely
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from governance.cases.lifecycle.operations import Caller, act_on, open_case
from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import Verb
from governance.categories.operations import CategoryIn, state_categories
from governance.categories.rules import Limit
from governance.categories.states import LimitUnit, Step, Urgency
from governance.reports.numbers import report_id, report_number
from identity.grants import EVERYTHING, Grant
from identity.people import operations as people
from identity.people.operations import PersonIn
from identity.units.operations import UnitIn, state_units
from tests.factories.cases import START
from tests.factories.identity import who
from tests.factories.photos import hang_photo, photo
from tests.factories.reports import store_report
from tests.factories.sample import sample_areas
from tests.factories.sign_in import PASSWORD, make_account
from tests.web.conftest import SHOTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.web.conftest import Console

PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2,
    "permissions": ["geolocation"], "locale": "zh-CN",
}  # fmt: skip
LEAST_TARGET: Final = 48
NAMES: Final = ("私搭乱建", "暴露垃圾", "积存渣土", "道路积水", "乱堆物料", "占道经营", "非法小广告")
SMALL: Final = """least => [...document.querySelectorAll('button, input:not(.unseen), select, textarea, a')]
  .filter(e => e.offsetHeight && e.offsetHeight < least && !e.closest('label') && !e.closest('.map'))
  .map(e => e.offsetHeight + ' ' + e.outerHTML.slice(0, 90))"""
ENHANCED: Final = {"rules": {"color-contrast-enhanced": {"enabled": True}}}
OFFICE: Final = Caller(who("office"), lambda _: EVERYTHING, any_unit=True)


@dataclass
class Field:
    """The service with a street, its community, and cases that it has in hand in one grid."""

    console: Console
    grid: str
    path: list[str]
    lon: float
    lat: float
    faults: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        """Where the service is."""
        return self.console.base

    def case(self, address: str, category: str = "E0102", unit: str = "410106003") -> str:
        """Dispatch a case to a unit, the street if none is named, and return its number."""
        with self.console.database.transaction() as session:
            stored = store_report(
                session, category=category, lon=self.lon, lat=self.lat, path=self.path, address=address,
                description=f"{address}有人反映：路边有一堆垃圾没人清。",
            )  # fmt: skip
            hang_photo(session, stored)
            open_case(session, report_id=stored, caller=OFFICE)
            number = report_number(stored)
        for act in (
            Act(verb=Verb.ACCEPT), Act(verb=Verb.FILE),
            Act(verb=Verb.DISPATCH, unit_code=unit, reason="属地"),
        ):  # fmt: skip
            self.office_acts(number, act)
        return number

    def office_acts(self, number: str, act: Act) -> None:
        """Let the office do something to a case."""
        with self.console.database.transaction() as session:
            act_on(session, case_id=report_id(number), act=act, caller=OFFICE)

    def worker(self, name: str) -> str:
        """Make a grid worker of the community, and return the login."""
        with self.console.database.transaction() as session:
            (person,) = people.add_people(session, [PersonIn(name, None, None, acts_as=name)], actor=who("admin"))
            people.state_units(session, [(person.id, "410106003001")], start=START, actor=who("admin"))
            make_account(session, self.console.settings, name, [Grant("grid-worker", area=f"admin/{self.grid}")])
        return name

    @contextmanager
    def opened(self, **options: Any) -> Iterator[Page]:
        """Open the phone's page in a browser of its own; an error of a script is a failure."""
        with self.console.browser.new_context(**self.options(**options)) as context:
            page = context.new_page()
            faults = watched(page)
            yield page
            assert faults == []

    def options(self, **more: Any) -> dict[str, Any]:
        """Return what a context of the phone is like."""
        place = {"longitude": self.lon, "latitude": self.lat, "accuracy": 8}
        return PHONE | {"geolocation": place} | more

    def sign_in(self, page: Page, login: str, path: str = "/m") -> None:
        """Sign in by thumb."""
        page.goto(self.base + path)
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).tap()
        expect(page.get_by_role("heading", name="今日")).to_be_visible()


def made_field(console: Console) -> Field:
    """State units and categories on the sample district."""
    areas = {area.code: area for area in sample_areas()}
    grid = next(area for area in areas.values() if area.level == "grid")
    path, code = [grid.code], grid.parent_code
    while code is not None:
        path, code = [code, *path], areas[code].parent_code
    point = shapely.point_on_surface(grid.geom)
    limits = {(Step.HANDLE, Urgency.NORMAL): Limit(2, LimitUnit.WORKING_DAYS)}
    rows = [
        CategoryIn(f"E010{index}", name, "event", START, parent_code="E01", on_the_spot=True, limits=limits)
        for index, name in enumerate(NAMES, 1)
    ]
    units = [
        UnitIn("410106003", "新安路街道办事处", "street", None, START),
        UnitIn("410106003001", "第一社区居委会", "community", "410106003", START),
        UnitIn("410106-cg", "城市管理局", "department", None, START),
    ]
    with console.database.transaction() as session:
        state_categories(session, [CategoryIn("E01", "市容环境", "event", START), *rows], actor=who("admin"))
        state_units(session, units, actor=who("admin"))
    return Field(console, grid.code, path, float(point.x), float(point.y))


def watched(page: Page) -> list[str]:
    """Keep what a page must never do."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda told: faults.append(told.text) if "Content Security Policy" in told.text else None)
    return faults


def judge(page: Page, name: str, *, schemes: tuple[str, ...] = ("light", "dark")) -> None:
    """Hold a page to the rules for everybody at 360 pixels, light and dark: 7 to 1, targets of 48 pixels."""
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        if SHOTS:
            page.wait_for_timeout(200)
            page.screenshot(path=f"{SHOTS}/{name}-{scheme}.png")
        found = Axe().run(page, options=ENHANCED)
        assert found.violations_count == 0, f"{name}, {scheme}: {found.generate_report()}"
    page.emulate_media(color_scheme="light")
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{name}: nothing has to be scrolled sideways"
    assert page.evaluate(SMALL, LEAST_TARGET) == [], f"{name}: each target is {LEAST_TARGET} pixels high at least"


def picture(folder: Path, seed: int, size: tuple[int, int] = (800, 600)) -> str:
    """Write a photo as a camera makes it."""
    file = folder / f"{seed}.jpg"
    file.write_bytes(photo(seed, size=size))
    return str(file)


def note(page: Page, file: str, category: str = "暴露垃圾") -> None:
    """Write a quick note down: three taps."""
    with page.expect_file_chooser() as camera:
        page.get_by_role("button", name="随手记").tap()
    camera.value.set_files(file)
    expect(page.locator("figure img")).to_be_visible()
    page.locator("fieldset label", has_text=category).tap()
    page.get_by_role("button", name="保存并发送").tap()
    expect(page.get_by_role("heading", name="今日")).to_be_visible()


def do(page: Page, act: str, file: str | None = None) -> None:
    """Do something to the case that is shown."""
    page.get_by_role("link", name=act, exact=True).tap()
    expect(page.get_by_role("heading", name=act)).to_be_visible()
    if file is not None:
        with page.expect_file_chooser() as camera:
            page.get_by_text("拍处理后").tap()
        camera.value.set_files(file)
        expect(page.locator("figure img")).to_be_visible()
        page.get_by_role("button", name="已清理干净").tap()
    page.get_by_role("button", name=f"提交：{act}").tap()
    expect(page.get_by_role("heading", name=act)).to_have_count(0)
