"""Where a report belongs is decided later by one way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely
from sqlalchemy import text

from core import clock
from core.words import stored_message
from governance.reports import operations
from governance.reports.rules import Decision, NewPlace
from governance.reports.states import ReassignmentCause
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who
from tests.factories.releases import publish_areas
from tests.factories.reports import PlacedRow, decide, store_reports

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.db import Database


@pytest.fixture
def reports(database: Database) -> list[int]:
    """Six reports in two squares, the last without a point."""
    areas = [AreaRecord("grid", code, code, shapely.box(x, 34, x + 1, 35)) for code, x in (("a", 113), ("b", 114))]
    rows = [PlacedRow(113.5, 34.5, ["a"]), PlacedRow(114.5, 34.5, ["b"])] * 2 + [PlacedRow(113.1, 34.1, ["a"])]
    with database.transaction() as session:
        publish_areas(session, areas, levels=["grid"])
        return store_reports(session, [*rows, PlacedRow()])


def decided(session: Session, *decisions: Decision) -> int:
    how = {"cause": ReassignmentCause.TRIAGE, "actor": who("one"), "layer_id": 1, "release_number": 1}
    return operations.reassign(session, decisions, at=clock.now(), **how)  # type: ignore[arg-type]


def test_a_decision_that_had_not_seen_another_one_is_not_written(database: Database, reports: list[int]) -> None:
    why = stored_message("area_stays", code="a")
    here, there = NewPlace("covered", ("a",), why), NewPlace("covered", ("b",), why, 114.5, 34.5, 20.0)
    with database.transaction() as session:
        assert decided(session, Decision(reports[0], 0, there), Decision(reports[1], 0, here)) == 2
    with database.transaction() as session:
        assert decided(session, Decision(reports[0], 0, here), Decision(reports[2], 0, there)) == 1
        assert decided(session) == 0
        rows = session.execute(text("SELECT report_id, area_path, accuracy_m FROM report_reassignment ORDER BY id"))
        assert [tuple(row) for row in rows] == [
            (reports[0], ["b"], 20.0), (reports[1], ["a"], None), (reports[2], ["b"], 20.0)
        ]  # fmt: skip


_AS_OF = "SELECT p.* FROM report r, report_place_as_of(r, r.id, :up_to) p WHERE r.id = :id"


def test_a_report_belonged_where_its_latest_decision_up_to_one_put_it(database: Database, reports: list[int]) -> None:
    """Against the decisions replayed one by one, without the number each, and against the view of now."""
    one, other, *_, nowhere = reports
    with database.transaction() as session:
        given: list[tuple[int, list[str], tuple[float, float] | None]] = [
            (one, ["b"], (114.5, 34.5)), (nowhere, ["a"], None), (one, ["a"], None), (other, [], None),
            (nowhere, ["b"], (114.1, 34.1)),
        ]  # fmt: skip
        for report, path, point in given:
            decide(session, report, path, point=point)
        history = session.execute(text("SELECT id, report_id, area_path FROM report_reassignment ORDER BY id")).all()
        first = {one: ["a"], other: ["b"], nowhere: []}
        for up_to in (0, *(row[0] for row in history)):
            expected = first | {row[1]: row[2] for row in history if row[0] <= up_to}
            for report, path in expected.items():
                found = session.execute(text(_AS_OF), {"up_to": up_to, "id": report}).mappings().one()
                assert (found["area_path"], found["reassigned"]) == (path, found["decision"] > 0)
                assert found["decision"] == max((r[0] for r in history if r[1] == report and r[0] <= up_to), default=0)
        now = {row[0]: row[1] for row in session.execute(text("SELECT report_id, area_path FROM report_place"))}
        assert {report: now[report] for report in expected} == expected
        plan = "\n".join(session.scalars(text("EXPLAIN SELECT * FROM report_place")))
        assert "Function Scan" not in plan, "the planner sees through the function"
        by_area = set(session.scalars(text("SELECT report_id FROM report_place WHERE by_area")))
        assert by_area == {one, other}
