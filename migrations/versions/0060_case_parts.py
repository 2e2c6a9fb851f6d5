"""Parts of cases with clocks of their own, their verbs in histories, and alerts of parts and whistles.

Revision ID: 0060
Revises: 0059
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

_BEFORE = (
    "'open', 'accept', 'reject', 'file', 'dispatch', 'redispatch', 'acknowledge', 'return', 'handle',"
    " 'handle_on_the_spot', 'verify', 'rework', 'close', 'rate', 'extend', 'suspend', 'resume', 'supervise',"
    " 'reclassify', 'void', 'reopen', 'back_check', 'hand_down', 'report_up', 'accuse', 'whistle', 'sign', 'contact',"
    " 'arrive', 'advise', 'conclude', 'cosign', 'rate_unit', 'call_off'"
)
_ADDED = (
    "'give_part', 'acknowledge_part', 'return_part', 'finish_part', 'send_back_part', 'extend_part', 'withdraw_part'"
)
_STEPS = "'accept', 'file', 'dispatch', 'acknowledge', 'handle', 'verify', 'close'"
_OF_WHISTLE = "'sign', 'contact', 'arrive'"


def _allow_verbs(verbs: str) -> str:
    return f"""
ALTER TABLE case_step DROP CONSTRAINT ck_case_step_verb;
ALTER TABLE case_step ADD CONSTRAINT ck_case_step_verb CHECK (verb IN ({verbs}));
"""


def _allow_steps(steps: str) -> str:
    return f"""
ALTER TABLE case_alert DROP CONSTRAINT ck_case_alert_step;
ALTER TABLE case_alert ADD CONSTRAINT ck_case_alert_step CHECK (step IN ({steps}));
"""


def _write_alerts(more: str, columns: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION write_case_alerted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event (kind, subject, ids, payload)
    SELECT CASE WHEN w.kind = 'overdue' THEN 'case.overdue' ELSE 'case.due_soon' END, 'case',
           range_agg(int8range(w.case_id, w.case_id + 1)),
           jsonb_strip_nulls(jsonb_build_object('rows', count(*), 'step', w.step, 'due_at', w.due_at {more}))
    FROM written w GROUP BY w.kind, w.step, w.due_at {columns};
    RETURN NULL;
END $$;
"""


UP = f"""
SET LOCAL lock_timeout = '5s';
CREATE TABLE case_part (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_case_part PRIMARY KEY,
    case_id bigint NOT NULL CONSTRAINT fk_case_part_case_id_case_record REFERENCES case_record (id),
    number integer NOT NULL,
    unit_code text NOT NULL CONSTRAINT fk_case_part_unit_code_unit REFERENCES unit (code),
    state text NOT NULL CONSTRAINT ck_case_part_state
        CHECK (state IN ('given', 'acknowledged', 'finished', 'returned', 'withdrawn')),
    given_at timestamptz NOT NULL,
    ended_at timestamptz,
    due_at timestamptz,
    due_step text CONSTRAINT ck_case_part_due_step CHECK (due_step IS NULL OR due_step IN ({_STEPS})),
    CONSTRAINT uq_case_part_case_id_number UNIQUE (case_id, number)
);
COMMENT ON TABLE case_part IS 'Parts of cases at several units; what happened stands in case_step.';
CREATE INDEX ix_case_part_unit_code ON case_part (unit_code, id);
CREATE INDEX ix_case_part_due_at ON case_part (due_at) WHERE due_at IS NOT NULL;
CREATE TRIGGER case_part_no_delete BEFORE DELETE ON case_part FOR EACH ROW EXECUTE FUNCTION refuse_change();
{_allow_verbs(f"{_BEFORE}, {_ADDED}")}
ALTER TABLE case_alert ADD COLUMN part integer, ADD COLUMN whistle integer, ADD COLUMN unit_code text;
ALTER TABLE case_alert DROP CONSTRAINT uq_case_alert_case_id_step_kind_due_at;
ALTER TABLE case_alert ADD CONSTRAINT case_alert_told_once
    UNIQUE NULLS NOT DISTINCT (case_id, step, kind, due_at, part, whistle, unit_code);
{_allow_steps(f"{_STEPS}, {_OF_WHISTLE}")}
{_write_alerts(", 'part', w.part, 'whistle', w.whistle, 'unit', w.unit_code", ", w.part, w.whistle, w.unit_code")}
"""

# What was told of parts and whistles goes with them; of the clocks of cases all stays.
DOWN = f"""
SET LOCAL lock_timeout = '5s';
{_allow_verbs(_BEFORE)}
ALTER TABLE case_alert DISABLE TRIGGER USER;
DELETE FROM case_alert WHERE part IS NOT NULL OR whistle IS NOT NULL;
ALTER TABLE case_alert ENABLE TRIGGER USER;
{_allow_steps(_STEPS)}
ALTER TABLE case_alert DROP CONSTRAINT case_alert_told_once;
ALTER TABLE case_alert DROP COLUMN part, DROP COLUMN whistle, DROP COLUMN unit_code;
ALTER TABLE case_alert ADD CONSTRAINT uq_case_alert_case_id_step_kind_due_at UNIQUE (case_id, step, kind, due_at);
{_write_alerts("", "")}
DROP TABLE case_part;
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Add the table, empty, allow the verbs, and let alerts name a part, or a whistle and its unit."""
    _execute(UP)


def downgrade() -> None:
    """Drop them; it is refused while a history has one of the verbs."""
    _execute(DOWN)
