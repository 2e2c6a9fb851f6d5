"""Why a report belongs where it does, in Chinese beside the English.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# What was stored before has one language only: it is shown in both places.
VIEW = """
CREATE OR REPLACE VIEW report_place AS
SELECT r.id AS report_id,
       COALESCE(l.layer_id, r.layer_id) AS layer_id,
       COALESCE(l.release_number, r.release_number) AS release_number,
       COALESCE(l.method, r.method) AS method,
       COALESCE(l.area_path, r.area_path) AS area_path,
       COALESCE(l.geom, r.geom) AS geom,
       COALESCE(l.accuracy_m, r.accuracy_m) AS accuracy_m,
       COALESCE(l.reason, r.reason) AS reason,
       l.id IS NOT NULL AS reassigned{more}
FROM report r
LEFT JOIN LATERAL (
    SELECT * FROM report_reassignment a WHERE a.report_id = r.id ORDER BY a.id DESC LIMIT 1
) l ON true
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE report ADD COLUMN reason_zh text")
    op.execute("ALTER TABLE report_reassignment ADD COLUMN reason_zh text")
    op.execute(VIEW.format(more=",\n       COALESCE(l.reason_zh, l.reason, r.reason_zh, r.reason) AS reason_zh"))


def downgrade() -> None:
    """Revert."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP VIEW report_place")
    op.execute("ALTER TABLE report DROP COLUMN reason_zh")
    op.execute("ALTER TABLE report_reassignment DROP COLUMN reason_zh")
    op.execute(VIEW.format(more=""))
