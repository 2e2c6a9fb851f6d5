"""Texts and addresses of reports are found by words that stand in them.

Revision ID: 0078
Revises: 0077
"""

from __future__ import annotations

from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the trigrams of both."""
    op.execute("CREATE INDEX ix_report_words ON report USING gin (description gin_trgm_ops, address_text gin_trgm_ops)")


def downgrade() -> None:
    """Drop the index."""
    op.execute("DROP INDEX ix_report_words")
