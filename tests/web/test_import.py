"""The import of boundary files in a browser: dropped, understood, mapped, checked; kept by the last step alone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect
from shapely.affinity import translate
from shapely.geometry import mapping, shape
from sqlalchemy import text

from geo import datum
from grids.boundaries import operations, queries
from identity.grants import Grant
from tests.factories.identity import who
from tests.factories.sample import sample_areas
from tests.factories.sign_in import make_account
from tests.missing import needs_chromium, needs_console
from tests.web.conftest import Console, judge, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Locator, Page

pytestmark = [needs_chromium, needs_console]


def grids_in_metres(*, shift_m: float = 0.0) -> FilePayload:
    """Return the grids of one community in GBK and EPSG:4547, whose name it does not state; the first one moved."""
    grids = [area for area in sample_areas() if area.level == "grid"]
    community = grids[0].parent_code
    features: list[dict[str, Any]] = []
    for area in (grid for grid in grids if grid.parent_code == community):
        there = datum.transform_geometry(area.geom, datum.WGS84, datum.parse_crs("EPSG:4547"))  # type: ignore[arg-type]
        moved = translate(shape(there), shift_m) if not features else there  # type: ignore[arg-type]
        facts = {"BIANHAO": area.code, "WGMC": area.name, "网格长": "张伟", "<img src=x onerror=alert(1)>": "<b>"}
        features.append({"type": "Feature", "properties": facts, "geometry": mapping(moved)})
    named = {"type": "name", "properties": {"name": "urn:of:nobody"}}
    content = json.dumps({"type": "FeatureCollection", "crs": named, "features": features}, ensure_ascii=False)
    return {"name": "单元网格.geojson", "mimeType": "application/geo+json", "buffer": content.encode("gb18030")}


def understood(page: Page, payload: FilePayload) -> Locator:
    """Choose a file, say its system and which column holds the codes; return its card."""
    page.locator("input[type=file]").set_input_files(payload)
    card = page.get_by_role("region", name="单元网格.geojson")
    expect(card).to_contain_text("gb18030", timeout=20_000)
    expect(card).to_contain_text("待指定（数值像是米）")
    expect(page.get_by_role("button", name="检查，不保存")).to_be_disabled()
    page.get_by_label("坐标系", exact=True).fill("EPSG:4547")
    page.keyboard.press("Tab")
    expect(card).to_contain_text("读取时采用EPSG:4547", timeout=20_000)
    expect(page.get_by_label("图例")).to_contain_text(re.compile(r"显示 [1-9]\d* 个"))
    card.get_by_label("编码", exact=True).select_option("BIANHAO")
    return card


def kept(console: Console) -> list[int]:
    with console.database.transaction() as session:
        tables = ("release", "area", "change_set", "audit_entry")
        return [session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in tables]


def test_a_file_is_dropped_understood_mapped_checked_and_kept_only_then(console: Console) -> None:
    with console.database.transaction() as session:
        make_account(session, console.settings, "周敏", [Grant("gis-editor")])
        facts = {"code": "beats", "name": "巡查网格", "levels": ["grid"], "code_rule": "free"}
        operations.create_layer(session, **facts, actor=who("test"))  # type: ignore[arg-type]
    with console.visit() as page:
        sign_in(page, console, "周敏", "/boundaries")
        page.get_by_role("link", name="导入边界文件").click()
        page.get_by_label("图层").select_option("beats")
        before = kept(console)
        card = understood(page, grids_in_metres(shift_m=40))
        card.locator("summary").click()
        expect(card.get_by_role("row", name=re.compile("网格长"))).to_contain_text("涉及个人，不显示")
        expect(card.get_by_role("row", name=re.compile("onerror"))).to_contain_text("<b>")
        page.get_by_role("button", name="检查，不保存").click()
        result = page.get_by_role("region", name="检查结果")
        expect(result).to_contain_text("1 · 须处理", timeout=20_000)
        expect(page.get_by_role("button", name=re.compile("发布为首个版本"))).to_have_count(0)
        page.wait_for_load_state("networkidle")
        judge(page, "import-checked")

        # The mended file is taken in its place; only its last step stores something.
        understood(page, grids_in_metres())
        expect(result).to_have_count(0)
        page.get_by_role("button", name="检查，不保存").click()
        expect(result).to_contain_text("检查：无缺陷", timeout=20_000)
        assert kept(console) == before
        page.get_by_label("变更事由").fill("首次导入")
        page.get_by_role("button", name=re.compile("发布为首个版本")).click()
        page.wait_for_url(re.compile("/map"))
        with console.database.transaction() as session:
            release = queries.latest_release(session, queries.get_layer(session, "beats"))
            assert release is not None
            assert (release.note, release.area_count > 1) == ("首次导入", True)

        # A later delivery becomes a draft to edit, also with defects.
        page.goto(f"{console.base}/boundaries/import")
        page.get_by_label("图层").select_option("beats")
        understood(page, grids_in_metres(shift_m=40))
        page.get_by_role("button", name="检查，不保存").click()
        page.get_by_role("button", name="存为变更单，继续编辑").click()
        page.wait_for_url(re.compile(r"/boundaries/\d+"))
        expect(page.get_by_role("toolbar")).to_be_visible()
