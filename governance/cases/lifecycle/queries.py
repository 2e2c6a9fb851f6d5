"""Reads of cases: one, a page of those in a reach, a history, and the clocks measured from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import select, text

from governance.calendar.workdays import entered, is_workday
from governance.cases.clocks.working_time import WorkingTime
from governance.cases.lifecycle import rules
from governance.cases.lifecycle.rules import CaseNotFoundError, Past
from governance.cases.lifecycle.states import CaseState, Verb
from governance.cases.lifecycle.tables import CaseStep, CaseWords
from governance.channels.queries import OPENS_CASES
from governance.reports.numbers import report_number
from governance.reports.reach_queries import reach_condition
from identity.actors import REPORTS_IMPORT
from identity.grants import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.clocks.measuring import Reading
    from governance.categories.states import Step
    from identity.grants import Reach

OF_CASE: Final = "(g.category = r.category OR g.category = ANY (c.category_path))"
"""A grant's category is that of a case: its code or one above it, or the word that the channel sent."""

FROM: Final = """
FROM case_record c JOIN report r ON r.id = c.id JOIN {place} p ON p.report_id = r.id
LEFT JOIN layer l ON l.id = p.layer_id
"""
COLUMNS: Final = """
SELECT c.id, c.state, c.version, c.category_path, c.urgency, c.unit_code, c.opened_at, c.changed_at, c.due_at,
       c.due_step, c.supervised, c.rating, r.channel, r.external_id, r.category AS word, r.reported_at,
       l.code AS layer, p.layer_id, p.area_path, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat
"""
_ONE = COLUMNS + FROM.format(place="report_place_of(:id)") + "WHERE c.id = :id"
# What the importer of files stored tells of what was before it was here.
_UNOPENED = f"""
SELECT r.id, r.channel, r.category, r.received_at
FROM unnest(CAST(:first AS bigint[]), CAST(:behind AS bigint[])) AS span (first, behind)
JOIN report r ON r.id >= span.first AND r.id < span.behind
JOIN api_client a ON a.id = r.client_id AND a.holder_id <> :importer
WHERE NOT EXISTS (SELECT FROM case_record c WHERE c.id = r.id) AND {OPENS_CASES}
ORDER BY r.id LIMIT :limit
"""
_MEMBERS = """
WITH RECURSIVE above (code, step) AS (
    SELECT unit_code, 0 FROM person_unit
    WHERE person_id = :person AND superseded_at IS NULL AND valid_during @> CAST(:at AS timestamptz)
    UNION
    SELECT s.parent_code, a.step + 1 FROM above a JOIN unit_state s ON s.unit_code = a.code
        AND s.superseded_at IS NULL AND s.valid_during @> CAST(:at AS timestamptz)
    WHERE s.parent_code IS NOT NULL AND a.step < 20
)
SELECT DISTINCT code FROM above
"""


class Unopened(NamedTuple):
    """A stored report that has no case yet: what its channel calls it, and when it was received."""

    report_id: int
    channel: str
    word: str
    received_at: datetime


_BELOW = """
WITH RECURSIVE above (code, step) AS (
    SELECT CAST(:unit AS text), 0
    UNION
    SELECT s.parent_code, a.step + 1 FROM above a JOIN unit_state s ON s.unit_code = a.code
        AND s.superseded_at IS NULL AND s.valid_during @> CAST(:at AS timestamptz)
    WHERE s.parent_code IS NOT NULL AND a.step < 20
)
SELECT EXISTS (SELECT FROM above WHERE code = :upper)
"""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as it stands, with what its report says of where it came from and where it lies."""

    id: int
    state: CaseState
    version: int
    category_path: list[str]
    urgency: str
    unit_code: str | None
    opened_at: datetime
    changed_at: datetime
    due_at: datetime | None
    due_step: str | None
    supervised: bool
    rating: int | None
    channel: str
    external_id: str | None
    word: str
    reported_at: datetime
    layer: str | None
    layer_id: int | None
    area_path: list[str]
    lon: float | None
    lat: float | None

    @property
    def number(self) -> str:
        """The number of the report that opened it, and so the case's."""
        return report_number(self.id)


def case(session: Session, case_id: int, *, reach: Reach) -> CaseView:
    """Return one case of a reach.

    Raises
    ------
    CaseNotFoundError
    """
    conditions, values = reach_condition(session, reach, category=OF_CASE)
    statement = " AND ".join([_ONE, *conditions])
    row = session.execute(text(statement), values | {"id": case_id}).mappings().one_or_none()
    if row is None:
        raise CaseNotFoundError(
            "There is no case {case_id}, or none that you may see.",
            values={"case_id": report_number(case_id)},
            field="number",
        )
    return view_of(dict(row))


def cases_of(session: Session, case_ids: Collection[int], *, reach: Reach) -> dict[int, CaseView]:
    """Return those of some cases that are in a reach, by their ids."""
    if not case_ids:
        return {}
    conditions, values = reach_condition(session, reach, category=OF_CASE)
    where = " AND ".join(["c.id = ANY (:ids)", *conditions])
    statement = COLUMNS + FROM.format(place="report_place") + "WHERE " + where
    rows = session.execute(text(statement), values | {"ids": list(case_ids)}).mappings()
    return {row["id"]: view_of(dict(row)) for row in rows}


