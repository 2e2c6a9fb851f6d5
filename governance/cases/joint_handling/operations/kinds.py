"""State what a kind of whistle is, from an instant on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import audit, clock
from core.db.dated import Statement, state
from governance.cases.joint_handling.tables import WhistleKind
from governance.categories.rules import checked_code

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.joint_handling.rules import KindIn
    from identity.actors import Actor


def state_kind(session: Session, kind: KindIn, *, start: datetime, until: datetime | None = None, actor: Actor) -> bool:
    """State what a kind of whistle is for a time; whistles that were blown keep what held then. False: that was so.

    Raises
    ------
    WhistleInvalidError, CategoryInvalidError, SpanEmptyError
    """
    code = checked_code(kind.code)
    kind.check()
    limits = {
        f"{step}_{part}": value
        for step, limit in (("sign", kind.sign), ("contact", kind.contact), ("arrive", kind.arrive))
        for part, value in (("amount", limit.amount), ("unit", str(limit.unit)))
    }
    values = limits | {
        "name": kind.name.strip(), "unit_kinds": tuple(kind.unit_kinds), "roles": tuple(kind.roles),
        "near_m": kind.near_m, "pauses": kind.pauses,
    }  # fmt: skip
    done = state(session, WhistleKind, Statement({"code": code}, values, start, until), actor=actor)
    if done:
        audit.record(session, actor=actor, action="whistles.kind", subject=code, start=start.isoformat())
    session.flush()
    return done


def end_kind(session: Session, code: str, *, at: datetime | None = None, actor: Actor) -> bool:
    """End what was stated of a kind of whistle; one of the built-in kinds holds again. False: nothing was stated then.

    Raises
    ------
    CategoryInvalidError
    """
    code, at = checked_code(code), at or clock.now()
    done = state(session, WhistleKind, Statement({"code": code}, None, at), actor=actor)
    if done:
        audit.record(session, actor=actor, action="whistles.kind_end", subject=code, at=at.isoformat())
    session.flush()
    return done
