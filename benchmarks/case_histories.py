"""Whole histories for a ledger of many cases: ways that the table of transitions allows, laid over reports by SQL.

Some hundreds of ways are made step by step with the clocks that stand, and each case gets one, from its receipt on;
what would lie ahead of now is left out, so that the cases of the last days are open.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import text

from benchmarks.case_ledger import PLACES
from governance.cases.clocks.working_time import WorkingTime
from governance.cases.lifecycle import rules
from governance.cases.lifecycle.states import OPEN, TABLE, Verb
from governance.categories.operations import CategoryIn, state_categories
from governance.categories.rules import Limit
from governance.categories.states import LimitUnit, Step, Urgency
from governance.reports.numbers import MONTH
from identity.actors import SERVICE
from identity.units.operations import UnitIn, state_units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from core.db import Database

WAYS: Final = 500
UNITS: Final = (
    "410106001", "410106002", "410106003", "410106004", "410106005", "410106100", "CG", "ZR", "GA", "HB", "YJ", "ZJ",
)  # fmt: skip
CATEGORIES: Final = tuple(f"E01{number:02}" for number in range(12))
LIMITS: Final[Mapping[tuple[Step, Urgency], Limit]] = {
    (Step.ACCEPT, Urgency.NORMAL): Limit(15, LimitUnit.MINUTES),
    (Step.FILE, Urgency.NORMAL): Limit(1, LimitUnit.HOURS),
    (Step.DISPATCH, Urgency.NORMAL): Limit(1, LimitUnit.WORKING_HOURS),
    (Step.ACKNOWLEDGE, Urgency.NORMAL): Limit(2, LimitUnit.WORKING_HOURS),
    (Step.HANDLE, Urgency.NORMAL): Limit(3, LimitUnit.WORKING_DAYS),
    (Step.VERIFY, Urgency.NORMAL): Limit(8, LimitUnit.WORKING_HOURS),
    (Step.CLOSE, Urgency.NORMAL): Limit(2, LimitUnit.CALENDAR_DAYS),
}
_END: Final = "verify close"
_TO_UNIT: Final = "accept file dispatch acknowledge"
WAYS_BY_WEIGHT: Final = (
    (52, f"{_TO_UNIT} handle {_END}"), (14, f"{_TO_UNIT} handle {_END} rate"),
    (7, f"{_TO_UNIT} handle rework handle {_END}"), (1, f"{_TO_UNIT} handle rework handle rework handle {_END}"),
    (6, f"accept file dispatch return dispatch acknowledge handle {_END}"), (4, f"{_TO_UNIT} extend handle {_END}"),
    (3, f"{_TO_UNIT} suspend resume handle {_END}"), (4, f"accept handle_on_the_spot {_END}"), (2, "accept reject"),
    (1, "accept file void"), (2, f"{_TO_UNIT} supervise handle {_END} call_back"),
    (2, f"{_TO_UNIT} redispatch acknowledge handle {_END}"),
    (1, f"{_TO_UNIT} handle {_END} rate reopen dispatch acknowledge handle {_END}"), (1, _TO_UNIT),
)  # fmt: skip
_WORK: Final = WorkingTime(lambda day: day.weekday() < 5)
_START: Final = datetime(2026, 1, 5, 1, tzinfo=UTC)
_HOURS: Final = {
    Verb.ACCEPT: 0.2, Verb.FILE: 0.5, Verb.DISPATCH: 1, Verb.ACKNOWLEDGE: 2, Verb.HANDLE: 30, Verb.VERIFY: 6,
    Verb.CLOSE: 12, Verb.RATE: 60,
}  # fmt: skip


class WayStep(NamedTuple):
    """A step of a way, so many seconds after the case was opened; `category` stands for that of the case."""

    way: int
    number: int
    after_s: float
    verb: str
    came_from: str | None
    led_to: str
    unit: str | None
    supervised: bool
    rating: int | None
    detail: str


_TABLE: Final = """
CREATE TEMPORARY TABLE way_step (way integer, number integer, after_s double precision, verb text, came_from text,
    led_to text, unit text, supervised boolean, rating integer, detail jsonb, PRIMARY KEY (way, number)) ON COMMIT DROP
"""
_ADD: Final = """
INSERT INTO way_step SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (way integer, number integer,
    after_s double precision, verb text, came_from text, led_to text, unit text, supervised boolean, rating integer,
    detail jsonb)
"""
_MONTHS: Final = (
    "SELECT make_case_month(CAST(month AS integer)) FROM (SELECT DISTINCT id / :month AS month FROM report) m"
)
_CASES: Final = """
INSERT INTO case_record (id, state, version, category_path, urgency, unit_code, opened_at, changed_at, due_at, due_step,
    supervised, rating)
