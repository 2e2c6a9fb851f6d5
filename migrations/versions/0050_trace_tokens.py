"""Tokens by which callers follow their matters.

Revision ID: 0050
Revises: 0049
"""

from __future__ import annotations

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, empty: tokens are made when somebody asks for one."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE trace_token (
            id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_trace_token PRIMARY KEY,
            report_id bigint NOT NULL,
            sha256 bytea NOT NULL CONSTRAINT uq_trace_token_sha256 UNIQUE,
            made_at timestamptz NOT NULL,
            made_by_id integer NOT NULL CONSTRAINT fk_trace_token_made_by_id_principal REFERENCES principal (id),
            expires_at timestamptz NOT NULL
        )
    """)
    op.execute("CREATE INDEX ix_trace_token_report_id ON trace_token (report_id)")
    op.execute(
        "CREATE TRIGGER trace_token_append_only BEFORE UPDATE OR DELETE ON trace_token"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Drop it: tokens that are out are good no longer."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE trace_token")
