"""Revision 0020 moves a ledger of 0019 into months and back: nothing is lost, every number still finds its report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.rows import dict_row

from core.db import Database
from core.settings import Settings
from governance.hotspots.runs import queries as runs
from governance.hotspots.runs.tables import HotspotRun
from governance.reports import numbers, queries, rules
from identity.grants import EVERYTHING
from migrations.losses import losses
from migrations.run import move_to
from migrations.steps_0020 import moving
from tests.conftest import fresh_database

if TYPE_CHECKING:
    from collections.abc import Iterator

REPORTS = 240
# Ids as they were given: in order of time but for two at the end of June, whose instants were taken in the other order.
LEDGER = f"""
INSERT INTO api_client (name, key_sha256, scopes, created_at) VALUES ('hotline', '\\x00', '{{}}', now());
INSERT INTO layer (code, name, levels, created_at) VALUES ('admin', '网格', '{{grid}}', now());
INSERT INTO report (client_id, channel, external_id, idempotency_key, body_sha256, category, description, crs, x, y,
    geom, reported_at, received_at, layer_id, method, area_path, reason)
SELECT 1, '12345', CASE WHEN i % 3 <> 0 THEN 'x-' || i END, CASE WHEN i % 5 = 0 THEN 'k-' || i END,
    sha256(i::text::bytea), '占道', '第' || i || '号', 'WGS84', 113.3, 34.8, ST_SetSRID(ST_Point(113.3, 34.8), 4326),
    at - interval '1 hour', at, 1, CASE WHEN i % 40 = 0 THEN 'unassigned' ELSE 'covered' END, '{{}}', 'why ' || i
FROM (
    SELECT i, CASE i WHEN 120 THEN '2026-07-01 00:00:01+00' WHEN 121 THEN '2026-06-30 23:59:59+00'
        ELSE '2026-05-30 12:00+08'::timestamptz + i * interval '6.4 hours' END AS at
    FROM generate_series(1, {REPORTS}) i
) r ORDER BY i;
INSERT INTO reporter (report_id, name, phone, caller_hash)
    SELECT id, '张三', '13800001234', decode(md5((id % 7)::text), 'hex') FROM report WHERE id % 2 = 0;
INSERT INTO report_reassignment
    (report_id, decided_at, actor, cause, layer_id, release_number, method, area_path, reason)
    SELECT id, now(), 'd', 'triage', 1, 1, 'covered', '{{}}', 'moved ' || n FROM report, generate_series(1, 2) n
    WHERE id % 10 = 0 ORDER BY n, id;
INSERT INTO report_evidence (report_id, client_id, declared_crs, verdict, gazetteer, examined_at)
    SELECT id, 1, 'WGS84', 'certain', '{{}}', now() FROM report WHERE id <= 100;
INSERT INTO wording (words, label, geom, accuracy_m, report_id, proposed_by, proposed_at)
    VALUES ('大转盘', '新乡路', ST_SetSRID(ST_Point(113.3, 34.8), 4326), 30, 77, 'd', now());
INSERT INTO hotspot_run (kind, layer_id, level, period_start, period_end, categories, methods, parameters, seed,
    requested_by, requested_at, report_ids, reassignment_ids, last_report_id, last_reassignment_id, status, result)
SELECT 'month', 1, 'grid', '2026-06-01', '2026-07-01', '{{}}', '{{}}', '{{}}', 1, 'p', now(),
    string_agg(reverse_bytes(int8send(id)), '' ORDER BY id), reverse_bytes(int8send(3)), 239, 24, 'done', '{{}}'
FROM report WHERE id BETWEEN 100 AND 140;
"""
REVERSE = """
CREATE FUNCTION reverse_bytes(bytea) RETURNS bytea LANGUAGE sql AS $$
    SELECT string_agg(substring($1 FROM n FOR 1), ''::bytea ORDER BY n DESC) FROM generate_series(1, length($1)) n
$$
"""
# What an old version that still runs stores while the rows are moved: also for reports that were moved already.
MEANWHILE = """
INSERT INTO report_evidence (report_id, client_id, declared_crs, gazetteer, examined_at)
    VALUES (120, 1, 'WGS84', '{}', now());
INSERT INTO report_reassignment
    (report_id, decided_at, actor, cause, layer_id, release_number, method, area_path, reason)
    VALUES (3, now(), 'd', 'triage', 1, 1, 'covered', '{c}', 'meanwhile');
INSERT INTO reporter (report_id, name) VALUES (5, '李四');
"""
ONE_MORE = """
INSERT INTO report
    (client_id, channel, external_id, body_sha256, category, crs, reported_at, received_at, method, {columns})
VALUES (1, '12345', '{name}', '\\x01', '占道', 'WGS84', now(), now() - interval '{age}', 'unassigned', {reason})
"""
# Everything that is known of each report, by its old id; and what names reports.
KNOWN = """
SELECT {number} AS number, r.channel, r.external_id, r.idempotency_key, r.body_sha256, r.category, r.description,
       r.reported_at, r.received_at, r.geom::text, p.area_path, {reason} AS reason, p.method, p.reassigned, m.name,
       m.caller_hash,
       e.verdict, (SELECT array_agg(a.id ORDER BY a.id) FROM report_reassignment a WHERE a.report_id = r.id) AS moves
