"""Cases of questions that are answered from the knowledge base and closed without dispatch.

Revision ID: 0077
Revises: 0076
"""

from __future__ import annotations

from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

_VERB = ", 'answer'::text"


def _change(table: str, column: str, before: str, after: str) -> None:
    name = f"ck_{table}_{column}"
    found = op.get_bind().exec_driver_sql(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
        f" WHERE conname = '{name}' AND conrelid = '{table}'::regclass"
    )
    condition = str(found.scalar_one()).replace(before, after)
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {condition}")


def upgrade() -> None:
    """Allow the verb, and let platforms be told of it as of any result."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _change("case_step", "verb", "'relocate'::text", "'relocate'::text" + _VERB)
    op.execute("UPDATE notification_target SET types = array_append(types, 'case.answer') WHERE kind = 'platform'")


def downgrade() -> None:
    """Take it away; refused while a history has it."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _change("case_step", "verb", _VERB, "")
    op.execute("UPDATE notification_target SET types = array_remove(types, 'case.answer') WHERE kind = 'platform'")
