"""One hash chain over events and audit entries (docs/adr/0024); the rows there are wait to be sealed by the worker.

Revision ID: 0045
Revises: 0044
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_REPORT_WORDS = """
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
"""
_SEALED_WORDS = """
        SELECT s.source, s.blank INTO sealed FROM sealed_table s
        WHERE s.source = regexp_replace(TG_TABLE_NAME, '_[0-9]{6,}$', '');
        IF FOUND THEN
            IF NEW *= jsonb_populate_record(OLD, sealed.blank) AND EXISTS (
                SELECT FROM seal_removal r WHERE r.source = sealed.source AND r.what = 'words' AND OLD.id <@ r.ids)
            THEN
                RETURN NEW;
            END IF;
        END IF;
"""


def _refuse_change(declared: str, allowed: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    subject bigint;
    {declared}
BEGIN
    IF TG_OP = 'UPDATE' THEN
        {allowed}
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def _empty_event_week(before: str, after: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION empty_event_week(slot integer, before timestamptz) RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    week regclass := format('event_%s', slot)::regclass;
    done boolean;
    gone int8multirange;
BEGIN
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', week);
    EXECUTE format('SELECT max(at) < $1 AND NOT EXISTS (SELECT FROM %1$s e JOIN event_consumer c'
        ' ON (e.epoch, e.xid, e.id) > (c.epoch, c.xid, c.event_id)) FROM %1$s', week)
        INTO done USING before;
    IF done THEN
        {before}EXECUTE format('TRUNCATE ONLY %s', week);{after}
    END IF;
    RETURN coalesce(done, false);
END $$;
"""


_GONE = """EXECUTE format('SELECT range_agg(int8range(id, id + 1)) FROM %s', week) INTO gone;
        """
# Behind the TRUNCATE: in the first days of a week the announcement of this row may lie in the very partition.
_RECORD = """
        PERFORM record_removed('event', 'rows', gone, format('events before %s, read by all', before));"""

