"""From the newest revision back behind accounts, people, units, seats and seals, and up again, with rows in all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from cli import app as commands
from identity.grants import Grant
from migrations.losses import losses
from migrations.run import move_to
from tests.factories.reports import PlacedRow, store_reports
from tests.factories.seals import findings, seal_all
from tests.factories.sign_in import CHEAP, make_account, open_session

if TYPE_CHECKING:
    from core.db import Database
    from core.settings import Settings

COMMANDS = (
    "units state u --name 街道办 --kind street", "units answer u --category 垃圾", "units map u u",
    "people create 王主任 --staff-number CY-1 --phone 13800000001 --unit u --role administrator",
    "people create 李四 --staff-number CY-2 --role dispatcher",
    "seats state D-01 --name 受理 --zone 调度指挥区 --unit u", "seats duty D-01 CY-1",
    "seats absence CY-1 --stand-in CY-2 --until 2099-01-01", "accounts invite CY-2",
)  # fmt: skip
ROWS = """
INSERT INTO grid_worker (staff_number, person_id) SELECT staff_number, id FROM person WHERE staff_number = 'CY-2';
INSERT INTO second_factor SELECT principal_id, 'fernet:x', now(), now(), 0 FROM account WHERE login = 'zhang';
INSERT INTO recovery_code (principal_id, code_sha256) SELECT principal_id, 'x' FROM second_factor;
INSERT INTO openid_subject (issuer, subject, principal_id, created_at)
    SELECT 'https://login', 'x', principal_id, now() FROM account WHERE login = 'zhang';
INSERT INTO openid_attempt VALUES ('s', 'b', 'n', 'v', 'r', '/', now());
INSERT INTO known_device (principal_id, token_sha256, network, last_used_at)
    SELECT principal_id, 'd', '203.0.113.7', now() FROM account WHERE login = 'zhang';
INSERT INTO sign_in_attempt VALUES ('l', '203.0.113.7', 1, now(), now());
"""
GOES = {
    "account", "account_token", "person_session", "second_factor", "recovery_code", "openid_subject", "openid_attempt",
    "known_device", "sign_in_attempt", "unit", "unit_state", "unit_code", "unit_answer", "person", "person_unit",
    "seat", "seat_state", "seat_duty", "absence", "seal", "seal_salt", "seal_removal",
}  # fmt: skip
"""Every table that came since revision 0031 and has rows in this test."""
SCHEMA = """
SELECT 'column', table_name, column_name, data_type || is_nullable || coalesce(column_default, '')
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
FROM pg_trigger WHERE NOT tgisinternal AND tgname <> 'a_test'
UNION ALL SELECT 'function', proname, pg_get_function_identity_arguments(p.oid), prosrc FROM pg_proc p
WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1, 2, 3
"""


@pytest.fixture
def filled(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The newest schema with rows in every table that came since revision 0031."""
    monkeypatch.setenv("DATABASE_URL", settings.libpq_url)
    for words in COMMANDS:
        done = CliRunner().invoke(commands, words.split())
        assert done.exit_code == 0, (words, done.output, done.exception)
    cheap = settings.model_copy(update=CHEAP)
    with database.transaction() as session:
        store_reports(session, [PlacedRow(path=["a"], lon=113.5, lat=34.5)])
        make_account(session, cheap, "张三", [Grant("viewer")], login="zhang")
        open_session(session, cheap, "李雷")
        for statement in filter(None, map(str.strip, ROWS.split(";\n"))):
            session.execute(text(statement))
    seal_all(database)
    done = CliRunner().invoke(commands, ["audit", "erase", "1", "--note", "申请", "--yes"])
    assert done.exit_code == 0, done.output
    return database


def kept(url: str) -> dict[str, list[Any]]:
    """What stands in the tables of before 0032, but for the ones that the way changes on purpose."""
    queries = {
        "audit": "SELECT * FROM audit_entry ORDER BY id",
        "principals": "SELECT * FROM principal ORDER BY id",
        "grants": "SELECT * FROM principal_grant ORDER BY id",
        "reports": "SELECT to_jsonb(r) - '{reason,reason_zh,reason_code,reason_values}'::text[] FROM report r",
        "clients": "SELECT id, name, holder_id, scopes, created_at FROM api_client ORDER BY id",
        "events": "SELECT * FROM event WHERE kind <> 'rows.recorded' ORDER BY id",
    }
    with psycopg.connect(url) as connection:
        return {name: connection.execute(query.encode()).fetchall() for name, query in queries.items()}


def test_the_way_back_and_forth_of_people_units_seats_and_seals(filled: Database, settings: Settings) -> None:
    url = filled.libpq_url
    with psycopg.connect(url) as connection:
        schema = connection.execute(SCHEMA).fetchall()
    before = kept(url)
    lost = {loss.table for loss in losses(url, "0031") if loss.column is None and loss.lost}
    assert lost == GOES
    assert findings(filled) == [], "to know what is lost changes nothing"
    filled.engine.dispose()

    move_to(url, "0031")
    assert kept(url) == before
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT staff_number, name FROM grid_worker").fetchall() == [("CY-2", "李四")]
        left_over = "SELECT count(*), count(key_sha256), count(withdrawn_at) FROM api_client WHERE name ~ '^account '"
        assert connection.execute(left_over).fetchone() == (4, 4, 4), "clients of accounts, which nobody opens"
        left = {name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert left & GOES == set()

    move_to(url, "head")
    with psycopg.connect(url) as connection:
        assert connection.execute(SCHEMA).fetchall() == schema
        worker = "SELECT p.name, p.staff_number FROM grid_worker w JOIN person p ON p.id = w.person_id"
        assert connection.execute(worker).fetchall() == [("李四", "CY-2")]
    with filled.transaction() as session:
        make_account(session, settings.model_copy(update=CHEAP), "张三", login="zhang")
    for words in ("people show CY-2", "accounts invite CY-2", COMMANDS[0], COMMANDS[3].replace("王主任", "王五")):
        done = CliRunner().invoke(commands, words.split())
        assert done.exit_code == 0, (words, done.output, done.exception)
    assert seal_all(filled) > len(before["audit"])
    assert findings(filled) == []
