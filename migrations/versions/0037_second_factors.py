"""Accounts have second factors: the secret of an authenticator app, and recovery codes.

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables, empty; what makes a second factor count or go is told to processes that remember sessions."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE second_factor (
            principal_id integer NOT NULL,
            secret text NOT NULL,
            created_at timestamptz NOT NULL,
            confirmed_at timestamptz,
            last_step bigint NOT NULL,
            CONSTRAINT pk_second_factor PRIMARY KEY (principal_id),
            CONSTRAINT fk_second_factor_principal_id_account
                FOREIGN KEY (principal_id) REFERENCES account (principal_id)
        )
    """)
    op.execute("""
        CREATE TABLE recovery_code (
            id bigint GENERATED ALWAYS AS IDENTITY,
            principal_id integer NOT NULL,
            code_sha256 bytea NOT NULL,
            used_at timestamptz,
            CONSTRAINT pk_recovery_code PRIMARY KEY (id),
            CONSTRAINT uq_recovery_code_code_sha256 UNIQUE (code_sha256),
            CONSTRAINT fk_recovery_code_principal_id_second_factor
                FOREIGN KEY (principal_id) REFERENCES second_factor (principal_id)
        )
    """)
    op.execute("CREATE INDEX ix_recovery_code_principal_id ON recovery_code (principal_id)")
    op.execute("""
        CREATE TRIGGER tell_rights_changed AFTER UPDATE OF confirmed_at OR DELETE ON second_factor
            FOR EACH STATEMENT EXECUTE FUNCTION tell_rights_changed()
    """)


def downgrade() -> None:
    """Take them back: persons sign in with the password alone."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE recovery_code, second_factor")
