"""Persons and systems: keys belong to them, and two hands are two of them, whatever keys and names they use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from identity import holders, principals
from identity.actors import COMMAND_LINE, SCHEDULE, SERVICE_ACTORS, Actor, ActorKind
from identity.keyring import Keyring
from identity.keys import KeyNotFoundError, create_key
from identity.principals import PrincipalNameReservedError
from migrations.run import move_to
from tests.factories.identity import who

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.db import Database


def test_the_service_bears_the_names_and_numbers_that_the_code_knows(session: Session) -> None:
    rows = session.execute(text("SELECT id, kind, name FROM principal WHERE id < 100 ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [(a.id, a.kind, a.name) for a in SERVICE_ACTORS]
    assert principals.named(session, "schedule") == SCHEDULE
    assert principals.local(session, "cli") == COMMAND_LINE
    for name in ("schedule", "System", " ｃｌｉ ", "", "  "):
        with pytest.raises(PrincipalNameReservedError):
            principals.local(session, name)


def test_a_key_belongs_to_its_holder_else_to_a_system_of_its_name(database: Database) -> None:
    with database.transaction() as session:
        zhang = principals.named(session, "张三")
        keys = {name: create_key(session, name=name, scopes=[], holder=zhang) for name in ("编辑", "审批")}
        keys["hotline"] = create_key(session, name="hotline", scopes=[])
    found = {name: Keyring(database).authenticate(key) for name, key in keys.items()}
    assert found["编辑"].actor == found["审批"].actor == zhang
    assert (found["hotline"].actor.kind, found["hotline"].actor.name) == (ActorKind.SYSTEM, "hotline")
    with database.transaction() as session:
        held = [(one.holder.name, one.keys) for one in holders.list_holders(session)]
    assert sorted(held) == [("hotline", ("hotline",)), ("张三", ("审批", "编辑"))]


def test_keys_that_are_joined_are_of_one_person_from_then_on_and_separate_again_when_that_was_wrong(
    database: Database,
) -> None:
    with database.transaction() as session:
        for name in ("a", "b", "c"):
            create_key(session, name=name, scopes=[])
        a, b, c = (principals.named(session, name) for name in "abc")
        assert not principals.is_among(session, a, [b.id, c.id])
        with pytest.raises(KeyNotFoundError):
            holders.join_keys(session, "a", "d", actor=COMMAND_LINE)
    with database.transaction() as session:
        holders.join_keys(session, "b", "c", actor=COMMAND_LINE)
        person = holders.join_keys(session, "a", "b", actor=COMMAND_LINE)
        assert (person.id, person.kind) == (a.id, ActorKind.PERSON)
        assert all(principals.is_among(session, x, [y.id]) for x in (a, b, c) for y in (a, b, c))
        assert principals.named(session, "c") == person
    with database.transaction() as session:
        assert holders.separate_key(session, "c", actor=COMMAND_LINE)
        assert not holders.separate_key(session, "c", actor=COMMAND_LINE)
        assert not principals.is_among(session, c, [a.id, b.id])
        assert principals.is_among(session, b, [a.id])
        actions = session.execute(text("SELECT action FROM audit_entry WHERE action LIKE 'principals%' ORDER BY id"))
        assert [row[0] for row in actions] == ["principals.join", "principals.join", "principals.separate"]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=6))
def test_being_one_person_is_an_equivalence_whatever_is_joined_in_whatever_order(
    database: Database, joined: list[tuple[int, int]]
) -> None:
    # The judge: classes of a plain partition.
    classes = [{i} for i in range(6)]
    with database.transaction() as session:
        actors = [principals.named(session, f"p{i}") for i in range(6)]
        for one, other in joined:
            principals.declare_same(session, actors[one], actors[other], actor=COMMAND_LINE)
            merged = next(c for c in classes if one in c) | next(c for c in classes if other in c)
            classes = [c for c in classes if not c & merged] + [merged]
        for i, mine in enumerate(actors):
            same = {j for j, other in enumerate(actors) if principals.is_among(session, mine, [other.id])}
            assert same == next(c for c in classes if i in c)
        session.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE principal SET name = 'x' WHERE id = 3",
        "DELETE FROM principal WHERE id = 3",
        "TRUNCATE principal CASCADE",
        "UPDATE principal SET same_as = id",
        "UPDATE principal SET same_as = CASE id WHEN 1 THEN 2 WHEN 2 THEN 3 END WHERE id < 3",
    ],
)
def test_the_database_keeps_principals_their_names_and_declarations_of_one_step(
    database: Database, statement: str
) -> None:
    with (
        pytest.raises(Exception, match=r"append-only|keeps its name|no other|ck_principal"),
        database.transaction() as s,
    ):
        s.execute(text(statement))


def test_rows_of_the_release_before_keep_their_names_and_get_principals_and_the_way_leads_back(
    database: Database, database_url: str
) -> None:
    with database.transaction() as session:
        create_key(session, name="gis", scopes=[], actor=who("王五"))
        holders.join_keys(session, "gis", "gis", actor=who("王五"))
    before = "SELECT array_agg(actor ORDER BY id) FROM audit_entry"
    with psycopg.connect(database_url, autocommit=True) as connection:
        names = connection.execute(before).fetchone()
        database.close()
        move_to(database_url, "0020")
        assert connection.execute(before).fetchone() == names
        connection.execute("DROP TRIGGER a_test ON audit_entry")
        connection.execute(
            "INSERT INTO audit_entry (happened_at, actor, action, subject, detail) VALUES (now(), '', 'x', 'x', '{}')"
        )
        move_to(database_url, "head")
        found = connection.execute(
            "SELECT p.kind, a.actor FROM audit_entry a JOIN principal p ON p.id = a.actor_id AND p.name = a.actor"
            " UNION SELECT p.kind, c.name FROM api_client c JOIN principal p ON p.id = c.holder_id AND p.name = c.name"
        ).fetchall()
    assert sorted(found) == [("person", ""), ("person", "王五"), ("system", "gis")]


def test_an_actor_is_compared_whole() -> None:
    assert who("x") == who("x") != who("y")
    assert Actor(1, ActorKind.PERSON, "x") != Actor(2, ActorKind.PERSON, "x")
