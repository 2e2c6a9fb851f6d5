"""Office forms: numbered once without a gap, printed as page, PDF and Word, masked by who asks."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import docx
import pytest
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from cli import app as commands
from core import training
from governance.cases.forms import operations
from governance.cases.forms.states import FormKind
from governance.reports.numbers import report_id
from identity.actors import COMMAND_LINE
from identity.grants import EVERYTHING, Grant, Scope
from tests.factories.cases import SharedOffice, shared_office
from tests.factories.identity import issue_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SAID = "王建国女士13800001234反映楼顶违建"


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as opened:
        yield opened


@pytest.fixture(scope="module")
def returned(office: SharedOffice) -> str:
    """A case that was dispatched and given back."""
    number = office.case("accept", "file", "dispatch", description=SAID)
    office.act(number, "return", reason="不归街道管，电话13800001234")
    return number


def issued(office: SharedOffice, number: str, kind: str, status: int = 201) -> dict[str, object]:
    return dict(office.ask("POST", f"/v1/cases/{number}/forms/{kind}", status=status))


def test_a_form_gets_its_number_once_and_numbers_have_no_gap(office: SharedOffice, returned: str) -> None:
    first = issued(office, returned, "assignment")
    again = issued(office, returned, "assignment", 200)
    assert (again["year"], again["serial"]) == (first["year"], first["serial"])
    case_id = report_id(returned)
    with office.database.transaction() as session:
        operations.issue_form(session, case_id, FormKind.RETURN, reach=EVERYTHING, actor=COMMAND_LINE)
        session.rollback()  # what is rolled back has used no number
    other = office.case("accept", "file", "dispatch")
    office.act(other, "return")
    serials = [issued(office, number, "return")["serial"] for number in (other, returned)]
    assert serials == [1, 2]
    assert [one["kind"] for one in office.ask("GET", f"/v1/cases/{returned}/forms")["items"]] == [
        "assignment",
        "return",
    ]


def test_many_who_number_at_once_get_one_number_a_form(office: SharedOffice) -> None:
    numbers = [office.case("accept", "file", "dispatch") for _ in range(4)]
    for number in numbers:
        office.act(number, "supervise")
    with ThreadPoolExecutor(8) as pool:
        asked = pool.map(
            lambda number: office.client.post(f"/v1/cases/{number}/forms/supervision", headers=office.key).json(),
            numbers * 2,
        )
    found = [(one["serial"], one["prints"][0]) for one in asked]
    assert sorted(set(found)) == sorted(found[:4])
    assert sorted({serial for serial, _ in found}) == [1, 2, 3, 4]


def test_a_later_dispatch_has_a_form_of_its_own_and_the_first_stays(office: SharedOffice) -> None:
    number = office.case("accept", "file", "dispatch")
    first = issued(office, number, "assignment")
    office.act(number, "redispatch")
    second = issued(office, number, "assignment")
    assert second["serial"] != first["serial"]
    page = office.client.get(first["prints"][0], headers=office.key).text
    latest = office.client.get(f"/v1/cases/{number}/forms/assignment.html", headers=office.key).text
    assert f"{first['serial']} 号" in page
    assert "城市管理局" not in page
    assert "城市管理局" in latest
    assert issued(office, f"{number}", f"assignment?step={first['step']}", 200)["serial"] == first["serial"]


def test_what_is_printed_is_the_history_to_the_step_in_chinese_as_pdf_and_word(
    office: SharedOffice, returned: str
) -> None:
    serial = office.client.post(f"/v1/cases/{returned}/forms/return", headers=office.key).json()["serial"]
    at = f"/v1/cases/{returned}/forms/return"
    printed = office.client.get(f"{at}.pdf", headers=office.key)
    told = "".join(page.extract_text() for page in PdfReader(io.BytesIO(printed.content)).pages)
    paper = docx.Document(io.BytesIO(office.client.get(f"{at}.docx", headers=office.key).content))
    cells = {row.cells[0].text: row.cells[1].text for row in paper.tables[0].rows}
    assert [one.text for one in paper.paragraphs][:2] == [
        "案件退单",
        f"退单〔{cells_year(office, returned)}〕{serial} 号",
    ]
    assert cells["案件编号"] == returned
    assert (cells["情形"], cells["原承办单位"]) == ("职能交叉", "街道办事处")
    assert [row.cells[1].text for row in paper.tables[1].rows] == ["办理", "登记", "受理", "立案", "派遣", "退单"]
    for words in ("案件退单", returned, "职能交叉", "街道办事处"):
        assert words in told


def cells_year(office: SharedOffice, number: str) -> int:
    """Return the year in which a case's first form was numbered."""
    return int(office.ask("GET", f"/v1/cases/{number}/forms")["items"][0]["year"])


