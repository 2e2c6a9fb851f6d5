"""Who works which area: stated from an instant on, and going with the land when a release ends an area."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from governance.boundary_changes import operations as boundary_changes
from governance.grid_workers import operations, queries, rules
from governance.grid_workers.rules import Appointment, Span, WorkersInvalidError
from grids.boundaries import operations as registry_operations
from grids.boundaries import queries as registry
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from core.db import Database

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


def strip(code: str, west: int, east: int) -> AreaRecord:
    """An area over some hundredths of a degree."""
    return AreaRecord("grid", code, code, shapely.box(113 + west / 100, 34, 113 + east / 100, 34.01), None, "u", "队")


A, B, C = strip("a", 0, 3), strip("b", 3, 4), strip("c", 4, 6)


@pytest.fixture
def layer(database: Database) -> Database:
    """A layer of three grids, in force since long ago."""
    with database.transaction() as session:
        created = registry_operations.create_layer(session, code="t", name="试验", levels=["grid"], actor=who("test"))
        registry_operations.publish(
            session,
            layer=created,
            areas=[A, B, C],
            publication=registry_operations.Publication(author=who("test"), effective_at=LONG_AGO),
            lead_s=0,
        )
    return database


def state(
    database: Database, *appointments: Appointment, areas: Sequence[str] = (), start: datetime | None = None
) -> operations.Stated:
    with database.transaction() as session:
        return operations.set_workers(
            session,
            layer=registry.get_layer(session, "t"),
            appointments=appointments,
            areas=areas or sorted({one.area_code for one in appointments}),
            actor=who("test"),
            start=start,
        )


def staff(database: Database, at: datetime | None = None) -> dict[str, list[str]]:
    """Who works which area at an instant."""
    with database.transaction() as session:
        found: dict[str, list[str]] = {}
        for post in queries.posts_at(session, layer_id=registry.get_layer(session, "t").id, at=at or clock.now()):
            found.setdefault(post.area_code, []).append(post.staff_number)
    return {code: sorted(numbers) for code, numbers in found.items()}


def publish(database: Database, tmp_path: Path, *areas: AreaRecord) -> datetime:
    """Publish a layer's content, let the worker do its work; return when the release took effect."""
    with database.transaction() as session:
        done = registry_operations.publish(
            session,
            layer=registry.get_layer(session, "t"),
            areas=areas,
            publication=registry_operations.Publication(author=who("test")),
            lead_s=0,
        )
        at = done.release.effective_at
    boundary_changes.hand_over(database, cache=tmp_path)
    return at


def worker(area: str, number: str, **rest: datetime | str | None) -> Appointment:
    return Appointment(area, number, f"网格员（示例）{number}", **rest)  # type: ignore[arg-type]


def test_from_an_instant_on_exactly_those_named_work_an_area(layer: Database) -> None:
    state(layer, worker("a", "1"), worker("a", "2"), worker("b", "1"), start=LONG_AGO)
    before = clock.now()
    assert state(layer, worker("a", "2"), worker("a", "3")) == operations.Stated(areas=1, begun=1, ended=1)
    assert staff(layer, before) == {"a": ["1", "2"], "b": ["1"]}
    assert staff(layer) == {"a": ["2", "3"], "b": ["1"]}
    assert state(layer, areas=["b"]) == operations.Stated(areas=1, begun=0, ended=1)
    assert staff(layer) == {"a": ["2", "3"]}


def test_said_again_nothing_changes(layer: Database) -> None:
    said = (worker("a", "1", start=LONG_AGO), worker("b", "2", until=clock.now() + timedelta(days=9)))
    assert state(layer, *said).begun == 2
    assert state(layer, *said) == operations.Stated(areas=2, begun=0, ended=0)


def test_a_post_ends_at_its_instant_and_not_before(layer: Database) -> None:
    end = clock.now() + timedelta(days=1)
    state(layer, worker("a", "1", until=end))
    assert staff(layer, end - timedelta(microseconds=1)) == {"a": ["1"]}
    assert staff(layer, end) == {}


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ([worker("x", "1")], "no area 'x'"),
        ([worker("a", "1"), worker("a", "1")], "twice"),
        ([worker("a", "1"), Appointment("b", "1", "别人")], "two names"),
        ([worker("a", "1", until=LONG_AGO)], "ends after it begins"),
        ([worker("a", "1", unit_code="nobody")], "no responsible unit 'nobody'"),
        ([Appointment("a", "", "x")], "staff number"),
    ],
)
def test_what_does_not_fit_together_is_refused_whole(layer: Database, said: list[Appointment], message: str) -> None:
    with pytest.raises(WorkersInvalidError, match=message):
        state(layer, worker("c", "9"), *said)
    assert staff(layer) == {}


