"""A street with a case in hand, two bureaus, and people of each: whom joint handling and parts need."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from core import clock
from governance.cases.reminders.beside import remind_of_whistles
from governance.cases.reminders.tables import CaseAlert
from governance.reports.numbers import report_id, report_number
from identity import principals
from identity.grants import ROLES, Grant
from identity.people import operations as people
from identity.people.operations import PersonIn
from identity.sign_in import accounts, sessions
from identity.sign_in.sessions import Origin
from identity.sign_in.tables import SignInMethod
from identity.units.operations import UnitIn, state_units
from tests.factories.cases import START, WORD, acts, case_district
from tests.factories.identity import issue_key, who
from tests.factories.photos import hang_photo
from tests.factories.reports import store_report
from tests.factories.sign_in import by_session, make_account

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from httpx2 import Response

    from core.settings import Settings

MONDAY: Final = datetime(2099, 6, 1, 9, tzinfo=clock.LOCAL)
HERE: Final[dict[str, Any]] = {"lon": 113.5, "lat": 34.5}
"""The point of each case."""


class Street:
    """A street with a case in hand, two bureaus, and people of each who are signed in."""

    def __init__(self, client: TestClient, settings: Settings) -> None:
        self.client = client
        self.database = client.app.state.services.database  # type: ignore[attr-defined]
        with self.database.transaction() as session:
            case_district(session)
            state_units(session, [UnitIn("land", "自然资源局", "department", None, START)], actor=who("admin"))
            self.key = {"X-API-Key": issue_key(session, name="office", scopes=list(ROLES["administrator"]))}
            self.settings, self.sessions = settings, dict[str, dict[str, str]]()
            for name, unit, role in (
                ("主任", "street", "street-staff"), ("网格员", "community", "grid-worker"),
                ("城管", "bureau", "department-staff"), ("自然资源", "land", "department-staff"),
            ):  # fmt: skip
                (person,) = people.add_people(session, [PersonIn(name, None, None, acts_as=name)], actor=who("admin"))
                people.state_units(session, [(person.id, unit)], start=START, actor=who("admin"))
                make_account(session, settings, name, [Grant(role)])
                self.sessions[name] = {}
        self.sign_in()

    def sign_in(self) -> None:
        """Begin everybody's session: one of another year has ended."""
        with self.database.transaction() as session:
            for name in self.sessions:
                account = accounts.account_of(session, principals.named(session, name))
                begun = sessions.begin(
                    session, account, self.settings, method=SignInMethod.PASSWORD, origin=Origin("192.0.2.1", "tests")
                )
                self.sessions[name] = by_session(begun.token) | {"Sec-Fetch-Site": "same-origin"}

    def case(self) -> str:
        """Open a case that the street has acknowledged, and return its number."""
        with self.database.transaction() as session:
            stored = store_report(session, category=WORD, path=["S", "g1"], **HERE)
            hang_photo(session, stored)
            number = report_number(stored)
        assert self.client.post("/v1/cases", json={"report": number}, headers=self.key).status_code == 201
        for verb in ("accept", "file", "dispatch", "acknowledge"):
            self.act(number, verb)
        return number

    def act(self, number: str, verb: str, status: int = 200, **given: Any) -> dict[str, Any]:
        """Do something to a case itself."""
        answer = self.client.post(f"/v1/cases/{number}/steps", json=acts(verb, **given), headers=self.key)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    def blow(self, number: str, by: str = "主任", **given: Any) -> Response:
        """Blow a whistle."""
        body = {"kind": "enforcement", "units": ["bureau", "land"], "reason": "现场会商"} | given
        return self.client.post(f"/v1/cases/{number}/whistles", json=body, headers=self.sessions[by])

    def step(self, number: str, by: str, verb: str, status: int = 200, **given: Any) -> dict[str, Any]:
        """Do something to the first whistle of a case."""
        answer = self.client.post(
            f"/v1/cases/{number}/whistles/1/steps", json={"verb": verb, **given}, headers=self.sessions[by]
        )
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    def told(self, number: str) -> set[tuple[str, str, str]]:
        """Let reminders of whistles run twice, and return what is new of a case: unit, step and kind."""
        case_id = report_id(number)
        query = select(CaseAlert.unit_code, CaseAlert.step, CaseAlert.kind).where(CaseAlert.case_id == case_id)
        with self.database.transaction() as session:
            before = {tuple(row) for row in session.execute(query)}
            remind_of_whistles(session)
            remind_of_whistles(session)
            return {tuple(row) for row in session.execute(query)} - before

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """Read something with the office's key."""
        answer = self.client.get(f"/v1/{path}", params=query, headers=self.key)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())
