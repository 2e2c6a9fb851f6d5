"""Attempts to sign in are counted by login and place; browsers that signed in before are known.

Revision ID: 0033
Revises: 0032
"""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables, empty."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE sign_in_attempt (
            login_sha256 bytea NOT NULL,
            place text NOT NULL,
            failures bigint NOT NULL,
            last_at timestamptz NOT NULL,
            wait_until timestamptz NOT NULL,
            CONSTRAINT pk_sign_in_attempt PRIMARY KEY (login_sha256, place)
        )
    """)
    op.execute("CREATE INDEX ix_sign_in_attempt_last_at ON sign_in_attempt (last_at)")
    op.execute("""
        CREATE TABLE known_device (
            id bigint GENERATED ALWAYS AS IDENTITY,
            principal_id integer NOT NULL,
            token_sha256 bytea NOT NULL,
            network text NOT NULL,
            last_used_at timestamptz NOT NULL,
            CONSTRAINT pk_known_device PRIMARY KEY (id),
            CONSTRAINT uq_known_device_token_sha256 UNIQUE (token_sha256),
            CONSTRAINT fk_known_device_principal_id_account
                FOREIGN KEY (principal_id) REFERENCES account (principal_id)
        )
    """)
    op.execute("CREATE INDEX ix_known_device_principal_id ON known_device (principal_id, network)")


def downgrade() -> None:
    """Take both back; what was counted begins anew."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE known_device, sign_in_attempt")
