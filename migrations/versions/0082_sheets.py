"""Sheets of the dimensions that are partly scored by people: their forms as dated versions, and what each item got.

Revision ID: 0082
Revises: 0081
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

UP = """
SET LOCAL lock_timeout = '5s';
CREATE TABLE assessment_form (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_assessment_form PRIMARY KEY,
    dimension text NOT NULL CONSTRAINT ck_assessment_form_dimension
        CHECK (dimension IN ('operation', 'dispatching', 'errands')),
    version integer NOT NULL,
    items jsonb NOT NULL,
    valid_from date NOT NULL,
    source text NOT NULL,
    state text NOT NULL CONSTRAINT ck_assessment_form_state CHECK (state IN ('proposed', 'in_force', 'refused')),
    stated_at timestamptz NOT NULL,
    stated_by_id integer NOT NULL CONSTRAINT fk_assessment_form_stated_by_id_principal REFERENCES principal (id),
    stated_by text NOT NULL,
    decided_at timestamptz,
    decided_by_id integer CONSTRAINT fk_assessment_form_decided_by_id_principal REFERENCES principal (id),
    decided_by text,
    CONSTRAINT ck_assessment_form_decided CHECK ((state = 'proposed') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX ix_assessment_form_dimension ON assessment_form (dimension, version);
CREATE TABLE assessment_sheet (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_assessment_sheet PRIMARY KEY,
    form_id bigint NOT NULL CONSTRAINT fk_assessment_sheet_form_id_assessment_form REFERENCES assessment_form (id),
    unit_code text NOT NULL CONSTRAINT fk_assessment_sheet_unit_code_unit REFERENCES unit (code),
    first_day date NOT NULL,
    until_day date NOT NULL,
    state text NOT NULL CONSTRAINT ck_assessment_sheet_state CHECK (state IN ('open', 'scored', 'confirmed')),
    scores jsonb NOT NULL,
    points numeric,
    most numeric,
    scored_at timestamptz,
    scored_by_id integer CONSTRAINT fk_assessment_sheet_scored_by_id_principal REFERENCES principal (id),
    scored_by text,
    confirmed_at timestamptz,
    confirmed_by_id integer CONSTRAINT fk_assessment_sheet_confirmed_by_id_principal REFERENCES principal (id),
    confirmed_by text,
    CONSTRAINT ck_assessment_sheet_days CHECK (first_day < until_day)
);
CREATE UNIQUE INDEX ix_assessment_sheet_once ON assessment_sheet (first_day, until_day, unit_code, form_id);

CREATE FUNCTION assessment_form_only_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'proposed' OR (to_jsonb(NEW) - '{state,decided_at,decided_by_id,decided_by}'::text[])
        IS DISTINCT FROM (to_jsonb(OLD) - '{state,decided_at,decided_by_id,decided_by}'::text[])
    THEN
        RAISE EXCEPTION 'a form is decided on once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assessment_form_only_decided BEFORE UPDATE ON assessment_form
    FOR EACH ROW EXECUTE FUNCTION assessment_form_only_decided();
CREATE TRIGGER assessment_form_no_delete BEFORE DELETE ON assessment_form
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION assessment_sheet_confirmed_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'confirmed' THEN
        RAISE EXCEPTION 'the sheet is confirmed, and stays as it is' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assessment_sheet_confirmed_stays BEFORE UPDATE ON assessment_sheet
    FOR EACH ROW EXECUTE FUNCTION assessment_sheet_confirmed_stays();
CREATE TRIGGER assessment_sheet_no_delete BEFORE DELETE ON assessment_sheet
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Create the tables, empty."""
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(UP.encode())


def downgrade() -> None:
    """Drop them: sheets are gone."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("assessment_sheet", "assessment_form"):
        op.execute(f"DROP TABLE {table}")
    for name in ("assessment_sheet_confirmed_stays", "assessment_form_only_decided"):
        op.execute(f"DROP FUNCTION {name}")