def test_who_works_an_area_that_ends_goes_on_where_most_of_its_land_goes(layer: Database, tmp_path: Path) -> None:
    state(layer, worker("a", "1"), worker("b", "2"), start=LONG_AGO)
    at = publish(layer, tmp_path, strip("a1", 0, 1), strip("a2", 1, 3), B, C)
    assert staff(layer, at - timedelta(microseconds=1)) == {"a": ["1"], "b": ["2"]}
    assert staff(layer, at) == {"a2": ["1"], "b": ["2"]}


def test_of_equal_pieces_the_lowest_code_is_followed(layer: Database, tmp_path: Path) -> None:
    state(layer, worker("c", "3"), start=LONG_AGO)
    publish(layer, tmp_path, A, B, strip("c2", 4, 5), strip("c1", 5, 6))
    assert staff(layer) == {"c1": ["3"]}


def test_land_that_nobody_gets_ends_the_post(layer: Database, tmp_path: Path) -> None:
    state(layer, worker("c", "3"), start=LONG_AGO)
    publish(layer, tmp_path, A, B)
    assert staff(layer) == {}


def test_who_works_both_merged_areas_holds_one_post(layer: Database, tmp_path: Path) -> None:
    state(layer, worker("a", "1"), worker("b", "1"), worker("b", "2"), start=LONG_AGO)
    publish(layer, tmp_path, strip("a", 0, 4), C)
    assert staff(layer) == {"a": ["1", "2"]}


def test_a_rollback_brings_everyone_back(layer: Database, tmp_path: Path) -> None:
    state(layer, worker("a", "1"), worker("b", "2"), worker("c", "3"), start=LONG_AGO)
    before = staff(layer)
    publish(layer, tmp_path, strip("n", 0, 4), C)
    publish(layer, tmp_path, strip("n2", 0, 6))
    assert staff(layer) == {"n2": ["1", "2", "3"]}
    publish(layer, tmp_path, A, B, C)
    assert staff(layer) == before


def test_what_a_person_stated_for_a_new_area_is_left_alone(layer: Database, tmp_path: Path) -> None:
    state(layer, worker("a", "1"), start=LONG_AGO)
    with layer.transaction() as session:
        done = registry_operations.publish(
            session,
            layer=registry.get_layer(session, "t"),
            areas=[strip("n", 0, 3), B, C],
            publication=registry_operations.Publication(author=who("t")),
            lead_s=0,
        )
        at = done.release.effective_at
    state(layer, worker("n", "9"), start=at)
    boundary_changes.hand_over(layer, cache=tmp_path)
    assert staff(layer) == {"n": ["9"]}


def test_a_table_is_read_in_chinese_or_english_utf8_or_gbk() -> None:
    chinese = "网格编码,工号,姓名,单位编码,止\na,1,网格员（示例）01,u,2026-12-31\n\nb,2,网格员（示例）02,,\n"
    one, two = rules.read_csv(chinese.encode("gbk"))
    assert (one.area_code, one.staff_number, one.unit_code, two.unit_code) == ("a", "1", "u", None)
    assert one.until == datetime(2026, 12, 30, 16, tzinfo=UTC)
    english = "staff_number,area_code,name,from\n1,a,Sample worker 01,2026-01-01T08:00+08:00\n"
    (third,) = rules.read_csv(b"\xef\xbb\xbf" + english.encode())
    assert third == Appointment("a", "1", "Sample worker 01", None, datetime(2026, 1, 1, tzinfo=UTC), None)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"code\na\n", "lacks the column"),
        ("网格编码,工号,姓名\n".encode(), "no row"),
        ("网格编码,工号,姓名,止\na,1,x,soon\n".encode(), "Line 2"),
        (b"\xff\xfe\x00", "no text"),
        ('网格编码,工号,姓名\na,1,"x\nb,2,y\n'.encode(), "Line 2: a quotation mark"),
        (b"area_code,staff_number,name\na,1,\xff\n", "Line 2: the line holds bytes that are no text"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_the_reason(content: bytes, message: str) -> None:
    with pytest.raises(WorkersInvalidError, match=message):
        rules.read_csv(content)


days = st.integers(0, 30).map(lambda n: LONG_AGO + timedelta(days=n))


@given(
    st.lists(st.tuples(st.sampled_from("123"), days, st.one_of(st.none(), days)), max_size=6),
    st.sets(st.sampled_from("123")),
    days,
)
def test_after_a_statement_the_area_has_exactly_those_stated(
    posts: list[tuple[str, datetime, datetime | None]], wanted: set[str], start: datetime
) -> None:
    existing = [Span(i, n, a, b) for i, (n, a, b) in enumerate(posts) if b is None or a < b]
    said = [Appointment("a", number, "x", None, start, None) for number in sorted(wanted)]
    change = rules.restated(existing, said, start)
    kept = [
        p for p in existing if p.id not in (*change.closed, *change.dropped) and (p.until is None or p.until > start)
    ]
    assert sorted([p.staff_number for p in kept] + [one.staff_number for one in change.new]) == sorted(wanted)
    assert all(p.start < start for p in existing if p.id in change.closed)