def test_people_are_masked_and_shown_in_clear_to_who_may_know_which_the_audit_keeps(
    office: SharedOffice, returned: str
) -> None:
    with office.database.transaction() as session:
        scopes = [Scope.CASES_READ, Scope.REPORTS_READ]
        plain = {"X-API-Key": issue_key(session, name="plain", scopes=scopes)}
        clear = {"X-API-Key": issue_key(session, name="clear", scopes=[*scopes, Scope.REPORTERS_READ])}
    path = f"/v1/cases/{returned}/forms/return.html"
    masked, shown = (office.client.get(path, headers=headers).text for headers in (plain, clear))
    assert "13800001234" not in masked
    assert "建国" not in masked
    assert "13800001234" in shown
    with office.database.snapshot() as session:
        kept = session.execute(
            text("SELECT count(*) FROM audit_entry WHERE action LIKE '%in_clear' AND actor = 'clear'")
        )
        assert kept.scalar_one() == 1


def test_who_does_not_see_a_case_gets_no_form_and_a_case_without_the_step_has_none(office: SharedOffice) -> None:
    number = office.case(grid="g2")
    elsewhere = office.member("一网格", "street", Grant("dispatcher", area="admin/g1"))
    office.ask("POST", f"/v1/cases/{number}/forms/assignment", by=elsewhere, status=404)
    refused = office.ask("POST", f"/v1/cases/{number}/forms/assignment", status=409)
    assert refused["type"].endswith("office-form-not-possible")
    missing = office.ask("GET", f"/v1/cases/{number}/forms/assignment.pdf", status=404)
    assert missing["type"].endswith("office-form-not-found")


def test_a_number_is_never_changed_or_taken_away(office: SharedOffice, returned: str) -> None:
    for change in ("UPDATE office_form SET serial = serial + 100", "DELETE FROM office_form"):
        with pytest.raises(DBAPIError), office.database.transaction() as session:
            session.execute(text(change))
    assert returned


def test_in_training_a_form_says_so(office: SharedOffice, returned: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "is_on", lambda: True)
    answer = office.client.get(f"/v1/cases/{returned}/forms/return.docx", headers=office.key)
    header = docx.Document(io.BytesIO(answer.content)).sections[0].header.paragraphs[0].text
    assert "培训" in header or "演练" in header


def test_the_terminal_writes_a_form_again_under_its_number(
    office: SharedOffice, returned: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", office.settings.database_url)
    words = ["cases", "form", returned, "return", "--language", "zh", "--output"]
    first = CliRunner().invoke(commands, [*words, str(tmp_path / "a.docx")])
    again = CliRunner().invoke(commands, [*words, str(tmp_path / "b.html")])
    assert first.output.split()[1] == again.output.split()[1], first.output
    page = (tmp_path / "b.html").read_text("utf-8")
    assert "案件退单" in page
    assert "13800001234" not in page
    assert CliRunner().invoke(commands, [*words, str(tmp_path / "c.txt")]).exit_code == 2
