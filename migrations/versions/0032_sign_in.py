"""Persons sign in: accounts, one-time tokens, sessions, and notices to processes that remember sessions.

Revision ID: 0032
Revises: 0031
"""

from __future__ import annotations

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE api_client ALTER COLUMN key_sha256 DROP NOT NULL;
CREATE TABLE account (
    principal_id integer NOT NULL,
    client_id integer NOT NULL,
    login text NOT NULL,
    password_hash text,
    password_set_at timestamptz,
    created_at timestamptz NOT NULL,
    locked_at timestamptz,
    CONSTRAINT pk_account PRIMARY KEY (principal_id),
    CONSTRAINT uq_account_client_id UNIQUE (client_id),
    CONSTRAINT uq_account_login UNIQUE (login),
    CONSTRAINT fk_account_principal_id_principal FOREIGN KEY (principal_id) REFERENCES principal (id),
    CONSTRAINT fk_account_client_id_api_client FOREIGN KEY (client_id) REFERENCES api_client (id)
);
CREATE TABLE account_token (
    id bigint GENERATED ALWAYS AS IDENTITY,
    principal_id integer NOT NULL,
    kind text NOT NULL,
    token_sha256 bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT pk_account_token PRIMARY KEY (id),
    CONSTRAINT ck_account_token_kind CHECK (kind IN ('invitation', 'reset')),
    CONSTRAINT uq_account_token_token_sha256 UNIQUE (token_sha256),
    CONSTRAINT fk_account_token_principal_id_account FOREIGN KEY (principal_id) REFERENCES account (principal_id)
);
CREATE INDEX ix_account_token_principal_id ON account_token (principal_id);
CREATE TABLE person_session (
    id bigint GENERATED ALWAYS AS IDENTITY,
    principal_id integer NOT NULL,
    token_sha256 bytea NOT NULL,
    method text NOT NULL,
    address text NOT NULL,
    program text NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT pk_person_session PRIMARY KEY (id),
    CONSTRAINT ck_person_session_method CHECK (method IN ('password', 'openid')),
    CONSTRAINT uq_person_session_token_sha256 UNIQUE (token_sha256),
    CONSTRAINT fk_person_session_principal_id_account FOREIGN KEY (principal_id) REFERENCES account (principal_id)
);
CREATE INDEX ix_person_session_principal_id ON person_session (principal_id) WHERE ended_at IS NULL;
"""
# Grants and persons change rarely, and an account's person may hold them under another name: everybody is looked up.
NOTICES = """
CREATE FUNCTION tell_session_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('wangge_sign_in', NEW.principal_id::text);
    RETURN NULL;
END $$;
CREATE FUNCTION tell_rights_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('wangge_sign_in', '*');
    RETURN NULL;
END $$;
CREATE TRIGGER tell_session_ended AFTER UPDATE OF ended_at ON person_session
    FOR EACH ROW EXECUTE FUNCTION tell_session_ended();
CREATE TRIGGER tell_rights_changed AFTER INSERT OR UPDATE OR DELETE ON principal_grant
    FOR EACH STATEMENT EXECUTE FUNCTION tell_rights_changed();
CREATE TRIGGER tell_rights_changed AFTER UPDATE OF same_as ON principal
    FOR EACH STATEMENT EXECUTE FUNCTION tell_rights_changed();
"""


def upgrade() -> None:
    """Add the tables, empty, and let a client be without a key."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TABLES)
    op.execute(NOTICES)


def downgrade() -> None:
    """Take accounts back; the clients as which persons sent stay, as withdrawn keys that nobody has."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TRIGGER tell_rights_changed ON principal")
    op.execute("DROP TRIGGER tell_rights_changed ON principal_grant")
    op.execute("DROP TABLE person_session, account_token, account")
    op.execute("DROP FUNCTION tell_session_ended, tell_rights_changed")
    op.execute("""
        UPDATE api_client SET key_sha256 = sha256(convert_to(gen_random_uuid()::text || id, 'UTF8')),
            withdrawn_at = coalesce(withdrawn_at, now()) WHERE key_sha256 IS NULL
    """)
    op.execute("ALTER TABLE api_client ALTER COLUMN key_sha256 SET NOT NULL")
