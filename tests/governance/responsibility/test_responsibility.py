"""Who answers: by the codes of releases, by areas given to units and followed through lineage, by category."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import shapely

from core import clock
from governance.responsibility import queries
from grids.boundaries import operations as boundaries
from grids.boundaries.records import AreaRecord
from identity.units import operations
from identity.units.operations import UnitIn
from tests.factories.identity import who
from tests.factories.releases import publish_areas

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

START = datetime(2026, 1, 1, tzinfo=UTC)


def area(code: str, west: int, east: int, *, unit: str | None = "u") -> AreaRecord:
    level, parent = ("street", None) if code == "S" else ("grid", "S")
    return AreaRecord(level, code, code, shapely.box(113 + west, 34, 113 + east, 35), parent, unit, None)


def units(session: Session, *codes: str) -> None:
    made = [UnitIn(code, f"单位{code}", "department", None, START) for code in codes]
    operations.state_units(session, made, actor=who("admin"))


def test_codes_that_stand_for_nobody_are_listed_with_their_areas(session: Session) -> None:
    publish_areas(
        session,
        [
            area("S", 0, 3, unit="s"),
            area("a", 0, 1),
            area("b", 1, 2),
            area("c", 2, 3, unit=None),
        ],
        levels=["street", "grid"],
    )
    found = queries.unmapped_codes(session, clock.now(), layer="admin")
    assert [(one.code, one.areas, one.first_area) for one in found] == [(None, 1, "c"), ("s", 1, "S"), ("u", 2, "a")]
    units(session, "u", "team")
    operations.map_code(session, "s", "team", actor=who("admin"))
    later = clock.now()
    assert [one.code for one in queries.unmapped_codes(session, later)] == [None]
    operations.end_unit(session, "team", actor=who("admin"))
    assert [one.code for one in queries.unmapped_codes(session, clock.now())] == [None, "s"]
    assert [one.code for one in queries.unmapped_codes(session, later)] == [None]
    assert queries.unmapped_codes(session, clock.now(), layer="other") == []


def test_the_most_particular_answers_first_and_given_areas_are_followed_through_lineage(session: Session) -> None:
    layer = publish_areas(
        session,
        [area("S", 0, 4, unit="s"), area("old", 0, 2), area("b", 2, 4)],
        levels=["street", "grid"],
    )
    units(session, "u", "s", "bureau", "street-team", "grid-team", "all")
    given = {"bureau": (None, "违建"), "street-team": ("admin/S", None), "grid-team": ("admin/old", None)}
    for code, (place, category) in {**given, "all": (None, None)}.items():
        operations.state_answer(session, code, area=place, category=category, actor=who("admin"))
    parts = [area("S", 0, 4, unit="s"), area("w", 0, 1), area("e", 1, 2), area("b", 2, 4)]
    boundaries.publish(
        session, layer=layer, areas=parts, publication=boundaries.Publication(author=who("test")), lead_s=0.0
    )
    at = clock.now()

    def answering(code: str, category: str = "") -> list[str]:
        given = [category] if category else []
        return [one.unit_code for one in queries.answering_units(session, layer, code, at, categories=given)]

    assert answering("w") == ["grid-team", "u", "street-team", "s", "all"]
    assert answering("w", "违建") == ["bureau", "grid-team", "u", "street-team", "s", "all"]
    assert answering("b") == ["u", "street-team", "s", "all"]
    assert answering("old") == ["all"]
