"""Legal holds: what no erasure and no retention takes until a second person lifts them.

Revision ID: 0041
Revises: 0040
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

UP = """
SET LOCAL lock_timeout = '5s';
CREATE TABLE legal_hold (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_legal_hold PRIMARY KEY,
    kind text NOT NULL CONSTRAINT ck_legal_hold_kind CHECK (kind IN ('report', 'caller', 'staff', 'period')),
    state text NOT NULL CONSTRAINT ck_legal_hold_state CHECK (state IN ('in_force', 'lifted')),
    report_id bigint,
    phone text,
    person_id integer CONSTRAINT fk_legal_hold_person_id_person REFERENCES person (id),
    received_from timestamptz,
    received_until timestamptz,
    reason text NOT NULL,
    set_at timestamptz NOT NULL,
    set_by_id integer NOT NULL CONSTRAINT fk_legal_hold_set_by_id_principal REFERENCES principal (id),
    set_by text NOT NULL,
    lifted_at timestamptz,
    lifted_by_id integer CONSTRAINT fk_legal_hold_lifted_by_id_principal REFERENCES principal (id),
    lifted_by text,
    lift_reason text,
    CONSTRAINT ck_legal_hold_subject CHECK (
        (kind = 'report') = (report_id IS NOT NULL) AND (kind = 'staff') = (person_id IS NOT NULL)
        AND (kind = 'period') = (received_from IS NOT NULL)
        AND (kind = 'caller' AND state = 'in_force') = (phone IS NOT NULL)
        AND (received_until IS NULL OR received_until > received_from)),
    CONSTRAINT ck_legal_hold_lifted CHECK (
        (state = 'lifted') = (lifted_at IS NOT NULL AND lifted_by_id IS NOT NULL AND lifted_by IS NOT NULL
            AND lift_reason IS NOT NULL)),
    CONSTRAINT ck_legal_hold_second_person CHECK (lifted_by_id <> set_by_id)
);
-- A hold changes once: when it is lifted, and then nothing else of it but the number that it named.
CREATE FUNCTION legal_hold_only_lifted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'in_force' AND NEW.state = 'lifted' AND NEW *= jsonb_populate_record(OLD, jsonb_build_object(
        'state', NEW.state, 'phone', NEW.phone, 'lifted_at', NEW.lifted_at, 'lifted_by_id', NEW.lifted_by_id,
        'lifted_by', NEW.lifted_by, 'lift_reason', NEW.lift_reason))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'legal_hold is only lifted' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER legal_hold_only_lifted BEFORE UPDATE ON legal_hold
    FOR EACH ROW EXECUTE FUNCTION legal_hold_only_lifted();
CREATE TRIGGER legal_hold_no_delete BEFORE DELETE ON legal_hold FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER legal_hold_no_truncate BEFORE TRUNCATE ON legal_hold EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Add the table, empty."""
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(UP.encode())


def downgrade() -> None:
    """Drop it: nothing is held any more."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE legal_hold")
    op.execute("DROP FUNCTION legal_hold_only_lifted")
