"""What was counted of a case is found by the case: for digests, for checks, and where a run is discarded.

Revision ID: 0084
Revises: 0083
"""

from __future__ import annotations

from alembic import op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.execute("CREATE INDEX ix_assessment_fact_case ON assessment_fact (run_id, case_id)")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP INDEX ix_assessment_fact_case")
