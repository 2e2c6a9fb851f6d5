"""Whistles that are open are found by an index of their own: the worker looks for them every minute.

Revision ID: 0061
Revises: 0060
"""

from __future__ import annotations

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index open whistles in place of answers that are pending."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE INDEX ix_whistle_open ON whistle (case_id) WHERE state = 'called'")
    op.execute("DROP INDEX ix_whistle_answer_pending")


def downgrade() -> None:
    """Bring the index of before back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE INDEX ix_whistle_answer_pending ON whistle_answer (sign_due_at) WHERE arrived_at IS NULL")
    op.execute("DROP INDEX ix_whistle_open")
