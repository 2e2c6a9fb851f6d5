"""Histories of cases in the one hash chain: steps and their words get a number that names case and step.

Revision ID: 0047
Revises: 0046
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def _seal_table(grouped: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION seal_table(source text, blank jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sealed_table VALUES (source, blank);
    EXECUTE format('CREATE TRIGGER %I AFTER INSERT ON %I REFERENCING NEW TABLE AS written'
        ' FOR EACH STATEMENT EXECUTE FUNCTION write_rows_recorded()', source || '_recorded', source);
    EXECUTE format('INSERT INTO event (kind, subject, ids, payload)'
        ' SELECT ''rows.recorded'', %L, range_agg(int8range(id, id + 1)), jsonb_build_object(''rows'', count(*))'
        ' {grouped} ORDER BY min(id)', source, source);
END $$;
"""


_BY_COUNT = "FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / 10000 AS portion FROM %I) r GROUP BY portion"
_BY_NUMBER = "FROM %I GROUP BY id / 10000"


def _numbered(table: str) -> str:
    # The expression is dropped again: a trigger before an UPDATE cannot read a generated column.
    return f"""
ALTER TABLE {table} ADD COLUMN id bigint GENERATED ALWAYS AS (case_id * 10000 + number) STORED NOT NULL;
ALTER TABLE {table} ALTER COLUMN id DROP EXPRESSION;
ALTER TABLE {table} ADD CONSTRAINT ck_{table}_id CHECK (id = case_id * 10000 + number AND number BETWEEN 1 AND 9999);
CREATE INDEX ix_{table}_id ON {table} (id);
"""


UP = f"""
SET LOCAL lock_timeout = '5s';
{_seal_table(_BY_COUNT)}
{_numbered("case_step")}
{_numbered("case_words")}
CREATE TRIGGER case_words_append_only BEFORE UPDATE OR DELETE ON case_words
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
SELECT seal_table('case_step', '{{}}');
SELECT seal_table('case_words', '{{"reason": null, "opinion": null, "photos": []}}');
"""

# Their seals stay in the chain, as those of emptied weeks do: rows that the schema before does not have.
DOWN = f"""
SET LOCAL lock_timeout = '5s';
DROP TRIGGER case_step_recorded ON case_step;
DROP TRIGGER case_words_recorded ON case_words;
DROP TRIGGER case_words_append_only ON case_words;
ALTER TABLE sealed_table DISABLE TRIGGER sealed_table_no_change;
DELETE FROM sealed_table WHERE source IN ('case_step', 'case_words');
ALTER TABLE sealed_table ENABLE TRIGGER sealed_table_no_change;
DROP INDEX ix_case_step_id;
DROP INDEX ix_case_words_id;
ALTER TABLE case_step DROP COLUMN id;
ALTER TABLE case_words DROP COLUMN id;
{_seal_table(_BY_NUMBER)}
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Give steps and words numbers, refuse changes of the words but by the rules, and announce all there are."""
    _execute(UP)


def downgrade() -> None:
    """Take the numbers away; the chain keeps the seals of these rows."""
    _execute(DOWN)
