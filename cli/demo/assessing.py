"""The sample's results: the standard's indicators, and what they come to over the half-year, opened to its cases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from cli.demo.importing import demo_actor
from core import clock
from core.settings import PROJECT_ROOT
from governance.assessment import operations, queries
from governance.assessment.rule_files import read_indicators
from governance.assessment.states import Grouping, IndicatorAction
from identity import principals
from identity.actors import ActorKind

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from cli.demo.half_year import HalfYear
    from core.db import Database

STANDARD: Final = PROJECT_ROOT / "data" / "assessment" / "standard.json"
SECOND: Final = "demo-second (sample)"
"""Who confirms the sample's indicators: a second one has to."""
CLOSED: Final = "closed"
_LONGEST: Final = timedelta(days=366)


class Assessed(NamedTuple):
    """The numbers of results, and the rate of closing over them all."""

    runs: list[int]
    closed: int
    cases: int


def assess(database: Database, half_year: HalfYear) -> Assessed:
    """Compute the results of the half-year and of the cases that were led just now, unless there are any."""
    with database.transaction() as session:
        if not queries.indicators(session):
            _state_indicators(session, half_year)
        if not queries.runs(session, sees_all=True, limit=1):
            for first, until in _periods(half_year):
                operations.compute(session, first, until, actor=demo_actor(session))
    with database.snapshot() as session:
        runs = sorted(one.id for one in queries.runs(session, sees_all=True, limit=100))
        rates = [
            value
            for run in runs
            for one in queries.indicators(session, code=CLOSED)
            for value in queries.values_of(session, run, grouping=Grouping.DISTRICT, indicator_id=one.id)
        ]
        return Assessed(runs, sum(one.numerator for one in rates), sum(one.denominator for one in rates))


def _state_indicators(session: Session, half_year: HalfYear) -> None:
    given = read_indicators(STANDARD.read_bytes())
    given = [one.model_copy(update={"valid_from": half_year.first_day}) for one in given]
    second = principals.named(session, SECOND, kind=ActorKind.SYSTEM)
    for row in operations.propose_indicators(session, given, actor=demo_actor(session)):
        operations.decide_indicator(session, row.id, IndicatorAction.CONFIRM, actor=second)


def _periods(half_year: HalfYear) -> list[tuple[date, date]]:
    """Return one period up to today, or, where the half-year lies far back, that and today."""
    today = clock.now().astimezone(clock.LOCAL).date()
    tomorrow = today + timedelta(days=1)
    if tomorrow - half_year.first_day <= _LONGEST:
        return [(half_year.first_day, tomorrow)]
    return [(half_year.first_day, half_year.end), (today, tomorrow)]
