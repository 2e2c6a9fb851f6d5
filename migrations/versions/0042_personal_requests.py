"""Requests of people about their own data: access, a copy, correction, deletion.

Revision ID: 0042
Revises: 0041
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

UP = """
SET LOCAL lock_timeout = '5s';
CREATE TABLE personal_request (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_personal_request PRIMARY KEY,
    kind text NOT NULL CONSTRAINT ck_personal_request_kind
        CHECK (kind IN ('access', 'copy', 'correction', 'deletion')),
    state text NOT NULL CONSTRAINT ck_personal_request_state
        CHECK (state IN ('received', 'granted', 'refused', 'done', 'withdrawn')),
    phone text,
    person_id integer CONSTRAINT fk_personal_request_person_id_person REFERENCES person (id),
    report_ids bigint[] NOT NULL DEFAULT '{}',
    applicant text,
    wanted text,
    identity_check text NOT NULL DEFAULT '',
    received_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    received_by_id integer NOT NULL CONSTRAINT fk_personal_request_received_by_id_principal REFERENCES principal (id),
    received_by text NOT NULL,
    decided_at timestamptz,
    decided_by_id integer CONSTRAINT fk_personal_request_decided_by_id_principal REFERENCES principal (id),
    decided_by text,
    reason text NOT NULL DEFAULT '',
    closed_at timestamptz,
    closed_by_id integer CONSTRAINT fk_personal_request_closed_by_id_principal REFERENCES principal (id),
    closed_by text,
    outcome jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT ck_personal_request_due_at CHECK (due_at > received_at),
    CONSTRAINT ck_personal_request_decided CHECK (
        (state IN ('received', 'withdrawn')) OR (decided_at IS NOT NULL AND decided_by IS NOT NULL)),
    CONSTRAINT ck_personal_request_refused_with_reason CHECK (state <> 'refused' OR reason <> '')
);
CREATE INDEX ix_personal_request_due_at ON personal_request (due_at) WHERE state IN ('received', 'granted');
CREATE TRIGGER personal_request_no_delete BEFORE DELETE ON personal_request
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER personal_request_no_truncate BEFORE TRUNCATE ON personal_request EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Add the table, empty."""
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(UP.encode())


def downgrade() -> None:
    """Drop it."""
    op.execute("SET LOCAL lock_timeout = '5s'; DROP TABLE personal_request")
