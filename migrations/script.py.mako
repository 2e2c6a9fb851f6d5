"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision}
"""

from __future__ import annotations

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '5s'")


def downgrade() -> None:
    """Revert."""
    op.execute("SET LOCAL lock_timeout = '5s'")
