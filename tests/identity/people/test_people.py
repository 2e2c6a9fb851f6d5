"""People: one principal each, corrected and erased, many at once; roles that nobody gives to oneself."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import psycopg
import pytest
import python_calamine
from sqlalchemy import event, select

from core import audit, clock
from core.csv_files import CsvUnreadableError
from core.spreadsheet_writer import csv_table, workbook
from identity import principals
from identity.granting import RolesSeparatedError, SelfGrantError, add_grant, grants_of
from identity.grants import Grant
from identity.keys import ApiClient, create_key
from identity.people import operations, queries, rules, table_files
from identity.people.imports import import_people
from identity.people.operations import PersonIn
from identity.units import operations as units
from identity.units.operations import UnitIn
from migrations.run import move_to
from tests.factories.identity import who

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from core.db import Database
    from identity.people.tables import Person

BOSS = who("security")


def add(session: Session, *people: PersonIn) -> list[Person]:
    return operations.add_people(session, people, actor=BOSS)


def test_each_person_acts_under_a_name_of_its_own(session: Session) -> None:
    taken = principals.named(session, "张伟")
    first, second, third = add(session, PersonIn("张伟", "A1"), PersonIn("张伟", "A2"), PersonIn("李娜"))
    acting = {one.person.id: one.acts_as for one in queries.profiles(session, clock.now())}
    assert acting == {first.id: "张伟（A1）", second.id: "张伟（A2）", third.id: "李娜"}
    assert not principals.is_among(session, principals.get(session, first.id), [second.id, taken.id])
    same = principals.named(session, "王主任")
    assert add(session, PersonIn("王主任", acts_as="王主任"))[0].id == same.id


@pytest.mark.parametrize(
    ("people", "error", "field"),
    [
        ([PersonIn(" ")], rules.PersonInvalidError, "name"),
        ([PersonIn("甲", phone="abc")], rules.PersonInvalidError, "phone"),
        ([PersonIn("甲", "1"), PersonIn("乙", "1")], rules.PersonExistsError, "staff_number"),
        ([PersonIn("甲", "A0")], rules.PersonExistsError, "staff_number"),
        ([PersonIn("system")], principals.PrincipalNameReservedError, "name"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field(
    session: Session, people: list[PersonIn], error: type[Exception], field: str
) -> None:
    add(session, PersonIn("原有", "A0"))
    with pytest.raises(error) as raised, session.begin_nested():
        add(session, *people)
    assert raised.value.field == field  # type: ignore[attr-defined]


def test_a_correction_is_audited_without_what_it_corrects_and_an_end_ends_everything(session: Session) -> None:
    units.state_units(session, [UnitIn("u", "某单位", "department", None, clock.now())], actor=BOSS)
    (person,) = add(session, PersonIn("张三", "A1", "138 0000 0000"))
    operations.state_units(session, [(person.id, "u")], actor=BOSS)
    actor = principals.get(session, person.id)
    add_grant(session, principal=actor, grant=Grant("viewer"), actor=BOSS)
    create_key(session, name="desk", scopes=[], holder=actor)
    assert operations.correct(session, person, phone="13900000000", name="张三", actor=BOSS) == ["phone"]
    assert operations.correct(session, person, phone="13900000000", actor=BOSS) == []
    shown = str([entry.detail for entry in audit.list_entries(session, audit.AuditFilter(action="people"), limit=9)[0]])
    assert "139" not in shown
    with pytest.raises(rules.PersonEndedError):
        operations.erase(session, person, actor=BOSS, note="n")
    assert operations.end(session, person, actor=BOSS)
    assert not operations.end(session, person, actor=BOSS)
    assert queries.profiles(session, clock.now()) == []
    assert grants_of(session, actor) == ()
    assert session.scalar(select(ApiClient.withdrawn_at).where(ApiClient.name == "desk")) is not None
    one = queries.profile(session, person.id, clock.now())
    assert (one.units, one.grants) == ((), ())
    assert operations.erase(session, person, actor=BOSS, note="request")
    assert (person.name, person.phone, person.staff_number) == ("已删除", None, None)
    for change in (lambda: operations.reactivate(session, person, actor=BOSS),
                   lambda: operations.correct(session, person, name="x", actor=BOSS)):  # fmt: skip
        with pytest.raises(rules.PersonEndedError):
            change()


def test_nobody_grants_to_oneself_and_the_three_administrators_are_three_persons(session: Session) -> None:
    (one, other) = add(session, PersonIn("安管", "A1"), PersonIn("某人", "A2"))
    security, person = principals.get(session, one.id), principals.get(session, other.id)
    alias = principals.named(session, "安管的另一账号")
    principals.declare_same(session, security, alias, actor=BOSS)
    for target in (security, alias):
        with pytest.raises(SelfGrantError):
            add_grant(session, principal=target, grant=Grant("viewer"), actor=security)
    held = add_grant(session, principal=security, grant=Grant("security-administrator"), actor=BOSS)
    again = add_grant(session, principal=security, grant=Grant("security-administrator"), actor=security)
    assert again.id == held.id, "what one has may be stated again, as a file that was exported does"
    given = add_grant(session, principal=person, grant=Grant("auditor"), actor=security)
    assert add_grant(session, principal=person, grant=Grant("auditor"), actor=security).id == given.id
    for role in ("administrator", "security-administrator"):
        with pytest.raises(RolesSeparatedError):
            add_grant(session, principal=person, grant=Grant(role, "admin/x"), actor=security)
    add_grant(session, principal=person, grant=Grant("planner"), actor=security)


TABLE = """工号,姓名,电话,单位编码,角色,片区
A1,张三,13800000000,u,dispatcher,
A1,张三,13800000000,u,verifier,admin/S
A2,'=李四,,,,
"""


def test_a_file_adds_corrects_and_says_again_what_it_did_and_comes_out_as_it_went_in(
    session: Session, tmp_path: Path
) -> None:
    units.state_units(session, [UnitIn("u", "某单位", "department", None, clock.now())], actor=BOSS)
    file = tmp_path / "people.csv"
    file.write_text(TABLE, encoding="gb18030")
    rows = table_files.read_people(file)
    tried = import_people(session, rows, actor=BOSS, dry_run=True)
    assert queries.profiles(session, clock.now()) == []
    assert import_people(session, rows, actor=BOSS) == tried
    assert (tried.added, tried.corrected, tried.units, tried.grants) == (2, 0, 1, 2)
    again = import_people(session, rows, actor=BOSS)
    assert (again.added, again.corrected, again.unchanged, again.units, again.grants) == (0, 0, 2, 0, 0)
    table = table_files.as_rows(queries.profiles(session, clock.now()), phones=True)
    assert {row[0] for row in table[1:]} == {"张三", "=李四"}
    assert ",'=李四" in "," + csv_table(table).decode("utf-8-sig").replace("\r\n", ",")
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbook("人员", table)))
    assert book.get_sheet_by_index(0).to_python() == table
    for name, content in (("out.csv", csv_table(table)), ("out.xlsx", workbook("人员", table))):
        written = tmp_path / name
        written.write_bytes(content)
        back = import_people(session, table_files.read_people(written), actor=BOSS)
        assert (back.rows, back.added, back.corrected, back.grants) == (3, 0, 0, 0)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("姓名\n张三\n", "工号"),
        ("姓名,工号\n", "rows"),
        ("姓名,工号,角色\n张三,1,king\n", "line 2: there is no role 'king'"),
        ("姓名,工号,电话\n张三,1,x\n", "line 2: A telephone number"),
        ("姓名,工号\n张三,\n", "line 2: the staff number is missing"),
        ("姓名,工号\n张三,1\n李四,1\n", "line 3: staff number 1 stands in line 2"),
    ],
)
def test_a_file_that_does_not_fit_names_the_line(tmp_path: Path, words: str, message: str) -> None:
    file = tmp_path / "people.csv"
    file.write_text(words)
    with pytest.raises((table_files.PeopleFileError, CsvUnreadableError), match=message):
        table_files.read_people(file)


def test_grid_workers_become_people_without_losing_their_posts_and_the_way_leads_back(database_url: str) -> None:
    move_to(database_url, "0034")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO layer (code, name, levels, created_at) VALUES ('admin', '网格', '{grid}', now());"
            "INSERT INTO principal (kind, name, created_at) VALUES ('person', '刘洋', now());"
            "INSERT INTO grid_worker (staff_number, name) VALUES ('1', '刘洋'), ('2', '王芳'),"
            " ('3', '王芳'), ('4', '赵敏');"
            "INSERT INTO grid_worker_post (staff_number, layer_id, area_code, valid_during)"
            " SELECT staff_number, layer.id, 'g', tstzrange('2026-01-01', NULL) FROM grid_worker, layer"
        )
        before = connection.execute("SELECT * FROM grid_worker_post ORDER BY id").fetchall()
        move_to(database_url, "head")
        people = connection.execute(
            "SELECT w.staff_number, n.name, p.name, p.kind FROM grid_worker w JOIN person n ON n.id = w.person_id"
            " JOIN principal p ON p.id = n.id ORDER BY 1"
        ).fetchall()
        assert people == [
            ("1", "刘洋", "刘洋（1）", "person"), ("2", "王芳", "王芳（2）", "person"),
            ("3", "王芳", "王芳（3）", "person"), ("4", "赵敏", "赵敏", "person"),
        ]  # fmt: skip
        assert connection.execute("SELECT * FROM grid_worker_post ORDER BY id").fetchall() == before
        move_to(database_url, "0034")
        names = connection.execute("SELECT staff_number, name FROM grid_worker ORDER BY 1").fetchall()
        assert names == [("1", "刘洋"), ("2", "王芳"), ("3", "王芳"), ("4", "赵敏")]
        move_to(database_url, "head")


def test_many_people_cost_the_statements_of_one(database: Database, tmp_path: Path) -> None:
    counted = []
    with database.transaction() as session:
        units.state_units(session, [UnitIn("u", "某单位", "department", None, clock.now())], actor=BOSS)
    for number in (1, 400):
        file = tmp_path / f"{number}.csv"
        lines = "".join(f"某人{i},{number}-{i},grid-worker,u\n" for i in range(number))
        file.write_text(f"姓名,工号,角色,单位编码\n{lines}")
        rows = table_files.read_people(file)
        statements: list[str] = []
        with database.transaction() as session:
            listened = session.connection().engine
            event.listen(listened, "before_cursor_execute", lambda *given, kept=statements: kept.append(given[2]))
            import_people(session, rows, actor=BOSS)
        counted.append(len(statements))
    assert counted[1] <= counted[0] + 6  # rows go in pages
