"""Writes of sheets: propose and decide on forms, open a unit's sheet, score it, confirm it as a second person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from core import audit, clock
from core.db.locks import LockSpace, lock_name
from governance.assessment.rules import AssessmentPeriodError, instants_of
from governance.assessment.sheets import counting, queries, rules
from governance.assessment.sheets.states import SHEET, SheetAction, SheetState
from governance.assessment.sheets.tables import Sheet, SheetForm
from governance.assessment.states import INDICATOR, IndicatorAction, IndicatorState
from identity import principals
from identity.units.queries import UnitFilter, units_at
from identity.units.rules import UnitNotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from governance.assessment.sheets.states import Dimension
    from identity.actors import Actor


def propose_form(
    session: Session, dimension: Dimension, items: Sequence[rules.ItemJson], *, valid_from: date, source: str,
    actor: Actor,
) -> SheetForm:  # fmt: skip
    """Propose the items of a dimension from a day on; a second person confirms them.

    Raises
    ------
    SheetInvalidError
    """
    rules.require_items(items)
    lock_name(session, LockSpace.ASSESSMENT, f"form/{dimension}")
    latest = session.scalar(select(func.max(SheetForm.version)).where(SheetForm.dimension == dimension))
    row = SheetForm(
        dimension=dimension, version=(latest or 0) + 1, items=[one.model_dump(mode="json") for one in items],
        valid_from=valid_from, source=source, state=IndicatorState.PROPOSED, stated_at=clock.now(),
        stated_by_id=actor.id, stated_by=actor.name,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, actor=actor, action="assessment.propose_form", subject=f"form/{row.id}", items=row.items)
    return row


def decide_form(session: Session, number: int, action: IndicatorAction, *, actor: Actor) -> SheetForm:
    """Confirm or refuse proposed items, as a second person; who proposed them may refuse them, too.

    Raises
    ------
    SheetNotFoundError, SheetStateError, SheetSecondPersonError
    """
    row = queries.form(session, number, lock=True)
    if not INDICATOR.allows(row, action):
        raise rules.SheetStateError("The form is {state} already.", values={"state": row.state}, field="form")
    is_own = principals.is_among(session, actor, [row.stated_by_id], since=row.stated_at)
    if action is IndicatorAction.CONFIRM and is_own:
        raise rules.SheetSecondPersonError
    INDICATOR.move(row, action)
    row.decided_at, row.decided_by_id, row.decided_by = clock.now(), actor.id, actor.name
    audit.record(session, actor=actor, action=f"assessment.{action}_form", subject=f"form/{number}")
    session.flush()
    return row


def open_sheet(
    session: Session, dimension: Dimension, unit: str, first_day: date, until_day: date, *, actor: Actor
) -> Sheet:
    """Open the sheet of a unit and period, by the form that counts on its first day; it is there once.

    Raises
    ------
    SheetNotFoundError, UnitNotFoundError, AssessmentPeriodError
    """
    if until_day <= first_day:
        raise AssessmentPeriodError("The last day lies before the first.", field="until_day")
    form = queries.form_for(session, dimension, first_day)
    if not units_at(session, clock.now(), UnitFilter(codes=[unit])):
        raise UnitNotFoundError("There is no unit '{code}'.", values={"code": unit}, field="unit_code")
    about = {"form_id": form.id, "unit_code": unit, "first_day": first_day, "until_day": until_day}
    row = about | {"state": SheetState.OPEN, "scores": []}
    made = session.scalar(insert(Sheet).values(row).on_conflict_do_nothing().returning(Sheet.id))
    if made is not None:
        audit.record(session, actor=actor, action="assessment.open_sheet", subject=f"sheet/{made}", unit=unit)
    return session.scalars(select(Sheet).filter_by(**about)).one()


def score(session: Session, number: int, given: Sequence[rules.ScoreIn], *, actor: Actor) -> Sheet:
    """Score a sheet of a period that is over: a person's items with evidence; what is counted is counted now.

    Raises
    ------
    SheetNotFoundError, SheetStateError, SheetInvalidError
    """
    row = _moved(session, number, SheetAction.SCORE)
    since, until = instants_of(row.first_day, row.until_day)
    if until > clock.now():
        raise rules.SheetStateError("The period is not over before {day}.", values={"day": row.until_day})
    items = queries.items_of(queries.form(session, row.form_id))
    days = (row.first_day, row.until_day - timedelta(days=1))
    counted = counting.counted(
        session, row.unit_code, days=days, since=since, until=until, zone=str(clock.LOCAL)
    )  # fmt: skip
    scores = rules.scored(items, given, counted)
    SHEET.move(row, SheetAction.SCORE)
    row.scores = [one.model_dump(mode="json") for one in scores]
    row.points, row.most = rules.sums(items, scores)
    row.scored_at, row.scored_by_id, row.scored_by = clock.now(), actor.id, actor.name
    audit.record(session, actor=actor, action="assessment.score", subject=f"sheet/{number}", scores=row.scores)
    session.flush()
    return row


def look_again(session: Session, number: int, action: SheetAction, *, actor: Actor) -> Sheet:
    """Confirm a scored sheet as a second person, or send it back.

    Raises
    ------
    SheetNotFoundError, SheetStateError, SheetSecondPersonError
    SheetInvalidError
        For `score`, which needs scores.
    """
    if action is SheetAction.SCORE:
        raise rules.SheetInvalidError("Scoring needs the points of each item.", field="action")
    row = _moved(session, number, action)
    scorers = [one for one in (row.scored_by_id,) if one is not None]
    if principals.is_among(session, actor, scorers, since=row.scored_at or clock.now()):
        raise rules.SheetSecondPersonError
    SHEET.move(row, action)
    if action is SheetAction.CONFIRM:
        row.confirmed_at, row.confirmed_by_id, row.confirmed_by = clock.now(), actor.id, actor.name
    audit.record(session, actor=actor, action=f"assessment.{action}", subject=f"sheet/{number}")
    session.flush()
    return row


def _moved(session: Session, number: int, action: SheetAction) -> Sheet:
    row = queries.sheet(session, number, sees_all=True, lock=True)
    if not SHEET.allows(row, action):
        raise rules.SheetStateError("The sheet is {state}.", values={"state": row.state}, field="sheet")
    return row
