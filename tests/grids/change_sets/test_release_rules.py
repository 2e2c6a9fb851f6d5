"""Tolerance and gaps belong to a release: changed with a draft, approved like its areas, and past answers stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from core.audit import AuditEntry
from grids.assignment import operations as assignment
from grids.assignment.release_cache import ReleaseCache
from grids.boundaries import operations as registry_operations
from grids.boundaries import queries as registry
from grids.boundaries.errors import GapCoveredError, GapInvalidError, LayerInUseError
from grids.boundaries.records import AreaRecord
from grids.boundaries.release_rules import Gap, ReleaseRules, RulesChange, gaps_of
from grids.change_sets import operations, queries
from grids.change_sets.errors import ChangeSetStateError, EditRefusedError, SecondPersonError
from migrations.run import move_to
from presentation.words.places import reason_sentence
from tests.factories.identity import who
from tests.grids.change_sets.drafts import draft, publish

if TYPE_CHECKING:
    from core.db import Database
    from core.settings import Settings
    from grids.boundaries.tables import Layer

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
LAKE = shapely.box(113.01, 34.01, 113.02, 34.02)
BESIDE = {"x": 112.9997, "y": 34.005}
"""27 m west of the layer."""


def ring_of_grids() -> list[AreaRecord]:
    """Eight squares around a lake."""

    def square(x: int, y: int) -> shapely.Polygon:
        return shapely.box(113 + x / 100, 34 + y / 100, 113 + (x + 1) / 100, 34 + (y + 1) / 100)

    return [
        AreaRecord(
            "grid", f"g{x}{y}", f"{x}{y}", shapely.box(113 + x / 100, 34 + y / 100, 113.01 + x / 100, 34.01 + y / 100)
        )
        for x in range(3)
        for y in range(3)
        if (x, y) != (1, 1)
    ]


def change(**asked: Any) -> RulesChange:
    gaps = gaps_of([(name, geom) for name, geom in asked.pop("declare", {}).items()])
    return RulesChange(declare=gaps, **asked)


def in_draft(database: Database, change_set: int, **asked: Any) -> ReleaseRules:
    with database.transaction() as session:
        done = operations.change_rules(session, change_set_id=change_set, change=change(**asked), actor=who("editor"))
        return queries.rules_of_draft(session, done)


def layer_of(database: Database) -> Layer:
    with database.transaction() as session:
        return registry.get_layer(session, "ring")


def rules_now(database: Database) -> ReleaseRules:
    with database.transaction() as session:
        return registry.current_rules(session, registry.get_layer(session, "ring"))


@pytest.fixture
def ring(database: Database) -> str:
    """A layer whose first release has a lake as its declared gap, in force since long ago."""
    with database.transaction() as session:
        layer = registry_operations.create_layer(session, code="ring", name="环", levels=["grid"], actor=who("t"))
        registry_operations.declare_gaps(session, layer=layer, change=change(declare={"湖": LAKE}), actor=who("t"))
        registry_operations.publish(
            session, layer=layer, areas=ring_of_grids(), lead_s=0,
            publication=registry_operations.Publication(author=who("t"), effective_at=LONG_AGO),
        )  # fmt: skip
    return "ring"


def test_a_new_tolerance_is_approved_and_changes_no_past_answer(
    database: Database, settings: Settings, ring: str
) -> None:
    with pytest.raises(LayerInUseError, match="boundaries rules"), database.transaction() as session:
        registry_operations.change_layer(
            session, code=ring, name="环", levels=["grid"], code_rule="free", is_coverage=True,
            nearest_tolerance_m=10, field_mapping={}, actor=who("editor"),
        )  # fmt: skip
    number = draft(database, ring)
    in_draft(database, number, nearest_tolerance_m=10)
    with database.transaction() as session:
        operations.submit(session, change_set_id=number, actor=who("editor"))
    with pytest.raises(SecondPersonError), database.transaction() as session:
        operations.approve(session, change_set_id=number, actor=who("editor"))
    with database.transaction() as session:
        operations.approve(session, change_set_id=number, actor=who("approver"))
        release = operations.publish_change_set(session, change_set_id=number, actor=who("approver"), lead_s=0).release
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "releases.publish")).all()[-1]
    assert (entry.detail["before"]["nearest_tolerance_m"], entry.detail["after"]["nearest_tolerance_m"]) == (50, 10)
    indexes = ReleaseCache(database, settings)
    now = release.effective_at + timedelta(seconds=1)
    answers = [assignment.assign(indexes, **BESIDE, layer=ring, at=at) for at in (LONG_AGO, now)]
    indexes.close()
    assert [answer.method for answer in answers] == ["nearest", "unassigned"]
    assert "tolerance 50 m" in reason_sentence(answers[0].reason, "en")
    assert "none lies within 10 m" in reason_sentence(answers[1].reason, "en")
    assert rules_now(database).gaps[0].name == "湖", "what was not changed stays"


def test_gaps_are_added_and_taken_out_by_name_never_replaced_silently(database: Database, ring: str) -> None:
    with pytest.raises(LayerInUseError), database.transaction() as session:
        registry_operations.declare_gaps(
            session, layer=registry.get_layer(session, ring), change=change(declare={"园": LAKE}), actor=who("editor")
        )
    number = draft(database, ring)
    smaller = shapely.box(113.012, 34.012, 113.018, 34.018)
    for asked, why, error in [
        ({"declare": {"园": shapely.box(113.005, 34.005, 113.015, 34.015)}}, "covers g00, g01, g10", GapCoveredError),
        ({"declare": {"湖": smaller}}, "another shape", GapInvalidError),
        ({"remove": ["河"]}, "there are: 湖", GapInvalidError),
        ({"declare": {"湖": LAKE}}, "nothing to change", EditRefusedError),
    ]:
        with pytest.raises(error, match=why):
            in_draft(database, number, **asked)
    with pytest.raises(ChangeSetStateError, match="changes nothing"), database.transaction() as session:
        operations.submit(session, change_set_id=number, actor=who("editor"))
    park = shapely.box(113.2, 34.2, 113.21, 34.21)
    assert [gap.name for gap in in_draft(database, number, declare={"园": park}).gaps] == ["园", "湖"]
    in_draft(database, number, remove=["湖"])
    with database.transaction() as session:
        assert operations.check(session, change_set_id=number).counts == {"gap": 1}
        operations.undo(session, change_set_id=number, actor=who("editor"))
    with database.transaction() as session:
        assert operations.check(session, change_set_id=number).counts == {}
    assert publish(database, number) == 2
    with database.transaction() as session:
        layer = registry.get_layer(session, ring)
        by_release = [
            [gap.name for gap in registry.rules_of_release(session, layer, release).gaps]
            for release in registry.list_releases(session, layer)
        ]
        rolled = registry_operations.roll_back(
            session, layer=layer, to_number=1, publication=registry_operations.Publication(author=who("t")), lead_s=0
        )
    assert by_release == [["园", "湖"], ["湖"]]
    assert (rolled.is_new, [gap.name for gap in rules_now(database).gaps]) == (True, ["湖"])


def test_an_area_over_a_declared_gap_is_not_published_until_the_gap_is_taken_out(database: Database, ring: str) -> None:
    number = draft(database, ring)
    middle = AreaRecord("grid", "g11", "11", LAKE)
    with database.transaction() as session:
        operations.replace_areas(session, change_set_id=number, areas=[middle], actor=who("editor"))
    with pytest.raises(GapCoveredError, match="'湖' covers g11"), database.transaction() as session:
        operations.submit(session, change_set_id=number, actor=who("editor"))
    in_draft(database, number, remove=["湖"])
    assert publish(database, number) == 2
    assert rules_now(database).gaps == ()


def test_what_a_release_answers_by_is_append_only(database: Database, ring: str) -> None:
    del ring
    for statement in (
        "UPDATE release SET nearest_tolerance_m = 1",
        "UPDATE allowed_gap SET name = 'x' WHERE release_id IS NOT NULL",
        "DELETE FROM allowed_gap",
    ):
        with database.engine.connect() as connection, pytest.raises(IntegrityError, match="append-only"):
            connection.execute(text(statement))


def test_the_migration_gives_releases_what_their_layers_answered_by_and_back(database: Database, ring: str) -> None:
    url = database.libpq_url
    move_to(url, "0017")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT name FROM allowed_gap").fetchall() == [("湖",)]
        connection.execute("UPDATE layer SET nearest_tolerance_m = 70")
    move_to(url, "head")
    found = rules_now(database)
    assert (found.nearest_tolerance_m, [gap.name for gap in found.gaps]) == (70, ["湖"])
    number = draft(database, ring)
    in_draft(database, number, nearest_tolerance_m=5)
    publish(database, number)
    with pytest.raises(Exception, match="differ in their tolerance"):
        move_to(url, "0017")


NAMES = st.sampled_from("abcd")


@given(have=st.sets(NAMES), add=st.sets(NAMES), drop=st.sets(NAMES), tolerance=st.none() | st.floats(0, 1e5))
def test_a_change_of_rules_written_down_and_read_again_does_the_same(
    have: set[str], add: set[str], drop: set[str], tolerance: float | None
) -> None:
    lake = gaps_of([("", LAKE)])[0].geom
    before = ReleaseRules(gaps=tuple(Gap(name, lake) for name in sorted(have)))
    asked = RulesChange(tolerance, [Gap(name, lake) for name in sorted(add)], sorted(drop))
    after = asked.applied(before, strict=False)
    assert RulesChange.from_json(asked.as_json()).applied(before, strict=False).key == after.key
    assert {gap.name for gap in after.gaps} == (have - drop) | add
    assert after.nearest_tolerance_m == (50.0 if tolerance is None else tolerance)
