"""Units: a dated tree that holds together at every instant, corrections as new rows, codes by date."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from core import audit
from core.db.dated import SpanEmptyError
from core.trees import Span
from identity.units import operations, queries
from identity.units.operations import UnitIn
from identity.units.rules import UnitInUseError, UnitInvalidError, UnitNotFoundError, require_tree
from identity.units.tables import UnitState
from migrations.run import move_to
from tests.factories.identity import who

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.db import Database

T = [datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 13)]
CENTRE = UnitIn("410106", "运行中心", "centre", None, T[0])
STREET = UnitIn("410106003", "新安路街道办事处", "street", "410106", T[0])
COMMUNITY = UnitIn("410106003001", "某社区居民委员会", "community", "410106003", T[0])


def state(session: Session, *units: UnitIn) -> int:
    return operations.state_units(session, units, actor=who("admin"))


def names(session: Session, at: datetime) -> dict[str, tuple[str, str | None]]:
    return {one.unit_code: (one.name, one.parent_code) for one in queries.units_at(session, at)}


def test_units_are_stated_together_in_any_order_and_again_without_effect(session: Session) -> None:
    assert state(session, COMMUNITY, STREET, CENTRE) == 3
    assert state(session, CENTRE, COMMUNITY) == 0
    assert names(session, T[0]) == {
        "410106": ("运行中心", None),
        "410106003": ("新安路街道办事处", "410106"),
        "410106003001": ("某社区居民委员会", "410106003"),
    }
    assert names(session, T[0] - timedelta(microseconds=1)) == {}
    assert [entry.action for entry in audit.list_entries(session, audit.AuditFilter(), limit=9)[0]] == ["units.state"]


def test_a_rename_and_a_correction_keep_what_was_recorded_before(session: Session) -> None:
    state(session, CENTRE)
    state(session, UnitIn("410106", "城运中心", "centre", None, T[4]))
    state(session, UnitIn("410106", "运行中心(筹)", "centre", None, T[0], T[1]))
    assert [(one.name, one.start, one.until) for one in queries.unit_history(session, "410106")] == [
        ("运行中心(筹)", T[0], T[1]),
        ("运行中心", T[1], T[4]),
        ("城运中心", T[4], None),
    ]
    every = session.scalars(select(UnitState).order_by(UnitState.id)).all()
    assert [(one.name, one.superseded_at is None) for one in every] == [
        ("运行中心", False), ("运行中心", False), ("城运中心", True), ("运行中心(筹)", True), ("运行中心", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "error", "field"),
    [
        (UnitIn("410106", "运行中心", "centre", "410106003001", T[3]), UnitInvalidError, "parent_code"),
        (UnitIn("410106", "运行中心", "centre", "410106", T[3]), UnitInvalidError, "parent_code"),
        (UnitIn("410106009", "某街道", "street", "410106", T[0] - timedelta(1)), UnitInUseError, "parent_code"),
        (UnitIn("410106009", "某街道", "street", "no", T[0]), UnitNotFoundError, "parent_code"),
        (UnitIn("410106009", "某街道", "office", None, T[0]), UnitInvalidError, "kind"),
        (UnitIn("410106009", " ", "street", None, T[0]), UnitInvalidError, "name"),
        (UnitIn("unmapped", "某街道", "street", None, T[0]), UnitInvalidError, "code"),
        (UnitIn("a/b", "某街道", "street", None, T[0]), UnitInvalidError, "code"),
        (UnitIn("410106009", "某街道", "street", None, T[1], T[1]), SpanEmptyError, "until"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field(
    session: Session, unit: UnitIn, error: type[Exception], field: str
) -> None:
    state(session, CENTRE, STREET, COMMUNITY)
    with pytest.raises(error) as raised, session.begin_nested():
        state(session, unit)
    assert raised.value.field == field  # type: ignore[attr-defined]
    assert set(names(session, T[3])) == {"410106", "410106003", "410106003001"}


def test_a_unit_ends_after_those_below_it_and_its_codes_end_with_it(session: Session) -> None:
    state(session, CENTRE, STREET, COMMUNITY)
    with pytest.raises(UnitInUseError, match="410106003001"), session.begin_nested():
        operations.end_unit(session, "410106003", at=T[3], actor=who("admin"))
    operations.map_code(session, "旧编码", "410106003", start=T[1], actor=who("admin"))
    operations.map_code(session, "旧编码", "410106", start=T[6], actor=who("admin"))
    operations.state_answer(session, "410106003", area="admin/x", category=None, start=T[1], actor=who("admin"))
    state(session, UnitIn("410106003001", "某社区居民委员会", "community", "410106", T[3]))
    assert operations.end_unit(session, "410106003", at=T[3], actor=who("admin"))
    assert not operations.end_unit(session, "410106003", at=T[3], actor=who("admin"))
    units = [queries.unit_of_code(session, "旧编码", at) for at in (T[0], T[1], T[3], T[6])]
    assert [one and one.unit_code for one in units] == [None, "410106003", None, "410106"]
    assert queries.answers_of(session, "410106003", T[3]) == []
    assert [one.area for one in queries.answers_of(session, "410106003", T[2])] == ["admin/x"]


def test_a_new_unit_stands_for_its_own_code_unless_another_does(session: Session) -> None:
    state(session, CENTRE)
    operations.map_code(session, "410106003", "410106", start=T[0], actor=who("admin"))
    state(session, STREET)
    assert queries.release_codes_of(session, "410106", T[1]) == ["410106", "410106003"]
    assert queries.release_codes_of(session, "410106003", T[1]) == []


def test_rows_are_superseded_once_and_never_changed_or_deleted(session: Session) -> None:
    state(session, CENTRE)
    for words in (
        "UPDATE unit_state SET name = 'x'",
        "UPDATE unit_state SET superseded_at = NULL",
        "DELETE FROM unit_state",
        "DELETE FROM unit",
        "TRUNCATE unit_code",
    ):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(words))


def test_those_who_state_the_same_unit_at_once_wait_for_each_other(database: Database) -> None:
    def rename(name: str) -> int:
        with database.transaction() as session:
            return state(session, UnitIn("410106", name, "centre", None, T[2]))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(rename, "甲乙丙丁")) == [1, 1, 1, 1]
    with database.transaction() as session:
        assert len(queries.unit_history(session, "410106")) == 1


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from([None, *"abcd"]), st.integers(0, 4), st.integers(1, 3)),
        max_size=6,
    )
)
def test_a_tree_is_taken_exactly_if_every_instant_has_parents_and_no_circle(
    rows: list[tuple[str, str | None, int, int]],
) -> None:
    spans = {(code, start): Span(code, parent, T[start], T[start + length]) for code, parent, start, length in rows}
    found = [one for one in spans.values() if not any(
        other is not one and other.code == one.code and other.start < (one.until or T[11])
        and one.start < (other.until or T[11]) for other in spans.values()
    )]  # fmt: skip

    def sound(at: datetime) -> bool:
        parents = {one.code: one.parent_code for one in found if one.holds(at)}
        for code in parents:
            here: str | None = code
            for _ in range(len(parents) + 1):
                if here is None:
                    break
                here = parents.get(here, "missing")
                if here == "missing":
                    return False
            else:
                return False
        return True

    try:
        require_tree(found)
        taken = True
    except (UnitInUseError, UnitInvalidError):
        taken = False
    assert taken == all(sound(at) for at in T)


def test_the_way_back_drops_units_and_the_way_up_makes_them_anew(database: Database, database_url: str) -> None:
    with database.transaction() as session:
        state(session, CENTRE)
    database.close()
    move_to(database_url, "0033")
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT to_regclass('unit_state'), to_regclass('unit')").fetchone() == (None, None)
    move_to(database_url, "head")
    with database.transaction() as session:
        assert names(session, T[1]) == {}
