"""Persons sign in at an OpenID provider: browsers that were sent there, and which account a subject is.

Revision ID: 0038
Revises: 0037
"""

from __future__ import annotations

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables, empty."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE openid_attempt (
            state_sha256 bytea NOT NULL,
            browser_sha256 bytea NOT NULL,
            nonce text NOT NULL,
            verifier text NOT NULL,
            redirect_uri text NOT NULL,
            next_path text NOT NULL,
            created_at timestamptz NOT NULL,
            CONSTRAINT pk_openid_attempt PRIMARY KEY (state_sha256)
        )
    """)
    op.execute("CREATE INDEX ix_openid_attempt_created_at ON openid_attempt (created_at)")
    op.execute("""
        CREATE TABLE openid_subject (
            issuer text NOT NULL,
            subject text NOT NULL,
            principal_id integer NOT NULL,
            created_at timestamptz NOT NULL,
            CONSTRAINT pk_openid_subject PRIMARY KEY (issuer, subject),
            CONSTRAINT fk_openid_subject_principal_id_account
                FOREIGN KEY (principal_id) REFERENCES account (principal_id)
        )
    """)
    op.execute("CREATE INDEX ix_openid_subject_principal_id ON openid_subject (principal_id)")


def downgrade() -> None:
    """Take both back: persons sign in with their passwords."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE openid_subject, openid_attempt")
