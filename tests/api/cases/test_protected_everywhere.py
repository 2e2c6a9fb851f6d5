"""Every GET route, walked by who handles a case, those above, who is accused and who is called: none tells too much.

Planted are a confidential report with its reporter's name and telephone number in every text that cases have, and a
case that came to accuse a unit that was called to it, has a part of it, and whose inbox had told of it before.
"""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import pyarrow.parquet as pq
import pytest

from governance.notifications.operations import collecting
from governance.reports.numbers import report_id
from identity.grants import Grant
from identity.units.operations import UnitIn, state_units
from tests.described import application
from tests.factories.cases import START, SharedOffice, shared_office
from tests.factories.events import wait_until_readable
from tests.factories.identity import who
from tests.factories.photos import send

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROLES_HELD: Final = tuple(
    Grant(role) for role in ("street-staff", "dispatcher", "verifier", "supervisor", "planner", "auditor")
)
"""All that somebody of a unit may be given, everywhere: only the protection keeps anything from them."""
NAME, PHONE = "欧阳静怡", "13812344321"
SAID: Final = f"联系人：{NAME}，电话{PHONE}，对面楼顶搭建"
RECORDING: Final = b"RIFF\x04\x00\x00\x00WAVEfmt "
HERE: Final = {"lon": 113.5, "lat": 34.5}
CONFIDENTIAL_LINE: Final = ("community", "street", "bureau", "land")
"""The unit that has the confidential case, the one above it, the one that is called and the one with a part."""
COMPLAINT: Final = "城管队员索要好处"
SKIPPED: Final = {
    "/v1/events/stream": "names drafts and releases alone, and stays open",
    "/metrics": "counts of the process",
    "/v1/people/export.{form}": "people of the office, no reports",
}
QUESTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "/v1/public/nearby": HERE,
    "/v1/assignments": HERE,
    "/v1/assignments/layers": HERE,
    "/v1/coordinates": {"place": "113.5,34.5"},
    "/v1/search": {"words": COMPLAINT},
    "/v1/reverse": HERE,
    "/v1/locate": {"address": "楼顶"},
    "/v1/knowledge/search": {"question": "楼顶搭建"},
    "/v1/units/answering": {"layer": "admin", "area": "g1"},
    "/v1/assessment/results/{assessment}/evidence": {"indicator": "closed"},
    "/v1/assessment/results/{assessment}/comparison": {"indicator": "closed"},
}
"""What routes are asked with that need to be."""


def _routes() -> list[str]:
    described = application().openapi()["paths"]
    return sorted(path for path, methods in described.items() if "get" in methods and path not in SKIPPED)


