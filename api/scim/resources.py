"""People and groups as SCIM resources, and what of a resource is taken in.

A user is a person: `userName` the staff number, `active` whether the appointment runs. Telephone numbers are taken in
and never given out. A group is a unit (`unit:CODE`) or a role everywhere (`role:ROLE`), both made here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from api.scim.errors import ScimError
from api.scim.filters import values_of
from core import clock
from governance.appointments.operations import end_appointment
from identity import principals
from identity.granting import PrincipalGrant, add_grants, revoke_grant
from identity.grants import ROLES, Grant
from identity.people import operations, queries
from identity.people.operations import PersonIn
from identity.units.queries import units_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from identity.actors import Actor
    from identity.people.queries import Profile
    from identity.people.tables import Person

USER: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP: Final = "urn:ietf:params:scim:schemas:core:2.0:Group"


@dataclass(frozen=True, slots=True)
class UserWords:
    """What of a user is taken in."""

    user_name: str
    name: str
    phone: str | None
    external_id: str
    active: bool


def user(one: Profile, base: str) -> dict[str, Any]:
    """Return a person as a User."""
    person = one.person
    groups = [f"unit:{code}" for code in one.units]
    groups += [f"role:{grant.role}" for grant in one.grants if grant.area is None and grant.category is None]
    found: dict[str, Any] = {
        "schemas": [USER],
        "id": str(person.id),
        "userName": person.staff_number or one.acts_as,
        "name": {"formatted": person.name},
        "displayName": person.name,
        "active": person.ended_at is None,
        "groups": [{"value": group, "$ref": f"{base}/Groups/{group}"} for group in dict.fromkeys(groups)],
        "meta": {
            "resourceType": "User", "created": _instant(person.created_at), "lastModified": _instant(person.changed_at),
            "location": f"{base}/Users/{person.id}", "version": f'W/"{person.version}"',
        },
    }  # fmt: skip
    return found if person.external_id is None else found | {"externalId": person.external_id}


def users(session: Session, base: str) -> list[dict[str, Any]]:
    """Return all people as Users, ended ones too, erased ones not, by number."""
    found = queries.profiles(session, clock.now(), queries.PeopleFilter(ended=True))
    return [user(one, base) for one in found if one.person.erased_at is None]


def groups(session: Session, base: str) -> list[dict[str, Any]]:
    """Return units and roles as Groups, with who belongs to them."""
    people = queries.profiles(session, clock.now())
    members: dict[str, list[dict[str, str]]] = {}
    for one in people:
        for link in user(one, base)["groups"]:
            members.setdefault(link["value"], []).append(
                {"value": str(one.person.id), "display": one.person.name, "$ref": f"{base}/Users/{one.person.id}"}
            )
    names = {f"role:{role}": role for role in ROLES}
    names |= {f"unit:{row.unit_code}": row.name for row in units_at(session, clock.now())}
    return [
        {
            "schemas": [GROUP], "id": number, "displayName": name, "members": members.get(number, []),
            "meta": {"resourceType": "Group", "location": f"{base}/Groups/{number}"},
        }
        for number, name in names.items()
    ]  # fmt: skip


def words_of(body: dict[str, Any]) -> UserWords:
    """Read what of a User is taken in.

    Raises
    ------
    ScimError
    """
    user_name = _text(body, "userName")
    if not user_name:
        raise ScimError("A user has a userName: the staff number.")
    full = "".join(filter(None, (_text(body, "name.familyName"), _text(body, "name.givenName"))))
    name = _text(body, "displayName") or _text(body, "name.formatted") or full or user_name
    active = values_of(body, "active")
    if active and str(active[0]).lower() not in {"true", "false"}:
        raise ScimError("active is true or false.")
    return UserWords(
        user_name,
        name,
        _text(body, "phoneNumbers.value"),
        _text(body, "externalId") or "",
        not active or str(active[0]).lower() == "true",
    )


def create_user(session: Session, body: dict[str, Any], *, actor: Actor) -> Person:
    """Add a person as a User states it."""
    words = words_of(body)
    person = PersonIn(words.name, words.user_name, words.phone, words.external_id or None)
    added = operations.add_people(session, [person], actor=actor)[0]
    if not words.active:
        operations.end(session, added, actor=actor)
    return added


def change_user(session: Session, person: Person, body: dict[str, Any], *, actor: Actor) -> None:
    """Make of a person what a User states; one that is not active has ended at once, whatever is still open."""
    words = words_of(body)
    is_plain = person.staff_number is None and words.user_name == principals.get(session, person.id).name
    operations.correct(
        session, person, name=words.name, staff_number=None if is_plain else words.user_name, phone=words.phone,
        external_id=words.external_id, actor=actor,
    )  # fmt: skip
    if words.active:
        operations.reactivate(session, person, actor=actor)
    else:
        end_user(session, person, actor=actor)


def end_user(session: Session, person: Person, *, actor: Actor) -> None:
    """End a person's appointment at once, whatever is still open: who has left the directory has no access here."""
    end_appointment(session, person, heir=None, leave_open=True, actor=actor)


def change_members(session: Session, group: dict[str, Any], wanted: Sequence[Any], *, actor: Actor) -> None:
    """Let exactly these people belong to a group.

    Raises
    ------
    ScimError
    """
    before = {int(one["value"]) for one in group["members"]}
    given = [one.get("value") if isinstance(one, dict) else None for one in wanted]
    if not all(isinstance(one, str) and one.isascii() and one.isdigit() and len(one) < 10 for one in given):
        raise ScimError("Members are users: value is the id of one.")
    after = {int(str(one)) for one in given}
    known = {one.person.id for one in queries.profiles(session, clock.now(), queries.PeopleFilter(ids=after - before))}
    unknown = sorted(after - before - known)
    if unknown:
        raise ScimError("There is no active user {unknown}.", values={"unknown": unknown[0]})
    kind, _, code = group["id"].partition(":")
    if kind == "unit":
        for people, belongs in ((after - before, True), (before - after, False)):
            rows = [(number, code) for number in sorted(people)]
            if rows:
                operations.state_units(session, rows, belongs=belongs, actor=actor)
        return
    if after - before:
        add_grants(session, [(number, Grant(code)) for number in sorted(after - before)], actor=actor)
    for row in _grants_everywhere(session, code, before - after):
        revoke_grant(session, row.id, actor=actor)


def _grants_everywhere(session: Session, role: str, people: set[int]) -> Sequence[PrincipalGrant]:
    found = queries.profiles(session, clock.now(), queries.PeopleFilter(ids=people))
    rows = [grant for one in found for grant in one.grants]
    return [row for row in rows if row.role == role and row.area is None and row.category is None]


def _text(body: dict[str, Any], path: str) -> str | None:
    found = values_of(body, path)
    if not found or found[0] is None:
        return None
    if not isinstance(found[0], str):
        raise ScimError("{path} is a text.", values={"path": path})
    return found[0]


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
