"""Which unit a case goes to, and why: by the rules in force, else by who answers for its category and place.

Nobody is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.errors import Detail
from governance.cases.dispatch import queries
from governance.cases.dispatch.rules import DispatchBlockedError, matching
from governance.responsibility.queries import answering_units
from grids.boundaries.tables import Area, Layer
from identity.units import queries as units
from identity.units.rules import UnitNotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.clocks.working_time import WorkingTime


@dataclass(frozen=True, slots=True)
class CasePlace:
    """Where a case lies: a layer and the codes from the topmost area down; no layer: nowhere yet."""

    layer_id: int | None
    area_path: Sequence[str]


@dataclass(frozen=True, slots=True)
class Addressee:
    """The unit that a case goes to, and by what, as the history keeps it."""

    unit_code: str
    by: dict[str, Any]


def named(session: Session, code: str, at: datetime) -> Addressee:
    """Return the unit that somebody named, if there is one of that code then.

    Raises
    ------
    UnitNotFoundError
    """
    if not units.units_at(session, at, units.UnitFilter(codes=[code]), limit=1):
        raise UnitNotFoundError(
            "There is no unit '{code}' at {at}.", values={"code": code[:80], "at": at.isoformat()}, field="unit_code"
        )
    return Addressee(code, {"by": "named"})


def resolve(
    session: Session,
    place: CasePlace,
    at: datetime,
    *,
    path: Sequence[str],
    word: str,
    default_unit: str | None,
    work: WorkingTime,
) -> Addressee:
    """Return the unit for a place and a category, which is the first of `path`, and the channel's word.

    The first of the rules in force that matches decides; what it does not decide goes to who answers. The reason names
    the rules that match too and stand behind it.

    Raises
    ------
    DispatchBlockedError
        When nobody does, or a rule names a unit that has ended.
    """
    layer = None if place.layer_id is None else session.get(Layer, place.layer_id)
    in_force, by = queries.set_in_force(session, at), {}
    if in_force is not None:
        rules = queries.rules_of(session, in_force.id)
        level = queries.level_of(session, layer, place.area_path, at)
        code = None if layer is None else layer.code
        found = matching(rules, queries.facts_of(code, place.area_path, level, path, at, work))
        if found:
            by = {"set": in_force.id, "rule": found[0]} | ({"behind": found[1:]} if found[1:] else {})
            unit = rules[found[0] - 1].unit_code
            if unit is not None:
                return _ruled(session, unit, by, at)
    addressee = standing(session, place, at, categories=[*path, word], default_unit=default_unit)
    return Addressee(addressee.unit_code, addressee.by | by)


def _ruled(session: Session, unit: str, by: dict[str, Any], at: datetime) -> Addressee:
    if not units.units_at(session, at, units.UnitFilter(codes=[unit]), limit=1):
        raise DispatchBlockedError(
            "Rule {rule} of set {set} names unit '{unit}', which there is not now.",
            values={"rule": by["rule"], "set": by["set"], "unit": unit},
            field="unit_code",
        )
    return Addressee(unit, {"by": "rule"} | by)


def standing(
    session: Session, place: CasePlace, at: datetime, *, categories: Sequence[str], default_unit: str | None
) -> Addressee:
    """Return the unit that answers for a place and a category (with those above it, and the channel's word).

    A unit that answers for the category there goes first, then the category's own unit, then who answers for the area.
    Where the release names a code for the area that stands for nobody, the area above it does not answer in its place.

    Raises
    ------
    DispatchBlockedError
        When nobody does: it names the area and the code in the release that stands for no unit.
    """
    layer = None if place.layer_id is None else session.get(Layer, place.layer_id)
    if layer is None or not place.area_path:
        if default_unit is not None:
            return Addressee(default_unit, {"by": "category", "category": categories[0]})
        raise DispatchBlockedError("The report has no place yet: settle it first (triage).", field="unit_code")
    code = place.area_path[-1]
    area = f"{layer.code}/{code}"
    found = answering_units(session, layer, code, at, categories=categories)
    if found and found[0].category is not None:
        return Addressee(found[0].unit_code, {"by": "answer", "area": found[0].area, "category": found[0].category})
    if default_unit is not None:
        return Addressee(default_unit, {"by": "category", "category": categories[0]})
    stands = session.scalar(
        select(Area.unit_code).where(Area.layer_id == layer.id, Area.code == code, Area.valid_during.contains(at))
    )
    if found and not (found[0].by_release and found[0].area != area and stands is not None):
        by = "release" if found[0].by_release else "answer"
        return Addressee(found[0].unit_code, {"by": by, "area": found[0].area})
    why = (
        Detail("its release names no unit")
        if stands is None
        else Detail("'{code}' of its release stands for no unit", {"code": stands})
    )
    raise DispatchBlockedError(
        "Nobody answers for area '{area}': {why}.", values={"area": area, "why": why}, field="unit_code", area=area
    )
