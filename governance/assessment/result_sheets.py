"""All that results hold of one subject, typed, to be drawn: values, sheets that people scored, and appeals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from governance.assessment import queries
from governance.assessment.appeals.tables import Appeal
from governance.assessment.rule_files import rule_of
from governance.assessment.rules import AssessmentNotFoundError
from governance.assessment.sheets import queries as sheet_queries
from governance.assessment.sheets.states import SheetState
from governance.assessment.sheets.tables import Sheet
from governance.assessment.states import Grouping
from identity.principals import PrincipalRecord
from identity.units.queries import UnitFilter, units_at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from sqlalchemy.orm import Session

    from governance.assessment.sheets.rules import ItemJson, ScoreJson
    from governance.assessment.tables import AssessedValue, AssessmentRun


@dataclass(frozen=True, slots=True)
class NamedValue:
    """What an indicator came to; `least_n`: from how many on it is compared."""

    name: str
    value: AssessedValue
    least_n: int


@dataclass(frozen=True, slots=True)
class ScoredSheet:
    """A confirmed sheet of a dimension: its items with what each got."""

    dimension: str
    items: Sequence[tuple[ItemJson, ScoreJson]]
    points: Decimal | None
    most: Decimal | None


@dataclass(frozen=True, slots=True)
class ResultSheet:
    """The results of a unit or person: a run's values, its sheets, and the appeals about it."""

    run: AssessmentRun
    grouping: Grouping
    subject: str
    name: str
    values: Sequence[NamedValue]
    sheets: Sequence[ScoredSheet]
    appeals: Sequence[Appeal]


def result_sheet(session: Session, run: AssessmentRun, grouping: Grouping, subject: str) -> ResultSheet:
    """Return the results of a subject.

    Raises
    ------
    AssessmentNotFoundError
        When nothing was counted for it.
    """
    known = {one.id: one for one in queries.indicators_for(session, run.first_day, run.cut_at)}
    values = queries.values_of(session, run.id, grouping=grouping, subject=subject)
    if not values:
        raise AssessmentNotFoundError(
            "Nothing was counted for '{subject}'.", values={"subject": subject[:80]}, field="subject"
        )
    named = [
        NamedValue(known[one.indicator_id].name, one, rule_of(known[one.indicator_id].rule).least_n) for one in values
    ]
    sheets = _sheets(session, run, subject) if grouping is Grouping.UNIT else []
    return ResultSheet(run, grouping, subject, _name(session, run, grouping, subject), named, sheets,
                       _appeals(session, run, grouping, subject))  # fmt: skip


def subjects(session: Session, run: AssessmentRun, grouping: Grouping) -> list[str]:
    """Return the subjects of a grouping for which something was counted, in order."""
    return sorted({one.subject for one in queries.values_of(session, run.id, grouping=grouping)})


def _sheets(session: Session, run: AssessmentRun, unit: str) -> list[ScoredSheet]:
    query = select(Sheet).where(
        Sheet.unit_code == unit, Sheet.first_day == run.first_day, Sheet.until_day == run.until_day,
        Sheet.state == SheetState.CONFIRMED,
    )  # fmt: skip
    found = []
    for row in session.scalars(query.order_by(Sheet.id)):
        form = sheet_queries.form(session, row.form_id)
        pairs = list(zip(sheet_queries.items_of(form), sheet_queries.scores_of(row), strict=True))
        found.append(ScoredSheet(form.dimension, pairs, row.points, row.most))
    return found


def _appeals(session: Session, run: AssessmentRun, grouping: Grouping, subject: str) -> Sequence[Appeal]:
    if grouping not in {Grouping.UNIT, Grouping.PERSON}:
        return []
    whose = Appeal.unit_code == subject if grouping is Grouping.UNIT else Appeal.person_id == int(subject)
    same = select(type(run).id).where(type(run).first_day == run.first_day, type(run).until_day == run.until_day)
    return session.scalars(select(Appeal).where(Appeal.run_id.in_(same), whose).order_by(Appeal.id)).all()


def _name(session: Session, run: AssessmentRun, grouping: Grouping, subject: str) -> str:
    if grouping is Grouping.PERSON:
        found = session.get(PrincipalRecord, int(subject))
        return found.name if found is not None else subject
    if grouping is Grouping.UNIT:
        units = units_at(session, run.cut_at, UnitFilter(codes=[subject]))
        return units[0].name if units else subject
    return subject
