"""A release is announced before it takes effect, or it is not published (docs/adr/0009).

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# The space of the registry's advisory locks; layers' own locks there bear their ids, from 1 on.
GATE = f"{0x77616E67}, 0"

UP = f"""
SET LOCAL lock_timeout = '5s';

CREATE FUNCTION release_lease() RETURNS interval LANGUAGE sql STABLE AS $$
    SELECT make_interval(secs => coalesce(nullif(current_setting('wangge.release_lease_s', true), '')::float8, 1))
$$;
COMMENT ON FUNCTION release_lease IS 'How long a process answers without asking whether a release was published.';

CREATE FUNCTION is_announced_in_time(effective_at timestamptz) RETURNS boolean LANGUAGE sql VOLATILE AS $$
    SELECT release_lease() = interval '0' OR effective_at >= clock_timestamp() + release_lease()
$$;

CREATE FUNCTION pass_release_gate() RETURNS void LANGUAGE sql VOLATILE AS $$
    SELECT pg_advisory_xact_lock_shared({GATE})
$$;
COMMENT ON FUNCTION pass_release_gate IS 'Waits while a release is being committed: what is read next has it.';

CREATE FUNCTION announce_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock({GATE});
    IF NEW.number > 1 AND NOT is_announced_in_time(NEW.effective_at) THEN
        RAISE EXCEPTION 'release % would take effect before every process knows of it', NEW.number
            USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER release_announced AFTER INSERT ON release DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION announce_release();
"""

DOWN = """
SET LOCAL lock_timeout = '5s';
DROP TRIGGER release_announced ON release;
DROP FUNCTION announce_release, pass_release_gate, is_announced_in_time, release_lease;
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Have the database refuse a release that processes could not know of in time."""
    _execute(UP)


def downgrade() -> None:
    """Take that back."""
    _execute(DOWN)
