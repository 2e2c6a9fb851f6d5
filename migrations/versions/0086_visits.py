"""Cases are visited: the step `visit` in histories, with the place.

Revision ID: 0086
Revises: 0085
"""

from __future__ import annotations

from alembic import op

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None

_ADDED = ", 'visit'::text"


def _change(before: str, after: str) -> None:
    found = op.get_bind().exec_driver_sql(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conname = 'ck_case_step_verb' AND conrelid = 'case_step'::regclass"
    )
    condition = str(found.scalar_one()).replace(before, after)
    op.execute("ALTER TABLE case_step DROP CONSTRAINT ck_case_step_verb")
    op.execute(f"ALTER TABLE case_step ADD CONSTRAINT ck_case_step_verb {condition}")


def upgrade() -> None:
    """Allow the step."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _change("'answer'::text", "'answer'::text" + _ADDED)


def downgrade() -> None:
    """Take it away; histories that have such a step keep the schema from going back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _change(_ADDED, "")
