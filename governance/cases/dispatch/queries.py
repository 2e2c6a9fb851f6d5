"""Reads of rules of dispatch: the set in force, what rules ask of a place, and what they are checked against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, text

from core import clock
from governance.cases.dispatch.rules import CaseFacts, DispatchRule, DispatchRuleSetNotFoundError, World, day_of_year
from governance.cases.dispatch.states import When
from governance.cases.dispatch.tables import DispatchRuleRow, DispatchRuleSet
from governance.categories.queries import categories_at
from grids.boundaries.tables import Area, Layer
from identity.units.queries import units_at

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.clocks.working_time import WorkingTime

_AREAS = """
SELECT l.code || '/' || a.code, l.code || '/' || a.parent_code, a.level
FROM area a JOIN layer l ON l.id = a.layer_id WHERE a.valid_during @> CAST(:at AS timestamptz)
"""


def rule_sets(session: Session, *, before: int | None = None, limit: int | None = None) -> Sequence[DispatchRuleSet]:
    """Return the sets of rules, the latest first; those before a number, and so many at most."""
    query = select(DispatchRuleSet).order_by(DispatchRuleSet.id.desc()).limit(limit)
    return session.scalars(query if before is None else query.where(DispatchRuleSet.id < before)).all()


def rule_set(session: Session, set_id: int, *, lock: bool = False) -> DispatchRuleSet:
    """Return a set of rules.

    Raises
    ------
    DispatchRuleSetNotFoundError
    """
    found = session.get(DispatchRuleSet, set_id, with_for_update=lock)
    if found is None:
        raise DispatchRuleSetNotFoundError("There is no set of rules {set}.", values={"set": set_id}, field="set")
    return found


def set_in_force(session: Session, at: datetime) -> DispatchRuleSet | None:
    """Return the set that counts at an instant; None before the first."""
    query = select(DispatchRuleSet).where(DispatchRuleSet.effective_at <= at)
    return session.scalars(query.order_by(DispatchRuleSet.effective_at.desc()).limit(1)).one_or_none()


def rules_of(session: Session, set_id: int) -> list[DispatchRule]:
    """Return the rules of a set in their order."""
    query = select(DispatchRuleRow).where(DispatchRuleRow.set_id == set_id).order_by(DispatchRuleRow.position)
    return [
        DispatchRule(
            row.area, row.category, None if row.during is None else When(row.during),
            None if row.season_from is None or row.season_until is None else (row.season_from, row.season_until),
            row.level, row.unit_code, row.note,
        )
        for row in session.scalars(query)
    ]  # fmt: skip


def facts_of(
    layer: str | None, area_path: Sequence[str], level: str | None, categories: Collection[str], at: datetime,
    work: WorkingTime,
) -> CaseFacts:  # fmt: skip
    """Return what rules ask of a case in areas of a layer (the topmost first) at an instant."""
    local = at.astimezone(clock.LOCAL)
    areas = {f"{layer}/{code}" for code in area_path} if layer is not None else set()
    return CaseFacts(areas, categories, work.next_open(at) == at, day_of_year(local.month, local.day), level)


def level_of(session: Session, layer: Layer | None, area_path: Sequence[str], at: datetime) -> str | None:
    """Return the level of the finest area of a path; None for none."""
    if layer is None or not area_path:
        return None
    return session.scalar(
        select(Area.level).where(Area.layer_id == layer.id, Area.code == area_path[-1], Area.valid_during.contains(at))
    )


def levels_by_area(session: Session, at: datetime) -> dict[str, str]:
    """Return the level of each area in force, by `LAYER/CODE`."""
    return {area: level for area, _, level in session.execute(text(_AREAS), {"at": at})}


def world(session: Session, at: datetime) -> World:
    """Return what rules are checked against, as it is at an instant."""
    areas = session.execute(text(_AREAS), {"at": at}).all()
    return World(
        {row[0]: row[1] for row in areas},
        {row.category_code: row.parent_code for row in categories_at(session, at)},
        {row.unit_code for row in units_at(session, at)},
        {level for levels in session.scalars(select(Layer.levels)) for level in levels},
    )
