"""What a person's units have in hand, with the words of the reports: what is needed where there is no network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from governance.cases.lifecycle.queries import COLUMNS, FROM, OF_CASE, view_of
from governance.cases.lifecycle.states import CaseState
from governance.reports.reach_queries import reach_condition

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from governance.cases.lifecycle.queries import CaseView
    from identity.grants import Reach

IN_HAND: Final = (CaseState.DISPATCHED, CaseState.ACKNOWLEDGED, CaseState.SUSPENDED)
"""States in which a unit has a case to take over or to handle."""
_WORDS: Final = ", r.description, r.address_text"


@dataclass(frozen=True, slots=True)
class CaseInHand:
    """A case that a unit has in hand, and what its report says of it."""

    view: CaseView
    description: str | None
    address: str | None


def in_hand(session: Session, units: Collection[str], *, reach: Reach, limit: int) -> list[CaseInHand]:
    """Return the cases of a reach that some units have in hand, what is due first, first."""
    conditions, values = reach_condition(session, reach, category=OF_CASE)
    where = " AND ".join(["c.unit_code = ANY (:units)", "c.state = ANY (:states)", *conditions])
    columns = COLUMNS.rstrip() + _WORDS
    statement = f"{columns} {FROM.format(place='report_place')} WHERE {where} ORDER BY c.due_at, c.id LIMIT :limit"
    given = {"units": list(units), "states": [str(one) for one in IN_HAND], "limit": limit}
    found = []
    for row in session.execute(text(statement), values | given).mappings():
        known = dict(row)
        words = known.pop("description"), known.pop("address_text")
        found.append(CaseInHand(view_of(known), *words))
    return found
