"""Principals: every name that ever acted becomes a person or a system, keys get holders, two hands are two principals.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# Where names of those who acted stand.
_NAMES = (
    ("audit_entry", "actor"),
    ("change_set", "author"), ("change_set", "submitted_by"), ("change_set", "approved_by"),
    ("change_set_edit", "actor"), ("change_set_hand", "actor"),
    ("release", "author"), ("release_withdrawal", "requested_by"), ("release_withdrawal", "approved_by"),
    ("gazetteer_release", "author"), ("wording", "proposed_by"), ("wording", "decided_by"),
    ("source_correction", "decided_by"),
    ("hotspot_run", "requested_by"), ("hotspot_topic_event", "actor"), ("hotspot_policy", "added_by"),
    ("patrol_effort_import", "added_by"), ("holiday_notice", "added_by"),
    ("report_reassignment", "actor"),
)  # fmt: skip
_EVERY_NAME = "\n    UNION ".join(f"SELECT {column} FROM {table}" for table, column in _NAMES)

UP = f"""
SET LOCAL lock_timeout = '5s';

CREATE TABLE principal (
    id integer GENERATED ALWAYS AS IDENTITY (START WITH 100),
    kind text NOT NULL,
    name text NOT NULL,
    same_as integer,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_principal PRIMARY KEY (id),
    CONSTRAINT uq_principal_name UNIQUE (name),
    CONSTRAINT fk_principal_same_as_principal FOREIGN KEY (same_as) REFERENCES principal (id),
    CONSTRAINT ck_principal_kind CHECK (kind IN ('person', 'system')),
    CONSTRAINT ck_principal_same_as CHECK (same_as <> id)
);
CREATE INDEX ix_principal_same_as ON principal (same_as) WHERE same_as IS NOT NULL;

-- The service itself, by numbers that the code knows (identity/actors.py).
INSERT INTO principal (id, kind, name, created_at) OVERRIDING SYSTEM VALUE VALUES
    (1, 'system', 'system', now()), (2, 'system', 'schedule', now()), (3, 'system', 'cli', now()),
    (4, 'system', 'reports-import', now()), (5, 'system', 'check', now());

-- A key's name was the name of a system; whoever else acted did so at the command line.
INSERT INTO principal (kind, name, created_at)
SELECT CASE WHEN c.name IS NULL THEN 'person' ELSE 'system' END, n.name, coalesce(c.created_at, now())
FROM (
    SELECT DISTINCT name FROM (
        SELECT name FROM api_client
        UNION {_EVERY_NAME}
    ) every WHERE name IS NOT NULL
) n LEFT JOIN api_client c USING (name)
ORDER BY c.id NULLS LAST, n.name
ON CONFLICT (name) DO NOTHING;

CREATE FUNCTION principal_keeps_its_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.name, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.name, OLD.created_at) THEN
        RAISE EXCEPTION 'a principal keeps its name' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.same_as IS NOT NULL AND (
        EXISTS (SELECT FROM principal p WHERE p.id = NEW.same_as AND p.same_as IS NOT NULL)
        OR EXISTS (SELECT FROM principal p WHERE p.same_as = NEW.id)
    ) THEN
        RAISE EXCEPTION 'a principal is the same as one that is no other'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
-- After the statement's rows: all that one statement joins is seen.
CREATE TRIGGER principal_keeps_its_name AFTER UPDATE ON principal
    FOR EACH ROW EXECUTE FUNCTION principal_keeps_its_name();
CREATE TRIGGER principal_no_delete BEFORE DELETE ON principal FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER principal_no_truncate BEFORE TRUNCATE ON principal EXECUTE FUNCTION refuse_change();

ALTER TABLE api_client ADD COLUMN holder_id integer;
UPDATE api_client c SET holder_id = p.id FROM principal p WHERE p.name = c.name;
ALTER TABLE api_client ALTER COLUMN holder_id SET NOT NULL,
    ADD CONSTRAINT fk_api_client_holder_id_principal FOREIGN KEY (holder_id) REFERENCES principal (id);
CREATE INDEX ix_api_client_holder_id ON api_client (holder_id);

ALTER TABLE audit_entry ADD COLUMN actor_id integer;
ALTER TABLE audit_entry DISABLE TRIGGER audit_append_only;
UPDATE audit_entry a SET actor_id = p.id FROM principal p WHERE p.name = a.actor;
ALTER TABLE audit_entry ENABLE TRIGGER audit_append_only;
ALTER TABLE audit_entry ALTER COLUMN actor_id SET NOT NULL,
    ADD CONSTRAINT fk_audit_entry_actor_id_principal FOREIGN KEY (actor_id) REFERENCES principal (id);
