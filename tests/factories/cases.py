"""A district with a street, its unit, and categories: what cases need to go their way."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import shapely
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.app import create_app
from core.db import Database
from core.settings import Settings
from governance.cases.lifecycle.operations import Caller, open_case
from governance.categories.operations import CategoryIn, map_word, state_categories
from governance.categories.rules import Limit
from governance.categories.states import LimitUnit, Step, Urgency
from governance.knowledge.operations import state_entry
from governance.knowledge.rules import EntryIn
from governance.reports.numbers import report_number
from grids.boundaries.records import AreaRecord
from identity.grants import EVERYTHING, ROLES
from identity.people import operations as people
from identity.units.operations import UnitIn, state_units
from tests.factories.identity import issue_key, who
from tests.factories.photos import HUNG, hang_photo
from tests.factories.releases import publish_areas
from tests.factories.reports import store_report
from tests.factories.sign_in import by_session, open_session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

    from identity.grants import Grant

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
WORD: Final = "违建"
"""The word by which channels mean the category E0101."""


def limits(**given: tuple[int, LimitUnit]) -> dict[tuple[Step, Urgency], Limit | None]:
    """Return limits of normal cases by the names of steps."""
    return {(Step(name), Urgency.NORMAL): Limit(*limit) for name, limit in given.items()}


def case_district(session: Session) -> None:
    """Publish a street with two grids, one of which nobody answers for; state units and categories."""
    areas = [
        AreaRecord("street", "S", "街道", shapely.box(113, 34, 115, 35), None, "street", None),
        AreaRecord("grid", "g1", "一网格", shapely.box(113, 34, 114, 35), "S", "street", None),
        AreaRecord("grid", "g2", "二网格", shapely.box(114, 34, 115, 35), "S", "nobody", None),
    ]
    publish_areas(session, areas, levels=["street", "grid"])
    state_offices(session)


def state_offices(session: Session) -> None:
    """State a street with its community, a bureau, and categories with limits of time."""
    admin = who("admin")
    units = [
        UnitIn("street", "街道办事处", "street", None, START),
        UnitIn("community", "社区居委会", "community", "street", START),
        UnitIn("bureau", "城市管理局", "department", None, START),
    ]
    state_units(session, units, actor=admin)
    hours = LimitUnit.WORKING_HOURS
    state_categories(
        session,
        [
            CategoryIn("E", "事件", "event", START, limits=limits(accept=(15, LimitUnit.MINUTES), verify=(4, hours))),
            CategoryIn("E0101", "私搭乱建", "event", START, parent_code="E", limits=limits(handle=(20, hours))),
            CategoryIn("E0102", "暴露垃圾", "event", START, parent_code="E", on_the_spot=True),
            CategoryIn("E0103", "渣土", "event", START, parent_code="E", unit_code="bureau"),
        ],
        actor=admin,
    )
    dogs = EntryIn("K01", "犬只登记在哪里办", "到居住地派出所办理。", "养犬管理条例第十二条", START, is_public=True)
    state_entry(session, dogs, actor=admin)
    map_word(session, channel=None, word=WORD, category="E0101", start=START, actor=admin)


def acts(verb: str, **given: Any) -> dict[str, Any]:
    """Return the body of a step with all that its verb may need."""
    needed: dict[str, dict[str, Any]] = {
        "reject": {"reason": "r"}, "void": {"reason": "r"}, "rework": {"reason": "r"}, "extend": {"reason": "r"},
        "suspend": {"reason": "r"}, "supervise": {"reason": "r"}, "reopen": {"reason": "r"},
        "redispatch": {"reason": "r", "unit_code": "bureau"},
        "return": {"reason": "r", "return_reason": "wrong_duty"},
        "handle": {"opinion": "o", "photos": [HUNG]}, "verify": {"opinion": "o"}, "back_check": {"opinion": "o"},
        "add_note": {"opinion": "o"},
        "handle_on_the_spot": {"opinion": "o", "photos": [HUNG], "lon": 113.5, "lat": 34.5},
        "hand_down": {"unit_code": "community"}, "report_up": {"reason": "r"},
        "accuse": {"unit_code": "bureau", "reason": "r"}, "recall": {"reason": "r"},
        "transfer": {"recipient": "邻区", "reason": "r"}, "take_back": {"reason": "r"},
        "confirm_transfer": {"receipt": "1"},
        "visit": {"lon": 113.5, "lat": 34.5},
        "lift_accusation": {"unit_code": "bureau", "reason": "r"}, "rate": {"rating": 5},
        "reclassify": {"category": "E0102", "reason": "r"}, "answer": {"knowledge": "K01"},
    }  # fmt: skip
    return {"verb": verb, **needed.get(verb, {}), **given}


def open_case_of(session: Session, report_id: int) -> int:
    """Open the case of a stored report, and return its id, which is the report's."""
    open_case(session, report_id=report_id, caller=Caller(who("admin"), lambda _: EVERYTHING, any_unit=True))
    return report_id


