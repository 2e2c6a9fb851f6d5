"""Appeals against results: what is contested stays as it was filed, and what was decided stays; their days as policy.

Revision ID: 0083
Revises: 0082
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None

_CODES = (
    "'extensions', 'suspensions', 'return_within', 'hand_overs_raise', 'reworks_raise', 'remind_working',"
    " 'remind_continuous', 'bulletin_morning', 'bulletin_afternoon'"
)
_ADDED = "'appeal_within', 'appeal_decided_within'"


def _allow_codes(codes: str) -> str:
    return f"""
ALTER TABLE policy_value DROP CONSTRAINT ck_policy_value_code;
ALTER TABLE policy_value ADD CONSTRAINT ck_policy_value_code CHECK (code IN ({codes}));
"""


UP = f"""
SET LOCAL lock_timeout = '5s';
{_allow_codes(f"{_CODES}, {_ADDED}")}
CREATE TABLE assessment_appeal (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_assessment_appeal PRIMARY KEY,
    run_id bigint NOT NULL CONSTRAINT fk_assessment_appeal_run_id_assessment_run REFERENCES assessment_run (id),
    counted text NOT NULL CONSTRAINT ck_assessment_appeal_counted CHECK (counted IN ('cases', 'filings', 'dispatches',
        'receipts', 'handlings', 'closings', 'call_backs', 'ratings')),
    case_id bigint NOT NULL,
    step integer NOT NULL,
    unit_code text,
    person_id integer,
    ground text NOT NULL CONSTRAINT ck_assessment_appeal_ground
        CHECK (ground IN ('facts', 'duty', 'outside', 'caller', 'system')),
    words text NOT NULL,
    evidence text[] NOT NULL,
    state text NOT NULL CONSTRAINT ck_assessment_appeal_state
        CHECK (state IN ('filed', 'answered', 'granted', 'refused', 'withdrawn')),
    filed_at timestamptz NOT NULL,
    filed_by_id integer NOT NULL CONSTRAINT fk_assessment_appeal_filed_by_id_principal REFERENCES principal (id),
    filed_by text NOT NULL,
    due_at timestamptz NOT NULL,
    answer text,
    answered_at timestamptz,
    answered_by_id integer CONSTRAINT fk_assessment_appeal_answered_by_id_principal REFERENCES principal (id),
    answered_by text,
    reason text,
    decided_at timestamptz,
    decided_by_id integer CONSTRAINT fk_assessment_appeal_decided_by_id_principal REFERENCES principal (id),
    decided_by text,
    effect jsonb
);
CREATE UNIQUE INDEX ix_assessment_appeal_once ON assessment_appeal (run_id, counted, case_id, step)
    WHERE state <> 'withdrawn';
CREATE INDEX ix_assessment_appeal_state ON assessment_appeal (state, id);

CREATE FUNCTION assessment_appeal_goes_its_way() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := CASE OLD.state
        WHEN 'filed' THEN '{{state,answer,answered_at,answered_by_id,answered_by}}'
        WHEN 'answered' THEN '{{state,reason,decided_at,decided_by_id,decided_by,effect}}' ELSE '{{}}' END;
BEGIN
    IF (to_jsonb(NEW) - moving) IS DISTINCT FROM (to_jsonb(OLD) - moving) THEN
        RAISE EXCEPTION 'an appeal that is % stays as it is', OLD.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assessment_appeal_goes_its_way BEFORE UPDATE ON assessment_appeal
    FOR EACH ROW EXECUTE FUNCTION assessment_appeal_goes_its_way();
CREATE TRIGGER assessment_appeal_no_delete BEFORE DELETE ON assessment_appeal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
# Days that were stated go with what they are about.
DOWN = f"""
SET LOCAL lock_timeout = '5s';
DROP TABLE assessment_appeal;
DROP FUNCTION assessment_appeal_goes_its_way;
ALTER TABLE policy_value DISABLE TRIGGER USER;
DELETE FROM policy_value WHERE code IN ({_ADDED});
ALTER TABLE policy_value ENABLE TRIGGER USER;
{_allow_codes(_CODES)}
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Create the table, empty, and allow the codes."""
    _execute(UP)


def downgrade() -> None:
    """Drop it: appeals are gone."""
    _execute(DOWN)
