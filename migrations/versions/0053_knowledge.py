"""The knowledge base: dated entries that answer questions, and the questions that have no answer.

Revision ID: 0053
Revises: 0052
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

UP = """
SET LOCAL lock_timeout = '5s';
CREATE TABLE knowledge_entry (
    code text CONSTRAINT pk_knowledge_entry PRIMARY KEY,
    created_at timestamptz NOT NULL
);
CREATE TRIGGER knowledge_entry_append_only BEFORE UPDATE OR DELETE ON knowledge_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TABLE knowledge_state (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_knowledge_state PRIMARY KEY,
    entry_code text NOT NULL REFERENCES knowledge_entry (code),
    question text NOT NULL,
    answer text NOT NULL,
    source text NOT NULL,
    category_code text REFERENCES category (code),
    is_public boolean NOT NULL,
    valid_during tstzrange NOT NULL CONSTRAINT ck_knowledge_state_valid_during
        CHECK (NOT isempty(valid_during) AND NOT lower_inf(valid_during)),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    superseded_at timestamptz,
    CONSTRAINT knowledge_once_at_a_time EXCLUDE USING gist (entry_code WITH =, valid_during WITH &&)
        WHERE (superseded_at IS NULL)
);
CREATE TRIGGER knowledge_state_only_superseded BEFORE UPDATE ON knowledge_state
    FOR EACH ROW EXECUTE FUNCTION dated_row_only_superseded();
CREATE TRIGGER knowledge_state_no_delete BEFORE DELETE ON knowledge_state
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER knowledge_state_no_truncate BEFORE TRUNCATE ON knowledge_state EXECUTE FUNCTION refuse_change();
CREATE TABLE knowledge_gap (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_knowledge_gap PRIMARY KEY,
    question text NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    entry_code text REFERENCES knowledge_entry (code),
    closed_at timestamptz,
    closed_by text
);
CREATE INDEX ix_knowledge_gap_open ON knowledge_gap (id) WHERE closed_at IS NULL;
"""


def upgrade() -> None:
    """Create the tables, empty."""
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(UP.encode())


def downgrade() -> None:
    """Drop them."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE knowledge_gap, knowledge_state, knowledge_entry")