def sign_in_member(
    session: Session, settings: Settings, name: str, unit: str | None, grants: Iterable[Grant]
) -> dict[str, str]:
    """Make a person with grants who belongs to a unit and is signed in; return the headers that send the session."""
    token = open_session(session, settings, name, grants)
    join_unit(session, name, unit)
    return by_session(token) | {"Sec-Fetch-Site": "same-origin"}


def join_unit(session: Session, name: str, unit: str | None) -> None:
    """Make a principal a person of a unit, or of none."""
    person = session.execute(text("SELECT id FROM principal WHERE name = :name"), {"name": name}).scalar_one()
    session.execute(
        text("INSERT INTO person (id, name, created_at, changed_at) VALUES (:id, :name, now(), now())"
             " ON CONFLICT DO NOTHING"), {"id": person, "name": name}
    )  # fmt: skip
    if unit is not None:
        people.state_units(session, [(person, unit)], actor=who("admin"))


class SharedOffice:
    """The application on a module's database with a district, asked by a key that may do everything."""

    def __init__(self, client: TestClient, database: Database, settings: Settings) -> None:
        self.client, self.database, self.settings = client, database, settings
        with database.transaction() as session:
            case_district(session)
            key = issue_key(session, name="office", scopes=list(ROLES["administrator"]))
        self.key = {"X-API-Key": key}

    def report(self, grid: str = "g1", category: str = WORD, **more: Any) -> str:
        """Store a report in a grid, with a photo, and return its number."""
        with self.database.transaction() as session:
            placed = {"lon": 113.5 if grid == "g1" else 114.5, "lat": 34.5, "path": ["S", grid]}
            stored = store_report(session, category=category, **placed | more)
            hang_photo(session, stored)
            return report_number(stored)

    def case(self, *verbs: str, **more: Any) -> str:
        """Open the case of a new report, go some steps with it, and return its number."""
        number = self.report(**more)
        self.ask("POST", "/v1/cases", json={"report": number}, status=201)
        for verb in verbs:
            self.act(number, verb)
        return number

    def ask(self, method: str, path: str, *, status: int = 200, by: dict[str, str] | None = None, **more: Any) -> Any:
        """Ask the API, with the office's key or by somebody else, see the status that is meant, and return the JSON."""
        answer = self.client.request(method, path, headers=(by or self.key) | more.pop("headers", {}), **more)
        assert answer.status_code == status, answer.text
        return answer.json()

    def act(
        self, number: str, verb: str, *, status: int = 200, by: dict[str, str] | None = None, **given: Any
    ) -> dict[str, Any]:
        """Do something to a case and return it, or the problem."""
        return dict(self.ask("POST", f"/v1/cases/{number}/steps", json=acts(verb, **given), status=status, by=by))

    def history(self, number: str) -> list[dict[str, Any]]:
        """Return the steps of a case."""
        return list(self.ask("GET", f"/v1/cases/{number}/history")["items"])

    def member(self, name: str, unit: str | None, *grants: Grant) -> dict[str, str]:
        """Make a signed-in person of a unit with grants."""
        with self.database.transaction() as session:
            return sign_in_member(session, self.settings, name, unit, grants)


@contextmanager
def shared_office(database_url: str, folder: Path) -> Iterator[SharedOffice]:
    """Start the application for all tests of a module."""
    settings = Settings(
        DATABASE_URL=database_url, cache_dir=folder / "cache", attachments_dir=folder / "files", web_dist=folder,
        log_level="ERROR",
    )  # fmt: skip
    database = Database(settings)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield SharedOffice(client, database, settings)
    database.close()
