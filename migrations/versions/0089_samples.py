"""Samples of closed cases of frozen results, to be back-checked.

Revision ID: 0089
Revises: 0088
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None

UP = """
SET LOCAL lock_timeout = '5s';
CREATE TABLE assessment_sample (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_assessment_sample PRIMARY KEY,
    run_id bigint NOT NULL CONSTRAINT fk_assessment_sample_run_id_assessment_run REFERENCES assessment_run (id),
    size integer NOT NULL CONSTRAINT ck_assessment_sample_size CHECK (size > 0),
    seed text NOT NULL,
    cases bigint[] NOT NULL,
    drawn_at timestamptz NOT NULL,
    drawn_by_id integer NOT NULL CONSTRAINT fk_assessment_sample_drawn_by_id_principal REFERENCES principal (id),
    drawn_by text NOT NULL
);
CREATE TRIGGER assessment_sample_append_only BEFORE UPDATE OR DELETE ON assessment_sample
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Create the table, empty."""
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(UP.encode())


def downgrade() -> None:
    """Drop it: samples are gone."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE assessment_sample")
