"""A release that is not in force yet can be withdrawn, by two persons (docs/adr/0011).

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# The gate of docs/adr/0009: what is read behind it has every release and every withdrawal.
GATE = f"{0x77616E67}, 0"

_FACTS_DIFFER = """
    (NEW.id, NEW.layer_id, NEW.release_id, NEW.level, NEW.code, NEW.name, NEW.parent_code, NEW.unit_code,
        NEW.attributes, NEW.area_m2, NEW.geom)
    IS DISTINCT FROM (OLD.id, OLD.layer_id, OLD.release_id, OLD.level, OLD.code, OLD.name, OLD.parent_code,
        OLD.unit_code, OLD.attributes, OLD.area_m2, OLD.geom)
"""
_ANNOUNCE_RELEASE = f"""
CREATE OR REPLACE FUNCTION announce_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock({GATE});
    IF %s AND NOT is_announced_in_time(NEW.effective_at) THEN
        RAISE EXCEPTION 'release %% would take effect before every process knows of it', NEW.number
            USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $$;
"""
# A layer whose only releases were withdrawn has given no answers: its next one may lie in the past, as a first one.
_HAS_EARLIER = """EXISTS (SELECT FROM release r WHERE r.layer_id = NEW.layer_id AND r.number < NEW.number
        AND r.withdrawn_at IS NULL)"""

UP = f"""
SET LOCAL lock_timeout = '5s';

ALTER TABLE release ADD COLUMN withdrawn_at timestamptz;

CREATE TABLE release_withdrawal (
    release_id integer NOT NULL,
    reason text NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    approved_by text,
    approved_at timestamptz,
    CONSTRAINT pk_release_withdrawal PRIMARY KEY (release_id),
    CONSTRAINT fk_release_withdrawal_release_id_release FOREIGN KEY (release_id) REFERENCES release (id),
    CONSTRAINT ck_release_withdrawal_approved CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CONSTRAINT ck_release_withdrawal_second_person CHECK (approved_by <> requested_by)
);

CREATE FUNCTION withdrawal_only_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.approved_by IS NOT NULL OR (NEW.release_id, NEW.reason, NEW.requested_by, NEW.requested_at)
        IS DISTINCT FROM (OLD.release_id, OLD.reason, OLD.requested_by, OLD.requested_at)
    THEN
        RAISE EXCEPTION 'a withdrawal can only be approved' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER release_withdrawal_only_approved BEFORE UPDATE ON release_withdrawal
    FOR EACH ROW EXECUTE FUNCTION withdrawal_only_approved();
CREATE TRIGGER release_withdrawal_no_delete BEFORE DELETE ON release_withdrawal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER release_withdrawal_no_truncate BEFORE TRUNCATE ON release_withdrawal EXECUTE FUNCTION refuse_change();

CREATE FUNCTION release_only_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'withdrawn_at' IS DISTINCT FROM to_jsonb(OLD) - 'withdrawn_at'
        OR OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL
    THEN
        RAISE EXCEPTION 'release is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM release_withdrawal w WHERE w.release_id = OLD.id AND w.approved_by IS NOT NULL)
        OR EXISTS (SELECT FROM release r WHERE r.layer_id = OLD.layer_id AND r.withdrawn_at IS NULL
                   AND r.effective_at > OLD.effective_at)
    THEN
        RAISE EXCEPTION 'only the latest release is withdrawn, when a second person has approved it'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER release_append_only ON release;
CREATE TRIGGER release_only_withdrawn BEFORE UPDATE ON release
    FOR EACH ROW EXECUTE FUNCTION release_only_withdrawn();
CREATE TRIGGER release_no_delete BEFORE DELETE ON release FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- At the commit, behind the gate: every process hears of the withdrawal before the release would have taken effect.
CREATE FUNCTION announce_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock({GATE});
    IF NEW.effective_at <= clock_timestamp() OR NOT is_announced_in_time(NEW.effective_at) THEN
        RAISE EXCEPTION 'release % takes effect before every process knows of its withdrawal', NEW.number
            USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER release_withdrawal_announced AFTER UPDATE ON release DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION announce_withdrawal();

{_ANNOUNCE_RELEASE % _HAS_EARLIER}

-- The areas that a withdrawn release brought are kept, and are valid at no instant.
ALTER TABLE area DROP CONSTRAINT ck_area_valid_during;
CREATE OR REPLACE FUNCTION area_only_closes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    starts_alike CONSTANT boolean := lower(NEW.valid_during) IS NOT DISTINCT FROM lower(OLD.valid_during);
BEGIN
    -- PostGIS's = on geometries compares every coordinate in order.
    IF {_FACTS_DIFFER} OR isempty(OLD.valid_during) THEN
        RAISE EXCEPTION 'a published area can only be closed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF isempty(NEW.valid_during) THEN
        IF EXISTS (SELECT FROM release r WHERE r.id = OLD.release_id AND r.withdrawn_at IS NOT NULL) THEN
            RETURN NEW;
        END IF;
    ELSIF starts_alike AND upper_inf(OLD.valid_during) AND NOT upper_inf(NEW.valid_during) THEN
        RETURN NEW;
    ELSIF starts_alike AND upper_inf(NEW.valid_during) AND NOT upper_inf(OLD.valid_during) THEN
        -- Opened again: the release that closed it was withdrawn, and no other takes effect at that instant.
        IF (SELECT bool_and(r.withdrawn_at IS NOT NULL) FROM release r
            WHERE r.layer_id = OLD.layer_id AND r.effective_at = upper(OLD.valid_during))
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a published area can only be closed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

DOWN = f"""
SET LOCAL lock_timeout = '5s';

DO $$ BEGIN
    IF EXISTS (SELECT FROM release WHERE withdrawn_at IS NOT NULL) THEN
        RAISE EXCEPTION 'releases were withdrawn, which the version before does not know: they would come into force';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION area_only_closes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- PostGIS's = on geometries compares every coordinate in order.
    IF {_FACTS_DIFFER}
        OR lower(NEW.valid_during) IS DISTINCT FROM lower(OLD.valid_during)
        OR NOT upper_inf(OLD.valid_during) OR upper_inf(NEW.valid_during)
    THEN
        RAISE EXCEPTION 'a published area can only be closed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
ALTER TABLE area ADD CONSTRAINT ck_area_valid_during CHECK (NOT isempty(valid_during));

{_ANNOUNCE_RELEASE % "NEW.number > 1"}

DROP TRIGGER release_withdrawal_announced ON release;
DROP TRIGGER release_only_withdrawn ON release;
DROP TRIGGER release_no_delete ON release;
CREATE TRIGGER release_append_only BEFORE UPDATE OR DELETE ON release
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP TABLE release_withdrawal;
DROP FUNCTION announce_withdrawal, release_only_withdrawn, withdrawal_only_approved;
ALTER TABLE release DROP COLUMN withdrawn_at;
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Let the latest release be withdrawn while it is not in force."""
    _execute(UP)


def downgrade() -> None:
    """Take that back; refused while there is a withdrawn release."""
    _execute(DOWN)
