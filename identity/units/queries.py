"""Reads of units: the tree, the unit of a release's code, and what units answer for, at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.trees import Span
from identity.units import rules
from identity.units.tables import Unit, UnitAnswer, UnitCode, UnitState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from identity.units.states import UnitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFilter:
    """Which units are wanted; what is None does not limit them."""

    kind: UnitKind | None = None
    parent_code: str | None = None
    release_code: str | None = None
    codes: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a unit answers for: an area (None: all) and a category (None: all), for a half-open span."""

    area: str | None
    category: str | None
    start: datetime
    until: datetime | None


def units_at(
    session: Session, at: datetime, wanted: UnitFilter | None = None, *, after: str = "", limit: int | None = None
) -> Sequence[UnitState]:
    """Return the units at an instant, by code; those behind a code, and so many at most."""
    wanted = wanted or UnitFilter()
    code = UnitState.unit_code.collate("C")
    query = select(UnitState).where(UnitState.holds(at), code > after).order_by(code).limit(limit)
    if wanted.kind is not None:
        query = query.where(UnitState.kind == wanted.kind)
    if wanted.parent_code is not None:
        query = query.where(UnitState.parent_code == wanted.parent_code)
    if wanted.codes is not None:
        query = query.where(UnitState.unit_code.in_(wanted.codes))
    if wanted.release_code is not None:
        stands = select(UnitCode.unit_code).where(UnitCode.holds(at), UnitCode.release_code == wanted.release_code)
        query = query.where(UnitState.unit_code.in_(stands))
    return session.scalars(query).all()


def unit_history(session: Session, code: str) -> Sequence[UnitState]:
    """Return what a unit was, is and will be, by time, as is known now.

    Raises
    ------
    UnitNotFoundError
    """
    rows = session.scalars(
        select(UnitState)
        .where(UnitState.unit_code == code, UnitState.superseded_at.is_(None))
        .order_by(UnitState.valid_during)
    ).all()
    if not rows and session.get(Unit, code) is None:
        raise rules.UnitNotFoundError("There is no unit '{code}'.", values={"code": code}, field="code")
    return rows


def unit_of_code(session: Session, release_code: str, at: datetime) -> UnitState | None:
    """Return the unit for which a code of releases stands at an instant; None: nobody."""
    found = units_at(session, at, UnitFilter(release_code=release_code), limit=1)
    return found[0] if found else None


def release_codes_of(session: Session, code: str, at: datetime) -> list[str]:
    """Return the codes of releases that stand for a unit at an instant."""
    query = select(UnitCode.release_code).where(UnitCode.holds(at), UnitCode.unit_code == code)
    return list(session.scalars(query.order_by(UnitCode.release_code)))


def answers_of(session: Session, code: str, at: datetime) -> list[Answer]:
    """Return what a unit answers for at an instant."""
    query = select(UnitAnswer).where(UnitAnswer.holds(at), UnitAnswer.unit_code == code)
    rows = session.scalars(query.order_by(UnitAnswer.area, UnitAnswer.category))
    return [Answer(row.area or None, row.category or None, row.start, row.until) for row in rows]


def spans_of_tree(session: Session) -> list[Span]:
    """Return when which unit belongs to which, as is known now."""
    rows = session.scalars(select(UnitState).where(UnitState.superseded_at.is_(None)))
    return [Span(row.unit_code, row.parent_code, row.start, row.until) for row in rows]
