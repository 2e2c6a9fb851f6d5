"""Reads of sheets and their forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from governance.assessment.sheets.rules import ItemJson, ScoreJson, SheetNotFoundError
from governance.assessment.sheets.states import SheetState
from governance.assessment.sheets.tables import Sheet, SheetForm
from governance.assessment.states import IndicatorState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from governance.assessment.sheets.states import Dimension


def forms(session: Session) -> Sequence[SheetForm]:
    """Return the versions of forms, by dimension, the latest first."""
    return session.scalars(select(SheetForm).order_by(SheetForm.dimension, SheetForm.version.desc())).all()


def form(session: Session, number: int, *, lock: bool = False) -> SheetForm:
    """Return a version of a form.

    Raises
    ------
    SheetNotFoundError
    """
    found = session.get(SheetForm, number, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise SheetNotFoundError("There is no form {number}.", values={"number": number}, field="form")
    return found


def form_for(session: Session, dimension: Dimension, first_day: date) -> SheetForm:
    """Return the form that counts for a period that begins on a day: the latest version in force.

    Raises
    ------
    SheetNotFoundError
    """
    found = session.scalar(
        select(SheetForm)
        .where(SheetForm.dimension == dimension, SheetForm.state == IndicatorState.IN_FORCE)
        .where(SheetForm.valid_from <= first_day)
        .order_by(SheetForm.version.desc())
        .limit(1)
    )
    if found is None:
        raise SheetNotFoundError(
            "No form of '{dimension}' is in force on {day}: propose and confirm one first.",
            values={"dimension": dimension, "day": first_day}, field="dimension",
        )  # fmt: skip
    return found


def sheets(
    session: Session, *, sees_all: bool, unit: str | None = None, first_day: date | None = None,
    before: int | None = None, limit: int,
) -> Sequence[Sheet]:  # fmt: skip
    """Return sheets, the latest first: confirmed ones, and to who sees all those that are not."""
    query = select(Sheet).order_by(Sheet.id.desc()).limit(limit)
    if not sees_all:
        query = query.where(Sheet.state == SheetState.CONFIRMED)
    if unit is not None:
        query = query.where(Sheet.unit_code == unit)
    if first_day is not None:
        query = query.where(Sheet.first_day == first_day)
    return session.scalars(query if before is None else query.where(Sheet.id < before)).all()


def sheet(session: Session, number: int, *, sees_all: bool, lock: bool = False) -> Sheet:
    """Return a sheet that may be seen.

    Raises
    ------
    SheetNotFoundError
    """
    found = session.get(Sheet, number, with_for_update=lock or None, populate_existing=lock)
    if found is None or not (sees_all or found.state == SheetState.CONFIRMED):
        raise SheetNotFoundError("There is no sheet {number}.", values={"number": number}, field="sheet")
    return found


def items_of(form: SheetForm) -> list[ItemJson]:
    """Return the items of a form."""
    return [ItemJson.model_validate(one) for one in form.items]


def scores_of(sheet: Sheet) -> list[ScoreJson]:
    """Return what the items of a sheet got; none before it is scored."""
    return [ScoreJson.model_validate(one) for one in sheet.scores]
