"""Quick notes: what makes a report one, for how long back they may be written down, and the kind of their channel.

Revision ID: 0049
Revises: 0048
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

UP = """
SET LOCAL lock_timeout = '5s';
CREATE TABLE quick_note (
    report_id bigint CONSTRAINT pk_quick_note PRIMARY KEY,
    source text NOT NULL CONSTRAINT ck_quick_note_source CHECK (source IN ('patrol', 'phone', 'wechat', 'visit')),
    author_id integer NOT NULL CONSTRAINT fk_quick_note_author_id_principal REFERENCES principal (id),
    author text NOT NULL,
    noted_at timestamptz NOT NULL,
    written_at timestamptz NOT NULL,
    in_own_area boolean
);
COMMENT ON TABLE quick_note IS 'What makes a report a quick note (随手记); its words are the report''s.';
CREATE INDEX ix_quick_note_author_id ON quick_note (author_id, noted_at);
CREATE TRIGGER quick_note_append_only BEFORE UPDATE OR DELETE ON quick_note
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TABLE quick_note_policy (
    valid_from date CONSTRAINT pk_quick_note_policy PRIMARY KEY,
    back_fill_days smallint NOT NULL
        CONSTRAINT ck_quick_note_policy_back_fill_days CHECK (back_fill_days BETWEEN 0 AND 31),
    added_by text NOT NULL
);
CREATE TRIGGER quick_note_policy_append_only BEFORE UPDATE OR DELETE ON quick_note_policy
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
INSERT INTO channel_kind (channel, valid_from, kind, note, added_by)
VALUES ('quick-notes', '2000-01-01', 'quick_note', 'quick notes written down here', 'system') ON CONFLICT DO NOTHING;
"""

DOWN = """
SET LOCAL lock_timeout = '5s';
DROP TABLE quick_note_policy, quick_note;
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Create the tables, empty, and name what kind of channel quick notes are."""
    _execute(UP)


def downgrade() -> None:
    """Drop the tables; the notes stay as the reports that they are, their channel of its kind."""
    _execute(DOWN)
