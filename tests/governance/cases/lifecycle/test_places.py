"""What lists filter cases by is where their reports belong now, whoever decides and opens at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from core.db import Database
from core.settings import Settings
from tests.factories.cases import WORD, case_district, open_case_of
from tests.factories.reports import PlacedRow, decide, store_reports

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIFFERING = text("""
SELECT count(*) FROM case_record c JOIN report r ON r.id = c.id JOIN report_place p ON p.report_id = c.id
LEFT JOIN case_place o ON o.case_id = c.id
WHERE (o.channel, o.word, o.layer_id, o.area_path, ST_AsBinary(o.geom))
    IS DISTINCT FROM (r.channel, r.category, p.layer_id, p.area_path, ST_AsBinary(p.geom))
""")
PAIRS = 12


@pytest.fixture(scope="module")
def base(module_database_url: str) -> Iterator[Database]:
    database = Database(Settings(DATABASE_URL=module_database_url, log_level="ERROR"))
    with database.transaction() as session:
        case_district(session)
    yield database
    database.close()


def test_a_decision_on_a_report_moves_its_case(base: Database) -> None:
    placed = PlacedRow(category=WORD, lon=113.5, lat=34.5, path=["S", "g1"])
    with base.transaction() as session:
        early, late, without_case = store_reports(session, [placed] * 3)
        open_case_of(session, early)
        decide(session, early, ["S", "g2"], point=(114.5, 34.5))
        decide(session, late, [], point=(120.0, 30.0))
        open_case_of(session, late)
        decide(session, without_case, ["S"])
    with base.snapshot() as session:
        assert session.scalar(_DIFFERING) == 0
        paths = {row[0]: row[1] for row in session.execute(text("SELECT case_id, area_path FROM case_place"))}
    assert paths == {early: ["S", "g2"], late: []}


def test_who_opens_a_case_while_another_decides_where_it_belongs_misses_nothing(base: Database) -> None:
    placed = PlacedRow(category=WORD, lon=113.5, lat=34.5, path=["S", "g1"])
    with base.transaction() as session:
        ids = store_reports(session, [placed] * PAIRS)

    def open_one(report_id: int) -> None:
        with base.transaction() as session:
            open_case_of(session, report_id)

    def decide_one(report_id: int) -> None:
        with base.transaction() as session:
            decide(session, report_id, ["S", "g2"], point=(114.5, 34.5))

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(act, one) for one in ids for act in (open_one, decide_one)]
        assert [one.result() for one in done] == [None] * (2 * PAIRS)
    with base.snapshot() as session:
        assert session.scalar(_DIFFERING) == 0
        moved = session.scalar(text("SELECT count(*) FROM case_place WHERE area_path = '{S,g2}'"))
    assert moved == PAIRS + 1
