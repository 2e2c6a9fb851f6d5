"""Notifications: targets, messages, deliveries, inboxes, and the reader of events that makes them.

Revision ID: 0059
Revises: 0058
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

# The reader begins behind everything that is committed: nobody is told of what was before there were notifications.
UP = """
SET LOCAL lock_timeout = '5s';
CREATE TABLE notification_target (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_notification_target PRIMARY KEY,
    name text NOT NULL CONSTRAINT uq_notification_target_name UNIQUE,
    kind text NOT NULL CONSTRAINT ck_notification_target_kind
        CHECK (kind IN ('webhook', 'dingtalk', 'wecom', 'mail', 'sms')),
    state text NOT NULL CONSTRAINT ck_notification_target_state CHECK (state IN ('active', 'disabled')),
    address text NOT NULL,
    recipients text[] NOT NULL,
    templates jsonb NOT NULL,
    types text[] NOT NULL,
    units text[] NOT NULL,
    language text NOT NULL,
    per_minute integer NOT NULL CONSTRAINT ck_notification_target_per_minute CHECK (per_minute BETWEEN 1 AND 6000),
    quiet_from time,
    quiet_until time,
    secrets text,
    former_secret_until timestamptz,
    created_at timestamptz NOT NULL,
    created_by_id integer NOT NULL
        CONSTRAINT fk_notification_target_created_by_id_principal REFERENCES principal (id),
    created_by text NOT NULL,
    disabled_at timestamptz,
    disabled_why text,
    CONSTRAINT ck_notification_target_quiet CHECK ((quiet_from IS NULL) = (quiet_until IS NULL))
);
CREATE TABLE notification_message (
    id text CONSTRAINT pk_notification_message PRIMARY KEY,
    type text NOT NULL,
    subject text NOT NULL,
    at timestamptz NOT NULL,
    urgent boolean NOT NULL,
    data jsonb NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX ix_notification_message_recorded_at ON notification_message (recorded_at);
CREATE TABLE notification_delivery (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_notification_delivery PRIMARY KEY,
    message_id text NOT NULL
        CONSTRAINT fk_notification_delivery_message_id_notification_message REFERENCES notification_message (id),
    target_id bigint NOT NULL
        CONSTRAINT fk_notification_delivery_target_id_notification_target REFERENCES notification_target (id),
    state text NOT NULL CONSTRAINT ck_notification_delivery_state CHECK (state IN ('waiting', 'delivered', 'dead')),
    attempts integer NOT NULL,
    next_at timestamptz NOT NULL,
    claimed_until timestamptz,
    last_at timestamptz,
    last_answer integer,
    last_fault text,
    delivered_at timestamptz,
    CONSTRAINT uq_notification_delivery_message_id_target_id UNIQUE (message_id, target_id)
);
CREATE INDEX ix_notification_delivery_waiting ON notification_delivery (target_id, next_at, id)
    WHERE state = 'waiting';
CREATE INDEX ix_notification_delivery_target_id ON notification_delivery (target_id, last_at);
CREATE TABLE inbox_entry (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_inbox_entry PRIMARY KEY,
    person_id integer NOT NULL CONSTRAINT fk_inbox_entry_person_id_person REFERENCES person (id),
    message_id text NOT NULL
        CONSTRAINT fk_inbox_entry_message_id_notification_message REFERENCES notification_message (id),
    at timestamptz NOT NULL,
    read_at timestamptz,
    CONSTRAINT uq_inbox_entry_person_id_message_id UNIQUE (person_id, message_id)
);
CREATE INDEX ix_inbox_entry_person_id ON inbox_entry (person_id, id);
CREATE INDEX ix_inbox_entry_message_id ON inbox_entry (message_id);
INSERT INTO event_consumer (name, epoch, xid, event_id)
VALUES ('notifications.collect', event_epoch(), pg_snapshot_xmin(pg_current_snapshot()), 0);
"""


def upgrade() -> None:
    """Create the tables, empty."""
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(UP.encode())


def downgrade() -> None:
    """Drop them: targets and what was not delivered are gone."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE inbox_entry, notification_delivery, notification_message, notification_target")
    op.execute("DELETE FROM event_consumer WHERE name = 'notifications.collect'")
