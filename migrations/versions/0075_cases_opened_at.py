"""Cases are found by when they were opened: counted by day, and filtered.

Revision ID: 0075
Revises: 0074
"""

from __future__ import annotations

from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.execute("CREATE INDEX ix_case_record_opened_at ON case_record (opened_at)")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP INDEX ix_case_record_opened_at")
