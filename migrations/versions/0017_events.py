"""What happened is written to one feed, in the transaction in which it happened (docs/adr/0013).

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

SLOTS = 8

_PARTITIONS = "\n".join(
    f"CREATE TABLE event_{slot} PARTITION OF event FOR VALUES IN ({slot});" for slot in range(SLOTS)
)

UP = f"""
SET LOCAL lock_timeout = '5s';

CREATE TABLE event_feed (
    only_row boolean NOT NULL DEFAULT true,
    epoch integer NOT NULL,
    cluster bigint NOT NULL,
    CONSTRAINT pk_event_feed PRIMARY KEY (only_row),
    CONSTRAINT ck_event_feed_only_row CHECK (only_row)
);
INSERT INTO event_feed (epoch, cluster) SELECT 1, system_identifier FROM pg_control_system();
COMMENT ON TABLE event_feed IS 'Which cluster numbers the transactions of new events, and the epoch begun with it.';

-- In a cluster that the feed does not know yet, events already bear the epoch that `wangge events rebase` will open:
-- transactions are numbered from lower on there.
CREATE FUNCTION event_epoch() RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT epoch + (cluster <> (SELECT system_identifier FROM pg_control_system()))::integer FROM event_feed
$$;

CREATE FUNCTION event_slot(at timestamptz) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
    SELECT (floor(extract(epoch FROM at) / 604800)::bigint % {SLOTS})::smallint
$$;
COMMENT ON FUNCTION event_slot IS 'The partition of an instant: one a week, each used again after {SLOTS} weeks.';

CREATE TABLE event (
    epoch integer NOT NULL DEFAULT event_epoch(),
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    id bigint GENERATED ALWAYS AS IDENTITY,
    slot smallint NOT NULL DEFAULT event_slot(now()),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL,
    subject text NOT NULL,
    ids int8multirange NOT NULL,
    actor text,
    payload jsonb NOT NULL DEFAULT '{{}}',
    CONSTRAINT pk_event PRIMARY KEY (epoch, xid, id, slot)
) PARTITION BY LIST (slot);
{_PARTITIONS}
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE event_consumer (
    name text NOT NULL,
    epoch integer NOT NULL DEFAULT 0,
    xid xid8 NOT NULL DEFAULT '0',
    event_id bigint NOT NULL DEFAULT 0,
    moved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT pk_event_consumer PRIMARY KEY (name)
);
INSERT INTO event_consumer (name) VALUES ('data_quality.examine'), ('boundary_changes.hand_over');

CREATE FUNCTION write_report_stored() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event (kind, subject, ids, actor, payload)
    SELECT 'report.stored', 'report', range_agg(int8range(w.id, w.id + 1)),
           CASE WHEN min(w.client_id) = max(w.client_id) THEN 'api_client/' || min(w.client_id) END,
           jsonb_build_object('rows', count(*))
    FROM written w HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER report_stored AFTER INSERT ON report REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION write_report_stored();

CREATE FUNCTION write_report_reassigned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event (kind, subject, ids, actor, payload)
    SELECT 'report.reassigned', 'report', range_agg(int8range(w.report_id, w.report_id + 1)),
           CASE WHEN min(w.actor) = max(w.actor) THEN min(w.actor) END,
           jsonb_build_object('rows', count(*), 'causes', array_agg(DISTINCT w.cause ORDER BY w.cause))
    FROM written w HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER report_reassigned AFTER INSERT ON report_reassignment REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION write_report_reassigned();

CREATE FUNCTION write_release_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event (kind, subject, ids, actor, payload)
    SELECT 'release.published', 'release', int8multirange(int8range(w.id, w.id + 1)), w.author,
           jsonb_build_object('layer', l.code, 'number', w.number, 'effective_at', w.effective_at)
    FROM written w JOIN layer l ON l.id = w.layer_id;
    RETURN NULL;
END $$;
CREATE TRIGGER release_published AFTER INSERT ON release REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION write_release_published();

CREATE FUNCTION write_release_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event (kind, subject, ids, actor, payload)
    SELECT 'release.withdrawn', 'release', int8multirange(int8range(w.id, w.id + 1)), a.approved_by,
           jsonb_build_object('layer', l.code, 'number', w.number, 'effective_at', w.effective_at)
    FROM written w
    JOIN earlier e ON e.id = w.id AND e.withdrawn_at IS NULL
    JOIN layer l ON l.id = w.layer_id
    LEFT JOIN release_withdrawal a ON a.release_id = w.id
    WHERE w.withdrawn_at IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER release_withdrawn AFTER UPDATE ON release REFERENCING OLD TABLE AS earlier NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION write_release_withdrawn();

-- What nobody has examined yet, also what the readings before this one skipped; and what may have been stored while
-- the last handover went by. The triggers wait for every writer: from here on nothing is missing.
INSERT INTO event (kind, subject, ids, payload)
SELECT 'report.stored', 'report', range_agg(int8range(r.id, r.id + 1)), jsonb_build_object('rows', count(*))
FROM report r
WHERE r.received_at > now() - interval '1 day'
   OR (r.x IS NOT NULL AND r.y IS NOT NULL
       AND NOT EXISTS (SELECT FROM report_evidence e WHERE e.report_id = r.id))
HAVING count(*) > 0;
INSERT INTO event (kind, subject, ids, payload)
SELECT 'report.reassigned', 'report', range_agg(int8range(a.report_id, a.report_id + 1)),
       jsonb_build_object('rows', count(*))
FROM report_reassignment a WHERE a.decided_at > now() - interval '1 day' HAVING count(*) > 0;

ALTER TABLE hotspot_run ADD COLUMN reassignment_ids bytea;
"""

DOWN = """
SET LOCAL lock_timeout = '5s';
ALTER TABLE hotspot_run DROP COLUMN reassignment_ids;
DROP TRIGGER release_withdrawn ON release;
DROP TRIGGER release_published ON release;
DROP TRIGGER report_reassigned ON report_reassignment;
DROP TRIGGER report_stored ON report;
DROP FUNCTION write_release_withdrawn, write_release_published, write_report_reassigned, write_report_stored;
DROP TABLE event, event_consumer;
DROP FUNCTION event_slot, event_epoch;
DROP TABLE event_feed;
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Write events, and begin with what was not examined."""
    _execute(UP)


def downgrade() -> None:
    """Take that back; consumers of the version before look at the last rows instead."""
    _execute(DOWN)
