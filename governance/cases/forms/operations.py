"""Give an office form its number: the next of its kind and year, without a gap, once for a step of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from core import audit, clock
from core.db.locks import LockSpace, lock
from governance.cases.forms.rules import step_of
from governance.cases.forms.states import FormKind
from governance.cases.forms.tables import OfficeForm
from governance.cases.lifecycle import queries as cases
from governance.reports.numbers import report_number

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from identity.actors import Actor
    from identity.grants import Reach


def issue_form(
    session: Session, case_id: int, kind: FormKind, *, step: int | None = None, reach: Reach, actor: Actor
) -> tuple[OfficeForm, bool]:
    """Return the form of a kind about a step of a case, the latest if none is named, and whether it is new.

    Asked again it is the same, with the same number. A number is given in the caller's transaction: rolled back, the
    next form gets it.

    Raises
    ------
    CaseNotFoundError, OfficeFormNotPossibleError
    """
    view = cases.case(session, case_id, reach=reach)
    about = step_of(cases.steps_of(session, view.id), kind, step).number
    now = clock.now()
    year = now.astimezone(clock.LOCAL).year
    # Who numbers forms of the kind at the same time waits here.
    lock(session, LockSpace.OFFICE_FORMS, list(FormKind).index(kind))
    known = session.scalar(
        select(OfficeForm).where(OfficeForm.case_id == view.id, OfficeForm.kind == kind, OfficeForm.step == about)
    )
    if known is not None:
        return known, False
    last = select(func.max(OfficeForm.serial)).where(OfficeForm.kind == kind, OfficeForm.year == year)
    row = OfficeForm(
        kind=kind, year=year, serial=(session.scalar(last) or 0) + 1, case_id=view.id, step=about, issued_at=now,
        issued_by_id=actor.id, issued_by=actor.name,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(
        session, actor=actor, action="cases.issue_form", subject=report_number(view.id), kind=kind, year=year,
        serial=row.serial, step=about,
    )  # fmt: skip
    return row, True
