"""Roads, places, addresses and their releases; evidence on reports' points; corrections offered to sources.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

GAZETTEER = """
CREATE TABLE gazetteer_release (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    theme text NOT NULL
        CONSTRAINT ck_gazetteer_release_theme CHECK (theme IN ('roads', 'places', 'addresses', 'ranges')),
    number integer NOT NULL,
    author text NOT NULL,
    note text NOT NULL DEFAULT '',
    licence text NOT NULL DEFAULT '',
    source jsonb NOT NULL,
    checksum text NOT NULL,
    context text[] NOT NULL DEFAULT '{}',
    row_count integer NOT NULL,
    import_report jsonb NOT NULL,
    effective_at timestamptz NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT uq_gazetteer_release_theme_number UNIQUE (theme, number)
);
CREATE TABLE road (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    release_id integer NOT NULL REFERENCES gazetteer_release (id),
    name text NOT NULL CONSTRAINT ck_road_name CHECK (name <> ''),
    aliases text[] NOT NULL DEFAULT '{}',
    former_names text[] NOT NULL DEFAULT '{}',
    kind text NOT NULL DEFAULT '',
    attributes jsonb NOT NULL DEFAULT '{}',
    geom geometry(MultiLineString, 4326) NOT NULL CONSTRAINT ck_road_geom CHECK (NOT ST_IsEmpty(geom))
);
CREATE TABLE crossing (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    release_id integer NOT NULL REFERENCES gazetteer_release (id),
    first_road text NOT NULL,
    second_road text NOT NULL,
    geom geometry(Point, 4326) NOT NULL
);
CREATE TABLE place (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    release_id integer NOT NULL REFERENCES gazetteer_release (id),
    name text NOT NULL CONSTRAINT ck_place_name CHECK (name <> ''),
    aliases text[] NOT NULL DEFAULT '{}',
    former_names text[] NOT NULL DEFAULT '{}',
    kind text NOT NULL DEFAULT '',
    attributes jsonb NOT NULL DEFAULT '{}',
    geom geometry(Geometry, 4326) NOT NULL CONSTRAINT ck_place_geom CHECK (NOT ST_IsEmpty(geom))
);
CREATE TABLE address_point (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    release_id integer NOT NULL REFERENCES gazetteer_release (id),
    owner text NOT NULL,
    number integer,
    suffix text NOT NULL DEFAULT '',
    building text NOT NULL DEFAULT '',
    geom geometry(Point, 4326) NOT NULL,
    CONSTRAINT ck_address_point_numbered CHECK (number IS NOT NULL OR building <> '')
);
CREATE TABLE address_range (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    release_id integer NOT NULL REFERENCES gazetteer_release (id),
    road text NOT NULL,
    low integer NOT NULL,
    high integer NOT NULL,
    parity text NOT NULL CONSTRAINT ck_address_range_parity CHECK (parity IN ('odd', 'even', 'all')),
    geom geometry(LineString, 4326) NOT NULL,
    CONSTRAINT ck_address_range_low_high CHECK (low <= high)
);
CREATE TABLE wording (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    words text NOT NULL CONSTRAINT ck_wording_words CHECK (length(words) BETWEEN 2 AND 60),
    label text NOT NULL,
    geom geometry(Point, 4326) NOT NULL,
    accuracy_m double precision NOT NULL CONSTRAINT ck_wording_accuracy CHECK (accuracy_m >= 0),
    report_id bigint,
    state text NOT NULL DEFAULT 'proposed'
        CONSTRAINT ck_wording_state CHECK (state IN ('proposed', 'taken', 'refused')),
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    decided_by text,
    decided_at timestamptz,
    decision_reason text,
    CONSTRAINT ck_wording_decided CHECK ((state = 'proposed') = (decided_at IS NULL))
);
CREATE INDEX ix_road_release_id ON road (release_id);
CREATE INDEX ix_road_geom ON road USING gist (geom);
CREATE INDEX ix_crossing_release_id ON crossing (release_id);
CREATE INDEX ix_place_release_id ON place (release_id);
CREATE INDEX ix_place_geom ON place USING gist (geom);
CREATE INDEX ix_address_point_release_id ON address_point (release_id);
CREATE INDEX ix_address_range_release_id ON address_range (release_id);
CREATE UNIQUE INDEX uq_wording_taken ON wording (words) WHERE state = 'taken';

CREATE TRIGGER gazetteer_release_append_only BEFORE UPDATE OR DELETE ON gazetteer_release
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER road_append_only BEFORE UPDATE OR DELETE ON road FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER crossing_append_only BEFORE UPDATE OR DELETE ON crossing FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER place_append_only BEFORE UPDATE OR DELETE ON place FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER address_point_append_only BEFORE UPDATE OR DELETE ON address_point
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER address_range_append_only BEFORE UPDATE OR DELETE ON address_range
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

# What the address of a report says, and what was noticed about its point: evidence, never a change of the report.
EVIDENCE = """
CREATE TABLE report_evidence (
    report_id bigint PRIMARY KEY REFERENCES report (id),
    client_id integer NOT NULL REFERENCES api_client (id),
    declared_crs text NOT NULL,
    verdict text CONSTRAINT ck_report_evidence_verdict
        CHECK (verdict IN ('certain', 'ambiguous', 'coarse', 'doubtful', 'not_found')),
    address_geom geometry(Point, 4326),
    address_accuracy_m double precision,
    distance_m jsonb NOT NULL DEFAULT '{}',
    in_named_area jsonb NOT NULL DEFAULT '{}',
    in_coverage jsonb NOT NULL DEFAULT '{}',
    flags jsonb NOT NULL DEFAULT '[]',
    gazetteer jsonb NOT NULL,
    examined_at timestamptz NOT NULL
);
CREATE INDEX ix_report_evidence_client_id ON report_evidence (client_id, report_id);
CREATE INDEX ix_report_unassigned ON report (id) WHERE method = 'unassigned';
CREATE INDEX ix_report_reassignment_unassigned ON report_reassignment (report_id) WHERE method = 'unassigned';
CREATE TABLE source_correction (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client_id integer NOT NULL REFERENCES api_client (id),
    declared_crs text NOT NULL,
    detected_crs text NOT NULL,
    evidence jsonb NOT NULL,
    state text NOT NULL DEFAULT 'offered'
        CONSTRAINT ck_source_correction_state CHECK (state IN ('offered', 'taken', 'refused')),
    offered_at timestamptz NOT NULL,
    decided_by text,
    decided_at timestamptz,
    decision_reason text,
    CONSTRAINT ck_source_correction_decided CHECK ((state = 'offered') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX uq_source_correction_open ON source_correction (client_id) WHERE state = 'offered';
"""

REVERT = """
DROP INDEX ix_report_unassigned, ix_report_reassignment_unassigned;
DROP TABLE source_correction, report_evidence, wording, address_range, address_point, place, crossing, road,
    gazetteer_release;
"""


def _run(*scripts: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.dbapi_connection)
    for script in scripts:
        connection.execute(script.encode())


def upgrade() -> None:
    """Create the gazetteer and what is kept beside reports about their place."""
    _run(GAZETTEER, EVIDENCE)


def downgrade() -> None:
    """Drop it all."""
    _run(REVERT)
