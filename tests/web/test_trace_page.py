"""The page of a QR code: a caller follows a matter on a phone, rates it, and leaves no token in an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import Verb
from governance.public_trace import operations
from governance.reports.numbers import report_id
from tests.factories.identity import who
from tests.factories.phones import Field, judge, made_field
from tests.factories.photos import HUNG
from tests.missing import needs_chromium, needs_console

if TYPE_CHECKING:
    from tests.web.conftest import Console

pytestmark = [needs_chromium, needs_console]


@pytest.fixture(scope="module")
def field(console: Console) -> Field:
    """The console's service with a street, its people and categories."""
    return made_field(console)


def test_a_caller_follows_a_matter_by_its_code_and_rates_it(field: Field) -> None:
    number = field.case("济源路 3 号")
    for act in (
        Act(verb=Verb.ACKNOWLEDGE), Act(verb=Verb.HANDLE, opinion="已清理", photos=(HUNG,)),
        Act(verb=Verb.VERIFY, opinion="属实"), Act(verb=Verb.CLOSE),
    ):  # fmt: skip
        field.office_acts(number, act)
    with field.console.database.transaction() as session:
        made = operations.make_token(session, report_id(number), actor=who("admin"))
    with field.opened() as page:
        page.goto(f"{field.base}/trace#{made.number}:{made.token}")
        expect(page.get_by_role("heading", name="已结案")).to_be_visible()
        assert made.token not in page.url
        expect(page.get_by_text("已派遣")).to_be_visible()
        assert "已清理" not in page.locator("main").inner_text(), "what the office wrote to itself stays there"
        judge(page, "trace")
        page.get_by_label("非常满意").check()
        page.get_by_role("button", name="提交评价").tap()
        expect(page.get_by_text("感谢您的评价")).to_be_visible()
        page.goto(f"{field.base}/trace?lang=en")
        page.get_by_label("Number").fill(number)
        page.get_by_label("Token").fill("WRONG")
        page.get_by_role("button", name="Show").tap()
        expect(page.get_by_role("status")).not_to_be_empty()
        judge(page, "trace-en", schemes=("dark",))