UP = f"""
SET LOCAL lock_timeout = '5s';

CREATE TABLE seal (
    position bigint NOT NULL,
    source text NOT NULL,
    row_id bigint NOT NULL,
    words_digest bytea,
    digest bytea NOT NULL,
    head bytea NOT NULL,
    CONSTRAINT pk_seal PRIMARY KEY (position),
    CONSTRAINT uq_seal_source_row_id UNIQUE (source, row_id)
);
COMMENT ON TABLE seal IS 'The hash chain: the digest of each sealed row, and the head that the chain has with it.';
CREATE TABLE seal_salt (
    position bigint NOT NULL,
    salt bytea NOT NULL,
    CONSTRAINT pk_seal_salt PRIMARY KEY (position)
);
CREATE TABLE seal_removal (
    id bigint GENERATED ALWAYS AS IDENTITY,
    source text NOT NULL,
    what text NOT NULL,
    ids int8multirange NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    note text NOT NULL,
    CONSTRAINT pk_seal_removal PRIMARY KEY (id),
    CONSTRAINT ck_seal_removal_what CHECK (what IN ('rows', 'words'))
);
CREATE TABLE sealed_table (
    source text NOT NULL,
    blank jsonb NOT NULL,
    CONSTRAINT pk_sealed_table PRIMARY KEY (source)
);

{_refuse_change("sealed record;", _REPORT_WORDS + _SEALED_WORDS)}

CREATE FUNCTION refuse_salt_in_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM seal s JOIN seal_removal r ON r.source = s.source AND s.row_id <@ r.ids
                   WHERE s.position = OLD.position) THEN
        RAISE EXCEPTION 'the words of this salt were not removed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER seal_append_only BEFORE UPDATE OR DELETE ON seal FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER seal_no_truncate BEFORE TRUNCATE ON seal EXECUTE FUNCTION refuse_change();
CREATE TRIGGER seal_removal_append_only BEFORE UPDATE OR DELETE ON seal_removal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER seal_removal_no_truncate BEFORE TRUNCATE ON seal_removal EXECUTE FUNCTION refuse_change();
CREATE TRIGGER seal_salt_only_removed BEFORE DELETE ON seal_salt
    FOR EACH ROW EXECUTE FUNCTION refuse_salt_in_use();
CREATE TRIGGER seal_salt_no_update BEFORE UPDATE ON seal_salt FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER seal_salt_no_truncate BEFORE TRUNCATE ON seal_salt EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sealed_table_no_change BEFORE UPDATE OR DELETE ON sealed_table
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION write_rows_recorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event (kind, subject, ids, payload)
    SELECT 'rows.recorded', TG_TABLE_NAME, range_agg(int8range(w.id, w.id + 1)), jsonb_build_object('rows', count(*))
    FROM written w HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE FUNCTION seal_table(source text, blank jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sealed_table VALUES (source, blank);
    EXECUTE format('CREATE TRIGGER %I AFTER INSERT ON %I REFERENCING NEW TABLE AS written'
        ' FOR EACH STATEMENT EXECUTE FUNCTION write_rows_recorded()', source || '_recorded', source);
    EXECUTE format('INSERT INTO event (kind, subject, ids, payload)'
        ' SELECT ''rows.recorded'', %L, range_agg(int8range(id, id + 1)), jsonb_build_object(''rows'', count(*))'
        ' FROM %I GROUP BY id / 10000 ORDER BY min(id)', source, source);
END $$;
COMMENT ON FUNCTION seal_table IS
    'Let the rows of a table be sealed, also those there are; blank is what its columns of words become when erased.';

-- The three that change what is sealed, with the owner's rights; each writes down first what it removes.
CREATE FUNCTION record_removed(source text, what text, ids int8multirange, note text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO seal_removal (source, what, ids, note) VALUES (source, what, ids, note);
    DELETE FROM seal_salt t USING seal s, unnest(ids) AS span
    WHERE s.source = record_removed.source AND s.row_id >= lower(span) AND s.row_id < upper(span)
        AND t.position = s.position;
$$;
CREATE FUNCTION erase_sealed_words(source text, ids int8multirange, note text) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    empty jsonb;
BEGIN
    SELECT s.blank INTO STRICT empty FROM sealed_table s WHERE s.source = erase_sealed_words.source;
    PERFORM record_removed(source, 'words', ids, note);
    EXECUTE format('UPDATE %1$I t SET %2$s FROM unnest($2) AS span WHERE t.id >= lower(span) AND t.id < upper(span)',
        source,
        (SELECT string_agg(format('%1$I = (jsonb_populate_record(t, $1)).%1$I', key), ', ')
         FROM jsonb_object_keys(empty) AS key))
        USING empty, ids;
END $$;
COMMENT ON FUNCTION erase_sealed_words IS 'Erase the words of sealed rows and their salts, and keep that it was.';
{_empty_event_week(_GONE, _RECORD)}

CREATE INDEX ix_event_id ON event (id);
INSERT INTO event_consumer (name) VALUES ('audit.seal');
INSERT INTO sealed_table VALUES ('event', '{{"actor": null}}');
SELECT seal_table('audit_entry', '{{"detail": {{}}}}');
SELECT seal_table('seal_removal', '{{}}');
"""

DOWN = f"""
SET LOCAL lock_timeout = '5s';
DROP TRIGGER audit_entry_recorded ON audit_entry;
-- Announcements of rows go too: some are of tables that go, whose numbers begin anew.
DROP TRIGGER event_append_only ON event;
DELETE FROM event WHERE kind = 'rows.recorded';
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DELETE FROM event_consumer WHERE name = 'audit.seal';
DROP INDEX ix_event_id;
{_empty_event_week("", "")}
DROP FUNCTION erase_sealed_words, record_removed, seal_table;
DROP TABLE sealed_table, seal_removal, seal_salt, seal;
DROP FUNCTION write_rows_recorded, refuse_salt_in_use;
{_refuse_change("", _REPORT_WORDS)}
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Make the chain, empty, and name the audit's entries there are in the feed, so that they are sealed first."""
    _execute(UP)


def downgrade() -> None:
    """Take the chain away; entries whose words were erased stay without them."""
    _execute(DOWN)