FROM report r JOIN report_place p ON p.report_id = r.id LEFT JOIN reporter m ON m.report_id = r.id
LEFT JOIN report_evidence e ON e.report_id = r.id ORDER BY 1
"""
NAMED = """
SELECT 'wording' AS named, {number} AS number FROM wording w JOIN report r ON r.id = w.report_id
UNION ALL
SELECT e.kind, {number} FROM event e, unnest(e.ids) s JOIN report r ON r.id >= lower(s) AND r.id < upper(s)
ORDER BY 1, 2
"""
OLD = {"number": "r.id", "reason": "p.reason"}
NEW = {
    "number": "coalesce((SELECT k.old_id FROM report_key k WHERE k.report_id = r.id), r.id)",
    "reason": "p.reason_values ->> 'sentence'",
}


def one_more(name: str, age: str = "0 s", *, at_0019: bool = False) -> str:
    """Return the statement that stores another report, as its revision names the columns of the reason."""
    columns, reason = "reason_code, reason_values", "'as_written', '{\"sentence\": \"one more\"}'"
    if at_0019:
        columns, reason = "reason", "'one more'"
    return ONE_MORE.format(name=name, age=age, columns=columns, reason=reason)


def _rows(url: str, query: str) -> list[dict[str, Any]]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(query.encode()).fetchall()


def _run(url: str, *scripts: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for script in scripts:
            connection.execute(script.encode())


@pytest.fixture
def at_0019(server_url: str, template_database: str) -> Iterator[str]:
    """A database of revision 0019 with reports of three months."""
    with fresh_database(server_url, template_database) as url:
        move_to(url, "0019")
        _run(url, REVERSE, LEDGER)
        yield url


def test_a_ledger_of_before_moves_into_months_and_back(at_0019: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "BATCH", 50)
    _interrupt(monkeypatch, at_0019, after=3)
    _run(at_0019, MEANWHILE, one_more("meanwhile", at_0019=True))
    known, named = _rows(at_0019, KNOWN.format(**OLD)), _rows(at_0019, NAMED.format(**OLD))
    move_to(at_0019)
    assert _rows(at_0019, KNOWN.format(**NEW)) == known
    assert _rows(at_0019, NAMED.format(**NEW)) == named
    assert _rows(at_0019, "SELECT FROM report WHERE id / 1000000000 <> report_month(received_at)") == []
    assert _rows(at_0019, "SELECT to_regnamespace('ledger_move')::text AS left") == [{"left": None}]

    database = Database(Settings(DATABASE_URL=at_0019))
    with database.transaction() as session:
        for old_id in (1, 120, 121, REPORTS):
            number = numbers.report_number(old_id)
            found = queries.report(session, numbers.report_id(number), reach=EVERYTHING)
            assert (found["description"], numbers.report_number(found["id"])) == (f"第{old_id}号", number)
        columns, _ = runs.read_reports(session, session.get_one(HotspotRun, 1), start=None, end=None, codes=[])  # type: ignore[arg-type]
        assert columns.ids.tolist() == list(range(100, 141))  # as its result names them, in the order it read them
        with pytest.raises(rules.ReportUnknownError):
            queries.report(session, 999, reach=EVERYTHING)
    database.close()

    # A report stored since keeps its id on the way back and up again, and reports of before get theirs.
    _run(at_0019, one_more("since"))
    since, named = _rows(at_0019, KNOWN.format(**NEW)), _rows(at_0019, NAMED.format(**NEW))
    lost = [loss for loss in losses(at_0019, "0019") if loss.lost and loss.table.startswith("report")]
    assert lost == []
    move_to(at_0019, "0019")
    assert _rows(at_0019, KNOWN.format(**OLD)) == since
    assert _rows(at_0019, NAMED.format(**OLD)) == named
    move_to(at_0019)
    assert _rows(at_0019, KNOWN.format(**NEW)) == since
    assert _rows(at_0019, NAMED.format(**NEW)) == named
    _run(at_0019, one_more("last"))
    assert len(_rows(at_0019, "SELECT FROM report")) == len(since) + 1


def _interrupt(monkeypatch: pytest.MonkeyPatch, url: str, *, after: int) -> None:
    """Begin to move, and end as if killed behind some batches: each was a transaction."""
    batch, left = moving._batch, iter(range(after))  # noqa: SLF001

    def killed(connection: psycopg.Connection[Any]) -> int:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return batch(connection)

    with monkeypatch.context() as patched:
        patched.setattr(moving, "_batch", killed)
        with pytest.raises(KeyboardInterrupt):
            move_to(url)
    (moved,) = _rows(url, "SELECT count(*) FROM ledger_move.report")
    assert moved == {"count": after * moving.BATCH}


def test_what_would_be_lost_is_refused_before_anything_is_moved(at_0019: str) -> None:
    _run(at_0019, one_more("odd", "2 days", at_0019=True))
    with pytest.raises(RuntimeError, match="1 reports lie more than a day after their receipt"):
        move_to(at_0019)
    assert len(_rows(at_0019, "SELECT FROM report")) == REPORTS + 1
