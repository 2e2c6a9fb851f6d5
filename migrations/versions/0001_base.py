"""Boundary registry, intake, keys, audit and the queue.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op
from procrastinate.schema import SchemaManager

if TYPE_CHECKING:
    import psycopg

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

EXTENSIONS = """
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
"""

KEYS = """
CREATE TABLE api_client (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    key_sha256 bytea NOT NULL UNIQUE,
    scopes text[] NOT NULL,
    channel text,
    crs text NOT NULL DEFAULT 'WGS84',
    quota_per_minute bigint NOT NULL DEFAULT 60000,
    created_at timestamptz NOT NULL,
    withdrawn_at timestamptz
);
CREATE TABLE audit_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    happened_at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    detail jsonb NOT NULL
);
CREATE INDEX ix_audit_entry_subject ON audit_entry (subject, id);
"""

REGISTRY = """
CREATE TABLE responsible_unit (
    code text PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL DEFAULT 'unit'
);
CREATE TABLE layer (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    levels text[] NOT NULL CONSTRAINT ck_layer_levels CHECK (cardinality(levels) >= 1),
    code_rule text NOT NULL DEFAULT 'free' CONSTRAINT ck_layer_code_rule CHECK (code_rule IN ('gb15', 'free')),
    is_coverage boolean NOT NULL DEFAULT true,
    nearest_tolerance_m double precision NOT NULL DEFAULT 50
        CONSTRAINT ck_layer_nearest_tolerance CHECK (nearest_tolerance_m >= 0),
    field_mapping jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL
);
CREATE TABLE allowed_gap (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    layer_id integer NOT NULL REFERENCES layer (id),
    name text NOT NULL,
    geom geometry(MultiPolygon, 4326) NOT NULL
);
CREATE TABLE release (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    layer_id integer NOT NULL REFERENCES layer (id),
    number integer NOT NULL,
    author text NOT NULL,
    note text NOT NULL DEFAULT '',
    checksum text NOT NULL,
    effective_at timestamptz NOT NULL,
    published_at timestamptz NOT NULL,
    area_count integer NOT NULL,
    source jsonb NOT NULL DEFAULT '{}',
    check_report jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT uq_release_layer_id_number UNIQUE (layer_id, number)
);
CREATE TABLE area (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    layer_id integer NOT NULL REFERENCES layer (id),
    release_id integer NOT NULL REFERENCES release (id),
    level text NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    parent_code text,
    unit_code text REFERENCES responsible_unit (code),
    attributes jsonb NOT NULL DEFAULT '{}',
    area_m2 double precision NOT NULL,
    geom geometry(MultiPolygon, 4326) NOT NULL
        CONSTRAINT ck_area_geom_valid CHECK (ST_IsValid(geom) AND NOT ST_IsEmpty(geom)),
    valid_during tstzrange NOT NULL CONSTRAINT ck_area_valid_during CHECK (NOT isempty(valid_during)),
    CONSTRAINT area_code_once_at_a_time EXCLUDE USING gist (layer_id WITH =, code WITH =, valid_during WITH &&)
);
ALTER TABLE area ALTER COLUMN geom SET STORAGE EXTERNAL;
CREATE INDEX ix_area_geom ON area USING spgist (geom);
CREATE INDEX ix_area_layer_level ON area (layer_id, level) WHERE upper_inf(valid_during);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION area_only_closes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- PostGIS's = on geometries compares every coordinate in order.
    IF (NEW.id, NEW.layer_id, NEW.release_id, NEW.level, NEW.code, NEW.name, NEW.parent_code, NEW.unit_code,
            NEW.attributes, NEW.area_m2, NEW.geom)
        IS DISTINCT FROM (OLD.id, OLD.layer_id, OLD.release_id, OLD.level, OLD.code, OLD.name, OLD.parent_code,
            OLD.unit_code, OLD.attributes, OLD.area_m2, OLD.geom)
        OR lower(NEW.valid_during) IS DISTINCT FROM lower(OLD.valid_during)
        OR NOT upper_inf(OLD.valid_during) OR upper_inf(NEW.valid_during)
    THEN
        RAISE EXCEPTION 'a published area can only be closed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER release_append_only BEFORE UPDATE OR DELETE ON release
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER area_no_delete BEFORE DELETE ON area FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER area_only_closes BEFORE UPDATE ON area FOR EACH ROW EXECUTE FUNCTION area_only_closes();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER release_no_truncate BEFORE TRUNCATE ON release EXECUTE FUNCTION refuse_change();
CREATE TRIGGER area_no_truncate BEFORE TRUNCATE ON area EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit_entry EXECUTE FUNCTION refuse_change();
"""

INTAKE = """
CREATE TABLE report (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client_id integer NOT NULL REFERENCES api_client (id),
    channel text NOT NULL,
    external_id text,
    idempotency_key text,
    body_sha256 bytea NOT NULL,
    category text NOT NULL,
    description text NOT NULL DEFAULT '',
    address_text text,
    x double precision,
    y double precision,
    crs text NOT NULL,
    geom geometry(Point, 4326),
    accuracy_m double precision CONSTRAINT ck_report_accuracy CHECK (accuracy_m >= 0),
    reported_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    photos text[] NOT NULL DEFAULT '{}',
    layer_id integer REFERENCES layer (id),
    release_number integer,
    method text NOT NULL
        CONSTRAINT ck_report_method CHECK (method IN ('covered', 'boundary', 'nearest', 'unassigned')),
    area_path text[] NOT NULL DEFAULT '{}',
    distance_to_edge_m double precision,
    candidates jsonb,
    reason text NOT NULL
);
CREATE UNIQUE INDEX uq_report_channel_external_id ON report (channel, external_id) WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX uq_report_client_idempotency_key ON report (client_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX ix_report_reported_at ON report (reported_at, id);
CREATE INDEX ix_report_area_path ON report USING gin (area_path);
CREATE INDEX ix_report_geom ON report USING gist (geom);

CREATE TABLE reporter (
    report_id bigint PRIMARY KEY REFERENCES report (id),
    name text,
    phone text,
    caller_hash bytea
);
CREATE INDEX ix_reporter_caller_hash ON reporter (caller_hash) WHERE caller_hash IS NOT NULL;

CREATE TABLE report_reassignment (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    report_id bigint NOT NULL REFERENCES report (id),
    decided_at timestamptz NOT NULL,
    actor text NOT NULL,
    cause text NOT NULL,
    layer_id integer NOT NULL REFERENCES layer (id),
    release_number integer NOT NULL,
    method text NOT NULL,
    area_path text[] NOT NULL,
    geom geometry(Point, 4326),
    accuracy_m double precision,
    reason text NOT NULL
);
CREATE INDEX ix_report_reassignment_report_id ON report_reassignment (report_id, id);

CREATE TRIGGER report_append_only BEFORE UPDATE OR DELETE ON report
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER report_reassignment_append_only BEFORE UPDATE OR DELETE ON report_reassignment
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Where each report belongs now: its latest reassignment, else its first assignment.
CREATE VIEW report_place AS
SELECT r.id AS report_id,
       COALESCE(l.layer_id, r.layer_id) AS layer_id,
       COALESCE(l.release_number, r.release_number) AS release_number,
       COALESCE(l.method, r.method) AS method,
       COALESCE(l.area_path, r.area_path) AS area_path,
       COALESCE(l.geom, r.geom) AS geom,
       COALESCE(l.accuracy_m, r.accuracy_m) AS accuracy_m,
       COALESCE(l.reason, r.reason) AS reason,
       l.id IS NOT NULL AS reassigned
FROM report r
LEFT JOIN LATERAL (
    SELECT * FROM report_reassignment a WHERE a.report_id = r.id ORDER BY a.id DESC LIMIT 1
) l ON true;
"""

REVERT = """
DROP VIEW report_place;
DROP TABLE report_reassignment, reporter, report, area, release, allowed_gap, layer, responsible_unit,
    audit_entry, api_client;
DROP FUNCTION area_only_closes, refuse_change;
"""

# procrastinate ships its schema but no way back.
REVERT_QUEUE = """
DO $$
DECLARE item record;
BEGIN
    FOR item IN SELECT oid::regclass AS name FROM pg_class
        WHERE relname LIKE 'procrastinate%' AND relkind = 'r' AND relnamespace = current_schema()::regnamespace
    LOOP EXECUTE format('DROP TABLE %s CASCADE', item.name); END LOOP;
    FOR item IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE proname LIKE 'procrastinate%' AND pronamespace = current_schema()::regnamespace
    LOOP EXECUTE format('DROP FUNCTION %s CASCADE', item.name); END LOOP;
    FOR item IN SELECT oid::regtype AS name FROM pg_type
        WHERE typname LIKE 'procrastinate%' AND typtype IN ('e', 'c') AND typnamespace = current_schema()::regnamespace
    LOOP EXECUTE format('DROP TYPE %s CASCADE', item.name); END LOOP;
END $$;
"""


def _run(*scripts: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.dbapi_connection)
    for script in scripts:
        connection.execute(script.encode())


def upgrade() -> None:
    """Create everything the service starts with."""
    _run(EXTENSIONS, KEYS, REGISTRY, INTAKE, SchemaManager.get_schema())


def downgrade() -> None:
    """Drop it all but the extensions, which other schemas may use."""
    _run(REVERT_QUEUE, REVERT)
