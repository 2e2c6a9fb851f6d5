"""A file of people into the service: who is new is added, who is known is corrected, units and roles are added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.errors import DomainError
from identity.granting import PrincipalGrant, add_grants
from identity.people import operations, queries
from identity.people.operations import PersonIn
from identity.people.table_files import PeopleFileError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from identity.actors import Actor
    from identity.people.table_files import PersonRow


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file of people did, or would do."""

    rows: int
    added: int
    corrected: int
    unchanged: int
    units: int
    grants: int


def import_people(session: Session, rows: Sequence[PersonRow], *, actor: Actor, dry_run: bool = False) -> Imported:
    """Take in people by staff number, all or none. Nobody is ended and no role is taken away by a file.

    With `dry_run` all of it is done and undone.

    Raises
    ------
    PeopleFileError
        With the line where one row is at fault.
    UnitNotFoundError, SelfGrantError, RolesSeparatedError
    """
    with session.begin_nested() as trial:
        done = _import(session, rows, actor)
        if dry_run:
            trial.rollback()
    return done


def _import(session: Session, rows: Sequence[PersonRow], actor: Actor) -> Imported:
    firsts = {row.staff_number: row for row in reversed(rows)}
    known = queries.of_staff_numbers(session, list(firsts))
    new = [row for number, row in firsts.items() if number not in known]
    people = operations.add_people(
        session, [PersonIn(row.name, row.staff_number, row.phone) for row in new], actor=actor
    )
    known |= {row.staff_number: person for row, person in zip(new, people, strict=True)}
    corrected = 0
    for number, row in firsts.items():
        person = known[number]
        if person in people:
            continue
        try:
            corrected += bool(operations.correct(session, person, name=row.name, phone=row.phone, actor=actor))
        except DomainError as error:
            raise PeopleFileError(
                "line {line}: {problem}",
                values={"line": row.line, "problem": error.particular},
                field=f"line {row.line}",
            ) from error
    units = operations.state_units(
        session,
        [(known[row.staff_number].id, code) for row in firsts.values() for code in row.unit_codes],
        actor=actor,
    )
    wanted = [(known[row.staff_number].id, row.grant) for row in rows if row.grant is not None]
    ids = [person.id for person in known.values()]
    held = select(PrincipalGrant.id).where(PrincipalGrant.principal_id.in_(ids), PrincipalGrant.revoked_at.is_(None))
    before = set(session.scalars(held))
    given = add_grants(session, wanted, actor=actor) if wanted else []
    return Imported(
        rows=len(rows),
        added=len(new),
        corrected=corrected,
        unchanged=len(firsts) - len(new) - corrected,
        units=units,
        grants=len({grant.id for grant in given} - before),
    )
