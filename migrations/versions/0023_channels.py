"""Channels: which keys send for them in which datum, and what kind of source they are, as dated rows of their own.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

UP = """
SET LOCAL lock_timeout = '5s';

CREATE TABLE channel_kind (
    channel text NOT NULL,
    valid_from date NOT NULL,
    kind text NOT NULL,
    note text NOT NULL DEFAULT '',
    added_by text NOT NULL,
    CONSTRAINT pk_channel_kind PRIMARY KEY (channel, valid_from),
    CONSTRAINT ck_channel_kind_kind CHECK (kind IN ('citizen', 'patrol', 'quick_note', 'sensor'))
);
-- A policy repeats what the one before said: a row for each change alone.
INSERT INTO channel_kind (channel, valid_from, kind, note, added_by)
SELECT channel, valid_from, kind, note, added_by FROM (
    SELECT s.key AS channel, p.valid_from, s.value AS kind, p.note, p.added_by,
           lag(s.value) OVER (PARTITION BY s.key ORDER BY p.valid_from) AS before
    FROM hotspot_policy p CROSS JOIN LATERAL jsonb_each_text(p.sources) s
) named WHERE kind IS DISTINCT FROM before;
CREATE TRIGGER channel_kind_append_only BEFORE UPDATE OR DELETE ON channel_kind
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER channel_kind_no_truncate BEFORE TRUNCATE ON channel_kind EXECUTE FUNCTION refuse_change();
ALTER TABLE hotspot_policy DROP COLUMN sources;

CREATE TABLE channel_binding (
    client_id integer NOT NULL,
    channel text NOT NULL,
    valid_from timestamptz NOT NULL,
    crs text,
    added_by text NOT NULL,
    CONSTRAINT pk_channel_binding PRIMARY KEY (client_id, channel, valid_from),
    CONSTRAINT fk_channel_binding_client_id_api_client FOREIGN KEY (client_id) REFERENCES api_client (id)
);
INSERT INTO channel_binding (client_id, channel, valid_from, crs, added_by)
SELECT id, channel, created_at, crs, 'system' FROM api_client WHERE channel IS NOT NULL;
CREATE TRIGGER channel_binding_append_only BEFORE UPDATE OR DELETE ON channel_binding
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER channel_binding_no_truncate BEFORE TRUNCATE ON channel_binding EXECUTE FUNCTION refuse_change();
ALTER TABLE api_client DROP COLUMN channel, DROP COLUMN crs;
"""

_LATEST = """
SELECT DISTINCT ON (client_id, channel) client_id, channel, crs FROM channel_binding WHERE valid_from <= now()
ORDER BY client_id, channel, valid_from DESC
"""

DOWN = f"""
SET LOCAL lock_timeout = '5s';

DO $$ BEGIN
    IF EXISTS (SELECT FROM ({_LATEST}) b WHERE crs IS NOT NULL GROUP BY client_id HAVING count(*) > 1) THEN
        RAISE EXCEPTION 'a key sends for several channels, which the version before does not know:'
            ' unbind it from all but one (wangge channels unbind)';
    END IF;
END $$;
ALTER TABLE api_client ADD COLUMN channel text, ADD COLUMN crs text NOT NULL DEFAULT 'WGS84';
UPDATE api_client c SET channel = b.channel, crs = b.crs
FROM ({_LATEST}) b WHERE b.client_id = c.id AND b.crs IS NOT NULL;
DROP TABLE channel_binding;

ALTER TABLE hotspot_policy ADD COLUMN sources jsonb NOT NULL DEFAULT '{{}}';
ALTER TABLE hotspot_policy ALTER COLUMN sources DROP DEFAULT;
ALTER TABLE hotspot_policy DISABLE TRIGGER hotspot_policy_append_only;
-- A kind that begins between two policies begins with a policy of its own, its thresholds those before it.
INSERT INTO hotspot_policy (valid_from, thresholds, note, added_by, sources)
SELECT k.valid_from, p.thresholds, min(k.note), min(k.added_by), '{{}}'
FROM channel_kind k CROSS JOIN LATERAL (
    SELECT thresholds FROM hotspot_policy
    ORDER BY (valid_from <= k.valid_from) DESC, abs(valid_from - k.valid_from) LIMIT 1
) p
GROUP BY k.valid_from, p.thresholds
ON CONFLICT DO NOTHING;
UPDATE hotspot_policy p SET sources = coalesce((
    SELECT jsonb_object_agg(channel, kind) FROM (
        SELECT DISTINCT ON (channel) channel, kind FROM channel_kind k WHERE k.valid_from <= p.valid_from
        ORDER BY channel, valid_from DESC
    ) named
), '{{}}');
ALTER TABLE hotspot_policy ENABLE TRIGGER hotspot_policy_append_only;
DROP TABLE channel_kind;
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Move channels and data from keys, and kinds of sources from the policy, into tables of their own."""
    _execute(UP)


def downgrade() -> None:
    """Move them back; refused while a key sends for several channels."""
    _execute(DOWN)
