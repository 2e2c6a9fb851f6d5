"""Notes in the histories of cases, as peers add them.

Revision ID: 0064
Revises: 0063
"""

from __future__ import annotations

from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

_BEFORE = (
    "'open', 'accept', 'reject', 'file', 'dispatch', 'redispatch', 'acknowledge', 'return', 'handle',"
    " 'handle_on_the_spot', 'verify', 'rework', 'close', 'rate', 'extend', 'suspend', 'resume', 'supervise',"
    " 'reclassify', 'void', 'reopen', 'back_check', 'hand_down', 'report_up', 'accuse', 'whistle', 'sign', 'contact',"
    " 'arrive', 'advise', 'conclude', 'cosign', 'rate_unit', 'call_off', 'give_part',"
    " 'acknowledge_part', 'return_part', 'finish_part', 'send_back_part', 'extend_part', 'withdraw_part',"
    " 'call_back'"
)


def _allow(verbs: str) -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE case_step DROP CONSTRAINT ck_case_step_verb")
    op.execute(f"ALTER TABLE case_step ADD CONSTRAINT ck_case_step_verb CHECK (verb IN ({verbs}))")


def upgrade() -> None:
    """Allow the step `add_note`."""
    _allow(f"{_BEFORE}, 'add_note'")


def downgrade() -> None:
    """Take it away; histories that have such a step keep the schema from going back."""
    _allow(_BEFORE)
