"""Office forms of cases as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from governance.cases.forms.states import FormKind


class OfficeFormOut(BaseModel):
    """A numbered form."""

    kind: FormKind
    year: int = Field(description="Local year in which it got its number.")
    serial: int = Field(description="Counts the forms of the kind in the year, from 1 on, without a gap.")
    step: int = Field(description="Number of the step of the case's history that it is about.")
    issued_at: datetime
    issued_by: str
    prints: list[str] = Field(description="Where it is printed: page, PDF, Word.")


class OfficeFormListOut(BaseModel):
    """The numbered forms of a case, in the order of their numbering."""

    number: str
    items: list[OfficeFormOut]
