"""A draft says how its edits over OGC API are kept apart: by If-Match, or by what the same key last read.

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the choice, If-Match for every draft there is, and what was last read."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        ALTER TABLE change_set ADD COLUMN locking text NOT NULL DEFAULT 'if-match'
            CONSTRAINT ck_change_set_locking CHECK (locking IN ('if-match', 'last-read'))
    """)
    op.execute("""
        CREATE TABLE change_set_read (
            change_set_id integer NOT NULL,
            reader_id integer NOT NULL,
            code text NOT NULL,
            state text NOT NULL,
            read_at timestamptz NOT NULL,
            CONSTRAINT pk_change_set_read PRIMARY KEY (change_set_id, reader_id, code),
            CONSTRAINT fk_change_set_read_change_set_id_change_set
                FOREIGN KEY (change_set_id) REFERENCES change_set (id),
            CONSTRAINT fk_change_set_read_reader_id_principal FOREIGN KEY (reader_id) REFERENCES principal (id)
        )
    """)


def downgrade() -> None:
    """Take both back; what was read can be read again."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE change_set_read")
    op.execute("ALTER TABLE change_set DROP COLUMN locking")
