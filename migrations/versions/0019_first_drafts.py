"""A layer's first content may be a draft too: it stands on no release.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a draft stand on no release."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE change_set ALTER COLUMN base_release_id DROP NOT NULL")


def downgrade() -> None:
    """Take that back; refused while there is such a draft."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE change_set ALTER COLUMN base_release_id SET NOT NULL")
