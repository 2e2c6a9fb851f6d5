"""Marks of sensitive reports: of minors under 14, with health data.

Revision ID: 0044
Revises: 0043
"""

from __future__ import annotations

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, empty."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE report_sensitivity (
            report_id bigint NOT NULL,
            kind text NOT NULL CONSTRAINT ck_report_sensitivity_kind CHECK (kind IN ('minor', 'health')),
            set_at timestamptz NOT NULL,
            set_by text NOT NULL,
            CONSTRAINT pk_report_sensitivity PRIMARY KEY (report_id, kind)
        )
    """)


def downgrade() -> None:
    """Drop it."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE report_sensitivity")
