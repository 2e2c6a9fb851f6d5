"""People: who they are, what they may do where, and how their appointments end."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from fastapi import File, Form, Path, Query, UploadFile
from starlette.responses import Response

from api.http.access import LocalPeopleViewer, PhonesViewer, SecurityAdministrator
from api.http.answers import TABLE_FILE, TableForm, table_file
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.texts import CODE_PATTERN, LINE_PATTERN
from api.http.uploads import stored_upload
from api.people.schemas import (
    PeopleImportOut,
    PersonCorrectionIn,
    PersonEndIn,
    PersonEndOut,
    PersonErasureIn,
    PersonGrantIn,
    PersonGrantOut,
    PersonListOut,
    PersonNewIn,
    PersonOut,
    PersonPhoneOut,
    PersonUnitIn,
    grant_out,
    person_out,
)
from core import audit, clock
from governance.appointments.operations import end_appointment
from governance.appointments.queries import people_in_reach
from governance.erasure import operations as erasures
from grids.boundaries.queries import require_named_area
from identity.granting import GrantNotFoundError, PrincipalGrant, add_grants, revoke_grant
from identity.grants import Grant, Scope
from identity.people import operations, queries, table_files
from identity.people.imports import import_people
from identity.people.operations import PersonIn
from identity.people.rules import PersonNotFoundError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from identity.actors import Actor
    from identity.keys import Principal

router = feature_router(prefix="/v1/people", tags=["people"])
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The person's number.", examples=[101])]
READ = responses(400, 401, 403, 404, 503)
WRITE = responses(400, 401, 403, 404, 409, 422, 503)


@router.get("", responses=READ)
def list_people(
    session: SnapshotDep,
    viewer: LocalPeopleViewer,
    unit: Annotated[str | None, Query(pattern=CODE_PATTERN, description="Only people of this unit.")] = None,
    role: Annotated[str | None, Query(pattern=CODE_PATTERN, description="Only who hold this role.")] = None,
    words: Annotated[
        str | None,
        Query(max_length=80, pattern=LINE_PATTERN, description="In the name, or begins the number."),
    ] = None,
    ended: Annotated[bool, Query(description="Ended appointments too.")] = False,  # noqa: FBT002 (a query parameter)
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="`next` of the page before.")] = 0,
) -> PersonListOut:
    """List people with their units and roles, by number; telephone numbers are masked.

    Who has the right for some areas sees the people of the units that answer there, who has a role or works there, and
    the people of the own units.
    """
    now = clock.now()
    wanted = queries.PeopleFilter(
        unit_code=unit, role=role, words=words, ended=ended, ids=_reached(session, viewer, now)
    )
    found = queries.profiles(session, now, wanted, after=after, limit=limit + 1)
    return PersonListOut(
        items=[person_out(one) for one in found[:limit]],
        next=found[limit - 1].person.id if len(found) > limit else None,
    )


@router.post("", status_code=201, responses=WRITE)
def add_person(session: SessionDep, security: SecurityAdministrator, body: PersonNewIn) -> PersonOut:
    """Add a person, with units and roles."""
    person = PersonIn(body.name, body.staff_number, body.phone)
    added = operations.add_people(session, [person], actor=security.actor)[0]
    if body.unit_codes:
        operations.state_units(session, [(added.id, code) for code in body.unit_codes], actor=security.actor)
    _give(session, added.id, body.grants, security.actor)
    return person_out(queries.profile(session, added.id, clock.now()))


@router.get(
    "/export.{form}",
    responses={200: TABLE_FILE, **READ},
    response_class=Response,
)
def export_people(session: SessionDep, viewer: LocalPeopleViewer, form: TableForm) -> Response:
    """Return the people of the list as a table, a row a role, without telephone numbers; no cell is a formula."""
    now = clock.now()
    wanted = queries.PeopleFilter(ids=_reached(session, viewer, now))
    rows = table_files.as_rows(queries.profiles(session, now, wanted), phones=False)
    audit.record(session, actor=viewer.actor, action="people.export", subject=f"{len(rows) - 1} rows")
    return table_file("people", "人员", rows, form)


@router.post("/imports", responses=responses(400, 401, 403, 404, 409, 413, 422, 503))
def import_people_file(
    session: SessionDep,
    security: SecurityAdministrator,
    file: Annotated[
        UploadFile, File(description="CSV or spreadsheet: 姓名, 工号, and 电话, 单位编码, 角色, 片区, 类别 if wanted.")
    ],
    dry_run: Annotated[bool, Form(description="Only tell what would be; nothing is stored.")] = False,  # noqa: FBT002
) -> PeopleImportOut:
    """Take in people from a file by staff number, all or none; a row more of one person is a role more."""
    with stored_upload(file) as path:
        rows = table_files.read_people(path)
    done = import_people(session, rows, actor=security.actor, dry_run=dry_run)
    return PeopleImportOut(dry_run=dry_run, **asdict(done))


@router.get("/{person}", responses=READ)
def read_person(session: SnapshotDep, viewer: LocalPeopleViewer, person: Number) -> PersonOut:
    """Read a person; one that the caller's grants do not reach is not found."""
    now = clock.now()
    reached = _reached(session, viewer, now)
    if reached is not None and person not in reached:
        raise PersonNotFoundError("There is no person {person_id}.", values={"person_id": person}, field="person")
    return person_out(queries.profile(session, person, now))


