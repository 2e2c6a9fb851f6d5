"""End a person's appointment, with one bulk hand-over of all that is open.

`OPEN_THINGS` is the one list of what can be open in somebody's hands: a feature that keeps such things adds itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core import audit, clock
from core.errors import Detail, DomainError, Kind
from governance.grid_workers import operations as grid_workers
from governance.grid_workers import queries as posts
from identity.people import operations as people
from identity.people.rules import PersonEndedError
from identity.seats import queries as seats
from identity.seats.operations import hand_over_duties, stand_in_no_longer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from identity.actors import Actor
    from identity.people.tables import Person


class OpenThingsError(DomainError):
    """Something is open in the person's hands. Name who takes it over (`to`)."""

    code = "appointment-open-things"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class OpenThings:
    """A kind of thing that a person may hold: how it is counted, and how all of it passes to another person."""

    kind: str
    count: Callable[[Session, Person, datetime], int]
    hand_over: Callable[[Session, Person, Person, datetime, Actor], int]


def _count_posts(session: Session, person: Person, at: datetime) -> int:
    return len(posts.posts_of_person(session, person.id, at=at))


def _hand_over_posts(session: Session, person: Person, heir: Person, at: datetime, actor: Actor) -> int:
    return grid_workers.hand_over_posts(session, person, heir, at=at, actor=actor)


def _count_duties(session: Session, person: Person, at: datetime) -> int:
    return len(seats.duties_from(session, person.id, at))


def _hand_over_duties(session: Session, person: Person, heir: Person, at: datetime, actor: Actor) -> int:
    return hand_over_duties(session, person, heir, at=at, actor=actor)


OPEN_THINGS: Final = (
    OpenThings("grid posts", _count_posts, _hand_over_posts),
    OpenThings("seat duties", _count_duties, _hand_over_duties),
)


def open_things(session: Session, person: Person, at: datetime) -> dict[str, int]:
    """Return how much of each kind is open in a person's hands at an instant."""
    counts = {thing.kind: thing.count(session, person, at) for thing in OPEN_THINGS}
    return {kind: count for kind, count in counts.items() if count}


def end_appointment(
    session: Session, person: Person, *, heir: Person | None, leave_open: bool = False, actor: Actor
) -> dict[str, int]:
    """End a person's appointment now and hand over to `heir` what is open; return how much of each kind.

    With `leave_open` all access ends also where something is open and nobody takes over; the audit records it.

    Raises
    ------
    OpenThingsError
        When something is open and nobody is named.
    PersonEndedError
        When who is named is ended, or the same person.
    """
    if person.ended_at is not None:
        return {}
    at = clock.now()
    opened = open_things(session, person, at)
    if opened and heir is None and leave_open:
        audit.record(session, actor=actor, action="people.left_open", subject=str(person.id), **opened)
    elif opened and heir is None:
        words = [Detail("{count} {kind}", {"count": count, "kind": Detail(kind)}) for kind, count in opened.items()]
        raise OpenThingsError(
            "Person {id} holds {words}: name who takes them over.",
            values={"id": person.id, "words": words},
            field="successor",
            **opened,
        )
    if heir is not None and (heir.ended_at is not None or heir.id == person.id):
        raise PersonEndedError(
            "Person {id} cannot take over: ended, or the same person.", values={"id": heir.id}, field="successor"
        )
    done = {}
    if heir is not None:
        for thing in OPEN_THINGS:
            done[thing.kind] = thing.hand_over(session, person, heir, at, actor)
        audit.record(session, actor=actor, action="people.hand_over", subject=str(person.id), to=heir.id, **done)
    stand_in_no_longer(session, person, at=at, actor=actor)
    people.end(session, person, actor=actor)
    return {kind: count for kind, count in done.items() if count}
