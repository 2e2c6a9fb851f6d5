"""Why a report belongs where it does: a code with values instead of a sentence in each of two languages.

Revision ID: 0054
Revises: 0053
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

from migrations.steps_0054 import moving

if TYPE_CHECKING:
    import psycopg

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def _connection() -> psycopg.Connection:
    # The driver itself: several statements a call, and transactions of our own.
    return cast("psycopg.Connection", op.get_bind().connection.driver_connection)


def upgrade() -> None:
    """Turn sentences into codes in batches, each a transaction; killed in between, it goes on with what is left."""
    with op.get_context().autocommit_block():
        moving.up(_connection())


def downgrade() -> None:
    """Turn codes into sentences, in one transaction."""
    moving.down(_connection())
