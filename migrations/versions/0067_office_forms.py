"""Numbers of office forms of cases: without a gap a kind and year, once a step.

Revision ID: 0067
Revises: 0066
"""

from __future__ import annotations

from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, empty, and only to be added to."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE office_form (
            id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_office_form PRIMARY KEY,
            kind text NOT NULL CONSTRAINT ck_office_form_kind
                CHECK (kind IN ('assignment', 'supervision', 'return', 'closing', 'call-back')),
            year integer NOT NULL,
            serial integer NOT NULL CONSTRAINT ck_office_form_serial CHECK (serial > 0),
            case_id bigint NOT NULL CONSTRAINT fk_office_form_case_id_case_record REFERENCES case_record (id),
            step integer NOT NULL,
            issued_at timestamptz NOT NULL,
            issued_by_id integer NOT NULL CONSTRAINT fk_office_form_issued_by_id_principal REFERENCES principal (id),
            issued_by text NOT NULL,
            CONSTRAINT uq_office_form_kind UNIQUE (kind, year, serial),
            CONSTRAINT uq_office_form_case_id UNIQUE (case_id, kind, step)
        )
    """)
    op.execute(
        "CREATE TRIGGER office_form_no_change BEFORE UPDATE OR DELETE ON office_form"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute("CREATE TRIGGER office_form_no_truncate BEFORE TRUNCATE ON office_form EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    """Drop it, and with it the numbers."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE office_form")
