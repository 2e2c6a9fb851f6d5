"""Cases that are transferred to another district or the city, and come back if they are refused there.

Revision ID: 0074
Revises: 0073
"""

from __future__ import annotations

from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

_STATE = ", 'transferred'::text"
_VERBS = ", 'transfer'::text, 'confirm_transfer'::text, 'take_back'::text"


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
    """Allow the state and its verbs."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _change("case_record", "state", "'merged'::text", "'merged'::text" + _STATE)
    _change("case_step", "verb", "'unlink'::text", "'unlink'::text" + _VERBS)


def downgrade() -> None:
    """Take them away; refused while a case is transferred or a history has one of the verbs."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _change("case_step", "verb", _VERBS, "")
    _change("case_record", "state", _STATE, "")
