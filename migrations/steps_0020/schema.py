"""SQL of revision 0020: the partitioned ledger, its key table, and the functions that number reports and make months.

Everything is written without a schema's name: revision 0020 builds it beside the old tables and then puts it in their
place.
"""

from __future__ import annotations

from typing import Final

FIRST_OWN: Final = 500_000_000
"""Within a month, ids up to here bear the report's number of before; those behind it count the month's reports."""

# The place of a month in an id: 202607 000000000.
_MONTH: Final = 1_000_000_000
# The lock for making months, by its number in core/db/locks.py.
_LOCK: Final = 0x6D6F6E74

FUNCTIONS: Final = f"""
CREATE FUNCTION public.report_month(at timestamptz) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (date_part('year', timezone('UTC', at)) * 100 + date_part('month', timezone('UTC', at)))::integer
$$;
COMMENT ON FUNCTION public.report_month IS 'The month of an instant in UTC as yyyymm: the head of the ids of reports.';

CREATE FUNCTION public.report_new_id(received_at timestamptz) RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT report_month(received_at) * {_MONTH}::bigint + nextval(('report_n_' || report_month(received_at))::regclass)
$$;
COMMENT ON FUNCTION public.report_new_id IS 'The id of the next report received in the month of this instant.';

CREATE FUNCTION public.report_first_id(at timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT report_month(greatest(at, '0001-02-01 00:00+00') - interval '24:00:00') * {_MONTH}::bigint
$$;
COMMENT ON FUNCTION public.report_first_id IS
    'What is reported at this instant or later has ids from here on: nothing is received a day before it is reported.';

CREATE FUNCTION public.make_report_month(month integer) RETURNS boolean LANGUAGE plpgsql AS $make$
DECLARE
    first timestamptz := make_timestamptz(month / 100, month % 100, 1, 0, 0, 0, 'UTC');
    behind timestamptz := timezone('UTC', timezone('UTC', first) + interval '1 month');
    family text;
    leaf text;
BEGIN
    IF to_regclass('report_' || month) IS NOT NULL THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock({_LOCK}, 0);
    IF to_regclass('report_' || month) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE SEQUENCE IF NOT EXISTS report_n_%s MINVALUE {FIRST_OWN + 1} MAXVALUE {_MONTH - 1}', month);
    FOREACH family IN ARRAY ARRAY['report', 'reporter', 'report_reassignment', 'report_evidence'] LOOP
        leaf := family || '_' || month;
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL EXCLUDING IDENTITY)', leaf, family);
        IF family = 'report' THEN
            EXECUTE format(
                'ALTER TABLE %I ADD CONSTRAINT %I CHECK (received_at >= %L AND received_at < %L)',
                leaf, 'ck_' || leaf || '_month', first, behind);
            EXECUTE format(
                'CREATE TRIGGER report_stored AFTER INSERT ON %I REFERENCING NEW TABLE AS written'
                ' FOR EACH STATEMENT EXECUTE FUNCTION write_report_stored()', leaf);
            EXECUTE format(
                'CREATE TRIGGER report_keys AFTER INSERT ON %I REFERENCING NEW TABLE AS written'
                ' FOR EACH STATEMENT EXECUTE FUNCTION write_report_keys()', leaf);
        ELSE
            EXECUTE format(
                'ALTER TABLE %I ADD CONSTRAINT %I FOREIGN KEY (report_id) REFERENCES %I (id)',
                leaf, 'fk_' || leaf || '_report_id', 'report_' || month);
        END IF;
        IF family = 'report_reassignment' THEN
            EXECUTE format(
                'CREATE TRIGGER report_reassigned AFTER INSERT ON %I REFERENCING NEW TABLE AS written'
                ' FOR EACH STATEMENT EXECUTE FUNCTION write_report_reassigned()', leaf);
        END IF;
        -- ATTACH, unlike CREATE TABLE … PARTITION OF, waits neither for readers nor for writers of the ledger.
        EXECUTE format(
            'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', family, leaf,
            month * {_MONTH}::bigint, report_month(behind) * {_MONTH}::bigint);
    END LOOP;
    RETURN true;
END $make$;
COMMENT ON FUNCTION public.make_report_month IS
    'Make the partitions of a month (yyyymm, UTC) and the sequence of its ids; false when they are there.';

CREATE FUNCTION public.write_report_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The intake writes its keys itself, to learn which are taken; whatever else stores reports gets them from here.
    INSERT INTO report_key (report_id, client_id, idempotency_key, channel, external_id, body_sha256)
    SELECT w.id, w.client_id, w.idempotency_key, w.channel, w.external_id, w.body_sha256
    FROM written w WHERE w.idempotency_key IS NOT NULL OR w.external_id IS NOT NULL
    ON CONFLICT (report_id) DO NOTHING;
    RETURN NULL;
END $$;
"""

