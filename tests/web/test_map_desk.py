"""The map desk in a browser: releases on a line of days, two days by swipe, all facts in a table, units, lineage."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import shapely
from playwright.sync_api import expect

from core import clock
from grids.boundaries import queries as registry
from grids.change_sets import operations
from grids.change_sets.rules.verbs import EditCommand
from identity.grants import Grant
from tests.factories.identity import who
from tests.factories.sign_in import make_account
from tests.missing import needs_chromium, needs_console
from tests.web.conftest import Console, judge, sign_in
from tests.web.test_boundaries_desk import GRIDS, shared_vertex

if TYPE_CHECKING:
    from core.db import Database

pytestmark = [needs_chromium, needs_console]


def split_one(database: Database, code: str) -> list[str]:
    """Publish a second release in which a grid is split from west to east; return the new codes."""
    west, south, east, north = shapely.bounds(GRIDS[code].geom).tolist()
    middle = (south + north) / 2
    cut = shapely.LineString([(west - 0.001, middle), (east + 0.001, middle)])
    with database.transaction() as session:
        layer = registry.get_layer(session, "admin")
        draft = operations.open_draft(session, layer=layer, title="拆分一格", author=who("editor")).id
        command = EditCommand(verb="split", codes=(code,), geometry=cut)
        done = operations.edit(session, change_set_id=draft, command=command, actor=who("editor"))
        operations.submit(session, change_set_id=draft, actor=who("editor"))
        operations.approve(session, change_set_id=draft, actor=who("approver"))
    with database.transaction() as session:
        operations.publish_change_set(session, change_set_id=draft, actor=who("approver"), lead_s=0.0)
    return sorted(one for one in done.after if one not in GRIDS and one.startswith(code[:12]) and len(one) == len(code))


@pytest.fixture(scope="module")
def halves(console: Console) -> tuple[str, str, list[str]]:
    """The instant before a release that splits a grid, that grid, and its halves."""
    code, _ = shared_vertex()
    before = clock.now().isoformat().replace("+00:00", "Z")
    made = split_one(console.database, code)
    with console.database.transaction() as session:
        make_account(session, console.settings, "尤丽", [Grant("gis-editor")])
    return before, code, made


def test_a_release_is_chosen_on_the_line_and_two_days_are_swiped(
    console: Console, halves: tuple[str, str, list[str]]
) -> None:
    before, _, made = halves
    with console.visit() as page:
        sign_in(page, console, "尤丽", f"/map?area={made[0]}")
        expect(page.get_by_text("共 328 个区域")).to_be_visible()
        line = page.get_by_role("region", name="版本时间线")
        line.get_by_role("button", name=re.compile("^版本 1，")).click()
        expect(page.get_by_text("共 327 个区域")).to_be_visible()
        line.get_by_role("button", name=re.compile("^版本 2，")).click()
        expect(page.get_by_text("共 328 个区域")).to_be_visible()
        assert "at=" not in page.url, "the release in force is now"

        tiles: list[str] = []
        page.on("request", lambda asked: tiles.append(asked.url) if asked.url.split("?")[0].endswith(".mvt") else None)
        page.goto(f"{console.base}/map?area={made[0]}&beside={before}")
        expect(page.get_by_text("个区域有变化")).to_be_visible()
        page.wait_for_load_state("networkidle")
        asked = {parse_qs(urlsplit(url).query).get("at", ["now"])[0] for url in tiles if "/v1/tiles/" in url}
        assert asked == {"now", before}, "tiles of both days are on the map"
        swipe = page.get_by_label("左右拖动，比较两天的边界")
        shots = []
        for share in ("0", "1"):
            swipe.fill(share)
            page.wait_for_timeout(500)
            shots.append(page.locator(".canvas").screenshot())
        assert shots[0] != shots[1], "the map is drawn from the one day, then from the other"
        swipe.fill("0.5")
        page.wait_for_load_state("networkidle")
        judge(page, "map-swipe")


def test_facts_stand_in_a_table_in_step_with_the_map_and_units_have_their_areas(
    console: Console, halves: tuple[str, str, list[str]]
) -> None:
    _, code, made = halves
    with console.visit() as page:
        sign_in(page, console, "尤丽", "/map")
        expect(page.get_by_text("共 328 个区域")).to_be_visible()
        page.get_by_role("button", name="属性表").click()
        table = page.get_by_role("region", name="属性表", exact=True)
        rows = table.locator("tbody tr:not(.space)")
        expect(rows.first).to_be_visible()
        assert rows.count() < 60, "rows in view alone are drawn"
        table.get_by_role("button", name="面积").click()
        table.get_by_role("button", name="面积").click()
        expect(table.get_by_role("columnheader", name="面积")).to_have_attribute("aria-sort", "descending")
        sizes = [float(cell.replace(",", "")) for cell in table.locator("tbody td:nth-child(5)").all_inner_texts()[:10]]
        assert sizes == sorted(sizes, reverse=True)
        page.get_by_label("查找区域").fill(made[1])
        page.keyboard.press("Enter")
        expect(table.locator("tr.chosen")).to_contain_text(made[1])
        table.get_by_label("筛选").fill("二十里铺")
        expect(table.get_by_role("status")).not_to_have_text("共 328 个区域")
        table.get_by_role("button", name=made[0]).click()
        card = page.locator(".card")
        expect(card).to_contain_text(made[0])
        page.wait_for_load_state("networkidle")
        judge(page, "map-table")

        expect(card.locator(".lineage")).to_contain_text(f"{code} 的")
        expect(card.get_by_role("img", name="沿革图")).to_be_visible()
        page.get_by_role("button", name="责任单位", exact=True).first.click()
        units = page.get_by_role("region", name="责任单位", exact=True)
        units.get_by_role("button", name=re.compile("个区域")).first.click()
        expect(page.get_by_label("图例")).to_contain_text("所选单位的区域")
        page.wait_for_load_state("networkidle")
        judge(page, "map-units")
