"""Every formula of a generated ledger equals a slow plain count that knows verbs and instants alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.assessment_reference import differences
from benchmarks.case_histories import lay_histories, state_offices
from benchmarks.case_ledger import fill
from core import clock
from governance.assessment import operations, queries
from governance.assessment.rule_files import read_indicators
from governance.assessment.states import Grouping, IndicatorAction
from tests.factories.cases import case_district
from tests.factories.identity import issue_key, stored

if TYPE_CHECKING:
    from core.db import Database

STANDARD = Path(__file__).resolve().parents[3] / "data" / "assessment" / "standard.json"
CASES = 1_500


def test_every_formula_equals_a_plain_count_over_a_year_of_cases(database: Database) -> None:
    with database.transaction() as session:
        case_district(session)
        issue_key(session, name="sender", scopes=[])
        state_offices(session, datetime(2020, 1, 1, tzinfo=UTC))
        one, two = stored(session, "one"), stored(session, "two")
        given = read_indicators(STANDARD.read_bytes())
        given = [row.model_copy(update={"valid_from": date(2020, 1, 1)}) for row in given]
        for row in operations.propose_indicators(session, given, actor=one):
            operations.decide_indicator(session, row.id, IndicatorAction.CONFIRM, actor=two)
    fill(database, CASES, cases=False)
    assert lay_histories(database) > 7 * CASES
    today = clock.now().astimezone(clock.LOCAL).date()
    # A whole year, and a span within it into which cases come from before and out of which they go.
    for first, until in (
        (today - timedelta(days=365), today),
        (today - timedelta(days=80), today - timedelta(days=50)),
    ):
        with database.transaction() as session:
            run = operations.compute(session, first, until, actor=one)
            values = queries.values_of(session, run.id, grouping=Grouping.DISTRICT)
            assert {row.denominator > 0 for row in values} == {True}
            assert len(values) == len(given)
            assert differences(session, run) == []
