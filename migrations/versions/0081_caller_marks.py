"""Marks on callers, and merged cases that are repeats of one caller.

Revision ID: 0081
Revises: 0080
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

# Decided on once and lifted once; what was stated stays as it was. Deleted with the words of its report.
UP = """
SET LOCAL lock_timeout = '5s';
ALTER TABLE case_merge ADD COLUMN is_repeat boolean NOT NULL DEFAULT false;
CREATE TABLE caller_mark (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_caller_mark PRIMARY KEY,
    report_id bigint NOT NULL,
    kind text NOT NULL CONSTRAINT ck_caller_mark_kind CHECK (kind IN ('repeats', 'false_reports', 'abuse')),
    reason text NOT NULL,
    last_day date NOT NULL,
    state text NOT NULL
        CONSTRAINT ck_caller_mark_state CHECK (state IN ('proposed', 'in_force', 'refused', 'lifted')),
    proposed_at timestamptz NOT NULL,
    proposed_by_id integer NOT NULL CONSTRAINT fk_caller_mark_proposed_by_id_principal REFERENCES principal (id),
    proposed_by text NOT NULL,
    decided_at timestamptz,
    decided_by_id integer CONSTRAINT fk_caller_mark_decided_by_id_principal REFERENCES principal (id),
    decided_by text,
    lifted_at timestamptz,
    lifted_by text,
    lifted_for text,
    CONSTRAINT ck_caller_mark_decided CHECK ((state = 'proposed') = (decided_at IS NULL)),
    CONSTRAINT ck_caller_mark_lifted CHECK ((state = 'lifted') = (lifted_at IS NOT NULL))
);
CREATE INDEX ix_caller_mark_report_id ON caller_mark (report_id);
CREATE FUNCTION caller_mark_only_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('refused', 'lifted') OR (NEW.id, NEW.report_id, NEW.kind, NEW.reason, NEW.last_day,
        NEW.proposed_at, NEW.proposed_by_id, NEW.proposed_by) IS DISTINCT FROM (OLD.id, OLD.report_id, OLD.kind,
        OLD.reason, OLD.last_day, OLD.proposed_at, OLD.proposed_by_id, OLD.proposed_by)
    THEN
        RAISE EXCEPTION 'a mark on a caller is decided on once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER caller_mark_only_decided BEFORE UPDATE ON caller_mark
    FOR EACH ROW EXECUTE FUNCTION caller_mark_only_decided();
CREATE TRIGGER caller_mark_no_truncate BEFORE TRUNCATE ON caller_mark EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Create the table, empty; no merged case is a repeat yet."""
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(UP.encode())


def downgrade() -> None:
    """Drop it: nobody is marked, and repeats are duplicates."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE caller_mark")
    op.execute("DROP FUNCTION caller_mark_only_decided")
    op.execute("ALTER TABLE case_merge DROP COLUMN is_repeat")
