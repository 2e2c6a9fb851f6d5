"""Who acts: a person or a system, as one value that every operation takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ActorKind(StrEnum):
    """A principal is a person, or a system: an application with a key, or a part of the service itself."""

    PERSON = "person"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A principal as operations take it: the number of its row, its kind, and the name that stays in what it wrote.

    Two actors are two hands only if they are two persons: compare them with identity.principals.is_among.
    """

    id: int
    kind: ActorKind
    name: str
    stands_in_for: tuple[str, ...] = ()
    """Names of those who are away and for whom this person acts too: the audit keeps them beside the own name."""


# Rows that the migration of principals made, with these numbers.
SERVICE: Final = Actor(1, ActorKind.SYSTEM, "system")
SCHEDULE: Final = Actor(2, ActorKind.SYSTEM, "schedule")
COMMAND_LINE: Final = Actor(3, ActorKind.SYSTEM, "cli")
REPORTS_IMPORT: Final = Actor(4, ActorKind.SYSTEM, "reports-import")
CHECK: Final = Actor(5, ActorKind.SYSTEM, "check")
SERVICE_ACTORS: Final = (SERVICE, SCHEDULE, COMMAND_LINE, REPORTS_IMPORT, CHECK)
"""The service itself: no key and no person may bear these names."""
