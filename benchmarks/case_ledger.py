"""A ledger of many cases, made by SQL: spread over a year and a district, half of them closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

if TYPE_CHECKING:
    from core.db import Database

# Months first; then reports whose triggers (events, keys) are left out: nothing that is read here reads those.
_MONTHS: Final = """
SELECT make_report_month(CAST(to_char(now() - make_interval(months => ago), 'YYYYMM') AS integer))
FROM generate_series(0, 12) AS ago
"""
_REPORTS: Final = """
INSERT INTO report (id, client_id, channel, body_sha256, category, description, crs, geom, reported_at, received_at,
    layer_id, release_number, method, area_path, reason_code, reason_values)
SELECT report_new_id(at), (SELECT min(id) FROM api_client), '12345', '\\x00', '暴露垃圾',
    (ARRAY['新乡路与孟津路交叉口东北角有暴露垃圾', '小区门口垃圾无人清理', '西门口路灯不亮', '店铺占道经营'])[1 + n % 4]
    || '，请尽快处理' || n % 97, 'WGS84',
    ST_SetSRID(ST_MakePoint(113.20 + 0.13 * random(), 34.76 + 0.09 * random()), 4326), at, at,
    (SELECT min(id) FROM layer), 1, 'covered', ARRAY['410106', '410106' || street,
    '410106' || street || lpad(CAST(1 + n / 6 % 10 AS text), 3, '0'),
    '410106' || street || lpad(CAST(1 + n / 6 % 10 AS text), 3, '0') || lpad(CAST(1 + n / 60 % 5 AS text), 3, '0')],
    'inside', '{}'
FROM (SELECT n, now() - interval '365 days' * (1 - CAST(n AS float) / :rows) AS at,
          (ARRAY['001', '002', '003', '004', '005', '100'])[1 + n % 6] AS street
      FROM generate_series(1, :rows) AS n ORDER BY n) AS given
"""
_CALLERS: Final = """
INSERT INTO reporter (report_id, caller_hash) SELECT id, sha256(int8send(id % (:rows / 3 + 1))) FROM report
ON CONFLICT DO NOTHING
"""
_CASES: Final = """
INSERT INTO case_record (id, state, version, category_path, urgency, opened_at, changed_at, supervised)
SELECT id, CASE id % 2 WHEN 0 THEN 'closed' ELSE 'filed' END, 3, ARRAY['E01' || lpad(CAST(id % 12 AS text), 2, '0'),
    'E01', 'E'], 'normal', received_at, received_at, false FROM report ON CONFLICT DO NOTHING
"""
PLACES: Final = """
INSERT INTO case_place (case_id, channel, word, layer_id, area_path, geom)
SELECT c.id, r.channel, r.category, r.layer_id, r.area_path, r.geom FROM case_record c JOIN report r ON r.id = c.id
ON CONFLICT DO NOTHING
"""
"""Where cases of reports that nobody moved belong, without the trigger that writes it."""


def fill(database: Database, rows: int, *, cases: bool = True) -> None:
    """Store so many reports with their callers, and cases without histories, and let the planner know of them.

    The reports come in the order of time, as they do, from six streets.
    """
    with database.transaction() as session:
        session.execute(text(_MONTHS))
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in (_REPORTS, _CALLERS, *([_CASES, PLACES] if cases else [])):
            session.execute(text(statement), {"rows": rows} if ":rows" in statement else {})
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE report, reporter, report_reassignment, case_record, case_place"))
