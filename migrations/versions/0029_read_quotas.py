"""A key has a quota of what it reads beside the one of what it sends.

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Count by kind; what was counted so far was sent."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        "ALTER TABLE quota_use ADD COLUMN kind text NOT NULL DEFAULT 'sent',"
        " ADD CONSTRAINT ck_quota_use_kind CHECK (kind IN ('sent', 'read')),"
        " DROP CONSTRAINT quota_use_pkey, ADD CONSTRAINT pk_quota_use PRIMARY KEY (client_id, kind)"
    )
    op.execute("ALTER TABLE quota_use ALTER COLUMN kind DROP DEFAULT")


def downgrade() -> None:
    """Forget what was read in the running minute."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DELETE FROM quota_use WHERE kind <> 'sent'")
    op.execute(
        "ALTER TABLE quota_use DROP CONSTRAINT pk_quota_use, DROP COLUMN kind,"
        " ADD CONSTRAINT quota_use_pkey PRIMARY KEY (client_id)"
    )
