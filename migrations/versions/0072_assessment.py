"""Assessment: indicators as dated versions, and the results of periods with all that was counted.

Revision ID: 0072
Revises: 0071
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

# A version of an indicator is decided on once. What belongs to a run is written while the run is provisional, and only
# removed while it is; a run itself goes its way, and what it is about stays.
UP = """
SET LOCAL lock_timeout = '5s';
CREATE TABLE assessment_indicator (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_assessment_indicator PRIMARY KEY,
    code text NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    rule jsonb NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    source text NOT NULL,
    state text NOT NULL CONSTRAINT ck_assessment_indicator_state CHECK (state IN ('proposed', 'in_force', 'refused')),
    stated_at timestamptz NOT NULL,
    stated_by_id integer NOT NULL CONSTRAINT fk_assessment_indicator_stated_by_id_principal REFERENCES principal (id),
    stated_by text NOT NULL,
    decided_at timestamptz,
    decided_by_id integer CONSTRAINT fk_assessment_indicator_decided_by_id_principal REFERENCES principal (id),
    decided_by text,
    CONSTRAINT ck_assessment_indicator_decided CHECK ((state = 'proposed') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX ix_assessment_indicator_code ON assessment_indicator (code, version);
CREATE TABLE assessment_run (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_assessment_run PRIMARY KEY,
    first_day date NOT NULL,
    until_day date NOT NULL,
    version integer NOT NULL,
    state text NOT NULL CONSTRAINT ck_assessment_run_state
        CHECK (state IN ('provisional', 'frozen', 'published', 'discarded')),
    cut_at timestamptz NOT NULL,
    cases integer NOT NULL,
    facts integer NOT NULL,
    computed_by_id integer NOT NULL CONSTRAINT fk_assessment_run_computed_by_id_principal REFERENCES principal (id),
    computed_by text NOT NULL,
    frozen_at timestamptz,
    frozen_by_id integer CONSTRAINT fk_assessment_run_frozen_by_id_principal REFERENCES principal (id),
    frozen_by text,
    published_at timestamptz,
    digest text,
    CONSTRAINT ck_assessment_run_days CHECK (first_day < until_day)
);
CREATE UNIQUE INDEX ix_assessment_run_one_open ON assessment_run (first_day, until_day) WHERE state = 'provisional';
CREATE TABLE assessment_case (
    run_id bigint NOT NULL CONSTRAINT fk_assessment_case_run_id_assessment_run REFERENCES assessment_run (id),
    case_id bigint NOT NULL,
    last_step integer NOT NULL,
    channel text NOT NULL,
    category_code text,
    urgency text NOT NULL,
    area_path text[] NOT NULL,
    CONSTRAINT pk_assessment_case PRIMARY KEY (run_id, case_id)
);
CREATE TABLE assessment_fact (
    run_id bigint NOT NULL,
    counted text NOT NULL CONSTRAINT ck_assessment_fact_counted CHECK (counted IN ('cases', 'filings', 'dispatches',
        'receipts', 'handlings', 'closings', 'call_backs', 'ratings')),
    case_id bigint NOT NULL,
    number integer NOT NULL,
    at timestamptz NOT NULL,
    unit_code text,
    person_id integer,
    marks text[] NOT NULL,
    CONSTRAINT pk_assessment_fact PRIMARY KEY (run_id, counted, case_id, number),
    CONSTRAINT fk_assessment_fact_run_id_assessment_case
        FOREIGN KEY (run_id, case_id) REFERENCES assessment_case (run_id, case_id)
);
CREATE TABLE assessment_value (
    run_id bigint NOT NULL CONSTRAINT fk_assessment_value_run_id_assessment_run REFERENCES assessment_run (id),
    indicator_id bigint NOT NULL
        CONSTRAINT fk_assessment_value_indicator_id_assessment_indicator REFERENCES assessment_indicator (id),
    grouping text NOT NULL CONSTRAINT ck_assessment_value_grouping
        CHECK (grouping IN ('district', 'unit', 'person', 'channel', 'area', 'category')),
    subject text NOT NULL,
    numerator integer NOT NULL,
    denominator integer NOT NULL,
    excluded integer NOT NULL,
    percent numeric,
    points numeric,
    CONSTRAINT pk_assessment_value PRIMARY KEY (run_id, indicator_id, grouping, subject)
);

CREATE FUNCTION assessment_indicator_only_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'proposed' OR (to_jsonb(NEW) - '{state,decided_at,decided_by_id,decided_by}'::text[])
        IS DISTINCT FROM (to_jsonb(OLD) - '{state,decided_at,decided_by_id,decided_by}'::text[])
    THEN
        RAISE EXCEPTION 'a version of an indicator is decided on once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assessment_indicator_only_decided BEFORE UPDATE ON assessment_indicator
    FOR EACH ROW EXECUTE FUNCTION assessment_indicator_only_decided();
CREATE TRIGGER assessment_indicator_no_delete BEFORE DELETE ON assessment_indicator
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION assessment_run_goes_its_way() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := CASE OLD.state
        WHEN 'provisional' THEN '{state,cases,facts,frozen_at,frozen_by_id,frozen_by,digest}'
        WHEN 'frozen' THEN '{state,published_at}' ELSE '{}' END;
BEGIN
    IF (to_jsonb(NEW) - moving) IS DISTINCT FROM (to_jsonb(OLD) - moving)
        OR (OLD.state = 'frozen' AND NEW.state NOT IN ('frozen', 'published'))
    THEN
        RAISE EXCEPTION 'the results are %, and stay as they are', OLD.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assessment_run_goes_its_way BEFORE UPDATE ON assessment_run
    FOR EACH ROW EXECUTE FUNCTION assessment_run_goes_its_way();
CREATE TRIGGER assessment_run_no_delete BEFORE DELETE ON assessment_run
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A statement at a time: COPY of many rows asks once.
CREATE FUNCTION assessment_only_provisional() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM touched t JOIN assessment_run r ON r.id = t.run_id WHERE r.state <> 'provisional') THEN
        RAISE EXCEPTION 'the results are frozen, and stay as they are' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
"""
_GUARDED = ("assessment_case", "assessment_fact", "assessment_value")
GUARDS = "".join(
    f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();"
    f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change();"
    f"CREATE TRIGGER {table}_inserted AFTER INSERT ON {table} REFERENCING NEW TABLE AS touched"
    " FOR EACH STATEMENT EXECUTE FUNCTION assessment_only_provisional();"
    f"CREATE TRIGGER {table}_deleted AFTER DELETE ON {table} REFERENCING OLD TABLE AS touched"
    " FOR EACH STATEMENT EXECUTE FUNCTION assessment_only_provisional();"
    for table in _GUARDED
)


def upgrade() -> None:
    """Create the tables, empty."""
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute((UP + GUARDS).encode())


def downgrade() -> None:
    """Drop them: results are gone."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("assessment_value", "assessment_fact", "assessment_case", "assessment_run", "assessment_indicator"):
        op.execute(f"DROP TABLE {table}")
    for name in ("assessment_only_provisional", "assessment_run_goes_its_way", "assessment_indicator_only_decided"):
        op.execute(f"DROP FUNCTION {name}")
