"""Reads of pages of cases: which ones by what lists are filtered by, then what is shown of these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from core.db.planning import plan_for_pages
from governance.cases.lifecycle.queries import cases_of
from governance.reports.reach_queries import placed_condition
from identity.grants import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.lifecycle.queries import CaseView
    from governance.cases.lifecycle.states import CaseState, Verb
    from identity.grants import Reach

_OF_PLACED: Final = "(g.category = p.word OR g.category = ANY (c.category_path))"
_IDS: Final = "SELECT c.id FROM case_record c"
_PLACED: Final = "JOIN case_place p ON p.case_id = c.id"
_BOX: Final = "p.geom && ST_MakeEnvelope({0}, 4326)"
# Minutes from the first dispatch until a unit took the case over; NULL where none has.
_TAKEN_OVER: Final = """(
    SELECT extract(epoch FROM min(t.at) - d.at) / 60
    FROM (SELECT min(at) AS at FROM case_step WHERE case_id = c.id AND verb = 'dispatch') d
    JOIN case_step t ON t.case_id = c.id AND t.verb = 'acknowledge' AND t.at >= d.at GROUP BY d.at)"""
_TIMES: Final = "(SELECT count(*) FROM case_step s WHERE s.case_id = c.id AND s.verb = '{verb}')"
_DISPATCHED: Final = "EXISTS (SELECT FROM case_step d WHERE d.case_id = c.id AND d.verb = 'dispatch')"
_CONDITIONS: Final = {
    "state": "c.state = :state",
    "states": "c.state = ANY (:states)",
    "done": "EXISTS (SELECT FROM case_step s WHERE s.case_id = c.id AND s.verb = :done AND s.at >= :done_from)"
    " AND c.changed_at >= :done_from",
    "taken_after": f"{_TAKEN_OVER} > :taken_after",
    "taken_within": f"{_TAKEN_OVER} <= :taken_within",
    "untaken": f"({_DISPATCHED} AND {_TAKEN_OVER} IS NULL) = :untaken",
    "returned_twice": f"({_TIMES.format(verb='return')} >= 2) = :returned_twice",
    "reopened": f"({_TIMES.format(verb='reopen')} >= 1) = :reopened",
    "rated_at_most": "c.rating <= :rated_at_most",
    "unit": "c.unit_code = :unit",
    "units": "c.unit_code = ANY (:units)",
    "category": "c.category_path @> ARRAY[CAST(:category AS text)]",
    "area": "p.area_path @> ARRAY[CAST(:area AS text)]",
    "supervised": "c.supervised = :supervised",
    "overdue_at": "c.due_at < :overdue_at",
    "channel": "p.channel = :channel",
    "opened_from": "c.opened_at >= :opened_from",
    "opened_before": "c.opened_at < :opened_before",
    "changed_from": "c.changed_at >= :changed_from",
    "updated_after": "c.changed_at > :updated_after",
    "before": "c.id < :before",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases are wanted; what is None does not limit them. `overdue_at`: a deadline lies before this instant.

    `done` is a verb done since `done_from`; `taken_after` (exclusive) and `taken_within` are minutes from the first
    dispatch until a unit took the case over, and `untaken` is whether none has.
    `bbox`: west, south, east, north in degrees of EPSG:4326; west > east crosses the antimeridian.
    """

    state: CaseState | None = None
    states: tuple[str, ...] | None = None
    done: Verb | None = None
    done_from: datetime | None = None
    taken_after: int | None = None
    taken_within: int | None = None
    untaken: bool | None = None
    returned_twice: bool | None = None
    reopened: bool | None = None
    rated_at_most: int | None = None
    units: tuple[str, ...] | None = None
    unit: str | None = None
    category: str | None = None
    area: str | None = None
    supervised: bool | None = None
    overdue_at: datetime | None = None
    channel: str | None = None
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    changed_from: datetime | None = None
    updated_after: datetime | None = None
    bbox: tuple[float, float, float, float] | None = None


def cases_page(
    session: Session, wanted: CaseFilter, *, reach: Reach, limit: int, before: int | None = None
) -> list[CaseView]:
    """Return the cases of a reach, the latest first; those before an id, and so many at most."""
    plan_for_pages(session)
    found: list[CaseView] = []
    while len(found) < limit:
        missing = limit - len(found)
        ids = _ids(session, wanted, reach=reach, limit=missing, before=before)
        # Cases whose month of reports is detached are not shown, and the page goes on behind them.
        views = cases_of(session, ids, reach=EVERYTHING)
        found += [views[one] for one in ids if one in views]
        if len(ids) < missing:
            break
        before = ids[-1]
    return found


def _ids(session: Session, wanted: CaseFilter, *, reach: Reach, limit: int, before: int | None) -> Sequence[int]:
    """Return the ids of the cases of a reach that are wanted, the latest first."""
    conditions, values = placed_condition(session, reach, category=_OF_PLACED)
    given: dict[str, Any] = {name: getattr(wanted, name) for name in CaseFilter.__slots__} | {"before": before}
    if wanted.bbox is not None:
        conditions, values = [*conditions, _box(wanted.bbox)], values | _edges(wanted.bbox)
    given = {
        name: list(value) if isinstance(value, tuple) and name != "bbox" else value
        for name, value in given.items()
        if value is not None
    }
    conditions = [*conditions, *(_CONDITIONS[name] for name in given if name in _CONDITIONS)]
    joined = ""
    if any("p." in one for one in conditions):
        # The bound of the page for both tables: the planner carries none over from one to the other.
        joined = _PLACED if before is None else f"{_PLACED} AND p.case_id < :before"
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    statement = f"{_IDS} {joined} {where} ORDER BY c.id DESC LIMIT :limit"
    return session.scalars(text(statement), values | given | {"limit": limit}).all()


def _box(box: tuple[float, float, float, float]) -> str:
    """Return what holds for points in a box; one whose west is east of its east is two boxes."""
    boxes = [":west, :south, :east, :north"]
    if box[0] > box[2]:
        boxes = [":west, :south, 180, :north", "-180, :south, :east, :north"]
    return "(" + " OR ".join(_BOX.format(one) for one in boxes) + ")"


def _edges(box: tuple[float, float, float, float]) -> dict[str, float]:
    return dict(zip(("west", "south", "east", "north"), box, strict=True))
