"""Meetings on topics: agenda, units called with what they bring, minutes, and decisions that become tasks.

Revision ID: 0087
Revises: 0086
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None

UP = """
SET LOCAL lock_timeout = '5s';
CREATE TABLE meeting (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_meeting PRIMARY KEY,
    title text NOT NULL,
    place text NOT NULL,
    begins_at timestamptz NOT NULL,
    state text NOT NULL CONSTRAINT ck_meeting_state CHECK (state IN ('planned', 'held', 'closed', 'called_off')),
    planned_at timestamptz NOT NULL,
    planned_by_id integer NOT NULL CONSTRAINT fk_meeting_planned_by_id_principal REFERENCES principal (id),
    planned_by text NOT NULL,
    minutes text,
    minutes_by text
);
CREATE TABLE meeting_topic (
    meeting_id bigint NOT NULL CONSTRAINT fk_meeting_topic_meeting_id_meeting REFERENCES meeting (id),
    topic_id bigint NOT NULL CONSTRAINT fk_meeting_topic_topic_id_hotspot_topic REFERENCES hotspot_topic (id),
    asked text NOT NULL,
    CONSTRAINT pk_meeting_topic PRIMARY KEY (meeting_id, topic_id)
);
CREATE TABLE meeting_unit (
    meeting_id bigint NOT NULL CONSTRAINT fk_meeting_unit_meeting_id_meeting REFERENCES meeting (id),
    unit_code text NOT NULL CONSTRAINT fk_meeting_unit_unit_code_unit REFERENCES unit (code),
    brings text NOT NULL,
    task_id bigint NOT NULL CONSTRAINT fk_meeting_unit_task_id_task REFERENCES task (id),
    CONSTRAINT pk_meeting_unit PRIMARY KEY (meeting_id, unit_code)
);
CREATE TABLE meeting_decision (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_meeting_decision PRIMARY KEY,
    meeting_id bigint NOT NULL CONSTRAINT fk_meeting_decision_meeting_id_meeting REFERENCES meeting (id),
    topic_id bigint NOT NULL CONSTRAINT fk_meeting_decision_topic_id_hotspot_topic REFERENCES hotspot_topic (id),
    unit_code text NOT NULL CONSTRAINT fk_meeting_decision_unit_code_unit REFERENCES unit (code),
    words text NOT NULL,
    due_on date NOT NULL,
    task_id bigint NOT NULL CONSTRAINT fk_meeting_decision_task_id_task REFERENCES task (id),
    decided_at timestamptz NOT NULL,
    decided_by text NOT NULL
);
CREATE INDEX ix_meeting_decision_topic_id ON meeting_decision (topic_id);

CREATE FUNCTION meeting_goes_its_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('closed', 'called_off') OR (to_jsonb(NEW) - '{state,minutes,minutes_by}'::text[])
        IS DISTINCT FROM (to_jsonb(OLD) - '{state,minutes,minutes_by}'::text[])
    THEN
        RAISE EXCEPTION 'a meeting that is % stays as it is', OLD.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER meeting_goes_its_way BEFORE UPDATE ON meeting FOR EACH ROW EXECUTE FUNCTION meeting_goes_its_way();
CREATE TRIGGER meeting_no_delete BEFORE DELETE ON meeting FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
APPENDED = ("meeting_topic", "meeting_unit", "meeting_decision")


def upgrade() -> None:
    """Create the tables, empty."""
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    guards = "".join(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change();"
        for table in APPENDED
    )
    connection.execute((UP + guards).encode())


def downgrade() -> None:
    """Drop them: meetings are gone, their tasks stay."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in (*reversed(APPENDED), "meeting"):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION meeting_goes_its_way")
