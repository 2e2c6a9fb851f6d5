"""A release is immutable, numbered, takes effect at its instant, and any past instant can be asked."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
import shapely
from sqlalchemy import text

from core import clock
from grids.boundaries import operations, queries
from grids.boundaries.errors import EffectiveInstantError, ImportBlockedError, ReleaseOvertakenError
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from core.db import Database
    from grids.boundaries.operations import Published


pytestmark = pytest.mark.usefixtures("layer")


def square(code: str, x: int, *, parent: str | None = "D", name: str = "", **facts: object) -> AreaRecord:
    geom = shapely.box(113 + x / 100, 34, 113 + (x + 1) / 100, 34.01)
    return AreaRecord("grid", code, name or code, geom, parent, **facts)  # type: ignore[arg-type]


DISTRICT = AreaRecord("district", "D", "区", shapely.box(113, 34, 113.03, 34.01))
FIRST = [DISTRICT, square("a", 0, unit_code="u1", unit_name="一队"), square("b", 1), square("c", 2)]


def publish(session: Session, areas: Sequence[AreaRecord], **options: object) -> Published:
    layer = queries.get_layer(session, "t")
    return operations.publish(
        session, layer=layer, areas=areas, publication=operations.Publication(author=who("test"), **options), lead_s=0.0
    )


@pytest.fixture
def layer(database: Database) -> None:
    with database.transaction() as session:
        operations.create_layer(session, code="t", name="试验", levels=["district", "grid"], actor=who("test"))


def codes_at(session: Session, instant: object) -> dict[str, str]:
    layer = queries.get_layer(session, "t")
    return {a.record.code: a.record.name for a in queries.areas_at(session, layer, instant)}  # type: ignore[arg-type]


def test_unchanged_areas_live_on_and_changed_and_retired_ones_are_closed(database: Database) -> None:
    with database.transaction() as session:
        one = publish(session, FIRST)
    with database.transaction() as session:
        two = publish(session, [DISTRICT, FIRST[1], square("b", 1, name="new"), square("d", 2)])
    assert (one.release.number, two.release.number) == (1, 2)
    assert two.changes.counts == {"added": 1, "changed": 1, "retired": 1, "unchanged": 2}
    with database.transaction() as session:
        before = two.release.effective_at - timedelta(microseconds=1)
        assert codes_at(session, before) == {"D": "区", "a": "a", "b": "b", "c": "c"}
        assert codes_at(session, two.release.effective_at) == {"D": "区", "a": "a", "b": "new", "d": "d"}
        assert codes_at(session, one.release.effective_at - timedelta(seconds=1)) == {}
        states = queries.area_history(session, queries.get_layer(session, "t"), "b")
        assert [s.release_number for s in states] == [1, 2]
        assert states[0].valid_to == states[1].valid_from == two.release.effective_at
        assert session.execute(text("SELECT count(*) FROM area")).scalar_one() == 6


def test_the_same_content_again_is_no_new_release(database: Database) -> None:
    with database.transaction() as session:
        one = publish(session, FIRST)
    turned = shapely.Polygon(list(FIRST[2].geom.exterior.coords)[::-1])  # type: ignore[union-attr]
    with database.transaction() as session:
        again = publish(session, [replace(FIRST[2], geom=turned), *FIRST[:2], FIRST[3]])
        assert not again.is_new
        assert again.release.number == one.release.number
        assert len(queries.list_releases(session, queries.get_layer(session, "t"))) == 1


def test_a_rollback_is_a_new_release_with_the_old_content(database: Database) -> None:
    with database.transaction() as session:
        one = publish(session, FIRST)
    with database.transaction() as session:
        publish(session, FIRST[:3])
    with database.transaction() as session:
        layer_row = queries.get_layer(session, "t")
        back = operations.roll_back(
            session, layer=layer_row, to_number=1, publication=operations.Publication(author=who("test")), lead_s=0
        )
        assert back.release.number == 3
        assert back.release.checksum == one.release.checksum
        assert codes_at(session, back.release.effective_at) == codes_at(session, one.release.effective_at)


def test_units_are_taken_over_and_renamed(database: Database) -> None:
    with database.transaction() as session:
        publish(session, FIRST)
        publish(session, [DISTRICT, square("a", 0, unit_code="u1", unit_name="二队")])
        assert session.execute(text("SELECT name FROM responsible_unit WHERE code = 'u1'")).scalar_one() == "二队"


def test_only_the_first_release_may_take_effect_in_the_past(database: Database) -> None:
    long_ago = clock.now() - timedelta(days=400)
    with database.transaction() as session:
        one = publish(session, FIRST, effective_at=long_ago)
        assert one.release.effective_at == long_ago
        with pytest.raises(EffectiveInstantError):
            publish(session, FIRST[:2], effective_at=clock.now() - timedelta(days=1))


def test_a_release_waits_for_its_instant_and_the_next_must_come_later(database: Database) -> None:
    with database.transaction() as session:
        publish(session, FIRST)
    soon = clock.now() + timedelta(days=1)
    with database.transaction() as session:
        two = publish(session, FIRST[:2], effective_at=soon)
        assert set(codes_at(session, clock.now())) == {"D", "a", "b", "c"}
        assert set(codes_at(session, soon)) == {"D", "a"}
        with pytest.raises(EffectiveInstantError):
            publish(session, FIRST[:3], effective_at=two.release.effective_at)
        with pytest.raises(EffectiveInstantError):
            publish(session, FIRST[:3])


def test_content_made_from_an_older_release_is_refused_when_asked_so(database: Database) -> None:
    with database.transaction() as session:
        publish(session, FIRST, expected_latest=0)
        with pytest.raises(ReleaseOvertakenError):
            publish(session, FIRST[:2], expected_latest=0)


def test_what_is_no_valid_polygon_is_refused_before_the_database(database: Database) -> None:
    bow_tie = shapely.Polygon([(113, 34), (113.1, 34.1), (113.1, 34), (113, 34.1)])
    for spoiled in ([replace(FIRST[1], geom=bow_tie)], [FIRST[1], FIRST[1]], [replace(FIRST[1], geom=None)], []):
        with pytest.raises(ImportBlockedError), database.transaction() as session:
            publish(session, spoiled)
    with database.transaction() as session:
        assert queries.list_releases(session, queries.get_layer(session, "t")) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE release SET note = 'x'",
        "DELETE FROM release",
        "DELETE FROM area",
        "UPDATE area SET name = 'x'",
        "UPDATE area SET geom = ST_Translate(geom, 1, 0)",
        "UPDATE area SET geom = ST_Reverse(geom)",
        "UPDATE area SET valid_during = tstzrange(lower(valid_during) - interval '1 day', NULL)",
        "UPDATE area SET valid_during = tstzrange(lower(valid_during) - interval '1 day', now() + interval '1 day')",
        "TRUNCATE area CASCADE",
        (
            "INSERT INTO area (layer_id, release_id, level, code, name, area_m2, geom, valid_during) SELECT layer_id,"
            " release_id, level, code, name, area_m2, geom, valid_during FROM area LIMIT 1"
        ),
    ],
)
def test_the_database_refuses_to_rewrite_history(database: Database, statement: str) -> None:
    with database.transaction() as session:
        publish(session, FIRST)
    with pytest.raises(psycopg.errors.IntegrityError), database.bulk() as connection:
        connection.execute(statement)


def test_two_publications_at_once_become_two_releases_one_after_the_other(database: Database) -> None:
    numbers: list[int] = []

    def run(count: int) -> None:
        with database.transaction() as session:
            numbers.append(publish(session, FIRST[:count]).release.number)

    threads = [threading.Thread(target=run, args=(count,)) for count in (2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [1, 2, 3]


def test_every_process_is_told_when_the_release_is_there_and_not_before(database: Database) -> None:
    with psycopg.connect(database.libpq_url, autocommit=True) as listener:
        listener.execute(f"LISTEN {operations.NOTIFY_CHANNEL}")
        with database.transaction() as session:
            publish(session, FIRST)
            assert list(listener.notifies(timeout=0.05)) == []
        (notice,) = listener.notifies(timeout=5, stop_after=1)
    assert '"layer":"t","release":1' in notice.payload


def test_areas_within_another_are_its_descendants(database: Database) -> None:
    with database.transaction() as session:
        publish(session, [*FIRST, AreaRecord("district", "E", "东", shapely.box(113.05, 34, 113.06, 34.01))])
        only = queries.AreaFilter(within="D", level="grid")
        row = queries.get_layer(session, "t")
        found = queries.areas_at(session, row, clock.now(), only=only, geometry=False)
        assert [a.record.code for a in found] == ["a", "b", "c"]
        box = queries.AreaFilter(bbox=(113.0501, 34, 113.0502, 34.001))
        assert [a.record.code for a in queries.areas_at(session, row, clock.now(), only=box)] == ["E"]
