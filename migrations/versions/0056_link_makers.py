"""Who made a one-time link: who gives it away gives no administrator's role to the same account.

Revision ID: 0056
Revises: 0055
"""

from __future__ import annotations

from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty: the makers of earlier links stand in the audit alone."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE account_token ADD COLUMN created_by_id integer")
    op.execute(
        "ALTER TABLE account_token ADD CONSTRAINT fk_account_token_created_by_id_principal"
        " FOREIGN KEY (created_by_id) REFERENCES principal (id)"
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE account_token DROP COLUMN created_by_id")
