"""A street's staff sees the people of its own areas and units, by list, page, filter, export and number."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import shapely
from sqlalchemy import text

from core import clock
from grids.boundaries.records import AreaRecord
from identity import principals
from identity.granting import add_grants
from identity.grants import ROLES, Grant
from identity.keys import create_key
from identity.people import operations as people
from identity.people.operations import PersonIn
from identity.people.tables import Person
from identity.units import operations as units
from identity.units.operations import UnitIn
from tests.factories.identity import who
from tests.factories.releases import publish_areas

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from core.db import Database

# Name -> units, and the area of a role. Streets S (grids a and b) and T (grid c); the releases name s, g and t.
PEOPLE: dict[str, tuple[tuple[str, ...], str | None]] = {
    "street": (("s",), None), "grid unit": (("g",), None), "given S": (("given",), None),
    "other street": (("t",), None),
    "role in S": ((), "admin/S"), "role in a": ((), "admin/a"), "role in T": ((), "admin/T"),
    "role above": ((), "admin/D"), "role elsewhere": ((), "police/a"), "centre": (("centre",), None),
    "nobody's": ((), None), "left": (("s",), None), "worker of b": ((), None), "worker of c": ((), None),
    "reader": (("centre",), "admin/S"), "by category": (("t",), None),
}  # fmt: skip
WORKER = (
    "INSERT INTO grid_worker (staff_number, person_id) SELECT staff_number, id FROM person WHERE id = :id",
    (
        "INSERT INTO grid_worker_post (layer_id, area_code, staff_number, valid_during)"
        " SELECT :layer, :code, staff_number, tstzrange(now() - interval '1 day', NULL) FROM person WHERE id = :id"
    ),
)
OF_S = {"street", "grid unit", "given S", "role in S", "role in a", "worker of b", "centre", "reader"}


def _area(code: str, level: str, west: int, east: int, parent: str | None, unit: str | None) -> AreaRecord:
    return AreaRecord(level, code, code, shapely.box(113 + west, 34, 113 + east, 35), parent, unit, None)


def _fill(database: Database) -> dict[str, str]:
    """Store areas, units and people; return keys of those who read, by name."""
    with database.transaction() as session:
        layer = publish_areas(
            session,
            [
                _area("D", "district", 0, 3, None, None), _area("S", "street", 0, 2, "D", "s"),
                _area("T", "street", 2, 3, "D", "t"), _area("a", "grid", 0, 1, "S", "g"),
                _area("b", "grid", 1, 2, "S", None), _area("c", "grid", 2, 3, "T", None),
            ],
            levels=["district", "street", "grid"],
        )  # fmt: skip
        start, actor = clock.now(), who("admin")
        codes = ("s", "t", "g", "given", "centre")
        made = [UnitIn(code, code, "department", None, start) for code in codes]
        units.state_units(session, made, actor=actor)
        units.state_answer(session, "given", area="admin/S", category=None, actor=actor)
        added = people.add_people(session, [PersonIn(name, f"N{n}") for n, name in enumerate(PEOPLE)], actor=actor)
        numbers = dict(zip(PEOPLE, (one.id for one in added), strict=True))
        member = [(numbers[name], code) for name, (codes, _) in PEOPLE.items() for code in codes]
        people.state_units(session, member, actor=actor)
        roles = [(numbers[name], Grant("street-staff", area)) for name, (_, area) in PEOPLE.items() if area]
        roles.append((numbers["by category"], Grant("department-staff", category="噪声")))
        add_grants(session, roles, actor=actor)
        for name in ("b", "c"):
            values = {"layer": layer.id, "code": name, "id": numbers[f"worker of {name}"]}
            for statement in WORKER:
                session.execute(text(statement), values)
        people.end(session, session.get_one(Person, numbers["left"]), actor=actor)
        scopes, made_keys = [*ROLES["street-staff"]], {}
        for name in ("reader", "by category", "role above"):
            holder = principals.get(session, numbers[name])
            made_keys[name] = create_key(session, name=f"key of {name}", scopes=scopes, holder=holder)
        return made_keys | {"everybody": create_key(session, name="all", scopes=scopes)}


def test_a_grant_in_an_area_reaches_its_people_and_nobody_else(client: TestClient, database: Database) -> None:
    keys = {name: {"X-API-Key": key} for name, key in _fill(database).items()}

    def names(key: str, asked: str = "") -> set[str]:
        return {one["name"] for one in client.get(f"/v1/people?{asked}", headers=keys[key]).json()["items"]}

    everybody = client.get("/v1/people", headers=keys["everybody"]).json()["items"]
    assert {one["name"] for one in everybody} == set(PEOPLE) - {"left"}
    assert names("reader") == OF_S
    assert names("reader", "ended=true") == OF_S, "who left belongs to no unit"
    assert names("by category") == {"by category", "other street"}
    assert names("role above") == {
        *OF_S, "other street", "role in T", "role above", "worker of c", "by category",
    } - {"centre"}  # fmt: skip
    assert names("reader", "unit=t") == set(), "a filter finds nobody else"
    assert names("reader", "words=role") == {"role in S", "role in a"}

    paged: list[str] = []
    after: int | None = 0
    while after is not None:
        page = client.get(f"/v1/people?limit=1&after={after}", headers=keys["reader"]).json()
        paged += [one["name"] for one in page["items"]]
        after = page["next"]
    assert sorted(paged) == sorted(OF_S), "no page is empty, so that no count tells of others"

    rows = csv.reader(io.StringIO(client.get("/v1/people/export.csv", headers=keys["reader"]).text.lstrip("\ufeff")))
    assert {row[0] for row in rows} == OF_S | {"姓名"}
    for one in everybody:
        status = client.get(f"/v1/people/{one['id']}", headers=keys["reader"]).status_code
        assert status == (200 if one["name"] in OF_S else 404), one["name"]