CREATE INDEX ix_audit_entry_actor_id ON audit_entry (actor_id, happened_at);

ALTER TABLE change_set_hand ADD COLUMN actor_id integer;
ALTER TABLE change_set_hand DISABLE TRIGGER change_set_hand_append_only;
UPDATE change_set_hand h SET actor_id = p.id FROM principal p WHERE p.name = h.actor;
ALTER TABLE change_set_hand ENABLE TRIGGER change_set_hand_append_only;
ALTER TABLE change_set_hand DROP CONSTRAINT pk_change_set_hand,
    ADD CONSTRAINT pk_change_set_hand PRIMARY KEY (change_set_id, actor_id),
    ADD CONSTRAINT fk_change_set_hand_actor_id_principal FOREIGN KEY (actor_id) REFERENCES principal (id);

ALTER TABLE release_withdrawal ADD COLUMN requested_by_id integer, ADD COLUMN approved_by_id integer;
ALTER TABLE release_withdrawal DISABLE TRIGGER release_withdrawal_only_approved;
UPDATE release_withdrawal w SET requested_by_id = p.id FROM principal p WHERE p.name = w.requested_by;
UPDATE release_withdrawal w SET approved_by_id = p.id FROM principal p WHERE p.name = w.approved_by;
ALTER TABLE release_withdrawal ENABLE TRIGGER release_withdrawal_only_approved;
ALTER TABLE release_withdrawal ALTER COLUMN requested_by_id SET NOT NULL,
    ADD CONSTRAINT fk_release_withdrawal_requested_by_id_principal
        FOREIGN KEY (requested_by_id) REFERENCES principal (id),
    ADD CONSTRAINT fk_release_withdrawal_approved_by_id_principal
        FOREIGN KEY (approved_by_id) REFERENCES principal (id),
    DROP CONSTRAINT ck_release_withdrawal_approved,
    DROP CONSTRAINT ck_release_withdrawal_second_person,
    ADD CONSTRAINT ck_release_withdrawal_approved CHECK (
        (approved_by IS NULL) = (approved_at IS NULL) AND (approved_by IS NULL) = (approved_by_id IS NULL)
    ),
    ADD CONSTRAINT ck_release_withdrawal_second_person CHECK (approved_by_id <> requested_by_id);
CREATE OR REPLACE FUNCTION withdrawal_only_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.approved_by IS NOT NULL
        OR (NEW.release_id, NEW.reason, NEW.requested_by, NEW.requested_by_id, NEW.requested_at)
        IS DISTINCT FROM (OLD.release_id, OLD.reason, OLD.requested_by, OLD.requested_by_id, OLD.requested_at)
    THEN
        RAISE EXCEPTION 'a withdrawal can only be approved' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""

DOWN = """
SET LOCAL lock_timeout = '5s';

CREATE OR REPLACE FUNCTION withdrawal_only_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.approved_by IS NOT NULL OR (NEW.release_id, NEW.reason, NEW.requested_by, NEW.requested_at)
        IS DISTINCT FROM (OLD.release_id, OLD.reason, OLD.requested_by, OLD.requested_at)
    THEN
        RAISE EXCEPTION 'a withdrawal can only be approved' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
ALTER TABLE release_withdrawal DROP CONSTRAINT ck_release_withdrawal_approved,
    DROP CONSTRAINT ck_release_withdrawal_second_person;
ALTER TABLE release_withdrawal DROP COLUMN requested_by_id, DROP COLUMN approved_by_id,
    ADD CONSTRAINT ck_release_withdrawal_approved CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    ADD CONSTRAINT ck_release_withdrawal_second_person CHECK (approved_by <> requested_by);
ALTER TABLE change_set_hand DROP CONSTRAINT pk_change_set_hand,
    ADD CONSTRAINT pk_change_set_hand PRIMARY KEY (change_set_id, actor);
ALTER TABLE change_set_hand DROP COLUMN actor_id;
ALTER TABLE audit_entry DROP COLUMN actor_id;
ALTER TABLE api_client DROP COLUMN holder_id;
DROP TABLE principal;
DROP FUNCTION principal_keeps_its_name;
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Make principals of all names, and let keys, audit, hands and withdrawals point at them."""
    _execute(UP)


def downgrade() -> None:
    """Take that back: names stay where they stood, declarations that two keys are of one person are lost."""
    _execute(DOWN)
