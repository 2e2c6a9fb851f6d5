"""Upstream platforms as targets of notifications, bound to a channel, and the deadlines of their orders.

Revision ID: 0068
Revises: 0067
"""

from __future__ import annotations

from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

_KINDS = "'webhook', 'dingtalk', 'wecom', 'mail', 'sms'"


def _set_kinds(kinds: str) -> None:
    op.execute("ALTER TABLE notification_target DROP CONSTRAINT ck_notification_target_kind")
    op.execute(f"ALTER TABLE notification_target ADD CONSTRAINT ck_notification_target_kind CHECK (kind IN ({kinds}))")


def upgrade() -> None:
    """Add the kind, the channel, and the table, empty."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _set_kinds(f"{_KINDS}, 'platform'")
    op.execute("ALTER TABLE notification_target ADD channel text")
    op.execute(
        "ALTER TABLE notification_target ADD CONSTRAINT ck_notification_target_channel"
        " CHECK (kind <> 'platform' OR channel IS NOT NULL)"
    )
    op.execute("""
        CREATE TABLE upstream_order (
            case_id bigint CONSTRAINT pk_upstream_order PRIMARY KEY
                CONSTRAINT fk_upstream_order_case_id_case_record REFERENCES case_record (id),
            channel text NOT NULL,
            order_number text NOT NULL,
            deadline timestamptz NOT NULL,
            told_at timestamptz NOT NULL,
            told_by_id integer NOT NULL CONSTRAINT fk_upstream_order_told_by_id_principal REFERENCES principal (id),
            told_by text NOT NULL,
            CONSTRAINT uq_upstream_order_channel UNIQUE (channel, order_number)
        )
    """)


def downgrade() -> None:
    """Drop them, with what was sent to platforms."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE upstream_order")
    op.execute(
        "DELETE FROM notification_delivery WHERE target_id IN"
        " (SELECT id FROM notification_target WHERE kind = 'platform')"
    )
    op.execute("DELETE FROM notification_target WHERE kind = 'platform'")
    op.execute("ALTER TABLE notification_target DROP COLUMN channel")
    _set_kinds(_KINDS)
