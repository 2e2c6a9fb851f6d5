"""Side values of a report that could not be read (phone, name, photos, accuracy) are kept as sent, with the reporter.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give reporters a column for what was set aside, by field."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE reporter ADD COLUMN set_aside jsonb")


def downgrade() -> None:
    """Take the column away, and what was set aside with it."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE reporter DROP COLUMN set_aside")
