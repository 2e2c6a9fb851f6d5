"""People: names, staff numbers, phones and units of persons; grid workers become people and keep their posts.

Revision ID: 0036
Revises: 0035
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

UP = """
SET LOCAL lock_timeout = '5s';

CREATE TABLE person (
    id integer CONSTRAINT pk_person PRIMARY KEY REFERENCES principal (id),
    name text NOT NULL,
    staff_number text CONSTRAINT uq_person_staff_number UNIQUE,
    phone text,
    external_id text CONSTRAINT uq_person_external_id UNIQUE,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    ended_at timestamptz,
    erased_at timestamptz,
    CONSTRAINT ck_person_erased CHECK (erased_at IS NULL OR (phone IS NULL AND staff_number IS NULL))
);
CREATE TRIGGER person_no_delete BEFORE DELETE ON person FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE person_unit (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_person_unit PRIMARY KEY,
    person_id integer NOT NULL REFERENCES person (id),
    unit_code text NOT NULL REFERENCES unit (code),
    valid_during tstzrange NOT NULL CONSTRAINT ck_person_unit_valid_during
        CHECK (NOT isempty(valid_during) AND NOT lower_inf(valid_during)),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    superseded_at timestamptz,
    CONSTRAINT person_once_in_a_unit
        EXCLUDE USING gist (person_id WITH =, unit_code WITH =, valid_during WITH &&) WHERE (superseded_at IS NULL)
);
CREATE INDEX ix_person_unit_unit_code ON person_unit (unit_code) WHERE superseded_at IS NULL;
CREATE TRIGGER person_unit_only_superseded BEFORE UPDATE ON person_unit
    FOR EACH ROW EXECUTE FUNCTION dated_row_only_superseded();
CREATE TRIGGER person_unit_no_delete BEFORE DELETE ON person_unit FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER person_unit_no_truncate BEFORE TRUNCATE ON person_unit EXECUTE FUNCTION refuse_change();

-- Each grid worker is a person of its own. Where a principal bears the name, or two workers do, the staff number is
-- put behind it; that one principal is the worker is declared by people (wangge keys join), not guessed.
ALTER TABLE grid_worker ADD COLUMN person_id integer;
CREATE TEMPORARY TABLE became ON COMMIT DROP AS
SELECT w.staff_number, w.name, CASE
    WHEN lower(w.name) NOT IN ('system', 'schedule', 'cli', 'reports-import', 'check')
        AND NOT EXISTS (SELECT FROM principal p WHERE p.name = w.name)
        AND NOT EXISTS (SELECT FROM grid_worker o WHERE o.name = w.name AND o.staff_number <> w.staff_number)
    THEN w.name ELSE w.name || '（' || w.staff_number || '）' END AS acts_as
FROM grid_worker w;
INSERT INTO principal (kind, name, created_at)
SELECT 'person', acts_as, now() FROM became ORDER BY staff_number ON CONFLICT (name) DO NOTHING;
INSERT INTO person (id, name, staff_number, created_at, changed_at)
SELECT p.id, b.name, b.staff_number, now(), now() FROM became b JOIN principal p ON p.name = b.acts_as;
UPDATE grid_worker w SET person_id = p.id FROM person p WHERE p.staff_number = w.staff_number;
ALTER TABLE grid_worker ALTER COLUMN person_id SET NOT NULL,
    ADD CONSTRAINT fk_grid_worker_person_id_person FOREIGN KEY (person_id) REFERENCES person (id),
    DROP COLUMN name;
CREATE INDEX ix_grid_worker_person_id ON grid_worker (person_id);
"""
DOWN = """
SET LOCAL lock_timeout = '5s';
ALTER TABLE grid_worker ADD COLUMN name text;
UPDATE grid_worker w SET name = p.name FROM person p WHERE p.id = w.person_id;
ALTER TABLE grid_worker ALTER COLUMN name SET NOT NULL, DROP COLUMN person_id;
DROP TABLE person_unit, person;
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Make the tables, and a person of each grid worker."""
    _execute(UP)


def downgrade() -> None:
    """Give grid workers their names back; what else was known of people is lost, their principals stay."""
    _execute(DOWN)