def is_reached(session: Session, case_id: int, *, reach: Reach) -> bool:
    """Tell whether a case is in a reach."""
    if reach == EVERYTHING:
        return True
    try:
        case(session, case_id, reach=reach)
    except CaseNotFoundError:
        return False
    return True


def is_member(session: Session, person_id: int, unit_code: str | None, at: datetime) -> bool:
    """Tell whether a person belongs to a unit, or to one below it, at an instant."""
    return unit_code in units_of(session, person_id, at)


def units_of(session: Session, person_id: int, at: datetime) -> set[str]:
    """Return the units that a person belongs to at an instant, and those above them."""
    return set(session.scalars(text(_MEMBERS), {"person": person_id, "at": at}))


def unopened(session: Session, spans: Sequence[range], *, limit: int) -> list[Unopened]:
    """Return the first reports of spans of ids that have no case and whose channel opens cases by itself."""
    values = {
        "first": [span.start for span in spans], "behind": [span.stop for span in spans],
        "importer": REPORTS_IMPORT.id, "limit": limit,
    }  # fmt: skip
    return [Unopened(*row) for row in session.execute(text(_UNOPENED), values)] if spans else []


def is_below(session: Session, unit: str, upper: str | None, at: datetime) -> bool:
    """Tell whether a unit is another one or lies below it at an instant."""
    return unit == upper or bool(session.scalar(text(_BELOW), {"unit": unit, "upper": upper, "at": at}))


def accused_of(steps: Sequence[CaseStep]) -> frozenset[str]:
    """Return the units that a case accuses, by its history."""
    found: set[str] = set()
    for one in steps:
        if "accused" in one.detail:
            (found.add if Verb(one.verb) is Verb.ACCUSE else found.discard)(one.detail["accused"])
    return frozenset(found)


def steps_of(session: Session, case_id: int, *, after: int = 0, limit: int | None = None) -> Sequence[CaseStep]:
    """Return the history of a case in order; what came after a step, and so many at most."""
    query = select(CaseStep).where(CaseStep.case_id == case_id, CaseStep.number > after).order_by(CaseStep.number)
    return session.scalars(query.limit(limit)).all()


def words_of(session: Session, case_id: int) -> dict[int, CaseWords]:
    """Return the words that people wrote to the steps of a case, by the steps' numbers."""
    rows = session.scalars(select(CaseWords).where(CaseWords.case_id == case_id))
    return {row.number: row for row in rows}


def clocks_of(steps: Sequence[CaseStep], work: WorkingTime, *, now: datetime) -> dict[Step, Reading]:
    """Measure the clocks of a case from its whole history."""
    return rules.readings_of(rules.events_of((one.at, one.detail.get("clocks", [])) for one in steps), work, now=now)


def past_of(steps: Sequence[CaseStep]) -> Past:
    """Return what of a history bounds what may still be done."""
    verbs = [Verb(one.verb) for one in steps]
    dispatches = [one.at for one in steps if Verb(one.verb) in {Verb.DISPATCH, Verb.REDISPATCH}]
    return Past(
        suspensions=verbs.count(Verb.SUSPEND),
        hand_overs=verbs.count(Verb.RETURN) + verbs.count(Verb.REDISPATCH),
        reworks=verbs.count(Verb.REWORK),
        returned_by=frozenset(one.detail["returned_by"] for one in steps if Verb(one.verb) is Verb.RETURN),
        dispatched_at=dispatches[-1] if dispatches else None,
        open_whistles=open_whistles(steps),
        open_parts=open_parts(steps),
    )


def open_parts(steps: Sequence[CaseStep]) -> dict[int, str]:
    """Return the units of parts that are neither finished nor returned or withdrawn, by the parts' numbers."""
    found: dict[int, str] = {}
    for one in steps:
        match Verb(one.verb):
            case Verb.GIVE_PART | Verb.SEND_BACK_PART:
                found[one.detail["part"]] = one.detail["unit"]
            case Verb.FINISH_PART | Verb.RETURN_PART | Verb.WITHDRAW_PART:
                found.pop(one.detail["part"], None)
    return dict(sorted(found.items()))


def open_whistles(steps: Sequence[CaseStep], *, pausing: bool = False) -> tuple[int, ...]:
    """Return the numbers of whistles that are neither concluded nor called off, by a history; or those that pause."""
    found: dict[int, bool] = {}
    for one in steps:
        match Verb(one.verb):
            case Verb.WHISTLE:
                found[one.detail["whistle"]] = one.detail["pauses"]
            case Verb.CONCLUDE | Verb.CALL_OFF:
                found.pop(one.detail["whistle"], None)
    return tuple(number for number, pauses in found.items() if pauses or not pausing)


def categorised_at(steps: Sequence[CaseStep]) -> datetime:
    """Return when a case got the category that it has."""
    return max(one.at for one in steps if Verb(one.verb) in {Verb.OPEN, Verb.RECLASSIFY})


def working_time(session: Session, *, known_by: datetime) -> WorkingTime:
    """Return when offices work, as the calendar was known at an instant."""
    own = entered(session, known_by=known_by)
    return WorkingTime(lambda day: is_workday(day, own))


def view_of(row: dict[str, Any]) -> CaseView:
    """Return a case of a row with COLUMNS."""
    row["area_path"] = row["area_path"] or []
    return CaseView(**row | {"state": CaseState(row["state"])})
