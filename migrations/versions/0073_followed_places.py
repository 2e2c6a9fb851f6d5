"""Cases follow the places of their reports, and releases hand open cases over: by the case, not by the age of a report.

Revision ID: 0073
Revises: 0072
"""

from __future__ import annotations

from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

_ADDED = ", 'relocate'::text"


def _change(before: str, after: str) -> None:
    found = op.get_bind().exec_driver_sql(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conname = 'ck_case_step_verb' AND conrelid = 'case_step'::regclass"
    )
    condition = str(found.scalar_one()).replace(before, after)
    op.execute("ALTER TABLE case_step DROP CONSTRAINT ck_case_step_verb")
    op.execute(f"ALTER TABLE case_step ADD CONSTRAINT ck_case_step_verb {condition}")


def upgrade() -> None:
    """Allow the step `relocate`; a handover goes by the ids of cases alone."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _change("'unlink'::text", "'unlink'::text" + _ADDED)
    op.execute("UPDATE release_handover SET reached_id = 0 WHERE state = 'running'")
    op.execute("ALTER TABLE release_handover DROP COLUMN reached_at")


def downgrade() -> None:
    """Take it away; histories that have such a step keep the schema from going back.

    A handover that is on its way begins anew: what it has moved already stays as it is.
    """
    op.execute("SET LOCAL lock_timeout = '5s'")
    _change(_ADDED, "")
    op.execute("ALTER TABLE release_handover ADD COLUMN reached_at timestamptz NOT NULL DEFAULT '-infinity'")
    op.execute("UPDATE release_handover SET reached_at = started_at - interval '90 days', reached_id = 0")
    op.execute("ALTER TABLE release_handover ALTER COLUMN reached_at DROP DEFAULT")
    op.execute("DELETE FROM event_consumer WHERE name = 'cases.follow'")
