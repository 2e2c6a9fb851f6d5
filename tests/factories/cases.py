"""A district with a street, its unit, and categories: what cases need to go their way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import shapely

from governance.categories.operations import CategoryIn, map_word, state_categories
from governance.categories.rules import Limit
from governance.categories.states import LimitUnit, Step, Urgency
from grids.boundaries.records import AreaRecord
from identity.units.operations import UnitIn, state_units
from tests.factories.identity import who
from tests.factories.releases import publish_areas

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
WORD: Final = "违建"
"""The word by which channels mean the category E0101."""


def limits(**given: tuple[int, LimitUnit]) -> dict[tuple[Step, Urgency], Limit | None]:
    """Return limits of normal cases by the names of steps."""
    return {(Step(name), Urgency.NORMAL): Limit(*limit) for name, limit in given.items()}


def case_district(session: Session) -> None:
    """Publish a street with two grids, one of which nobody answers for; state units and categories."""
    admin = who("admin")
    areas = [
        AreaRecord("street", "S", "街道", shapely.box(113, 34, 115, 35), None, "street", None),
        AreaRecord("grid", "g1", "一网格", shapely.box(113, 34, 114, 35), "S", "street", None),
        AreaRecord("grid", "g2", "二网格", shapely.box(114, 34, 115, 35), "S", "nobody", None),
    ]
    publish_areas(session, areas, levels=["street", "grid"])
    units = [
        UnitIn("street", "街道办事处", "street", None, START),
        UnitIn("community", "社区居委会", "community", "street", START),
        UnitIn("bureau", "城市管理局", "department", None, START),
    ]
    state_units(session, units, actor=admin)
    hours = LimitUnit.WORKING_HOURS
    state_categories(
        session,
        [
            CategoryIn("E", "事件", "event", START, limits=limits(accept=(15, LimitUnit.MINUTES), verify=(4, hours))),
            CategoryIn("E0101", "私搭乱建", "event", START, parent_code="E", limits=limits(handle=(20, hours))),
            CategoryIn("E0102", "暴露垃圾", "event", START, parent_code="E", on_the_spot=True),
            CategoryIn("E0103", "渣土", "event", START, parent_code="E", unit_code="bureau"),
        ],
        actor=admin,
    )
    map_word(session, channel=None, word=WORD, category="E0101", start=START, actor=admin)


def acts(verb: str, **given: Any) -> dict[str, Any]:
    """Return the body of a step with all that its verb may need."""
    needed: dict[str, dict[str, Any]] = {
        "reject": {"reason": "r"}, "void": {"reason": "r"}, "rework": {"reason": "r"}, "extend": {"reason": "r"},
        "suspend": {"reason": "r"}, "supervise": {"reason": "r"}, "reopen": {"reason": "r"},
        "redispatch": {"reason": "r", "unit_code": "bureau"},
        "return": {"reason": "r", "return_reason": "wrong_duty"},
        "handle": {"opinion": "o", "photos": ["a.jpg"]}, "verify": {"opinion": "o"}, "back_check": {"opinion": "o"},
        "handle_on_the_spot": {"opinion": "o", "photos": ["a.jpg"], "lon": 113.5, "lat": 34.5},
        "rate": {"rating": 5}, "reclassify": {"category": "E0102", "reason": "r"},
    }  # fmt: skip
    return {"verb": verb, **needed.get(verb, {}), **given}
