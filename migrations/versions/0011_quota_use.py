"""What was granted of each key's minute, for all processes together.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; it may be lost in a crash, which costs a minute's count."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        "CREATE UNLOGGED TABLE quota_use (client_id integer PRIMARY KEY REFERENCES api_client (id),"
        " minute bigint NOT NULL, granted bigint NOT NULL)"
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE quota_use")
