"""Reads of bulletins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from governance.bulletins.figures import Figures
from governance.bulletins.rules import BulletinNotFoundError
from governance.bulletins.states import BulletinState
from governance.bulletins.tables import Bulletin, BulletinPrint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.bulletins.states import PrintForm


def bulletins(
    session: Session, *, sees_drafts: bool, before: datetime | None = None, limit: int
) -> Sequence[Bulletin]:  # fmt: skip
    """Return bulletins, the latest cut-off first: released ones, and to who sees drafts those too."""
    states = [BulletinState.RELEASED, *([BulletinState.DRAFT] if sees_drafts else [])]
    query = select(Bulletin).where(Bulletin.state.in_(states)).order_by(Bulletin.cut_at.desc()).limit(limit)
    return session.scalars(query if before is None else query.where(Bulletin.cut_at < before)).all()


def bulletin(session: Session, number: int, *, sees_drafts: bool, lock: bool = False) -> Bulletin:
    """Return a bulletin that may be seen.

    Raises
    ------
    BulletinNotFoundError
    """
    found = session.get(Bulletin, number, with_for_update=lock or None, populate_existing=lock)
    if found is None or not (sees_drafts or found.state == BulletinState.RELEASED):
        raise BulletinNotFoundError(
            "There is no bulletin {number}, or it is not released yet.", values={"number": number}, field="bulletin"
        )
    return found


def figures_of(row: Bulletin) -> Figures:
    """Return what a bulletin says."""
    return Figures.model_validate(row.figures)


def printed(session: Session, number: int, form: PrintForm) -> bytes | None:
    """Return what was drawn of a released bulletin; None until the worker has drawn it."""
    query = select(BulletinPrint.content).where(BulletinPrint.bulletin_id == number, BulletinPrint.form == form)
    return session.scalar(query)
