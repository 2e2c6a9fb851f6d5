"""Seats, who sits in them, absences and who stands in.

Revision ID: 0039
Revises: 0038
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def _dated(table: str, columns: str, once: str) -> str:
    return f"""
CREATE TABLE {table} (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_{table} PRIMARY KEY,
    {columns},
    valid_during tstzrange NOT NULL CONSTRAINT ck_{table}_valid_during
        CHECK (NOT isempty(valid_during) AND NOT lower_inf(valid_during)),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    superseded_at timestamptz,
    {once}
);
CREATE TRIGGER {table}_only_superseded BEFORE UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION dated_row_only_superseded();
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change();
"""


def _once(name: str, key: str) -> str:
    return f"CONSTRAINT {name} EXCLUDE USING gist ({key} WITH =, valid_during WITH &&) WHERE (superseded_at IS NULL)"


UP = (
    """
SET LOCAL lock_timeout = '5s';
CREATE TABLE seat (
    code text CONSTRAINT pk_seat PRIMARY KEY,
    created_at timestamptz NOT NULL
);
CREATE TRIGGER seat_append_only BEFORE UPDATE OR DELETE ON seat FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
    + _dated(
        "seat_state",
        "seat_code text NOT NULL REFERENCES seat (code), name text NOT NULL, zone text NOT NULL,"
        " unit_code text REFERENCES unit (code)",
        _once("seat_once_at_a_time", "seat_code"),
    )
    + _dated(
        "seat_duty",
        "seat_code text NOT NULL REFERENCES seat (code), person_id integer NOT NULL REFERENCES person (id)",
        _once("seat_duty_once_at_a_time", "seat_code") + "," + _once("person_in_one_seat", "person_id"),
    )
    + _dated(
        "absence",
        "person_id integer NOT NULL REFERENCES person (id), stand_in_id integer REFERENCES person (id)"
        " CONSTRAINT ck_absence_stand_in CHECK (stand_in_id <> person_id)",
        _once("absence_once_at_a_time", "person_id"),
    )
    + "CREATE INDEX ix_absence_stand_in_id ON absence (stand_in_id) WHERE superseded_at IS NULL;"
)


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Create the tables, empty."""
    _execute(UP)


def downgrade() -> None:
    """Drop them."""
    _execute("SET LOCAL lock_timeout = '5s'; DROP TABLE absence, seat_duty, seat_state, seat")
