"""Joint handling: kinds of whistles, whistles of cases and the units that they call; their verbs in histories.

Revision ID: 0058
Revises: 0057
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

_BEFORE = (
    "'open', 'accept', 'reject', 'file', 'dispatch', 'redispatch', 'acknowledge', 'return', 'handle',"
    " 'handle_on_the_spot', 'verify', 'rework', 'close', 'rate', 'extend', 'suspend', 'resume', 'supervise',"
    " 'reclassify', 'void', 'reopen', 'back_check', 'hand_down', 'report_up', 'accuse'"
)
_ADDED = "'whistle', 'sign', 'contact', 'arrive', 'advise', 'conclude', 'cosign', 'rate_unit', 'call_off'"
_LIMIT_UNITS = "'minutes', 'hours', 'calendar_days', 'working_hours', 'working_days'"


def _allow_verbs(verbs: str) -> str:
    return f"""
ALTER TABLE case_step DROP CONSTRAINT ck_case_step_verb;
ALTER TABLE case_step ADD CONSTRAINT ck_case_step_verb CHECK (verb IN ({verbs}));
"""


def _limit(step: str) -> str:
    return (
        f"{step}_amount integer NOT NULL, {step}_unit text NOT NULL"
        f" CONSTRAINT ck_whistle_kind_{step}_unit CHECK ({step}_unit IN ({_LIMIT_UNITS}))"
    )


UP = f"""
SET LOCAL lock_timeout = '5s';
CREATE TABLE whistle_kind (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_whistle_kind PRIMARY KEY,
    code text NOT NULL,
    name text NOT NULL,
    unit_kinds text[] NOT NULL,
    roles text[] NOT NULL,
    {_limit("sign")},
    {_limit("contact")},
    {_limit("arrive")},
    near_m integer NOT NULL CONSTRAINT ck_whistle_kind_near_m CHECK (near_m > 0),
    pauses boolean NOT NULL,
    valid_during tstzrange NOT NULL CONSTRAINT ck_whistle_kind_valid_during
        CHECK (NOT isempty(valid_during) AND NOT lower_inf(valid_during)),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    superseded_at timestamptz,
    CONSTRAINT ck_whistle_kind_amounts CHECK (sign_amount > 0 AND contact_amount > 0 AND arrive_amount > 0),
    CONSTRAINT whistle_kind_once_at_a_time
        EXCLUDE USING gist (code WITH =, valid_during WITH &&) WHERE (superseded_at IS NULL)
);
CREATE TRIGGER whistle_kind_only_superseded BEFORE UPDATE ON whistle_kind
    FOR EACH ROW EXECUTE FUNCTION dated_row_only_superseded();
CREATE TRIGGER whistle_kind_no_delete BEFORE DELETE ON whistle_kind FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER whistle_kind_no_truncate BEFORE TRUNCATE ON whistle_kind EXECUTE FUNCTION refuse_change();
CREATE TABLE whistle (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_whistle PRIMARY KEY,
    case_id bigint NOT NULL CONSTRAINT fk_whistle_case_id_case_record REFERENCES case_record (id),
    number integer NOT NULL,
    kind text NOT NULL,
    state text NOT NULL CONSTRAINT ck_whistle_state CHECK (state IN ('called', 'concluded', 'settled', 'called_off')),
    unit_code text NOT NULL CONSTRAINT fk_whistle_unit_code_unit REFERENCES unit (code),
    called_at timestamptz NOT NULL,
    called_by text NOT NULL,
    near_m integer NOT NULL,
    pauses boolean NOT NULL,
    ended_at timestamptz,
    CONSTRAINT uq_whistle_case_id_number UNIQUE (case_id, number)
);
COMMENT ON TABLE whistle IS 'Whistles of cases (吹哨); what happened stands in case_step.';
CREATE TRIGGER whistle_no_delete BEFORE DELETE ON whistle FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TABLE whistle_answer (
    whistle_id bigint NOT NULL CONSTRAINT fk_whistle_answer_whistle_id_whistle REFERENCES whistle (id),
    unit_code text NOT NULL CONSTRAINT fk_whistle_answer_unit_code_unit REFERENCES unit (code),
    state text NOT NULL CONSTRAINT ck_whistle_answer_state
        CHECK (state IN ('called', 'signed', 'contacted', 'arrived')),
    sign_due_at timestamptz NOT NULL,
    contact_due_at timestamptz NOT NULL,
    arrive_due_at timestamptz NOT NULL,
    remind_at timestamptz NOT NULL,
    signed_at timestamptz,
    contacted_at timestamptz,
    arrived_at timestamptz,
    distance_m double precision,
    is_distant boolean,
    agrees boolean,
    rating smallint CONSTRAINT ck_whistle_answer_rating CHECK (rating BETWEEN 1 AND 5),
    CONSTRAINT pk_whistle_answer PRIMARY KEY (whistle_id, unit_code)
);
COMMENT ON TABLE whistle_answer IS 'Units that whistles call, and where each is (报到).';
CREATE INDEX ix_whistle_answer_unit_code ON whistle_answer (unit_code, whistle_id);
CREATE INDEX ix_whistle_answer_pending ON whistle_answer (sign_due_at) WHERE arrived_at IS NULL;
CREATE TRIGGER whistle_answer_no_delete BEFORE DELETE ON whistle_answer
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
{_allow_verbs(f"{_BEFORE}, {_ADDED}")}
"""

DOWN = f"""
SET LOCAL lock_timeout = '5s';
{_allow_verbs(_BEFORE)}
DROP TABLE whistle_answer, whistle, whistle_kind;
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Add the tables, empty, and allow the verbs."""
    _execute(UP)


def downgrade() -> None:
    """Drop them; it is refused while a history has one of the verbs."""
    _execute(DOWN)
