"""Failed jobs, and whether a later one made them good, are found without reading every job that ever ran.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two partial indexes to the queue's table."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE INDEX ix_procrastinate_jobs_failed ON procrastinate_jobs (id) WHERE status = 'failed'")
    op.execute(
        "CREATE INDEX ix_procrastinate_jobs_succeeded ON procrastinate_jobs (queueing_lock, id)"
        " WHERE status = 'succeeded' AND queueing_lock IS NOT NULL"
    )


def downgrade() -> None:
    """Drop them."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP INDEX ix_procrastinate_jobs_failed, ix_procrastinate_jobs_succeeded")