@router.patch("/{person}", responses=WRITE)
def correct_person(
    session: SessionDep, security: SecurityAdministrator, person: Number, body: PersonCorrectionIn
) -> PersonOut:
    """Correct what is known of a person."""
    found = queries.get(session, person, locked=True)
    operations.correct(
        session, found, name=body.name, staff_number=body.staff_number, phone=body.phone, actor=security.actor
    )
    return person_out(queries.profile(session, person, clock.now()))


@router.get("/{person}/phone", responses=READ)
def read_person_phone(session: SessionDep, viewer: PhonesViewer, person: Number) -> PersonPhoneOut:
    """Read a telephone number in clear; that it was read is written down."""
    found = queries.get(session, person)
    return PersonPhoneOut(id=person, phone=operations.read_phone(session, found, actor=viewer.actor))


@router.post("/{person}/units", responses=WRITE)
def state_person_unit(
    session: SessionDep, security: SecurityAdministrator, person: Number, body: PersonUnitIn
) -> PersonOut:
    """State that a person belongs to a unit for a time, or no longer."""
    queries.get(session, person, locked=True)
    operations.state_units(
        session, [(person, body.unit_code)], belongs=body.belongs, start=body.start, until=body.until,
        actor=security.actor,
    )  # fmt: skip
    return person_out(queries.profile(session, person, clock.now()))


@router.post("/{person}/grants", status_code=201, responses=WRITE)
def grant_role(
    session: SessionDep, security: SecurityAdministrator, person: Number, body: PersonGrantIn
) -> PersonGrantOut:
    """Give a person a role in an area and on a category; nobody gives one to oneself."""
    queries.get(session, person, locked=True)
    return grant_out(_give(session, person, [body], security.actor)[0])


@router.delete("/{person}/grants/{grant}", responses=WRITE)
def revoke_role(
    session: SessionDep,
    security: SecurityAdministrator,
    person: Number,
    grant: Annotated[int, Path(ge=1, le=2**62, description="Number of the grant.")],
) -> PersonOut:
    """Take a role back."""
    row = session.get(PrincipalGrant, grant)
    if row is None or row.principal_id != person:
        raise GrantNotFoundError(
            "Person {person} has no grant {grant}.", values={"person": person, "grant": grant}, field="grant"
        )
    revoke_grant(session, grant, actor=security.actor)
    return person_out(queries.profile(session, person, clock.now()))


@router.post("/{person}/end", responses=WRITE)
def end_person(session: SessionDep, security: SecurityAdministrator, person: Number, body: PersonEndIn) -> PersonEndOut:
    """End a person's appointment: roles, keys, units and sessions end, what is open passes to the person named."""
    found = queries.get(session, person, locked=True)
    heir = None if body.successor is None else queries.get(session, body.successor)
    done = end_appointment(session, found, heir=heir, actor=security.actor)
    return PersonEndOut(id=person, handed_over=done)


@router.post("/{person}/reactivation", responses=WRITE)
def reactivate_person(session: SessionDep, security: SecurityAdministrator, person: Number) -> PersonOut:
    """Let a person whose appointment ended work again, without the roles and units of before."""
    operations.reactivate(session, queries.get(session, person, locked=True), actor=security.actor)
    return person_out(queries.profile(session, person, clock.now()))


@router.post("/{person}/erasure", responses=WRITE)
def erase_person(
    session: SessionDep, security: SecurityAdministrator, person: Number, body: PersonErasureIn
) -> PersonOut:
    """Erase name, staff number and phone of a person whose appointment ended; what the person signed stays."""
    erasures.erase_person(session, queries.get(session, person, locked=True), actor=security.actor, note=body.note)
    return person_out(queries.profile(session, person, clock.now()))


def _give(session: Session, person: int, wanted: list[PersonGrantIn], actor: Actor) -> list[PrincipalGrant]:
    for one in wanted:
        if one.area is not None:
            require_named_area(session, one.area)
    return add_grants(session, [(person, Grant(w.role, w.area, w.category)) for w in wanted], actor=actor)


def _reached(session: Session, viewer: Principal, at: datetime) -> frozenset[int] | None:
    return people_in_reach(session, viewer.reach(Scope.PEOPLE_READ), at, caller=viewer.actor)
