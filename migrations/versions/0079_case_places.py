"""Where the report of each case belongs now, beside the case: lists of cases are filtered by one table.

Revision ID: 0079
Revises: 0078
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None

_PLACE = 4  # core.db.locks.LockSpace.REPORT_PLACE: whoever decides on where a report belongs holds it
_ROWS = """
SELECT c.id, r.channel, r.category, p.layer_id, coalesce(p.area_path, '{{}}'), p.geom
FROM {cases} c JOIN report r ON r.id = c.id CROSS JOIN LATERAL report_place_as_of(r, r.id) p
"""
# Opening a case waits for who decides on its report's place, and the other way round: neither misses the other. The
# statement behind the lock sees what was committed meanwhile.
UP = f"""
SET LOCAL lock_timeout = '5s';
CREATE TABLE case_place (
    case_id bigint CONSTRAINT pk_case_place PRIMARY KEY,
    channel text NOT NULL,
    word text NOT NULL,
    layer_id integer,
    area_path text[] NOT NULL,
    geom geometry(Point, 4326)
);
COMMENT ON TABLE case_place IS 'Where the report of a case belongs now; only triggers write it.';
INSERT INTO case_place {_ROWS.format(cases="case_record")};
CREATE INDEX ix_case_place_area_path ON case_place USING gin (area_path);
CREATE INDEX ix_case_place_geom ON case_place USING gist (geom);
CREATE INDEX ix_case_place_channel ON case_place (channel, case_id);
CREATE INDEX ix_case_record_running ON case_record (id) WHERE due_at IS NOT NULL;
CREATE INDEX ix_case_record_supervised ON case_record (id) INCLUDE (unit_code) WHERE supervised;

CREATE FUNCTION write_case_place() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared({_PLACE}, key)
    FROM (SELECT CAST(id % 2147483648 AS integer) AS key FROM written ORDER BY 1) AS keys;
    INSERT INTO case_place {_ROWS.format(cases="written")};
    RETURN NULL;
END $$;
CREATE TRIGGER case_record_placed AFTER INSERT ON case_record REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION write_case_place();

CREATE FUNCTION move_case_place() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE case_place o SET layer_id = p.layer_id, area_path = coalesce(p.area_path, '{{}}'), geom = p.geom
    FROM (SELECT DISTINCT report_id FROM written) w JOIN report r ON r.id = w.report_id
        CROSS JOIN LATERAL report_place_as_of(r, r.id) p
    WHERE o.case_id = w.report_id;
    RETURN NULL;
END $$;
CREATE TRIGGER report_reassignment_moves_case AFTER INSERT ON report_reassignment REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION move_case_place();
"""
DOWN = """
SET LOCAL lock_timeout = '5s';
DROP TRIGGER report_reassignment_moves_case ON report_reassignment;
DROP TRIGGER case_record_placed ON case_record;
DROP FUNCTION move_case_place, write_case_place;
DROP TABLE case_place;
DROP INDEX ix_case_record_running, ix_case_record_supervised;
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Add the table with a row for each case, and the triggers that keep it."""
    _execute(UP)


def downgrade() -> None:
    """Drop it: all of it stands in reports and their decisions."""
    _execute(DOWN)
