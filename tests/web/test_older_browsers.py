"""The console runs where what came after Chromium 86 is not there: it is taken away, then one works as always."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from playwright.sync_api import expect

from identity.grants import Grant
from tests.factories.sign_in import make_account
from tests.missing import needs_chromium, needs_console
from tests.web.test_boundaries_desk import open_draft, pick, shared_vertex

if TYPE_CHECKING:
    from tests.web.conftest import Console

pytestmark = [needs_chromium, needs_console]
TAKEN_AWAY: Final = """
for (const [owner, names] of [
  [Array.prototype, ['at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with', 'group']],
  [String.prototype, ['at', 'isWellFormed', 'toWellFormed']],
  [Object, ['hasOwn', 'groupBy']], [Map, ['groupBy']], [Array, ['fromAsync']], [Promise, ['withResolvers', 'try']],
  [Intl, ['Segmenter', 'DurationFormat', 'supportedValuesOf']], [AbortSignal, ['any', 'timeout', 'abort']],
  [Element.prototype, ['checkVisibility', 'setHTMLUnsafe', 'getHTML']],
  [HTMLElement.prototype, ['showPopover', 'hidePopover', 'togglePopover']],
  [HTMLInputElement.prototype, ['showPicker']], [globalThis, ['structuredClone', 'reportError', 'scheduler']],
  [Set.prototype, ['union', 'intersection', 'difference', 'isSubsetOf']],
]) for (const name of names) delete owner[name];
delete Crypto.prototype.randomUUID;
"""


def test_borders_are_drawn_and_days_chosen_without_what_came_after_chromium_86(console: Console) -> None:
    code, place = shared_vertex()
    with console.database.transaction() as session:
        make_account(session, console.settings, "古力", [Grant("gis-editor")])
    with console.visit() as page:
        page.context.add_init_script(TAKEN_AWAY)
        number = open_draft(page, console, "古力", "旧浏览器")
        assert page.evaluate("'structuredClone' in globalThis || 'findLast' in Array.prototype") is False
        pick(page, code).drag(place, 14, 9)
        expect(page.get_by_role("button", name="还原：移动边界")).to_be_enabled()
        page.goto(f"{console.base}/map?table=1")
        expect(page.get_by_text("共 327 个区域").first).to_be_visible()
        page.get_by_role("button", name="责任单位", exact=True).first.click()
        expect(page.get_by_role("region", name="责任单位", exact=True)).to_be_visible()
        page.goto(f"{console.base}/boundaries/{number}/redesign")
        expect(page.get_by_role("heading", name="网格重划模拟")).to_be_visible()
