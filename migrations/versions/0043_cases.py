"""Cases: what each is now, its history by month, which nobody changes, and the words in it, which can be erased.

Revision ID: 0043
Revises: 0042
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_MONTH = 1_000_000_000
_LOCK = 0x63617365  # core.db.locks.LockSpace.CASES
_STATES = (
    "'opened', 'accepted', 'filed', 'dispatched', 'acknowledged', 'suspended', 'returned', 'handled', 'verified',"
    " 'closed', 'rated', 'rejected', 'voided'"
)
_VERBS = (
    "'open', 'accept', 'reject', 'file', 'dispatch', 'redispatch', 'acknowledge', 'return', 'handle',"
    " 'handle_on_the_spot', 'verify', 'rework', 'close', 'rate', 'extend', 'suspend', 'resume', 'supervise',"
    " 'reclassify', 'void', 'reopen', 'back_check'"
)
_STEPS = "'accept', 'file', 'dispatch', 'acknowledge', 'handle', 'verify', 'close'"

UP = f"""
SET LOCAL lock_timeout = '5s';
CREATE TABLE case_record (
    id bigint CONSTRAINT pk_case_record PRIMARY KEY,
    state text NOT NULL CONSTRAINT ck_case_record_state CHECK (state IN ({_STATES})),
    version integer NOT NULL,
    category_path text[] NOT NULL,
    urgency text NOT NULL CONSTRAINT ck_case_record_urgency CHECK (urgency IN ('normal', 'urgent')),
    unit_code text CONSTRAINT fk_case_record_unit_code_unit REFERENCES unit (code),
    opened_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    due_at timestamptz,
    due_step text CONSTRAINT ck_case_record_due_step CHECK (due_step IS NULL OR due_step IN ({_STEPS})),
    supervised boolean NOT NULL,
    rating smallint CONSTRAINT ck_case_record_rating CHECK (rating BETWEEN 1 AND 5)
);
CREATE INDEX ix_case_record_state ON case_record (state, id);
CREATE INDEX ix_case_record_unit_code ON case_record (unit_code, id);
CREATE INDEX ix_case_record_due_at ON case_record (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ix_case_record_category_path ON case_record USING gin (category_path);
CREATE TRIGGER case_record_no_delete BEFORE DELETE ON case_record FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE case_step (
    case_id bigint NOT NULL,
    number integer NOT NULL,
    at timestamptz NOT NULL,
    device_at timestamptz,
    verb text NOT NULL CONSTRAINT ck_case_step_verb CHECK (verb IN ({_VERBS})),
    came_from text,
    led_to text NOT NULL,
    actor_id integer NOT NULL CONSTRAINT fk_case_step_actor_id_principal REFERENCES principal (id),
    actor text NOT NULL,
    unit_code text,
    category_code text,
    geom geometry(Point, 4326),
    detail jsonb NOT NULL,
    CONSTRAINT pk_case_step PRIMARY KEY (case_id, number)
) PARTITION BY RANGE (case_id);
COMMENT ON TABLE case_step IS 'The history of cases: one row a step, never changed; words of people are in case_words.';
CREATE TRIGGER case_step_append_only BEFORE UPDATE OR DELETE ON case_step
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE case_words (
    case_id bigint NOT NULL,
    number integer NOT NULL,
    reason text,
    opinion text,
    photos text[] NOT NULL,
    CONSTRAINT pk_case_words PRIMARY KEY (case_id, number)
) PARTITION BY RANGE (case_id);
COMMENT ON TABLE case_words IS 'What people wrote to steps of cases; a row can be emptied, the step stays.';

CREATE FUNCTION make_case_month(month integer) RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $make$
DECLARE
    first timestamptz := make_timestamptz(month / 100, month % 100, 1, 0, 0, 0, 'UTC');
    behind timestamptz := timezone('UTC', timezone('UTC', first) + interval '1 month');
    family text;
    leaf text;
BEGIN
    IF to_regclass('case_step_' || month) IS NOT NULL THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock({_LOCK}, 0);
    IF to_regclass('case_step_' || month) IS NOT NULL THEN
        RETURN false;
    END IF;
    FOREACH family IN ARRAY ARRAY['case_words', 'case_step'] LOOP
        leaf := family || '_' || month;
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', leaf, family);
        -- ATTACH, unlike CREATE TABLE … PARTITION OF, waits neither for readers nor for writers.
        EXECUTE format(
            'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', family, leaf,
            month * {_MONTH}::bigint, report_month(behind) * {_MONTH}::bigint);
    END LOOP;
    RETURN true;
END $make$;
COMMENT ON FUNCTION make_case_month IS 'Make the partitions of a month (yyyymm) of cases; false when they are there.';

CREATE FUNCTION write_case_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event (kind, subject, ids, actor, payload)
    SELECT CASE WHEN w.verb = 'open' THEN 'case.opened' ELSE 'case.moved' END, 'case',
           range_agg(int8range(w.case_id, w.case_id + 1)),
           CASE WHEN min(w.actor) = max(w.actor) THEN min(w.actor) END,
           jsonb_build_object('rows', count(*), 'verbs', array_agg(DISTINCT w.verb ORDER BY w.verb))
    FROM written w GROUP BY w.verb = 'open';
    RETURN NULL;
END $$;
CREATE TRIGGER case_moved AFTER INSERT ON case_step REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION write_case_moved();
"""

DOWN = """
SET LOCAL lock_timeout = '5s';
DROP TABLE case_words, case_step, case_record;
DROP FUNCTION write_case_moved, make_case_month;
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Create the tables, empty; reports of before open cases when somebody opens them."""
    _execute(UP)


def downgrade() -> None:
    """Drop them with all cases."""
    _execute(DOWN)
