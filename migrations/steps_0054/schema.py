"""Functions and views that read or erase reasons, with the sentences of before and with the codes of since."""

from __future__ import annotations

from typing import Final

_REFUSE_CHANGE: Final = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    subject bigint;
    sealed record;
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
        SELECT s.source, s.blank INTO sealed FROM sealed_table s
        WHERE s.source = regexp_replace(TG_TABLE_NAME, '_[0-9]{6,}$', '');
        IF FOUND THEN
            IF NEW *= jsonb_populate_record(OLD, sealed.blank) AND EXISTS (
                SELECT FROM seal_removal r WHERE r.source = sealed.source AND r.what = 'words' AND OLD.id <@ r.ids)
            THEN
                RETURN NEW;
            END IF;
        END IF;/*moving*/
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
MOVING: Final = """
        IF TG_TABLE_NAME ~ '^report(_reassignment)?(_[0-9]{{6,}})?$' THEN
            OLD.{first} := NEW.{first};
            OLD.{second} := NEW.{second};
            IF NEW *= OLD THEN
                RETURN NEW;
            END IF;
        END IF;"""
"""Lets two columns of reports and reassignments change, while the migration fills them."""


def refuse_change(moving: str = "") -> str:
    """Return the trigger of tables that are only added to; `moving` is what else it lets through."""
    return _REFUSE_CHANGE.replace("/*moving*/", moving)


DROP_PLACES: Final = """
DROP FUNCTION report_place_of(bigint);
DROP VIEW report_place;
DROP FUNCTION report_place_as_of;
"""
# `wanted` is the report's id once more: given as a constant, the planner reads the reassignments of its month only.
_PLACES: Final = """
CREATE FUNCTION report_place_as_of(r report, wanted bigint, up_to bigint DEFAULT 9223372036854775807)
RETURNS TABLE (layer_id integer, release_number integer, method text, area_path text[], geom geometry,
               accuracy_m double precision, {columns}, decision bigint, by_area boolean)
LANGUAGE sql STABLE AS $$
    SELECT COALESCE(l.layer_id, r.layer_id), COALESCE(l.release_number, r.release_number),
           COALESCE(l.method, r.method), COALESCE(l.area_path, r.area_path), COALESCE(l.geom, r.geom),
           COALESCE(l.accuracy_m, r.accuracy_m), {values}, COALESCE(l.id, 0),
           l.id IS NOT NULL AND l.geom IS NULL
    FROM (SELECT 1) AS one LEFT JOIN LATERAL (
        SELECT * FROM report_reassignment a WHERE a.report_id = wanted AND a.id <= up_to ORDER BY a.id DESC LIMIT 1
    ) l ON true
$$;
COMMENT ON FUNCTION report_place_as_of IS
    'Where a report belonged by its decisions up to one: 0 is its first place, without the number it is now.';
CREATE VIEW report_place AS
SELECT r.id AS report_id, p.* FROM report r CROSS JOIN LATERAL report_place_as_of(r, r.id) p;
CREATE FUNCTION report_place_of(wanted bigint) RETURNS SETOF report_place LANGUAGE sql STABLE AS $$
    SELECT r.id, p.* FROM report r CROSS JOIN LATERAL report_place_as_of(r, wanted) p WHERE r.id = wanted
$$;
COMMENT ON FUNCTION report_place_of IS 'Where one report belongs now; the planner reads its month only.';
"""
PLACES: Final = _PLACES.format(
    columns="reason_code text, reason_values jsonb, reassigned boolean",
    values="COALESCE(l.reason_code, r.reason_code), COALESCE(l.reason_values, r.reason_values), l.id IS NOT NULL",
)
PLACES_BEFORE: Final = _PLACES.format(
    columns="reason text, reassigned boolean, reason_zh text",
    values="COALESCE(l.reason, r.reason), l.id IS NOT NULL, COALESCE(l.reason_zh, l.reason, r.reason_zh, r.reason)",
)

_ERASURE: Final = """
CREATE OR REPLACE FUNCTION report_without_words() RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object(
        'description', '', 'address_text', NULL, 'photos', '[]'::jsonb, 'body_sha256', '\\x',
        {blank})
$$;
CREATE OR REPLACE FUNCTION erase_report_words(erased bigint[]) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE report SET description = '', address_text = NULL, photos = '{{}}', body_sha256 = '', {erased}
    WHERE id = ANY (erased);
    UPDATE report_key SET body_sha256 = '' WHERE report_id = ANY (erased);
    UPDATE report_reassignment SET {erased} WHERE report_id = ANY (erased);
    DELETE FROM reporter WHERE report_id IN (SELECT report_id FROM report_erasure WHERE report_id = ANY (erased));
$$;
"""
ERASURE: Final = _ERASURE.format(
    blank="'reason_code', 'erased', 'reason_values', '{}'::jsonb", erased="reason_code = 'erased', reason_values = '{}'"
)
ERASURE_BEFORE: Final = _ERASURE.format(
    blank="'reason', 'The words of this report were erased.', 'reason_zh', '该上报的文字已清除。'",
    erased="reason = report_without_words() ->> 'reason', reason_zh = report_without_words() ->> 'reason_zh'",
)
