"""Which releases the open matters were handed over for.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE release_handover (
            release_id integer PRIMARY KEY REFERENCES release (id),
            done_at timestamptz NOT NULL,
            examined integer NOT NULL,
            moved integer NOT NULL
        )
    """)


def downgrade() -> None:
    """Revert."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE release_handover")
