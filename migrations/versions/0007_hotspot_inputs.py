"""What kind of source a channel is, patrol effort, and the centre's own holiday calendars.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UP = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE hotspot_policy
    ADD COLUMN sources jsonb NOT NULL DEFAULT '{
        "patrol": "patrol", "grid-patrol": "patrol", "dum": "patrol", "digital-urban": "patrol",
        "quick-note": "quick_note", "sensor": "sensor"
    }',
    ADD COLUMN added_by text NOT NULL DEFAULT '';
ALTER TABLE hotspot_policy ALTER COLUMN sources DROP DEFAULT;
ALTER TABLE hotspot_run ADD COLUMN effort_import_ids integer[];

CREATE TABLE patrol_effort_import (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    layer_id integer NOT NULL REFERENCES layer (id),
    unit text NOT NULL CONSTRAINT ck_patrol_effort_import_unit CHECK (unit IN ('hours', 'km')),
    source text NOT NULL,
    row_count integer NOT NULL,
    rejected jsonb NOT NULL,
    added_by text NOT NULL,
    added_at timestamptz NOT NULL
);
CREATE TRIGGER patrol_effort_import_append_only BEFORE UPDATE OR DELETE ON patrol_effort_import
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TABLE patrol_effort (
    import_id integer NOT NULL REFERENCES patrol_effort_import (id),
    channel text NOT NULL,
    area_code text NOT NULL,
    day date NOT NULL,
    amount double precision NOT NULL
        CONSTRAINT ck_patrol_effort_amount CHECK (amount >= 0 AND amount < 'Infinity'),
    PRIMARY KEY (import_id, channel, area_code, day)
);
CREATE INDEX ix_patrol_effort_day ON patrol_effort (day);
CREATE TRIGGER patrol_effort_append_only BEFORE UPDATE OR DELETE ON patrol_effort
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE holiday_notice (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    year integer NOT NULL,
    days_off date[] NOT NULL,
    make_up_workdays date[] NOT NULL,
    source text NOT NULL,
    added_by text NOT NULL,
    added_at timestamptz NOT NULL
);
CREATE TRIGGER holiday_notice_append_only BEFORE UPDATE OR DELETE ON holiday_notice
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

DOWN = """
SET LOCAL lock_timeout = '5s';
DROP TABLE holiday_notice, patrol_effort, patrol_effort_import;
ALTER TABLE hotspot_run DROP COLUMN effort_import_ids;
ALTER TABLE hotspot_policy DROP COLUMN sources, DROP COLUMN added_by;
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Add them."""
    _execute(UP)


def downgrade() -> None:
    """Drop them."""
    _execute(DOWN)
