"""Keys under which acts were sent, so that one that is sent again is done once.

Revision ID: 0076
Revises: 0075
"""

from __future__ import annotations

from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, empty."""
    op.execute("""
        CREATE TABLE sent_act (
            principal_id integer NOT NULL CONSTRAINT fk_sent_act_principal_id_principal REFERENCES principal (id),
            key text NOT NULL,
            content_sha256 bytea NOT NULL,
            sent_at timestamptz NOT NULL,
            CONSTRAINT pk_sent_act PRIMARY KEY (principal_id, key)
        )
    """)


def downgrade() -> None:
    """Drop it: what is sent again is judged by the state of the case alone."""
    op.execute("DROP TABLE sent_act")
