"""Whom a report accuses and who is not shown it; reporters that stay unknown to who handles their case.

Revision ID: 0065
Revises: 0064
"""

from __future__ import annotations

from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def _verbs() -> str:
    """Return the condition on the verbs of steps as it stands."""
    found = op.get_bind().exec_driver_sql(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conname = 'ck_case_step_verb' AND conrelid = 'case_step'::regclass"
    )
    return str(found.scalar_one())


def _set_verbs(condition: str) -> None:
    op.execute("ALTER TABLE case_step DROP CONSTRAINT ck_case_step_verb")
    op.execute(f"ALTER TABLE case_step ADD CONSTRAINT ck_case_step_verb {condition}")


def upgrade() -> None:
    """Add the tables, with what histories accuse already, and allow the verbs."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE report_accused (
            id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_report_accused PRIMARY KEY,
            report_id bigint NOT NULL,
            unit_code text CONSTRAINT fk_report_accused_unit_code_unit REFERENCES unit (code),
            person_id integer CONSTRAINT fk_report_accused_person_id_principal REFERENCES principal (id),
            CONSTRAINT ck_report_accused_one CHECK ((unit_code IS NULL) <> (person_id IS NULL))
        )
    """)
    op.execute("CREATE UNIQUE INDEX uq_report_accused_unit_code ON report_accused (unit_code, report_id)")
    op.execute("CREATE UNIQUE INDEX uq_report_accused_person_id ON report_accused (person_id, report_id)")
    op.execute("CREATE INDEX ix_report_accused_report_id ON report_accused (report_id)")
    op.execute("""
        CREATE TABLE report_confidential (
            report_id bigint CONSTRAINT pk_report_confidential PRIMARY KEY,
            set_at timestamptz NOT NULL,
            set_by text NOT NULL
        )
    """)
    # The units that a person belongs to now, and those above them: who accuses one of them accuses the person's.
    op.execute("""
        CREATE FUNCTION reports_hidden_from(person integer) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
            WITH RECURSIVE own (code, step) AS (
                SELECT unit_code, 0 FROM person_unit
                WHERE person_id = person AND superseded_at IS NULL AND valid_during @> now()
                UNION
                SELECT s.parent_code, o.step + 1 FROM own o JOIN unit_state s ON s.unit_code = o.code
                    AND s.superseded_at IS NULL AND s.valid_during @> now()
                WHERE s.parent_code IS NOT NULL AND o.step < 20
            )
            SELECT a.report_id FROM report_accused a WHERE a.person_id = person
            UNION
            SELECT a.report_id FROM own o JOIN report_accused a ON a.unit_code = o.code
        $$
    """)
    op.execute(
        "COMMENT ON FUNCTION reports_hidden_from IS 'The reports that accuse a person, or a unit of that person.'"
    )
    op.execute("""
        INSERT INTO report_accused (report_id, unit_code)
        SELECT DISTINCT case_id, detail ->> 'accused' FROM case_step WHERE verb = 'accuse' ORDER BY 1, 2
    """)
    _set_verbs(_verbs().replace("'accuse'::text", "'accuse'::text, 'lift_accusation'::text, 'recall'::text"))


def downgrade() -> None:
    """Drop them; what a history accuses it keeps. Only where no step has the new verbs."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _set_verbs(_verbs().replace(", 'lift_accusation'::text, 'recall'::text", ""))
    op.execute("DROP FUNCTION reports_hidden_from")
    op.execute("DROP TABLE report_accused, report_confidential")
