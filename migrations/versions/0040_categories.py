"""Categories of cases by date: what they are, how long steps may take, and the words of channels that mean them.

Revision ID: 0040
Revises: 0039
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_STEPS = "'accept', 'file', 'dispatch', 'acknowledge', 'handle', 'verify', 'close'"


def _dated(table: str, columns: str, once: str, key: str) -> str:
    return f"""
CREATE TABLE {table} (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_{table} PRIMARY KEY,
    {columns},
    valid_during tstzrange NOT NULL CONSTRAINT ck_{table}_valid_during
        CHECK (NOT isempty(valid_during) AND NOT lower_inf(valid_during)),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    superseded_at timestamptz,
    CONSTRAINT {once} EXCLUDE USING gist ({key}, valid_during WITH &&) WHERE (superseded_at IS NULL)
);
CREATE TRIGGER {table}_only_superseded BEFORE UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION dated_row_only_superseded();
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change();
"""


UP = (
    """
SET LOCAL lock_timeout = '5s';
CREATE TABLE category (
    code text CONSTRAINT pk_category PRIMARY KEY,
    created_at timestamptz NOT NULL
);
CREATE TRIGGER category_append_only BEFORE UPDATE OR DELETE ON category
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
    + _dated(
        "category_state",
        "category_code text NOT NULL REFERENCES category (code), parent_code text REFERENCES category (code),"
        " kind text NOT NULL CONSTRAINT ck_category_state_kind CHECK (kind IN ('component', 'event')),"
        " name text NOT NULL, public_name text NOT NULL, unit_code text REFERENCES unit (code), open311_code text,"
        " urgency text NOT NULL CONSTRAINT ck_category_state_urgency CHECK (urgency IN ('normal', 'urgent')),"
        " on_the_spot boolean NOT NULL",
        "category_once_at_a_time",
        "category_code WITH =",
    )
    + _dated(
        "category_limit",
        "category_code text NOT NULL REFERENCES category (code),"
        f" step text NOT NULL CONSTRAINT ck_category_limit_step CHECK (step IN ({_STEPS})),"
        " urgency text NOT NULL CONSTRAINT ck_category_limit_urgency CHECK (urgency IN ('normal', 'urgent')),"
        " amount integer NOT NULL CONSTRAINT ck_category_limit_amount CHECK (amount > 0),"
        " unit text NOT NULL CONSTRAINT ck_category_limit_unit"
        " CHECK (unit IN ('minutes', 'hours', 'calendar_days', 'working_hours', 'working_days'))",
        "category_limit_once_at_a_time",
        "category_code WITH =, step WITH =, urgency WITH =",
    )
    + _dated(
        "channel_word",
        "channel text NOT NULL, word text NOT NULL, category_code text NOT NULL REFERENCES category (code)",
        "channel_word_once_at_a_time",
        "channel WITH =, word WITH =",
    )
    + "CREATE INDEX ix_channel_word_category_code ON channel_word (category_code) WHERE superseded_at IS NULL;"
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
    _execute("SET LOCAL lock_timeout = '5s'; DROP TABLE channel_word, category_limit, category_state, category")
