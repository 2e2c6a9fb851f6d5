"""People as JSON; telephone numbers are masked everywhere but where one is asked for by itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from api.http.instants import Instant
from api.http.texts import Line, Note
from core.personal import masked_phone

if TYPE_CHECKING:
    from identity.granting import PrincipalGrant
    from identity.people.queries import Profile

_AREA = Field(default=None, examples=["admin/410106003"], description="LAYER/CODE; null: everywhere.")
_CATEGORY = Field(default=None, max_length=80, description="Category of reports; null: all.")


class PersonGrantIn(BaseModel):
    """A role in an area and on a category."""

    model_config = ConfigDict(extra="forbid")

    role: Line = Field(max_length=80, examples=["dispatcher"])
    area: Line | None = _AREA
    category: Line | None = _CATEGORY


class PersonNewIn(BaseModel):
    """A person to be added."""

    model_config = ConfigDict(extra="forbid")

    name: Line = Field(max_length=80, examples=["张三（示例）"])
    staff_number: Line | None = Field(default=None, max_length=80, examples=["CY-0001"])
    phone: Line | None = Field(default=None, max_length=40)
    unit_codes: list[Line] = Field(default_factory=list, max_length=20, examples=[["410106003"]])
    grants: list[PersonGrantIn] = Field(default_factory=list, max_length=50)


class PersonCorrectionIn(BaseModel):
    """What is to be corrected of a person; what is left out stays, an empty text takes away."""

    model_config = ConfigDict(extra="forbid")

    name: Line | None = Field(default=None, max_length=80)
    staff_number: str | None = Field(default=None, max_length=80, pattern=r"^[^\x00-\x1F\x7F]*$")
    phone: str | None = Field(default=None, max_length=40, pattern=r"^[^\x00-\x1F\x7F]*$")


class PersonUnitIn(BaseModel):
    """That a person belongs to a unit for a time, or no longer."""

    model_config = ConfigDict(extra="forbid")

    unit_code: Line = Field(max_length=80, examples=["410106003"])
    belongs: bool = Field(default=True, description="False: no longer.")
    start: Instant | None = Field(default=None, description="First instant; now if left out.")
    until: Instant | None = Field(default=None, description="First instant no longer; open if left out.")


class PersonEndIn(BaseModel):
    """The end of a person's appointment."""

    model_config = ConfigDict(extra="forbid")

    successor: int | None = Field(
        default=None, ge=1, le=2**31 - 1, description="Number of the person who takes over what is open."
    )


class PersonErasureIn(BaseModel):
    """Why the data of an ended person are erased."""

    model_config = ConfigDict(extra="forbid")

    note: Note = Field(min_length=1, examples=["Request of 2026-07-01"])


class PersonGrantOut(BaseModel):
    """A grant in force."""

    id: int
    role: str
    area: str | None
    category: str | None


class PersonOut(BaseModel):
    """A person with the units and grants in force."""

    id: int
    name: str
    acts_as: str = Field(description="Name that stays in what the person signs; it never changes.")
    staff_number: str | None
    phone: str | None = Field(description="Masked; GET …/phone shows it to who may read it.")
    units: list[str]
    grants: list[PersonGrantOut]
    ended_at: datetime | None
    version: int


class PersonListOut(BaseModel):
    """A page of people, by number."""

    items: list[PersonOut]
    next: int | None = Field(description="Send it as `after` for the next page; null: there are no more.")


class PersonPhoneOut(BaseModel):
    """A telephone number in clear; that it was read is in the audit."""

    id: int
    phone: str | None


class PersonEndOut(BaseModel):
    """What was handed over at the end of an appointment."""

    id: int
    handed_over: dict[str, int] = Field(description="How many things of each kind.")


class PeopleImportOut(BaseModel):
    """What a file of people did, or would do (`dry_run`)."""

    dry_run: bool
    rows: int
    added: int
    corrected: int
    unchanged: int
    units: int = Field(description="People who came into a unit.")
    grants: int = Field(description="Roles that are new.")


def grant_out(row: PrincipalGrant) -> PersonGrantOut:
    """Return a grant as it is answered."""
    return PersonGrantOut(id=row.id, role=row.role, area=row.area, category=row.category)


def person_out(one: Profile) -> PersonOut:
    """Return a person as the list answers it."""
    person = one.person
    return PersonOut(
        id=person.id, name=person.name, acts_as=one.acts_as, staff_number=person.staff_number,
        phone=masked_phone(person.phone), units=list(one.units), grants=[grant_out(row) for row in one.grants],
        ended_at=person.ended_at, version=person.version,
    )  # fmt: skip
