"""Tasks to units: what was asked, where it is at each unit, and its history, sealed and never changed.

Revision ID: 0051
Revises: 0050
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

UP = """
SET LOCAL lock_timeout = '5s';
CREATE TABLE task (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_task PRIMARY KEY,
    kind text NOT NULL CONSTRAINT ck_task_kind CHECK (kind IN ('instruction', 'roll_call', 'errand')),
    title text NOT NULL,
    words text NOT NULL,
    issued_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    issued_by_id integer NOT NULL CONSTRAINT fk_task_issued_by_id_principal REFERENCES principal (id),
    issued_by text NOT NULL
);
COMMENT ON TABLE task IS 'Instructions, roll-calls and errands to units (交办).';
CREATE TRIGGER task_append_only BEFORE UPDATE OR DELETE ON task FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TABLE task_part (
    task_id bigint NOT NULL CONSTRAINT fk_task_part_task_id_task REFERENCES task (id),
    unit_code text NOT NULL CONSTRAINT fk_task_part_unit_code_unit REFERENCES unit (code),
    state text NOT NULL CONSTRAINT ck_task_part_state
        CHECK (state IN ('issued', 'acknowledged', 'done', 'confirmed', 'withdrawn')),
    version integer NOT NULL,
    due_at timestamptz NOT NULL,
    acknowledged_at timestamptz,
    done_at timestamptz,
    reminders integer NOT NULL,
    CONSTRAINT pk_task_part PRIMARY KEY (task_id, unit_code)
);
CREATE INDEX ix_task_part_unit_code ON task_part (unit_code, task_id);
CREATE INDEX ix_task_part_due_at ON task_part (due_at) WHERE state IN ('issued', 'acknowledged');
CREATE TRIGGER task_part_no_delete BEFORE DELETE ON task_part FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TABLE task_step (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_task_step PRIMARY KEY,
    task_id bigint NOT NULL CONSTRAINT fk_task_step_task_id_task REFERENCES task (id),
    unit_code text NOT NULL,
    at timestamptz NOT NULL,
    verb text NOT NULL CONSTRAINT ck_task_step_verb
        CHECK (verb IN ('issue', 'acknowledge', 'finish', 'confirm', 'send_back', 'remind', 'withdraw')),
    led_to text NOT NULL,
    actor_id integer NOT NULL CONSTRAINT fk_task_step_actor_id_principal REFERENCES principal (id),
    actor text NOT NULL,
    attachments bigint[] NOT NULL,
    words text
);
CREATE INDEX ix_task_step_task_id ON task_step (task_id, unit_code, id);
CREATE TRIGGER task_step_append_only BEFORE UPDATE OR DELETE ON task_step
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
SELECT seal_table('task_step', '{"words": null}');
-- Back here after the schema went back: numbers that the chain has are not given again.
SELECT setval('task_step_id_seq', max(row_id)) FROM seal WHERE source = 'task_step' HAVING max(row_id) > 0;
"""

DOWN = """
SET LOCAL lock_timeout = '5s';
SELECT record_removed('task_step', 'rows', range_agg(int8range(id, id + 1)), 'the schema went back')
FROM task_step HAVING count(*) > 0;
DROP TABLE task_step, task_part, task;
ALTER TABLE sealed_table DISABLE TRIGGER USER;
DELETE FROM sealed_table WHERE source = 'task_step';
ALTER TABLE sealed_table ENABLE TRIGGER USER;
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Create the tables, empty."""
    _execute(UP)


def downgrade() -> None:
    """Drop them; the chain keeps that there were steps."""
    _execute(DOWN)
