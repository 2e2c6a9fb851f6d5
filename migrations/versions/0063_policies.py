"""Dated values of policy; none is stated, so that those hold that stood in the code.

Revision ID: 0063
Revises: 0062
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

# Decided on once, and effective later than stated at most; all else stays as it was stated.
UP = """
SET LOCAL lock_timeout = '5s';
CREATE TABLE policy_value (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_policy_value PRIMARY KEY,
    code text NOT NULL CONSTRAINT ck_policy_value_code CHECK (code IN ('extensions', 'suspensions', 'return_within',
        'hand_overs_raise', 'reworks_raise', 'remind_working', 'remind_continuous')),
    value text NOT NULL,
    state text NOT NULL CONSTRAINT ck_policy_value_state CHECK (state IN ('proposed', 'in_force', 'refused')),
    effective_from timestamptz NOT NULL,
    note text NOT NULL,
    stated_at timestamptz NOT NULL,
    stated_by_id integer NOT NULL CONSTRAINT fk_policy_value_stated_by_id_principal REFERENCES principal (id),
    stated_by text NOT NULL,
    decided_at timestamptz,
    decided_by_id integer CONSTRAINT fk_policy_value_decided_by_id_principal REFERENCES principal (id),
    decided_by text,
    CONSTRAINT ck_policy_value_decided CHECK ((state = 'proposed') = (decided_at IS NULL))
);
CREATE INDEX ix_policy_value_code ON policy_value (code, effective_from);
CREATE FUNCTION policy_value_only_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'proposed' OR NEW.effective_from < OLD.effective_from
        OR (NEW.id, NEW.code, NEW.value, NEW.note, NEW.stated_at, NEW.stated_by_id, NEW.stated_by)
        IS DISTINCT FROM (OLD.id, OLD.code, OLD.value, OLD.note, OLD.stated_at, OLD.stated_by_id, OLD.stated_by)
    THEN
        RAISE EXCEPTION 'a value of policy is decided on once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_value_only_decided BEFORE UPDATE ON policy_value
    FOR EACH ROW EXECUTE FUNCTION policy_value_only_decided();
CREATE TRIGGER policy_value_no_delete BEFORE DELETE ON policy_value FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER policy_value_no_truncate BEFORE TRUNCATE ON policy_value EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Create the table, empty."""
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(UP.encode())


def downgrade() -> None:
    """Drop it: what stands in the code holds again."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE policy_value")
    op.execute("DROP FUNCTION policy_value_only_decided")