class Planted:
    """A district with a confidential case and one that accuses, and a person of each unit who is told of both."""

    def __init__(self, office: SharedOffice) -> None:
        self.office = office
        with office.database.transaction() as session:
            units = [UnitIn(code, code, "department", None, START) for code in ("land", "park")]
            state_units(session, units, actor=who("admin"))
        rules = {"note": "test", "rules": [{"unit_code": "park"}]}
        office.ask("POST", "/v1/dispatch-rules", json=rules, status=201)
        self.people = {
            unit: office.member(f"person of {unit}", unit, *ROLES_HELD)
            for unit in ("street", "community", "bureau", "land", "park")
        }
        self.before_all = office.ask("GET", "/v1/cases/changes")["next"]
        self.values = {
            "layer": "admin", "level": "grid", "code": "g1", "form": "html", "collection": "admin.grid", "copy": "file",
            "kind": "assignment", "whistle": "1", "part": "1", "assessment": "1", "token": "x", "day": "2026-06-02",
            "person": "1", "task": "1", "run": "1", "set_id": "1", "change_set": "1", "release": "1", "source": "x",
            "request": "1", "scheme": "WebMercatorQuad", "z": "12", "x": "3338", "y": "1625",
        }  # fmt: skip

    def confide(self) -> str:
        """Plant the confidential case, written to by everybody who has to do with it."""
        office = self.office
        told = {"name": NAME, "phone": PHONE, "description": SAID}
        number = office.case("accept", "file", **told)
        office.ask("POST", f"/v1/reports/{number}/confidentiality")
        send(office.client, office.key, number, RECORDING)
        office.act(number, "dispatch")
        office.act(number, "hand_down", unit_code="community")
        office.act(number, "supervise", reason=SAID)
        self._whistle(number, "bureau")
        self._part(number, "land")
        merged = office.case("accept", **told)
        office.ask("POST", f"/v1/reports/{merged}/confidentiality")
        body = {"verb": "merge", "other": number, "reason": SAID}
        office.ask("POST", f"/v1/cases/{merged}/duplicates", json=body)
        return number

    def accuse(self) -> tuple[str, str]:
        """Plant a case that comes to accuse the bureau, in the midst of its work; return it and one linked to it."""
        office = self.office
        number = office.case("accept", "file", "dispatch", description=COMPLAINT)
        linked = office.case("accept")
        body = {"verb": "link", "other": number, "reason": "r"}
        office.ask("POST", f"/v1/cases/{linked}/duplicates", json=body)
        self._whistle(number, "bureau")
        self._part(number, "bureau")
        self.collect()
        office.act(number, "accuse", unit_code="bureau")
        office.ask("POST", f"/v1/cases/{number}/whistles/1/steps", json={"verb": "call_off", "reason": "r"})
        office.ask("POST", f"/v1/cases/{number}/parts/1/steps", json={"verb": "withdraw_part", "reason": "r"})
        office.act(number, "supervise")
        self.collect()
        return number, linked

    def collect(self) -> None:
        """Let what happened come into the inboxes."""
        wait_until_readable(self.office.database)
        more = True
        while more:
            with self.office.database.transaction() as session:
                more = collecting.collect(session).more

    def answers(self, unit: str, number: str, routes: list[str]) -> Iterator[tuple[str, int, str]]:
        """Ask every route as a person of a unit about a case; yield path, status and the text of each answer."""
        attachment = str(report_id(number))
        for path in routes:
            values = self.values | {"number": number, "attachment": attachment}
            asked = {**QUESTIONS.get(path, {}), **({"number": number} if path.endswith("/trial") else {})}
            asked |= {"after": self.before_all} if path == "/v1/cases/changes" else {}
            for form in _forms(path):
                url = path.format_map(defaultdict(lambda: "1", values | {"form": form}))
                answer = self.office.client.get(url, params=asked, headers=self.people[unit])
                assert answer.status_code < 500, (url, answer.text)
                assert "is missing" not in answer.text, "the walk asks with all that is needed"
                yield url, answer.status_code, _text(answer.content)

    def _whistle(self, number: str, unit: str) -> None:
        body = {"kind": "enforcement", "units": [unit], "reason": SAID}
        self.office.ask("POST", f"/v1/cases/{number}/whistles", json=body, status=201)

    def _part(self, number: str, unit: str) -> None:
        body = {"unit_code": unit, "reason": SAID}
        self.office.ask("POST", f"/v1/cases/{number}/parts", json=body, status=201)


def _forms(path: str) -> tuple[str, ...]:
    if "{form}" not in path:
        return ("",)
    return {
        "/v1/cases/export.{form}": ("csv", "xlsx", "parquet"),
        "/v1/cases/{number}/forms/{kind}.{form}": ("html", "docx"),
        "/v1/audit/export.{form}": ("csv",),
    }.get(path, ("json", "xml") if path.startswith("/open311") else ("html", "csv", "geojson"))


def _text(content: bytes) -> str:
    """Return what an answer says, whatever its form."""
    if content.startswith(b"PAR1"):
        return str(pq.read_table(io.BytesIO(content)).to_pylist())
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    return content.decode(errors="replace")


@pytest.fixture(scope="module")
def planted(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as opened:
        yield Planted(opened)


def test_nobody_of_the_line_of_a_confidential_case_reads_who_reported_it(planted: Planted) -> None:
    number = planted.confide()
    planted.collect()
    routes = _routes()
    for unit in CONFIDENTIAL_LINE:
        told = list(planted.answers(unit, number, routes))
        assert {url for url, _, said in told if NAME in said or PHONE in said} == set(), unit
        seen = {url for url, status, said in told if status == 200 and number in said}
        assert f"/v1/cases/{number}" in seen, "the walk is worth something: they see the case"


def test_an_accused_unit_finds_the_case_nowhere_though_it_was_called_to_it_and_told_of_it(planted: Planted) -> None:
    number, linked = planted.accuse()
    routes = _routes()
    told = [(url, status, said) for url, status, said in planted.answers("bureau", number, routes)]
    assert {url for url, status, said in told if status == 200 and (number in said or COMPLAINT in said)} == set()
    assert {url for url, status, _ in told if number in url and status == 200} == set()
    told = list(planted.answers("bureau", linked, routes))
    assert {url for url, status, said in told if number in said and status == 200} == set()
    assert f"/v1/cases/{linked}/history" in {url for url, status, _ in told if status == 200}
    seen = {url for url, status, said in planted.answers("park", number, routes) if number in said and status == 200}
    assert {
        "/v1/cases", "/v1/cases/changes", "/v1/search", "/v1/reports",
        "/v1/cases/export.csv", "/v1/cases/export.xlsx", "/v1/cases/export.parquet",
        "/v1/whistles", f"/v1/cases/{number}/history", "/v1/dispatch-rules/1/replay",
    } <= seen, "the walk is worth something: another unit finds it"  # fmt: skip
