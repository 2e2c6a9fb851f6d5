"""The follow-up of a run can be taken back: a kind of event and a state of topics.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

KINDS = "'appeared', 'grew', 'steady', 'shrank', 'absent', 'gone', 'returned', 'decided'"
STATES = "'open', 'resolved', 'gone'"


def _allow(kinds: str, states: str) -> None:
    op.execute(
        "ALTER TABLE hotspot_topic_event DROP CONSTRAINT ck_hotspot_topic_event_kind,"
        f" ADD CONSTRAINT ck_hotspot_topic_event_kind CHECK (kind IN ({kinds}))"
    )
    op.execute(
        "ALTER TABLE hotspot_topic DROP CONSTRAINT ck_hotspot_topic_status,"
        f" ADD CONSTRAINT ck_hotspot_topic_status CHECK (status IN ({states}))"
    )


def upgrade() -> None:
    """Allow the event and the state."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _allow(f"{KINDS}, 'taken_back'", f"{STATES}, 'taken_back'")


def downgrade() -> None:
    """Drop the events, which the version before does not know; topics that were taken back are gone."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE hotspot_topic_event DISABLE TRIGGER hotspot_topic_event_append_only")
    op.execute("DELETE FROM hotspot_topic_event WHERE kind = 'taken_back'")
    op.execute("ALTER TABLE hotspot_topic_event ENABLE TRIGGER hotspot_topic_event_append_only")
    op.execute("UPDATE hotspot_topic SET status = 'gone' WHERE status = 'taken_back'")
    _allow(KINDS, STATES)
