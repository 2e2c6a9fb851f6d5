"""Call-backs are steps of cases.

Revision ID: 0062
Revises: 0061
"""

from __future__ import annotations

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

_BEFORE = (
    "'open', 'accept', 'reject', 'file', 'dispatch', 'redispatch', 'acknowledge', 'return', 'handle',"
    " 'handle_on_the_spot', 'verify', 'rework', 'close', 'rate', 'extend', 'suspend', 'resume', 'supervise',"
    " 'reclassify', 'void', 'reopen', 'back_check', 'hand_down', 'report_up', 'accuse', 'whistle', 'sign', 'contact',"
    " 'arrive', 'advise', 'conclude', 'cosign', 'rate_unit', 'call_off',"
    " 'give_part', 'acknowledge_part', 'return_part', 'finish_part', 'send_back_part', 'extend_part', 'withdraw_part'"
)


def upgrade() -> None:
    """Allow the verb; no step has it yet."""
    _allow(f"{_BEFORE}, 'call_back'")


def downgrade() -> None:
    """Refuse it again: PostgreSQL does where steps have it, for a history is not shortened."""
    _allow(_BEFORE)


def _allow(verbs: str) -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE case_step DROP CONSTRAINT ck_case_step_verb")
    op.execute(f"ALTER TABLE case_step ADD CONSTRAINT ck_case_step_verb CHECK (verb IN ({verbs}))")
