"""Areas of drafts are found by place: an edit reads its neighbourhood, not all that the draft changed.

By place alone: an index led by the draft is passed over while a draft is young, as the database has no statistics of it
yet, believes it to be empty and would read all of it instead.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE INDEX ix_change_set_area_geom ON change_set_area USING spgist (geom)")


def downgrade() -> None:
    """Revert."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP INDEX ix_change_set_area_geom")
