"""Writes of units: state what a unit is, end it, map release codes to it, state what it answers for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import audit, clock
from core.db.dated import Statement, state, state_all
from identity.units import queries, rules
from identity.units.tables import Unit, UnitAnswer, UnitCode, UnitState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from identity.actors import Actor


@dataclass(frozen=True, slots=True)
class UnitIn:
    """What a unit is from an instant until another (None: open)."""

    code: str
    name: str
    kind: str
    parent_code: str | None
    start: datetime
    until: datetime | None = None


def state_units(session: Session, units: Sequence[UnitIn], *, actor: Actor) -> int:
    """State what units are for a time, together, so that parents may come after children; return how many changed.

    A unit that is new also stands for the code of releases that is like its own, unless another unit does.

    Raises
    ------
    UnitInvalidError, UnitInUseError, SpanEmptyError
    """
    found = [
        UnitIn(
            rules.checked_code(one.code), rules.checked_name(one.name), rules.checked_kind(one.kind),
            None if one.parent_code is None else rules.checked_code(one.parent_code, "parent_code"),
            one.start, one.until,
        )
        for one in units
    ]  # fmt: skip
    if not found:
        return 0
    new = _add(session, [one.code for one in found])
    _require_known(session, {one.parent_code for one in found if one.parent_code is not None}, "parent_code")
    changed = state_all(
        session,
        UnitState,
        [
            Statement(
                {"unit_code": one.code},
                {"name": one.name, "kind": str(one.kind), "parent_code": one.parent_code},
                one.start,
                one.until,
            )
            for one in found
        ],
        actor=actor,
    )
    rules.require_tree(queries.spans_of_tree(session))
    taken = set(session.scalars(select(UnitCode.release_code).where(UnitCode.superseded_at.is_(None))))
    firsts = {one.code: one for one in found if one.code in new - taken}
    codes = [
        Statement({"release_code": code}, {"unit_code": code}, one.start, one.until) for code, one in firsts.items()
    ]
    state_all(session, UnitCode, codes, actor=actor)
    if changed:
        named = sorted({one.code for one in found})
        subject = named[0] if len(named) == 1 else f"{len(named)} units"
        audit.record(session, actor=actor, action="units.state", subject=subject, units=named[:100], changed=changed)
    session.flush()
    return changed


def end_unit(session: Session, code: str, *, at: datetime | None = None, actor: Actor) -> bool:
    """End a unit at an instant, and with it what stands for it and what it answers for; False: it had ended.

    Raises
    ------
    UnitNotFoundError
    UnitInUseError
        When other units belong to it then.
    """
    at = at or clock.now()
    queries.unit_history(session, code)
    done = state(session, UnitState, Statement({"unit_code": code}, None, at), actor=actor)
    rules.require_tree(queries.spans_of_tree(session))
    for table in (UnitCode, UnitAnswer):
        rows = session.scalars(select(table).where(table.unit_code == code, table.superseded_at.is_(None))).all()
        ended = [
            Statement({name: getattr(row, name) for name in table.KEY}, None, max(row.start, at), row.until)
            for row in rows
            if row.until is None or row.until > at
        ]
        state_all(session, table, ended, actor=actor)
    if done:
        audit.record(session, actor=actor, action="units.end", subject=code, at=at.isoformat())
    session.flush()
    return done


def map_code(
    session: Session,
    release_code: str,
    unit_code: str | None,
    *,
    start: datetime | None = None,
    until: datetime | None = None,
    actor: Actor,
) -> bool:
    """State for which unit (None: for none) a code of releases stands for a time; False: that was so already.

    Raises
    ------
    UnitNotFoundError, UnitInvalidError, SpanEmptyError
    """
    release_code = rules.checked_release_code(release_code)
    if unit_code is not None:
        _require_known(session, {unit_code}, "unit_code")
    values = None if unit_code is None else {"unit_code": unit_code}
    statement = Statement({"release_code": release_code}, values, start or clock.now(), until)
    done = state(session, UnitCode, statement, actor=actor)
    if done:
        audit.record(session, actor=actor, action="units.map", subject=release_code, unit=unit_code)
    session.flush()
    return done


def state_answer(
    session: Session,
    code: str,
    *,
    area: str | None,
    category: str | None,
    answers: bool = True,
    start: datetime | None = None,
    until: datetime | None = None,
    actor: Actor,
) -> bool:
    """State that a unit answers for an area and a category (None: all) for a time, or no longer; False: it was so.

    Raises
    ------
    UnitNotFoundError, SpanEmptyError
    """
    _require_known(session, {code}, "code")
    key = {"unit_code": code, "area": area or "", "category": category or ""}
    statement = Statement(key, {} if answers else None, start or clock.now(), until)
    done = state(session, UnitAnswer, statement, actor=actor)
    if done:
        action = "units.answer" if answers else "units.answer_no_longer"
        audit.record(session, actor=actor, action=action, subject=code, area=area, category=category)
    session.flush()
    return done


def _add(session: Session, codes: Sequence[str]) -> set[str]:
    rows = [{"code": code, "created_at": clock.now()} for code in sorted(set(codes))]
    return set(session.scalars(insert(Unit).values(rows).on_conflict_do_nothing().returning(Unit.code)))


def _require_known(session: Session, codes: set[str], field: str) -> None:
    unknown = sorted(codes - set(session.scalars(select(Unit.code).where(Unit.code.in_(codes)))))
    if unknown:
        raise rules.UnitNotFoundError("There is no unit '{unknown}'.", values={"unknown": unknown[0][:80]}, field=field)