TABLES: Final = """
CREATE TABLE report (LIKE public.report INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS)
    PARTITION BY RANGE (id);
ALTER TABLE report
    ALTER id SET DEFAULT report_new_id(now()),
    ADD CONSTRAINT pk_report PRIMARY KEY (id),
    ADD CONSTRAINT ck_report_reported_at CHECK (reported_at < received_at + interval '24:00:00'),
    ADD CONSTRAINT fk_report_client_id_api_client FOREIGN KEY (client_id) REFERENCES api_client (id),
    ADD CONSTRAINT fk_report_layer_id_layer FOREIGN KEY (layer_id) REFERENCES layer (id);
CREATE INDEX ix_report_reported_at ON report (reported_at, id);
CREATE INDEX ix_report_area_path ON report USING gin (area_path);
CREATE INDEX ix_report_geom ON report USING gist (geom);
CREATE INDEX ix_report_unassigned ON report (id) WHERE method = 'unassigned';
CREATE TRIGGER report_append_only BEFORE UPDATE OR DELETE ON report
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE reporter (LIKE public.reporter INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS)
    PARTITION BY RANGE (report_id);
ALTER TABLE reporter ADD CONSTRAINT pk_reporter PRIMARY KEY (report_id);
CREATE INDEX ix_reporter_caller_hash ON reporter (caller_hash) WHERE caller_hash IS NOT NULL;

CREATE TABLE report_reassignment
    (LIKE public.report_reassignment INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS)
    PARTITION BY RANGE (report_id);
ALTER TABLE report_reassignment
    ALTER id ADD GENERATED ALWAYS AS IDENTITY,
    ADD CONSTRAINT pk_report_reassignment PRIMARY KEY (report_id, id),
    ADD CONSTRAINT fk_report_reassignment_layer_id_layer FOREIGN KEY (layer_id) REFERENCES layer (id);
CREATE INDEX ix_report_reassignment_id ON report_reassignment (id);
CREATE INDEX ix_report_reassignment_decided_at ON report_reassignment USING brin (decided_at);
CREATE INDEX ix_report_reassignment_geom ON report_reassignment USING gist (geom) WHERE cause <> 'release';
CREATE INDEX ix_report_reassignment_no_point ON report_reassignment (report_id) WHERE geom IS NULL;
CREATE INDEX ix_report_reassignment_unassigned ON report_reassignment (report_id) WHERE method = 'unassigned';
CREATE TRIGGER report_reassignment_append_only BEFORE UPDATE OR DELETE ON report_reassignment
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE report_evidence (LIKE public.report_evidence INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS)
    PARTITION BY RANGE (report_id);
ALTER TABLE report_evidence
    ADD CONSTRAINT pk_report_evidence PRIMARY KEY (report_id),
    ADD CONSTRAINT fk_report_evidence_client_id_api_client FOREIGN KEY (client_id) REFERENCES api_client (id);
CREATE INDEX ix_report_evidence_client_id ON report_evidence (client_id, report_id);

-- For all time, whatever months are detached: which keys are taken, and by what; and which report an old number names.
CREATE TABLE report_key (
    report_id bigint NOT NULL,
    client_id integer NOT NULL,
    idempotency_key text,
    channel text NOT NULL,
    external_id text,
    body_sha256 bytea NOT NULL,
    old_id bigint,
    CONSTRAINT pk_report_key PRIMARY KEY (report_id)
);
CREATE UNIQUE INDEX uq_report_key_channel_external_id ON report_key (channel, external_id)
    WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX uq_report_key_client_id_idempotency_key ON report_key (client_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE UNIQUE INDEX uq_report_key_old_id ON report_key (old_id) WHERE old_id IS NOT NULL;
CREATE TRIGGER report_key_append_only BEFORE UPDATE OR DELETE ON report_key
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

# Only behind the moved rows: what is moved did not happen now.
TRIGGERS: Final = """
CREATE TRIGGER report_stored AFTER INSERT ON report REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION write_report_stored();
CREATE TRIGGER report_keys AFTER INSERT ON report REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION write_report_keys();
CREATE TRIGGER report_reassigned AFTER INSERT ON report_reassignment REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION write_report_reassigned();
"""

_PLACE: Final = """
SELECT r.id AS report_id,
       COALESCE(l.layer_id, r.layer_id) AS layer_id,
       COALESCE(l.release_number, r.release_number) AS release_number,
       COALESCE(l.method, r.method) AS method,
       COALESCE(l.area_path, r.area_path) AS area_path,
       COALESCE(l.geom, r.geom) AS geom,
       COALESCE(l.accuracy_m, r.accuracy_m) AS accuracy_m,
       COALESCE(l.reason, r.reason) AS reason,
       l.id IS NOT NULL AS reassigned,
       COALESCE(l.reason_zh, l.reason, r.reason_zh, r.reason) AS reason_zh
