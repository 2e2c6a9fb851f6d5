"""Tolerance, tie-break and declared gaps belong to a release (docs/adr/0015).

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Every release gets what its layer answers by today: nothing else is known of the past.
UP = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE release ADD COLUMN nearest_tolerance_m double precision,
    ADD COLUMN tie_break text NOT NULL DEFAULT 'lowest_code';
ALTER TABLE release DISABLE TRIGGER USER;
UPDATE release r SET nearest_tolerance_m = l.nearest_tolerance_m FROM layer l WHERE l.id = r.layer_id;
ALTER TABLE release ENABLE TRIGGER USER;
ALTER TABLE release ALTER COLUMN nearest_tolerance_m SET NOT NULL,
    ADD CONSTRAINT ck_release_nearest_tolerance CHECK (nearest_tolerance_m >= 0),
    ADD CONSTRAINT ck_release_tie_break CHECK (tie_break IN ('lowest_code'));

ALTER TABLE allowed_gap ADD COLUMN release_id integer;
ALTER TABLE allowed_gap ADD CONSTRAINT fk_allowed_gap_release_id_release
    FOREIGN KEY (release_id) REFERENCES release (id);
CREATE INDEX ix_allowed_gap_release_id ON allowed_gap (release_id);
INSERT INTO allowed_gap (layer_id, release_id, name, geom)
SELECT g.layer_id, r.id, g.name, g.geom FROM allowed_gap g JOIN release r ON r.layer_id = g.layer_id;
DELETE FROM allowed_gap g WHERE g.release_id IS NULL
    AND EXISTS (SELECT FROM release r WHERE r.layer_id = g.layer_id AND r.withdrawn_at IS NULL);
CREATE TRIGGER allowed_gap_append_only BEFORE UPDATE OR DELETE ON allowed_gap
    FOR EACH ROW WHEN (OLD.release_id IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER allowed_gap_no_truncate BEFORE TRUNCATE ON allowed_gap EXECUTE FUNCTION refuse_change();
"""

DOWN = """
SET LOCAL lock_timeout = '5s';

DO $$ BEGIN
    IF EXISTS (SELECT FROM release WHERE withdrawn_at IS NULL
               GROUP BY layer_id HAVING count(DISTINCT nearest_tolerance_m) > 1)
    THEN
        RAISE EXCEPTION 'releases of one layer differ in their tolerance, which the version before does not know: '
            'past answers would change';
    END IF;
END $$;

CREATE TEMPORARY TABLE latest_release ON COMMIT DROP AS
    SELECT DISTINCT ON (layer_id) id, layer_id, nearest_tolerance_m FROM release
    WHERE withdrawn_at IS NULL ORDER BY layer_id, number DESC;
UPDATE layer l SET nearest_tolerance_m = r.nearest_tolerance_m FROM latest_release r WHERE r.layer_id = l.id;

DROP TRIGGER allowed_gap_append_only ON allowed_gap;
DROP TRIGGER allowed_gap_no_truncate ON allowed_gap;
DELETE FROM allowed_gap WHERE release_id NOT IN (SELECT id FROM latest_release)
    OR release_id IS NULL AND layer_id IN (SELECT layer_id FROM latest_release);
ALTER TABLE allowed_gap DROP COLUMN release_id;
ALTER TABLE release DROP COLUMN nearest_tolerance_m, DROP COLUMN tie_break;
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Give every release the rules that its layer answers by."""
    _execute(UP)


def downgrade() -> None:
    """Give them back to the layers; refused while releases of one layer differ in them."""
    _execute(DOWN)
