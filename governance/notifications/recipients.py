"""Which persons find a happening in their inbox: those of the unit that it concerns, and those who decide on it.

Nobody is told of a case that accuses that person or a unit of that person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from core import clock
from governance.cases.lifecycle import queries as cases
from governance.cases.lifecycle.states import Verb
from governance.cases.protection import accusations
from governance.tasks.states import TaskVerb
from identity.granting import PrincipalGrant
from identity.grants import ROLES, Grant, Scope, reach_of
from identity.people.tables import Person, PersonUnit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from governance.notifications.happenings import Happening
    from identity.grants import Reach

TO_UNIT: Final = frozenset({
    *(f"case.{verb}" for verb in (
        Verb.DISPATCH, Verb.REDISPATCH, Verb.HAND_DOWN, Verb.REPORT_UP, Verb.REWORK, Verb.SUPERVISE, Verb.EXTEND,
        Verb.SUSPEND, Verb.RESUME, Verb.VOID, Verb.RECLASSIFY, Verb.MERGE, Verb.TAKE_IN, Verb.LET_GO, Verb.LINK,
    )),
    "case.due_soon", "case.overdue", "case.arrive", "case.finish_part",
    *(f"task.{verb}" for verb in (TaskVerb.ISSUE, TaskVerb.SEND_BACK, TaskVerb.REMIND, TaskVerb.WITHDRAW)),
})  # fmt: skip
"""What the persons of the unit are told."""
TO_OTHERS: Final = frozenset(
    f"case.{verb}"
    for verb in (
        Verb.WHISTLE, Verb.CONCLUDE, Verb.CALL_OFF, Verb.RATE_UNIT, Verb.GIVE_PART, Verb.SEND_BACK_PART,
        Verb.EXTEND_PART, Verb.WITHDRAW_PART,
    )
)  # fmt: skip
"""What the persons of called units, and of units with a part of the case, are told."""
TO_SCOPE: Final = {
    "case.return": Scope.CASES_DISPATCH,
    "case.return_part": Scope.CASES_DISPATCH,
    "case.reopen": Scope.CASES_DISPATCH,
    "case.take_back": Scope.CASES_DISPATCH,
    "case.supervise": Scope.CASES_SUPERVISE,
    "case.overdue": Scope.CASES_SUPERVISE,
}
"""What persons are told whose grants reach the case with a scope: they have to decide."""

TO_ALL_WITH: Final = {"bulletin.drafted": Scope.CASES_SUPERVISE, "bulletin.released": Scope.CASES_READ}
"""What all persons are told who hold a scope, wherever it reaches."""


def recipients(session: Session, told: Sequence[Happening]) -> list[tuple[int, str]]:
    """Return persons and the happenings that they are to know of; nobody is told what that person did."""
    members = _members(session, {unit for one in told for unit in _units(one)})
    deciders: dict[Scope, dict[Reach, list[int]]] = {}
    accusing = accusations.accused_units(session, {one.case_id for one in told if one.case_id is not None})
    hidden: dict[int, frozenset[int]] = {}
    found: set[tuple[int, str]] = set()
    for one in told:
        persons = {person for unit in _units(one) for person in members.get(unit, ())}
        scope = TO_ALL_WITH.get(one.type) or TO_SCOPE.get(one.type)
        if one.data.get("solved") is False:  # a call-back that a supervisor has to look at
            scope = Scope.CASES_SUPERVISE
        if one.data.get("differs"):  # place or category were changed, and the rules name another unit than has it
            scope = Scope.CASES_DISPATCH
        if scope is not None and (one.case_id is not None or one.type in TO_ALL_WITH):
            if scope not in deciders:
                deciders[scope] = _holders(session, scope)
            for reach, holders in deciders[scope].items():
                if one.case_id is None or cases.is_reached(session, one.case_id, reach=reach):
                    persons |= set(holders)
        if one.case_id in accusing:
            hidden |= {person: accusations.hidden_from(session, person) for person in persons - hidden.keys()}
            persons = {person for person in persons if one.case_id not in hidden[person]}
        found |= {(person, one.id) for person in persons if person != one.actor_id}
    return sorted(found)


def _units(one: Happening) -> tuple[str, ...]:
    """Return the units whose persons are told of a happening."""
    own = (one.unit_code,) if one.unit_code is not None and one.type in TO_UNIT else ()
    return own + (one.others if one.type in TO_OTHERS else ())


def _members(session: Session, units: set[str]) -> dict[str, list[int]]:
    if not units:
        return {}
    rows = session.execute(
        select(PersonUnit.unit_code, Person.id)
        .join(Person, Person.id == PersonUnit.person_id)
        .where(PersonUnit.holds(clock.now()), PersonUnit.unit_code.in_(units), Person.ended_at.is_(None))
    )
    members: dict[str, list[int]] = {}
    for unit, person in rows:
        members.setdefault(unit, []).append(person)
    return members


def _holders(session: Session, scope: Scope) -> dict[Reach, list[int]]:
    """Return the persons who hold a scope, by what it reaches: few reaches, however many persons."""
    roles = [role for role, scopes in ROLES.items() if scope in scopes]
    rows = session.execute(
        select(Person.id, PrincipalGrant.role, PrincipalGrant.area, PrincipalGrant.category)
        .join(PrincipalGrant, PrincipalGrant.principal_id == Person.id)
        .where(Person.ended_at.is_(None), PrincipalGrant.revoked_at.is_(None), PrincipalGrant.role.in_(roles))
    )
    grants: dict[int, list[Grant]] = {}
    for person, role, area, category in rows:
        grants.setdefault(person, []).append(Grant(role, area, category))
    found: dict[Reach, list[int]] = {}
    for person, held in grants.items():
        found.setdefault(reach_of(scope, held), []).append(person)
    return found
