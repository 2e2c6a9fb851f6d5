"""Whether the reports of a channel open cases by themselves, and the reader of events that opens them.

Revision ID: 0046
Revises: 0045
"""

from __future__ import annotations

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, empty; cases are opened of reports from now on, and of those that are being stored."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE channel_opening (
            channel text NOT NULL,
            valid_from timestamptz NOT NULL,
            opens_cases boolean NOT NULL,
            added_by text NOT NULL,
            CONSTRAINT pk_channel_opening PRIMARY KEY (channel, valid_from)
        )
    """)
    # Behind everything that is committed: the oldest transaction that still writes is read, and all after it.
    op.execute("""
        INSERT INTO event_consumer (name, epoch, xid, event_id)
        VALUES ('cases.open', event_epoch(), pg_snapshot_xmin(pg_current_snapshot()), 0)
    """)


def downgrade() -> None:
    """Drop it, and forget how far the events were read."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE channel_opening")
    op.execute("DELETE FROM event_consumer WHERE name = 'cases.open'")
