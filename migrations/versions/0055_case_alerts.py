"""Alerts of cases: that a deadline is near, or over, told once each, with an event.

Revision ID: 0055
Revises: 0054
"""

from __future__ import annotations

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

_STEPS = "'accept', 'file', 'dispatch', 'acknowledge', 'handle', 'verify', 'close'"


def upgrade() -> None:
    """Add the table, empty, and the trigger that writes its events."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(f"""
        CREATE TABLE case_alert (
            id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_case_alert PRIMARY KEY,
            case_id bigint NOT NULL CONSTRAINT fk_case_alert_case_id_case_record REFERENCES case_record (id),
            step text NOT NULL CONSTRAINT ck_case_alert_step CHECK (step IN ({_STEPS})),
            kind text NOT NULL CONSTRAINT ck_case_alert_kind CHECK (kind IN ('due_soon', 'overdue')),
            due_at timestamptz NOT NULL,
            at timestamptz NOT NULL,
            CONSTRAINT uq_case_alert_case_id_step_kind_due_at UNIQUE (case_id, step, kind, due_at)
        )
    """)
    op.execute("""
        CREATE TRIGGER case_alert_append_only BEFORE UPDATE OR DELETE ON case_alert
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("""
        CREATE FUNCTION write_case_alerted() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO event (kind, subject, ids, payload)
            SELECT CASE WHEN w.kind = 'overdue' THEN 'case.overdue' ELSE 'case.due_soon' END, 'case',
                   range_agg(int8range(w.case_id, w.case_id + 1)),
                   jsonb_build_object('rows', count(*), 'step', w.step, 'due_at', w.due_at)
            FROM written w GROUP BY w.kind, w.step, w.due_at;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER case_alerted AFTER INSERT ON case_alert REFERENCING NEW TABLE AS written
        FOR EACH STATEMENT EXECUTE FUNCTION write_case_alerted()
    """)


def downgrade() -> None:
    """Drop it; the events that it wrote stay."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE case_alert")
    op.execute("DROP FUNCTION write_case_alerted")
