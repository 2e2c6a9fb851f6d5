"""Attachments of reports and tasks: what was sent, sealed and never changed, and which photos the public may see.

Revision ID: 0048
Revises: 0047
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

UP = """
SET LOCAL lock_timeout = '5s';
CREATE TABLE attachment (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_attachment PRIMARY KEY,
    subject_kind text NOT NULL CONSTRAINT ck_attachment_subject_kind CHECK (subject_kind IN ('report', 'task')),
    subject_id bigint NOT NULL,
    kind text NOT NULL CONSTRAINT ck_attachment_kind CHECK (kind IN ('photo', 'recording')),
    stage text CONSTRAINT ck_attachment_stage CHECK (stage IN ('before', 'after')),
    media_type text NOT NULL,
    sha256 bytea NOT NULL,
    size_bytes integer NOT NULL,
    width integer,
    height integer,
    received_at timestamptz NOT NULL,
    sent_by_id integer NOT NULL CONSTRAINT fk_attachment_sent_by_id_principal REFERENCES principal (id),
    sent_by text NOT NULL,
    folder text CONSTRAINT uq_attachment_folder UNIQUE,
    taken_at timestamptz,
    lon double precision,
    lat double precision,
    perceptual_hash bigint,
    link_key bytea,
    CONSTRAINT uq_attachment_subject_sha256 UNIQUE (subject_kind, subject_id, sha256)
);
COMMENT ON TABLE attachment IS 'Photos and recordings of reports and tasks; folder NULL: the files were erased.';
CREATE TRIGGER attachment_append_only BEFORE UPDATE OR DELETE ON attachment
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
SELECT seal_table('attachment', '{"folder": null, "taken_at": null, "lon": null, "lat": null,
    "perceptual_hash": null, "link_key": null}');

-- Back here after the schema went back: numbers that the chain has are not given again.
SELECT setval('attachment_id_seq', max(row_id)) FROM seal WHERE source = 'attachment' HAVING max(row_id) > 0;

CREATE TABLE attachment_clearing (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_attachment_clearing PRIMARY KEY,
    attachment_id bigint NOT NULL
        CONSTRAINT fk_attachment_clearing_attachment_id_attachment REFERENCES attachment (id),
    cleared boolean NOT NULL,
    at timestamptz NOT NULL,
    actor_id integer NOT NULL CONSTRAINT fk_attachment_clearing_actor_id_principal REFERENCES principal (id),
    actor text NOT NULL
);
COMMENT ON TABLE attachment_clearing IS 'Decisions whether the public may see a photo; the latest counts.';
CREATE INDEX ix_attachment_clearing_attachment_id ON attachment_clearing (attachment_id);
CREATE TRIGGER attachment_clearing_append_only BEFORE UPDATE OR DELETE ON attachment_clearing
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

DOWN = """
SET LOCAL lock_timeout = '5s';
SELECT record_removed('attachment', 'rows', range_agg(int8range(id, id + 1)), 'the schema went back')
FROM attachment HAVING count(*) > 0;
DROP TABLE attachment_clearing, attachment;
ALTER TABLE sealed_table DISABLE TRIGGER USER;
DELETE FROM sealed_table WHERE source = 'attachment';
ALTER TABLE sealed_table ENABLE TRIGGER USER;
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Create the tables, empty."""
    _execute(UP)


def downgrade() -> None:
    """Drop them; the files stay in the store until they are swept."""
    _execute(DOWN)
