"""Views for tools of business intelligence, in a schema of their own: codes, places and times, nothing about people.

Revision ID: 0085
Revises: 0084
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None

# Of tables alone: what a function reads, its caller has to be allowed to read. What cases of sensitive reports are
# about is not told; values of persons are for the supervisor and the person.
UP = """
SET LOCAL lock_timeout = '5s';
CREATE SCHEMA bi;
COMMENT ON SCHEMA bi IS 'Views for tools of business intelligence, read by a role that reads nothing else.';

CREATE VIEW bi.cases AS
SELECT c.id AS case_id, c.opened_at, c.changed_at, c.state, c.urgency, r.channel,
       CASE WHEN NOT EXISTS (SELECT FROM report_sensitivity s WHERE s.report_id = c.id) THEN c.category_path[1] END
           AS category_code,
       c.unit_code, coalesce(
           (SELECT a.area_path FROM report_reassignment a WHERE a.report_id = r.id ORDER BY a.id DESC LIMIT 1),
           r.area_path) AS area_path,
       c.due_at, c.due_step, c.supervised, c.rating
FROM case_record c JOIN report r ON r.id = c.id;
COMMENT ON VIEW bi.cases IS 'Cases as they stand now, one a row.';
COMMENT ON COLUMN bi.cases.category_code IS 'Null where the report is marked as sensitive, or none was set.';
COMMENT ON COLUMN bi.cases.area_path IS 'Codes of the areas it lies in, the coarsest first; empty outside all.';
COMMENT ON COLUMN bi.cases.due_at IS 'The next deadline of the clocks that run; due_step says whose it is.';

CREATE VIEW bi.units AS
SELECT unit_code, name, kind, parent_code FROM unit_state
WHERE superseded_at IS NULL AND valid_during @> now();
COMMENT ON VIEW bi.units IS 'Units as they are now.';

CREATE VIEW bi.assessment_values AS
SELECT r.id AS results, r.first_day, r.until_day, r.version, r.published_at, i.code AS indicator,
       i.version AS indicator_version, i.name, v.grouping, v.subject, v.numerator, v.denominator, v.excluded,
       v.percent, v.points
FROM assessment_value v JOIN assessment_run r ON r.id = v.run_id JOIN assessment_indicator i ON i.id = v.indicator_id
WHERE r.state = 'published' AND v.grouping <> 'person';
COMMENT ON VIEW bi.assessment_values IS 'What indicators came to in published results; a later version stands beside.';
COMMENT ON COLUMN bi.assessment_values.until_day IS 'The day behind the last.';
COMMENT ON COLUMN bi.assessment_values.subject IS 'Code of the unit, area, channel or category; empty: the district.';

CREATE VIEW bi.assessment_sheets AS
SELECT s.id AS sheet, f.dimension, f.version AS form_version, s.unit_code, s.first_day, s.until_day, s.points, s.most,
       s.confirmed_at
FROM assessment_sheet s JOIN assessment_form f ON f.id = s.form_id WHERE s.state = 'confirmed';
COMMENT ON VIEW bi.assessment_sheets IS 'Confirmed sheets of the dimensions that people score in part.';

CREATE VIEW bi.bulletins AS
SELECT b.id AS bulletin, b.day, b.edition, b.since, b.cut_at, b.released_at,
       CAST(b.figures ->> 'came_in' AS integer) AS came_in, CAST(b.figures ->> 'handled' AS integer) AS handled,
       CAST(b.figures ->> 'closed' AS integer) AS closed, CAST(b.figures ->> 'returned' AS integer) AS returned,
       CAST(b.figures ->> 'reworked' AS integer) AS reworked, CAST(b.figures ->> 'in_hand' AS integer) AS in_hand,
       CAST(b.figures ->> 'overdue' AS integer) AS overdue, CAST(b.figures ->> 'quick_notes' AS integer) AS quick_notes
FROM bulletin b WHERE b.state = 'released';
COMMENT ON VIEW bi.bulletins IS 'Released bulletins with their figures.';

CREATE VIEW bi.tasks AS
SELECT t.id AS task, t.kind, t.issued_at, p.unit_code, p.state, p.due_at, p.acknowledged_at, p.done_at, p.reminders
FROM task t JOIN task_part p ON p.task_id = t.id;
COMMENT ON VIEW bi.tasks IS 'Tasks at their units, one a row; what is asked is not told.';
"""


def upgrade() -> None:
    """Create the views."""
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(UP.encode())


def downgrade() -> None:
    """Drop them."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP SCHEMA bi CASCADE")
