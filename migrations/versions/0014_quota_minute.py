"""A key's minute has a beginning instead of a number: a clock that jumped ahead and back no longer blocks the key.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Name the minute by its beginning; the running minutes' counts are dropped."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DELETE FROM quota_use")
    op.execute("ALTER TABLE quota_use DROP COLUMN minute, ADD COLUMN started_at timestamptz NOT NULL")


def downgrade() -> None:
    """Name the minute by its number again."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DELETE FROM quota_use")
    op.execute("ALTER TABLE quota_use DROP COLUMN started_at, ADD COLUMN minute bigint NOT NULL")
