"""The words and persons of a report can be erased; everything else of it stays as it is for good.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

UP = """
SET LOCAL lock_timeout = '5s';
CREATE TABLE report_erasure (
    report_id bigint NOT NULL,
    erased_at timestamptz NOT NULL,
    cause text NOT NULL,
    actor text NOT NULL,
    note text NOT NULL,
    CONSTRAINT pk_report_erasure PRIMARY KEY (report_id),
    CONSTRAINT ck_report_erasure_cause CHECK (cause IN ('request', 'retention'))
);

CREATE FUNCTION report_without_words() RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object(
        'description', '', 'address_text', NULL, 'photos', '[]'::jsonb, 'body_sha256', '\\x',
        'reason', 'The words of this report were erased.', 'reason_zh', '该上报的文字已清除。')
$$;
COMMENT ON FUNCTION report_without_words IS 'What stands in a report, its keys and its decisions once it is erased.';

-- Of a report that report_erasure names, one change is let through: its words become empty, all else is the same to the
-- bit. The columns are those of whichever table it is; a month's rows have the triggers of the whole.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    subject bigint;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF TG_TABLE_NAME ~ '^report(_[0-9]{6,})?$' THEN
            subject := OLD.id;
        ELSIF TG_TABLE_NAME ~ '^report_(key|reassignment(_[0-9]{6,})?)$' THEN
            subject := OLD.report_id;
        END IF;
        IF EXISTS (SELECT FROM report_erasure e WHERE e.report_id = subject)
            AND NEW *= jsonb_populate_record(OLD, report_without_words())
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- With its owner's rights: the application may change no row of these tables, and nobody one that report_erasure lacks.
CREATE FUNCTION erase_report_words(erased bigint[]) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE report SET description = '', address_text = NULL, photos = '{}', body_sha256 = '',
        reason = report_without_words() ->> 'reason', reason_zh = report_without_words() ->> 'reason_zh'
    WHERE id = ANY (erased);
    UPDATE report_key SET body_sha256 = '' WHERE report_id = ANY (erased);
    UPDATE report_reassignment SET
        reason = report_without_words() ->> 'reason', reason_zh = report_without_words() ->> 'reason_zh'
    WHERE report_id = ANY (erased);
    DELETE FROM reporter WHERE report_id IN (SELECT report_id FROM report_erasure WHERE report_id = ANY (erased));
$$;
COMMENT ON FUNCTION erase_report_words IS
    'Empty what the senders of reports said and remove who they were; report_erasure must name the reports before.';
CREATE TRIGGER report_erasure_append_only BEFORE UPDATE OR DELETE ON report_erasure
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION write_report_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event (kind, subject, ids, actor, payload)
    SELECT 'report.erased', 'report', range_agg(int8range(w.report_id, w.report_id + 1)),
           CASE WHEN min(w.actor) = max(w.actor) THEN min(w.actor) END,
           jsonb_build_object('rows', count(*), 'causes', array_agg(DISTINCT w.cause ORDER BY w.cause))
    FROM written w HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER report_erased AFTER INSERT ON report_erasure REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION write_report_erased();
"""

DOWN = """
SET LOCAL lock_timeout = '5s';
DROP TABLE report_erasure;
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP FUNCTION write_report_erased, erase_report_words, report_without_words;
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Make the table of erasures, and let the ledger's rows lose their words where it names them."""
    _execute(UP)


def downgrade() -> None:
    """Take the table away; words that were erased do not come back."""
    _execute(DOWN)
