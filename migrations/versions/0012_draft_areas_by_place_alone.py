"""Areas of drafts are found by place alone: an index led by the draft is passed over while a draft is young.

The database believes a draft of which it has no statistics yet to be empty, and would read all of it instead.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP INDEX ix_change_set_area_geom")
    op.execute("CREATE INDEX ix_change_set_area_geom ON change_set_area USING spgist (geom)")


def downgrade() -> None:
    """Revert."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP INDEX ix_change_set_area_geom")
    op.execute("CREATE INDEX ix_change_set_area_geom ON change_set_area USING gist (change_set_id, geom)")
