"""Studies of boundaries in the browser: grids proposed beside the present ones, borders in doubt, sources' quality."""

from __future__ import annotations

import re

import shapely
from playwright.sync_api import expect

from grids.change_sets import queries
from identity.grants import Grant
from tests.factories.reports import store_report
from tests.factories.sign_in import make_account
from tests.missing import needs_chromium, needs_console
from tests.web.conftest import Console, judge, sign_in
from tests.web.test_boundaries_desk import GRIDS, open_draft, shared_vertex

pytestmark = [needs_chromium, needs_console]


def test_proposed_grids_stand_beside_todays_and_are_taken_as_one_edit(console: Console) -> None:
    with console.database.transaction() as session:
        make_account(session, console.settings, "范明", [Grant("gis-editor")])
        below = {code: area.geom for code, area in GRIDS.items() if code.startswith("410106003005")}
        for code, land in below.items():
            path = (code[:6], code[:9], code[:12], code)
            for part in shapely.get_parts(shapely.voronoi_polygons(land)):  # some places in each grid
                at = shapely.point_on_surface(shapely.intersection(part, land))
                store_report(session, lon=at.x, lat=at.y, path=path)
    with console.visit() as page:
        number = open_draft(page, console, "范明", "重划一个社区")
        page.get_by_role("link", name="网格重划模拟").click()
        page.get_by_label("社区").select_option("410106003005")
        page.get_by_label("网格数").fill("4")
        page.get_by_label("均衡依据").select_option("reports")
        page.get_by_role("button", name="计算方案").click()
        expect(page.get_by_role("row", name=re.compile("^网格数 6 4$"))).to_be_visible(timeout=30_000)
        expect(page.get_by_text("改变归属的负荷")).to_be_visible()
        page.wait_for_load_state("networkidle")
        judge(page, "redesign")
        with page.expect_download() as printed:
            page.get_by_role("button", name="打印（PDF）").click()
        assert printed.value.path().read_bytes().startswith(b"%PDF")
        page.get_by_role("button", name="采纳为 4 个网格的一步编辑").click()
        page.wait_for_url(re.compile(rf"/boundaries/{number}$"))
        with console.database.transaction() as session:
            edits = queries.edits(session, queries.get_change_set(session, number))
            assert [edit.verb for edit in edits] == ["recut"]


def test_borders_in_doubt_are_numbered_on_the_list_and_the_map(console: Console) -> None:
    code, _ = shared_vertex()
    land = GRIDS[code].geom
    beside = next(one for one, area in GRIDS.items() if shapely.relate_pattern(area.geom, land, "F***1****"))
    with console.database.transaction() as session:
        make_account(session, console.settings, "石磊", [Grant("gis-editor")])
        path = (code[:6], code[:9], code[:12], code)
        store_report(session, method="boundary", path=path, candidates=[{"code": code}, {"code": beside}])
    with console.visit() as page:
        sign_in(page, console, "石磊", "/boundaries")
        page.get_by_role("link", name="有争议的边界").click()
        expect(page.get_by_text("共 1 段边界有争议")).to_be_visible()
        page.get_by_role("button", name=re.compile("^1 .*两可 1 件")).click()
        page.wait_for_load_state("networkidle")
        judge(page, "disputes")


def test_the_quality_of_sources_is_told_and_none_is_no_fault(console: Console) -> None:
    with console.database.transaction() as session:
        make_account(session, console.settings, "段宇", [Grant("gis-editor")])
    with console.visit() as page:
        sign_in(page, console, "段宇", "/boundaries/quality")
        expect(page.get_by_role("heading", name="来源坐标质量")).to_be_visible()
        expect(page.get_by_role("status")).to_contain_text("个来源")
        page.wait_for_load_state("networkidle")
        judge(page, "quality")