SELECT r.id, w.led_to, w.number, ARRAY['E01' || lpad(CAST(r.id % 12 AS text), 2, '0'), 'E01', 'E'], 'normal', w.unit,
    r.received_at, r.received_at + make_interval(secs => w.after_s),
    CASE WHEN w.led_to = ANY (:going) THEN r.received_at + interval '5 days' END,
    CASE WHEN w.led_to = ANY (:going) THEN 'handle' END, w.supervised, w.rating
FROM report r CROSS JOIN LATERAL (
    SELECT * FROM way_step w WHERE w.way = r.id % :ways AND w.after_s <= extract(epoch FROM now() - r.received_at)
    ORDER BY w.number DESC LIMIT 1) w
"""
_STEPS: Final = """
INSERT INTO case_step (case_id, number, id, at, verb, came_from, led_to, actor_id, actor, unit_code, category_code,
    detail)
SELECT c.id, w.number, c.id * 10000 + w.number, c.opened_at + make_interval(secs => w.after_s), w.verb, w.came_from,
    w.led_to, :actor, 'service', w.unit, c.category_path[1], w.detail
FROM case_record c JOIN way_step w ON w.way = c.id % :ways AND w.number <= c.version
"""
_GOING: Final = [str(state) for state in OPEN]


def way_steps(number: int, drawn: random.Random) -> list[WayStep]:
    """Return a way from the opening to its end, or to where it stays."""
    (verbs,) = drawn.choices([words.split() for _, words in WAYS_BY_WEIGHT], [weight for weight, _ in WAYS_BY_WEIGHT])
    happened: list[tuple[datetime, list[dict[str, Any]]]] = []
    found: list[WayStep] = []
    at, supervised = _START, False
    state: str | None = None
    unit: str | None = None
    rating: int | None = None
    for position, verb in enumerate(map(Verb, ["open", *verbs]), 1):
        readings = rules.readings_of(rules.events_of(happened), _WORK, now=at)
        clocks = rules.clock_changes(verb, readings, LIMITS, Urgency.NORMAL)
        detail: dict[str, Any] = {"clocks": clocks}
        if verb in {Verb.DISPATCH, Verb.REDISPATCH}:
            unit = drawn.choice(UNITS)
        elif verb in {Verb.RETURN, Verb.REOPEN}:
            detail |= {"return_reason": "wrong_duty", "returned_by": unit} if verb is Verb.RETURN else {}
            unit = None
        elif verb is Verb.RATE:
            rating = detail["rating"] = drawn.choice((5, 5, 5, 4, 3, 1))
        elif verb is Verb.CALL_BACK:
            detail["call_back"] = {"contacted": True, "solved": True, "satisfied": drawn.random() < 0.9}
        supervised |= verb is Verb.SUPERVISE
        came_from, state = state, str(TABLE[verb].target or state)
        happened.append((at, clocks))
        after_s = (at - _START).total_seconds()
        found.append(
            WayStep(number, position, after_s, verb, came_from, state, unit, supervised, rating, json.dumps(detail))
        )
        at += timedelta(hours=_HOURS.get(verb, 4) * drawn.lognormvariate(0, 0.8))
    return found


def state_offices(session: Session, since: datetime) -> None:
    """State the units that have the cases, and the categories with their limits."""
    state_units(session, [UnitIn(code, f"单位{code}", "street", None, since) for code in UNITS], actor=SERVICE)
    limits = dict(LIMITS)
    state_categories(session, [
        CategoryIn("E", "事件", "event", since, limits=limits),
        CategoryIn("E01", "市容", "event", since, parent_code="E"),
        *(CategoryIn(code, f"小类{code}", "event", since, parent_code="E01", on_the_spot=True) for code in CATEGORIES),
    ], actor=SERVICE)  # fmt: skip


def lay_histories(database: Database) -> int:
    """Give every stored report a case with its history, by the statements' own speed; return how many steps."""
    drawn = random.Random(9037)
    rows = [step._asdict() for number in range(WAYS) for step in way_steps(number, drawn)]
    for row in rows:
        row["detail"] = json.loads(row["detail"])
    with database.transaction() as session:
        session.execute(text(_MONTHS), {"month": MONTH})
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(_TABLE))
        session.execute(text(_ADD), {"rows": json.dumps(rows)})
        session.execute(text("ANALYZE way_step"))
        session.execute(text(_CASES), {"going": _GOING, "ways": WAYS})
        session.execute(text(PLACES))
        done = session.connection().execute(text(_STEPS), {"ways": WAYS, "actor": SERVICE.id}).rowcount
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE case_record, case_place, case_step"))
    return done
