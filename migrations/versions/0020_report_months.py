"""The ledger in partitions of a month; ids that bear their month (docs/adr/0017).

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

from migrations.steps_0020 import moving

if TYPE_CHECKING:
    import psycopg

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def _connection() -> psycopg.Connection:
    # The driver itself: several statements a call, and transactions of our own.
    return cast("psycopg.Connection", op.get_bind().connection.driver_connection)


def upgrade() -> None:
    """Move the ledger in batches, each a transaction; killed in between, it goes on behind the last."""
    with op.get_context().autocommit_block():
        moving.up(_connection())


def downgrade() -> None:
    """Move it back, in one transaction."""
    moving.down(_connection())
