"""Keys expire and are replaced under their names; refused keys are counted by address and hour.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, empty: keys there are never expire and have no former key; and the table."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        ALTER TABLE api_client ADD COLUMN issued_at timestamptz,
            ADD COLUMN expires_at timestamptz,
            ADD COLUMN former_sha256 bytea,
            ADD COLUMN former_until timestamptz,
            ADD CONSTRAINT uq_api_client_former_sha256 UNIQUE (former_sha256),
            ADD CONSTRAINT ck_api_client_former CHECK ((former_sha256 IS NULL) = (former_until IS NULL))
    """)
    op.execute("""
        CREATE TABLE key_failure (
            id bigint GENERATED ALWAYS AS IDENTITY,
            address text NOT NULL,
            hour timestamptz NOT NULL,
            failures bigint NOT NULL,
            first_at timestamptz NOT NULL,
            last_at timestamptz NOT NULL,
            CONSTRAINT pk_key_failure PRIMARY KEY (id),
            CONSTRAINT uq_key_failure_address_hour UNIQUE (address, hour)
        )
    """)
    op.execute("CREATE INDEX ix_key_failure_hour ON key_failure (hour)")


def downgrade() -> None:
    """Withdraw keys that have expired; refused while others would expire, which the version before does not know."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("UPDATE api_client SET withdrawn_at = expires_at WHERE withdrawn_at IS NULL AND expires_at <= now()")
    op.execute("""
        DO $$ BEGIN
            IF EXISTS (SELECT FROM api_client WHERE withdrawn_at IS NULL AND expires_at IS NOT NULL) THEN
                RAISE EXCEPTION 'keys in use expire, and the version before would keep them open for ever:'
                    ' withdraw them first (wangge keys list --expiring-days 36500)';
            END IF;
        END $$
    """)
    op.execute("DROP TABLE key_failure")
    op.execute("""
        ALTER TABLE api_client DROP COLUMN issued_at, DROP COLUMN expires_at, DROP COLUMN former_sha256,
            DROP COLUMN former_until
    """)
