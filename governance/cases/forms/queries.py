"""Reads of office forms: those of a case, and all that one shows, as its case stood at the form's step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from governance.cases.forms.rules import OfficeFormNotFoundError
from governance.cases.forms.states import UNPRINTED
from governance.cases.forms.tables import OfficeForm
from governance.cases.lifecycle import queries as cases
from governance.cases.lifecycle.states import Verb
from governance.categories.states import Step
from governance.categories.tables import CategoryState
from governance.reports import queries as reports
from identity.grants import EVERYTHING
from identity.units.queries import UnitFilter, units_at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.forms.states import FormKind
    from governance.cases.lifecycle.tables import CaseStep
    from identity.grants import Reach


@dataclass(frozen=True, slots=True)
class FormStep:
    """A step of the history on a form: what, when, by whom, at which unit."""

    at: datetime
    verb: str
    actor: str
    unit: str


@dataclass(frozen=True, slots=True)
class FormView:
    """A numbered form with all that it shows. Texts of people are as they were written: who shows them masks them.

    Units and categories are names where there are some; `due_at` is the deadline of handling as it was at the step;
    `causes` are codes: a reason for giving back, what raised the case, what a caller said.
    """

    form: OfficeForm
    number: str
    verb: str
    at: datetime
    actor: str
    unit: str
    former_unit: str
    category: str
    urgency: str
    channel: str
    external_id: str
    reported_at: datetime
    layer_id: int | None
    area: str
    address: str
    description: str
    due_at: datetime | None
    reason: str
    opinion: str
    causes: tuple[str, ...]
    history: tuple[FormStep, ...]


def forms_of(session: Session, case_id: int, *, reach: Reach) -> Sequence[OfficeForm]:
    """Return the numbered forms of a case of a reach, in the order in which they got their numbers.

    Raises
    ------
    CaseNotFoundError
    """
    view = cases.case(session, case_id, reach=reach)
    return session.scalars(select(OfficeForm).where(OfficeForm.case_id == view.id).order_by(OfficeForm.id)).all()


def form(session: Session, case_id: int, kind: FormKind, *, step: int | None, reach: Reach) -> FormView:
    """Return a numbered form of a case of a reach: of a step, else the latest of its kind.

    Raises
    ------
    CaseNotFoundError, OfficeFormNotFoundError
    """
    found = [one for one in forms_of(session, case_id, reach=reach) if one.kind == kind and step in {None, one.step}]
    if not found:
        raise OfficeFormNotFoundError(field="kind")
    return _view(session, max(found, key=lambda one: one.step))


def _view(session: Session, row: OfficeForm) -> FormView:
    view = cases.case(session, row.case_id, reach=EVERYTHING)
    steps = [one for one in cases.steps_of(session, row.case_id) if one.number <= row.step]
    step, report = steps[-1], reports.report(session, row.case_id, reach=EVERYTHING)
    words = cases.words_of(session, row.case_id).get(row.step)
    readings = cases.clocks_of(steps, cases.working_time(session, known_by=step.at), now=step.at)
    units = _Names(session, step.at)
    urgency = next((one.detail["urgency"] for one in reversed(steps) if "urgency" in one.detail), view.urgency)
    return FormView(
        row, view.number, step.verb, step.at, step.actor, units.unit(step.unit_code), units.unit(_former(steps)),
        units.category(step.category_code), urgency, view.channel, view.external_id or "", view.reported_at,
        view.layer_id, view.area_path[-1] if view.area_path else "", report["address_text"] or "",
        report["description"], readings[Step.HANDLE].due if Step.HANDLE in readings else None,
        (words.reason if words else None) or "", (words.opinion if words else None) or "", _causes(step.detail),
        tuple(
            FormStep(one.at, one.verb, one.actor, units.unit(one.unit_code))
            for one in steps
            if Verb(one.verb) not in UNPRINTED
        ),
    )  # fmt: skip


def _former(steps: Sequence[CaseStep]) -> str | None:
    """Return the unit that had the case before its last step."""
    returned = steps[-1].detail.get("returned_by")
    return returned or (steps[-2].unit_code if len(steps) > 1 else None)


def _causes(detail: dict[str, object]) -> tuple[str, ...]:
    """Return the codes of a step's detail that a form puts in words, as `member/value`."""
    told = detail.get("call_back")
    asked = told if isinstance(told, dict) else {}
    named = {name: detail[name] for name in ("return_reason", "cause") if isinstance(detail.get(name), str)}
    said = {
        name: str(asked[name]).lower() for name in ("contacted", "solved", "satisfied") if asked.get(name) is not None
    }
    return tuple(f"{name}/{value}" for name, value in (named | said).items())


class _Names:
    """Names of units and categories at an instant; a code without one stands for itself."""

    def __init__(self, session: Session, at: datetime) -> None:
        self._session, self._at = session, at
        self._known: dict[str, str] = {}

    def unit(self, code: str | None) -> str:
        if code is None:
            return ""
        if code not in self._known:
            found = units_at(self._session, self._at, UnitFilter(codes=[code]), limit=1)
            self._known[code] = found[0].name if found else code
        return self._known[code]

    def category(self, code: str | None) -> str:
        if code is None:
            return ""
        query = select(CategoryState.name).where(CategoryState.category_code == code, CategoryState.holds(self._at))
        return self._session.scalar(query) or code
