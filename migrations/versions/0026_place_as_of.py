"""Where a report belonged as of a decision: one function, by which the views of now are made too.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

from alembic import op

from migrations.steps_0020 import schema

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

DROP = "DROP FUNCTION report_place_of(bigint); DROP VIEW report_place;"

# `wanted` is the report's id once more: given as a constant, the planner reads the reassignments of its month only.
PLACE_AS_OF = """
CREATE FUNCTION report_place_as_of(r report, wanted bigint, up_to bigint DEFAULT 9223372036854775807)
RETURNS TABLE (layer_id integer, release_number integer, method text, area_path text[], geom geometry,
               accuracy_m double precision, reason text, reassigned boolean, reason_zh text, decision bigint,
               by_area boolean)
LANGUAGE sql STABLE AS $$
    SELECT COALESCE(l.layer_id, r.layer_id), COALESCE(l.release_number, r.release_number),
           COALESCE(l.method, r.method), COALESCE(l.area_path, r.area_path), COALESCE(l.geom, r.geom),
           COALESCE(l.accuracy_m, r.accuracy_m), COALESCE(l.reason, r.reason), l.id IS NOT NULL,
           COALESCE(l.reason_zh, l.reason, r.reason_zh, r.reason), COALESCE(l.id, 0),
           l.id IS NOT NULL AND l.geom IS NULL
    FROM (SELECT 1) AS one LEFT JOIN LATERAL (
        SELECT * FROM report_reassignment a WHERE a.report_id = wanted AND a.id <= up_to ORDER BY a.id DESC LIMIT 1
    ) l ON true
$$;
COMMENT ON FUNCTION report_place_as_of IS
    'Where a report belonged by its decisions up to one: 0 is its first place, without the number it is now.';
CREATE VIEW report_place AS
SELECT r.id AS report_id, p.* FROM report r CROSS JOIN LATERAL report_place_as_of(r, r.id) p;
CREATE FUNCTION report_place_of(wanted bigint) RETURNS SETOF report_place LANGUAGE sql STABLE AS $$
    SELECT r.id, p.* FROM report r CROSS JOIN LATERAL report_place_as_of(r, wanted) p WHERE r.id = wanted
$$;
COMMENT ON FUNCTION report_place_of IS 'Where one report belongs now; the planner reads its month only.';
"""


def upgrade() -> None:
    """Replace the view and the function of now by ones over the new function."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(DROP + PLACE_AS_OF)


def downgrade() -> None:
    """Make the view and the function of before again."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(DROP + "DROP FUNCTION report_place_as_of;" + schema.VIEW + schema.PLACE_OF)