FROM report r
LEFT JOIN LATERAL (
    SELECT * FROM report_reassignment a WHERE a.report_id = {id} ORDER BY a.id DESC LIMIT 1
) l ON true
"""
VIEW: Final = f"CREATE VIEW report_place AS {_PLACE.format(id='r.id')};"
PLACE_OF: Final = f"""
CREATE FUNCTION report_place_of(wanted bigint) RETURNS SETOF report_place LANGUAGE sql STABLE AS $$
    {_PLACE.format(id="wanted")} WHERE r.id = wanted
$$;
COMMENT ON FUNCTION report_place_of IS 'Where one report belongs now; the planner reads its month only.';
"""

# The tables of before, for the way back; their columns are taken from the partitioned ones.
PLAIN: Final = """
CREATE TABLE report (LIKE ledger_move.report INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS);
ALTER TABLE report
    ALTER id DROP DEFAULT,
    DROP CONSTRAINT ck_report_reported_at,
    ADD CONSTRAINT report_pkey PRIMARY KEY (id),
    ADD CONSTRAINT report_client_id_fkey FOREIGN KEY (client_id) REFERENCES api_client (id),
    ADD CONSTRAINT report_layer_id_fkey FOREIGN KEY (layer_id) REFERENCES layer (id);
ALTER TABLE report ALTER id ADD GENERATED ALWAYS AS IDENTITY;
CREATE TABLE reporter (LIKE ledger_move.reporter INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS);
CREATE TABLE report_reassignment
    (LIKE ledger_move.report_reassignment INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS);
ALTER TABLE report_reassignment ALTER id ADD GENERATED ALWAYS AS IDENTITY;
CREATE TABLE report_evidence
    (LIKE ledger_move.report_evidence INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS);
"""
PLAIN_KEYS: Final = """
CREATE UNIQUE INDEX uq_report_channel_external_id ON report (channel, external_id) WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX uq_report_client_idempotency_key ON report (client_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX ix_report_reported_at ON report (reported_at, id);
CREATE INDEX ix_report_area_path ON report USING gin (area_path);
CREATE INDEX ix_report_geom ON report USING gist (geom);
CREATE INDEX ix_report_unassigned ON report (id) WHERE method = 'unassigned';
ALTER TABLE reporter
    ADD CONSTRAINT reporter_pkey PRIMARY KEY (report_id),
    ADD CONSTRAINT reporter_report_id_fkey FOREIGN KEY (report_id) REFERENCES report (id);
CREATE INDEX ix_reporter_caller_hash ON reporter (caller_hash) WHERE caller_hash IS NOT NULL;
ALTER TABLE report_reassignment
    ADD CONSTRAINT report_reassignment_pkey PRIMARY KEY (id),
    ADD CONSTRAINT report_reassignment_report_id_fkey FOREIGN KEY (report_id) REFERENCES report (id),
    ADD CONSTRAINT report_reassignment_layer_id_fkey FOREIGN KEY (layer_id) REFERENCES layer (id);
CREATE INDEX ix_report_reassignment_report_id ON report_reassignment (report_id, id);
CREATE INDEX ix_report_reassignment_geom ON report_reassignment USING gist (geom) WHERE cause <> 'release';
CREATE INDEX ix_report_reassignment_no_point ON report_reassignment (report_id) WHERE geom IS NULL;
CREATE INDEX ix_report_reassignment_unassigned ON report_reassignment (report_id) WHERE method = 'unassigned';
ALTER TABLE report_evidence
    ADD CONSTRAINT report_evidence_pkey PRIMARY KEY (report_id),
    ADD CONSTRAINT report_evidence_report_id_fkey FOREIGN KEY (report_id) REFERENCES report (id),
    ADD CONSTRAINT report_evidence_client_id_fkey FOREIGN KEY (client_id) REFERENCES api_client (id);
CREATE INDEX ix_report_evidence_client_id ON report_evidence (client_id, report_id);
CREATE TRIGGER report_append_only BEFORE UPDATE OR DELETE ON report FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER report_reassignment_append_only BEFORE UPDATE OR DELETE ON report_reassignment
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER report_stored AFTER INSERT ON report REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION write_report_stored();
CREATE TRIGGER report_reassigned AFTER INSERT ON report_reassignment REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION write_report_reassigned();
"""
