"""Grants: a role of a principal in an area and on a category, as rows; taken back, they stay.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; nobody has a grant, so scopes open what they opened before."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE principal_grant (
            id bigint GENERATED ALWAYS AS IDENTITY,
            principal_id integer NOT NULL,
            role text NOT NULL,
            area text,
            category text,
            granted_at timestamptz NOT NULL,
            revoked_at timestamptz,
            CONSTRAINT pk_principal_grant PRIMARY KEY (id),
            CONSTRAINT fk_principal_grant_principal_id_principal FOREIGN KEY (principal_id) REFERENCES principal (id)
        )
    """)
    op.execute("CREATE INDEX ix_principal_grant_principal_id ON principal_grant (principal_id)")
    op.execute("""
        CREATE FUNCTION grant_only_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF to_jsonb(NEW) - 'revoked_at' IS DISTINCT FROM to_jsonb(OLD) - 'revoked_at'
                OR OLD.revoked_at IS NOT NULL OR NEW.revoked_at IS NULL
            THEN
                RAISE EXCEPTION 'a grant can only be revoked' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER principal_grant_only_revoked BEFORE UPDATE ON principal_grant
            FOR EACH ROW EXECUTE FUNCTION grant_only_revoked()
    """)
    op.execute("""
        CREATE TRIGGER principal_grant_no_delete BEFORE DELETE ON principal_grant
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("""
        CREATE TRIGGER principal_grant_no_truncate BEFORE TRUNCATE ON principal_grant EXECUTE FUNCTION refuse_change()
    """)


def downgrade() -> None:
    """Drop it; refused while a grant limits a key in use, which would open everything without it."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        DO $$ BEGIN
            IF EXISTS (
                SELECT FROM principal_grant g
                JOIN principal p ON coalesce(p.same_as, p.id)
                    = (SELECT coalesce(o.same_as, o.id) FROM principal o WHERE o.id = g.principal_id)
                JOIN api_client c ON c.holder_id = p.id AND c.withdrawn_at IS NULL
            ) THEN
                RAISE EXCEPTION 'grants limit what keys open, which the version before does not know:'
                    ' withdraw the keys of those who have grants first';
            END IF;
        END $$
    """)
    op.execute("DROP TABLE principal_grant")
    op.execute("DROP FUNCTION grant_only_revoked")
