"""Results of a period over the stored cases: computed, frozen by a second person, verified, and never altered."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core import clock
from governance.assessment import operations, queries
from governance.assessment.indicators import IndicatorDecidedError, IndicatorSecondPersonError
from governance.assessment.rule_files import read_indicators, rule_of
from governance.assessment.rules import (
    AssessmentPeriodError,
    AssessmentReasonMissingError,
    AssessmentSecondPersonError,
    AssessmentStateError,
)
from governance.assessment.states import Grouping, IndicatorAction, RunState
from governance.assessment.verifying import verify
from identity.grants import EVERYTHING
from tests.factories.cases import shared_office
from tests.factories.identity import stored, who

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tests.factories.cases import SharedOffice

STANDARD = Path(__file__).resolve().parents[3] / "data" / "assessment" / "standard.json"
TO_CLOSED = ("accept", "file", "dispatch", "acknowledge", "handle", "verify", "close")


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("assessment")) as opened:
        with opened.database.transaction() as session:
            for name in ("one", "two"):
                stored(session, name)
            for row in operations.propose_indicators(session, read_indicators(STANDARD.read_bytes()), actor=who("one")):
                operations.decide_indicator(session, row.id, IndicatorAction.CONFIRM, actor=who("two"))
        opened.case(*TO_CLOSED, "rate")
        opened.case(*TO_CLOSED[:5], "rework", "handle", "verify", "close")
        opened.case("accept", "file", "dispatch", "return", "dispatch", "acknowledge")
        opened.case("reject")
        yield opened


def days() -> tuple[date, date]:
    today = clock.now().astimezone(clock.LOCAL).date()
    return today - timedelta(days=1), today + timedelta(days=1)


def test_results_count_the_cases_and_open_to_them(office: SharedOffice) -> None:
    with office.database.transaction() as session:
        run = operations.compute(session, *days(), actor=who("one"))
        assert (run.state, run.version, run.cases) == (RunState.PROVISIONAL, 1, 4)
        indicators = {one.code: one for one in queries.indicators_for(session, run.first_day, clock.now())}
        values = {
            code: (one.numerator, one.denominator, one.excluded)
            for code, row in indicators.items()
            for one in queries.values_of(session, run.id, grouping=Grouping.DISTRICT, indicator_id=row.id)
        }
        assert values["closed"] == (2, 3, 1)
        assert values["reworked"] == (1, 2, 0)
        assert values["satisfied"] == (1, 1, 0)
        assert values["dispatched_right_first"] == (2, 3, 0)
        assert values["handled"] == (2, 2, 1)
        assert values["receipt_in_time"] == (3, 3, 1)
        rule = rule_of(indicators["handled"].rule)
        evidence = queries.evidence(session, run.id, rule, Grouping.UNIT, "street", reach=EVERYTHING, limit=10)
        assert len(evidence) == 3
        assert queries.evidence(
            session, run.id, rule, Grouping.UNIT, "street", reach=EVERYTHING, limit=10,
            after=(evidence[1].case_id, evidence[1].number),
        ) == evidence[2:]  # fmt: skip
        assert queries.evidence(session, run.id, rule, Grouping.UNIT, "bureau", reach=EVERYTHING, limit=10) == []
        assert verify(session, run).holds
        again = operations.compute(session, *days(), actor=who("one"))
        assert (again.version, again.cases) == (1, 4)
        session.refresh(run)
        assert run.state == RunState.DISCARDED


def test_who_proposed_an_indicator_does_not_confirm_it_and_a_new_version_changes_nothing_published(
    office: SharedOffice,
) -> None:
    given = read_indicators(STANDARD.read_bytes())[:1]
    with office.database.transaction() as session:
        before = queries.indicators_for(session, days()[0], clock.now())
        (row,) = operations.propose_indicators(session, given, actor=who("one"))
        assert row.version == 2
        with pytest.raises(IndicatorSecondPersonError):
            operations.decide_indicator(session, row.id, IndicatorAction.CONFIRM, actor=who("one"))
        operations.decide_indicator(session, row.id, IndicatorAction.REFUSE, actor=who("one"))
        with pytest.raises(IndicatorDecidedError):
            operations.decide_indicator(session, row.id, IndicatorAction.CONFIRM, actor=who("two"))
        assert [one.id for one in queries.indicators_for(session, days()[0], clock.now())] == [one.id for one in before]


def test_periods_that_cannot_be_are_refused(office: SharedOffice) -> None:
    today = days()[0]
    with office.database.transaction() as session:
        for first, until in (
            (today, today), (today + timedelta(days=9), today + timedelta(days=10)),
            (today - timedelta(days=400), today),
            (today.replace(year=2001), today.replace(year=2001) + timedelta(days=3)),
        ):  # fmt: skip
            with pytest.raises(AssessmentPeriodError):
                operations.compute(session, first, until, actor=who("one"))


def test_frozen_results_stay_and_a_planted_change_is_found(
    office: SharedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with office.database.transaction() as session:
        run = operations.compute(session, *days(), actor=who("one"))
        with pytest.raises(AssessmentStateError):
            operations.freeze(session, run.id, actor=who("two"))
    later = clock.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    with office.database.transaction() as session:
        run = operations.compute(session, *days_of(run), actor=who("one"))
        with pytest.raises(AssessmentSecondPersonError):
            operations.freeze(session, run.id, actor=who("one"))
        operations.freeze(session, run.id, actor=who("two"))
        assert verify(session, run).holds
        number, cases = run.id, run.cases
    for change in (
        "UPDATE assessment_value SET numerator = numerator + 1",
        "DELETE FROM assessment_fact",
        "DELETE FROM assessment_value",
        "INSERT INTO assessment_value SELECT run_id, indicator_id, 'unit', 'x', 1, 1, 0 FROM assessment_value LIMIT 1",
        "UPDATE assessment_run SET state = 'provisional' WHERE state = 'frozen'",
        "UPDATE assessment_run SET digest = 'x' WHERE state = 'frozen'",
        "UPDATE assessment_indicator SET name = 'x' WHERE state = 'in_force'",
    ):
        with pytest.raises(IntegrityError), office.database.transaction() as session:
            session.execute(text(change))
    office.case("accept")  # what comes later changes nothing
    with office.database.transaction() as session:
        again = operations.compute(session, run.first_day, run.until_day, actor=who("one"), reason="appeal")
        assert again.version == 2
        with pytest.raises(AssessmentReasonMissingError):
            operations.compute(session, run.first_day, run.until_day, actor=who("one"))
    with office.database.transaction() as session:
        kept = queries.run(session, number)
        assert kept is not None
        operations.publish(session, number, actor=who("two"))
        assert verify(session, kept).cases == cases
        assert verify(session, kept).holds
        with pytest.raises(AssessmentStateError):
            operations.freeze(session, number, actor=who("two"))
        session.flush()
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for planted, values, cases_found, digest in (
            (("UPDATE assessment_value SET numerator = numerator - 1 WHERE ctid = (SELECT ctid FROM assessment_value"
             " WHERE run_id = :run AND numerator > 0 LIMIT 1)"), 1, 0, False),
            (("UPDATE assessment_fact SET marks = '{rejected}' WHERE ctid = (SELECT ctid FROM assessment_fact"
             " WHERE run_id = :run LIMIT 1)"), 0, 1, False),
            (("DELETE FROM case_step WHERE verb = 'verify' AND case_id = (SELECT min(case_id) FROM assessment_case"
             " WHERE run_id = :run)"), None, 1, True),
        ):  # fmt: skip
            point = session.begin_nested()
            assert session.connection().execute(text(planted), {"run": number}).rowcount == 1
            session.expire_all()
            found = verify(session, kept)
            assert (found.holds, found.digest_holds) == (False, digest), planted
            assert len(found.cases_differing) == cases_found, planted
            assert values is None or len(found.values_differing) == values, planted
            point.rollback()
        session.rollback()


def days_of(run: object) -> tuple[date, date]:
    return run.first_day, run.until_day  # type: ignore[attr-defined]


def test_a_step_that_comes_late_is_listed_and_not_counted(office: SharedOffice) -> None:
    with office.database.transaction() as session:
        run = queries.runs(session, sees_all=True, limit=1)[0]
        assert queries.late_cases(session, run, limit=5) == []
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("UPDATE assessment_case SET last_step = 0"))
        run, late = next(
            (one, found) for one in queries.runs(session, sees_all=True, limit=9)
            if (found := queries.late_cases(session, one, limit=9))
        )  # fmt: skip
        person = stored(session, "accused").id
        session.execute(text("INSERT INTO report_accused (report_id, person_id) VALUES (:report, :person)"),
                        {"report": late[0][0], "person": person})  # fmt: skip
        assert queries.late_cases(session, run, limit=9, viewer=person) == late[1:], "not what accuses who looks"
        session.rollback()
