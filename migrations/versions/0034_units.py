"""Responsible units: a dated tree, the codes of releases that stand for units, and what units answer for.

Revision ID: 0034
Revises: 0033
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_DATED = """
    valid_during tstzrange NOT NULL CONSTRAINT ck_TABLE_valid_during
        CHECK (NOT isempty(valid_during) AND NOT lower_inf(valid_during)),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    superseded_at timestamptz
"""
TABLES = ("unit_state", "unit_code", "unit_answer")
UP = f"""
SET LOCAL lock_timeout = '5s';

CREATE FUNCTION dated_row_only_superseded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
        OR to_jsonb(NEW) - 'superseded_at' IS DISTINCT FROM to_jsonb(OLD) - 'superseded_at'
    THEN
        RAISE EXCEPTION 'a dated row can only be superseded' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TABLE unit (
    code text CONSTRAINT pk_unit PRIMARY KEY,
    created_at timestamptz NOT NULL
);
CREATE TRIGGER unit_append_only BEFORE UPDATE OR DELETE ON unit FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE unit_state (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_unit_state PRIMARY KEY,
    unit_code text NOT NULL REFERENCES unit (code),
    name text NOT NULL,
    kind text NOT NULL CONSTRAINT ck_unit_state_kind
        CHECK (kind IN ('centre', 'department', 'street', 'community', 'party_organisation')),
    parent_code text REFERENCES unit (code),
    {_DATED.replace("TABLE", "unit_state")},
    CONSTRAINT unit_once_at_a_time
        EXCLUDE USING gist (unit_code WITH =, valid_during WITH &&) WHERE (superseded_at IS NULL)
);
CREATE TABLE unit_code (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_unit_code PRIMARY KEY,
    release_code text NOT NULL,
    unit_code text NOT NULL REFERENCES unit (code),
    {_DATED.replace("TABLE", "unit_code")},
    CONSTRAINT release_code_once_at_a_time
        EXCLUDE USING gist (release_code WITH =, valid_during WITH &&) WHERE (superseded_at IS NULL)
);
CREATE INDEX ix_unit_code_unit_code ON unit_code (unit_code);
CREATE TABLE unit_answer (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_unit_answer PRIMARY KEY,
    unit_code text NOT NULL REFERENCES unit (code),
    area text NOT NULL,
    category text NOT NULL,
    {_DATED.replace("TABLE", "unit_answer")},
    CONSTRAINT unit_answer_once_at_a_time
        EXCLUDE USING gist (unit_code WITH =, area WITH =, category WITH =, valid_during WITH &&)
        WHERE (superseded_at IS NULL)
);
""" + "".join(
    f"CREATE TRIGGER {table}_only_superseded BEFORE UPDATE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION dated_row_only_superseded();"
    f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();"
    f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change();"
    for table in TABLES
)
DOWN = """
SET LOCAL lock_timeout = '5s';
DROP TABLE unit_answer, unit_code, unit_state, unit;
DROP FUNCTION dated_row_only_superseded;
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Create the tables, empty: who answers is stated by people, and codes of releases there are map to nobody."""
    _execute(UP)


def downgrade() -> None:
    """Drop them; the codes in releases stay."""
    _execute(DOWN)
