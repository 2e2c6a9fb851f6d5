"""What helps to draw in the browser: typed places of any system, snapping to roads, lines along borders, steps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely
from playwright.sync_api import expect

from geo import datum
from grids.change_sets import operations, queries
from identity.grants import Grant
from tests.factories.sample import DATA
from tests.factories.sign_in import make_account
from tests.missing import needs_chromium, needs_console
from tests.web.conftest import SHOTS, Console, judge
from tests.web.test_boundaries_desk import GRIDS, open_draft, pick, shared_vertex

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from shapely.geometry.base import BaseGeometry

pytestmark = [needs_chromium, needs_console]


def drawn(console: Console, number: int) -> dict[str, BaseGeometry | None]:
    """Return the grids that a draft changed, by code."""
    with console.database.transaction() as session:
        found = queries.overlay(session, queries.get_change_set(session, number))
    grids = {code: area for code, area in found.items() if area is None or area.level == "grid"}
    return {code: None if area is None else cast("BaseGeometry", area.geom) for code, area in grids.items()}


def has(areas: dict[str, BaseGeometry | None], place: tuple[float, float]) -> int:
    """Return how many areas have a vertex at a place, to the last digit."""
    return sum(area is not None and list(place) in shapely.get_coordinates(area).tolist() for area in areas.values())


def test_a_vertex_moves_to_what_is_typed_in_any_system(console: Console) -> None:
    code, place = shared_vertex()
    with console.database.transaction() as session:
        make_account(session, console.settings, "高洁", [Grant("gis-editor")])
    with console.visit() as page:
        number = open_draft(page, console, "高洁", "按坐标移界址点")
        pick(page, code)
        page.get_by_text("顶点坐标").click()
        here = place
        for name, by in (("EPSG:4547", 6.0), ("GCJ-02", -4e-5), ("BD-09", 3e-5), ("CGCS2000", -2e-5)):
            page.get_by_label("坐标系").select_option(name)
            x, y = np.column_stack(datum.from_wgs84([here[0]], [here[1]], name))[0].tolist()
            decimals = 3 if name == "EPSG:4547" else 7
            shown = f"{x:.{decimals}f}, {y:.{decimals}f}"
            fields = page.locator(".vertices input")
            page.wait_for_function(
                "shown => [...document.querySelectorAll('.vertices input')].some(e => e.value === shown)", arg=shown
            )
            index = fields.evaluate_all("found => found.map(e => e.value)").index(shown)
            typed = (round(x + by, decimals), round(y + by / 2, decimals))
            version = len(page.locator(".edits li").all())
            fields.nth(index).fill(f"{typed[0]}, {typed[1]}")
            page.keyboard.press("Enter")
            expect(page.locator(".edits li")).to_have_count(version + 1)
            lon, lat = datum.to_wgs84([typed[0]], [typed[1]], name)
            here = (round(float(lon[0]), 7), round(float(lat[0]), 7))
            assert has(drawn(console, number), here) >= 3, name
        judge(page, "draft-coordinates")
        page.get_by_label("坐标系").select_option("WGS84")
        page.get_by_label("坐标", exact=True).fill("1, 2, 3")
        page.keyboard.press("Enter")
        expect(page.get_by_text("请输入两个数")).to_be_visible()

        # The steps stand by their names after the page was opened anew, and one goes back to any of them.
        page.reload()
        page.wait_for_load_state("networkidle")
        page.get_by_text("编辑步骤（4 步）").click()
        page.get_by_role("button", name="还原到这一步").nth(1).click()
        expect(page.get_by_text("编辑步骤（2 步）")).to_be_visible()
        with console.database.transaction() as session:
            assert len(queries.edits(session, queries.get_change_set(session, number))) == 2


def roads() -> BaseGeometry:
    found = json.loads((DATA / "gazetteer" / "roads.geojson").read_text(encoding="utf-8"))["features"]
    return shapely.union_all([shapely.geometry.shape(one["geometry"]) for one in found])


def vertex_on_a_road(code: str) -> tuple[float, float]:
    """Return a vertex of a grid that two share, on a road, with no other one near."""
    ring = shapely.get_coordinates(GRIDS[code].geom)[:-1]
    every = np.unique(np.concatenate([shapely.get_coordinates(area.geom) for area in GRIDS.values()]), axis=0)
    lonely = [xy for xy in ring if np.sort(np.hypot(*(every - xy).T))[1] > 3e-4]
    x, y = min(lonely, key=lambda xy: shapely.distance(roads(), shapely.Point(xy))).tolist()
    return x, y


def test_a_dragged_vertex_is_drawn_to_a_road_with_a_ring_and_not_while_alt_is_held(console: Console) -> None:
    code, _ = shared_vertex()
    place = vertex_on_a_road(code)
    with console.database.transaction() as session:
        make_account(session, console.settings, "钱进", [Grant("gis-editor")])
    with console.visit() as page:
        number = open_draft(page, console, "钱进", "对齐道路")
        sheet = pick(page, code)
        page.get_by_label("对齐到").select_option("roads")
        page.wait_for_load_state("networkidle")
        page.keyboard.down("Alt")
        sheet.drag(place, 10, 10)
        page.keyboard.up("Alt")
        expect(page.locator(".edits li")).to_have_count(1)
        there = new_vertex(page, console, number)
        assert shapely.distance(roads(), shapely.Point(there)) > 1.5e-5, "away from the road, as the hand went"
        sheet.drag(there, -14, -5)
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/draft-snapped.png")
        expect(page.locator(".edits li")).to_have_count(2)
        back = new_vertex(page, console, number)
        assert shapely.distance(roads(), shapely.Point(back)) < 4e-6, "on the road to the precision of its tile"


def new_vertex(page: Page, console: Console, number: int) -> tuple[float, float]:
    """Return the one vertex that the draft has and its release has not."""
    page.wait_for_load_state("networkidle")
    before = {tuple(xy) for area in GRIDS.values() for xy in shapely.get_coordinates(area.geom).tolist()}
    areas = drawn(console, number)
    made = {tuple(xy) for area in areas.values() if area is not None for xy in shapely.get_coordinates(area).tolist()}
    new = [xy for xy in made - before if min(shapely.Point(xy).distance(shapely.Point(old)) for old in before) > 1e-6]
    assert len(new) == 1
    return new[0]


def test_an_area_drawn_along_borders_fills_a_hole_to_the_last_digit(console: Console) -> None:
    code, _ = shared_vertex()
    with console.database.transaction() as session:
        make_account(session, console.settings, "冯雪", [Grant("gis-editor")])
    with console.visit() as page:
        number = open_draft(page, console, "冯雪", "沿边界新设")
        sheet = pick(page, code)
        page.get_by_role("button", name="撤网格").click()
        page.get_by_role("button", name=f"撤销“{GRIDS[code].name}”").click()
        expect(page.locator(".edits li")).to_have_count(1)
        page.get_by_role("button", name="新设").click()
        page.get_by_label("新网格名称").fill("沿边界的网格")
        page.locator(".canvas").focus()
        page.keyboard.press("f")
        expect(page.get_by_role("button", name="沿边界描画")).to_have_attribute("aria-pressed", "true")
        ring = shapely.get_coordinates(GRIDS[code].geom)[:-1]
        for place in ring[:: max(1, len(ring) // 6)]:
            page.mouse.move(*sheet.at(tuple(place)))
            page.mouse.click(*sheet.at(tuple(place)))
            page.wait_for_timeout(300)  # two clicks soon after each other end a drawing
        judge(page, "draft-tracing")
        page.get_by_role("button", name="画完").click()
        expect(page.locator(".edits li")).to_have_count(2)
        made = [area for one, area in drawn(console, number).items() if one not in GRIDS and area is not None]
        assert len(made) == 1
        assert shapely.equals(made[0], GRIDS[code].geom)
        assert {tuple(xy) for xy in ring.tolist()} <= {tuple(xy) for xy in shapely.get_coordinates(made[0]).tolist()}
        with console.database.transaction() as session:
            assert not operations.check(session, change_set_id=number).blocks
