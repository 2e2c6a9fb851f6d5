"""Hotspot runs and topics.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE hotspot_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    layer_id integer NOT NULL REFERENCES layer (id),
    level text NOT NULL,
    within text,
    period_start date NOT NULL,
    period_end date NOT NULL,
    categories text[] NOT NULL,
    methods text[] NOT NULL,
    parameters jsonb NOT NULL,
    seed bigint NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    status text NOT NULL DEFAULT 'queued',
    progress double precision NOT NULL DEFAULT 0,
    cancel_requested boolean NOT NULL DEFAULT false,
    started_at timestamptz,
    finished_at timestamptz,
    error text,
    release_number integer,
    last_report_id bigint,
    last_reassignment_id bigint,
    report_ids bytea,
    code_version text,
    result bytea,
    result_sha256 bytea,
    CONSTRAINT ck_hotspot_run_period CHECK (period_start < period_end),
    CONSTRAINT ck_hotspot_run_status CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    CONSTRAINT ck_hotspot_run_result CHECK ((status = 'done') = (result IS NOT NULL))
);
CREATE INDEX ix_hotspot_run_status ON hotspot_run (status, id);

CREATE FUNCTION hotspot_run_keeps_its_result() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a finished run is immutable' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER hotspot_run_immutable BEFORE UPDATE OR DELETE ON hotspot_run
    FOR EACH ROW WHEN (OLD.status = 'done') EXECUTE FUNCTION hotspot_run_keeps_its_result();

CREATE TABLE hotspot_policy (
    valid_from date PRIMARY KEY,
    thresholds jsonb NOT NULL,
    note text NOT NULL DEFAULT ''
);
CREATE TRIGGER hotspot_policy_append_only BEFORE UPDATE OR DELETE ON hotspot_policy
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
INSERT INTO hotspot_policy (valid_from, thresholds, note) VALUES ('2000-01-01', '{
    "high_frequency_share": 0.08, "high_frequency_per_30_days": 60,
    "common_area_level": "community", "common_area_share": 0.5, "common_reports_per_area": 2,
    "concentrated_p": 0.05, "hot_q": 0.05,
    "grown_by": 0.2, "same_place_share": 0.3, "gone_after_runs": 2
}', 'Defaults, to be replaced by the centre''s own');

CREATE TABLE hotspot_topic (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    layer_id integer NOT NULL REFERENCES layer (id),
    category text NOT NULL,
    scope text NOT NULL,
    title text NOT NULL,
    area_codes text[] NOT NULL,
    status text NOT NULL DEFAULT 'open'
        CONSTRAINT ck_hotspot_topic_status CHECK (status IN ('open', 'resolved', 'gone')),
    opened_on date NOT NULL,
    last_seen_on date NOT NULL,
    owner text,
    measures text,
    follow_up_on date
);
CREATE INDEX ix_hotspot_topic_status ON hotspot_topic (layer_id, status);
CREATE TABLE hotspot_topic_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic_id bigint NOT NULL REFERENCES hotspot_topic (id),
    run_id bigint REFERENCES hotspot_run (id),
    happened_at timestamptz NOT NULL,
    actor text NOT NULL,
    kind text NOT NULL CONSTRAINT ck_hotspot_topic_event_kind CHECK (
        kind IN ('appeared', 'grew', 'steady', 'shrank', 'absent', 'gone', 'returned', 'decided')),
    finding jsonb NOT NULL
);
CREATE INDEX ix_hotspot_topic_event_topic_id ON hotspot_topic_event (topic_id, id);
CREATE INDEX ix_hotspot_topic_event_run_id ON hotspot_topic_event (run_id);
CREATE TRIGGER hotspot_topic_event_append_only BEFORE UPDATE OR DELETE ON hotspot_topic_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

DOWN = """
DROP TABLE hotspot_topic_event, hotspot_topic, hotspot_policy, hotspot_run;
DROP FUNCTION hotspot_run_keeps_its_result;
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Create runs, topics and the dated policy."""
    _execute(UP)


def downgrade() -> None:
    """Drop them."""
    _execute(DOWN)
