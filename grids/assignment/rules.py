"""Pure decisions of assignment: which area answers, by which method, and why.

The tie-break (docs/adr/0002): among the areas that cover the point, the lowest code in byte order. Areas are known
here by their position in that order, so the lowest position wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from core.words import stored_message
from geo.point_location.layout import FLAG_BOUNDARY, FLAG_OVERLAP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.words import StoredMessage


class AssignmentMethod(StrEnum):
    """How the answer was found."""

    COVERED = "covered"
    BOUNDARY = "boundary"
    NEAREST = "nearest"
    UNASSIGNED = "unassigned"


METHODS: Final = tuple(AssignmentMethod)
_LEVELS: Final[Mapping[str, StoredMessage]] = {
    level: {"code": f"level/{level}"} for level in ("district", "street", "community", "grid")
}
LARGEST_ACCURACY_M: Final = 10_000.0


class Cover(NamedTuple):
    """The answer of one level to a point: the lowest position that covers it (-1: none), and how it lies there."""

    position: int
    flag: int


class Choice(NamedTuple):
    """The area that answers: its level (0 is the finest) and position there; -1, -1 when none does."""

    depth: int
    position: int
    method: AssignmentMethod
    overlap: bool = False
    distance_m: float | None = None


UNASSIGNED: Final = Choice(-1, -1, AssignmentMethod.UNASSIGNED)


def choose_area(covers: Sequence[Cover], nearest: tuple[int, float] | None) -> Choice:
    """Choose the area of a point.

    `covers` are the levels' answers, the finest first; `nearest` the nearest area of the finest level within the
    tolerance, and its distance in metres. The finest level that covers the point answers; else the nearest; else none.
    """
    for depth, cover in enumerate(covers):
        if cover.position >= 0:
            method = AssignmentMethod.BOUNDARY if cover.flag == FLAG_BOUNDARY else AssignmentMethod.COVERED
            return Choice(depth, cover.position, method, overlap=cover.flag == FLAG_OVERLAP)
    if nearest is not None and nearest[0] >= 0:
        return Choice(0, nearest[0], AssignmentMethod.NEAREST, distance_m=nearest[1])
    return UNASSIGNED


@dataclass(slots=True)
class AssignmentFacts:
    """What a reason speaks of. `others` are the names of the other areas in question, the likeliest first."""

    method: AssignmentMethod
    level: str = ""
    name: str = ""
    finest_level: str = ""
    distance_m: float = 0.0
    overlap: bool = False
    others: tuple[str, ...] = ()
    accuracy_m: float | None = None
    outside_share: float = 0.0
    tolerance_m: float = 0.0


def reason(facts: AssignmentFacts) -> StoredMessage:
    """Return why this is the answer, as a code with values; presentation/words/places has the sentences."""
    if facts.method is AssignmentMethod.UNASSIGNED:
        return stored_message("nothing_near", tolerance_m=facts.tolerance_m)
    others = names_message(facts.others) if facts.others else None
    found = _found(facts, others)
    if facts.level != facts.finest_level:
        finest = level_message(facts.finest_level, "level/finer")
        found = stored_message("without_finest", finest=finest, found=found)
    if facts.accuracy_m and facts.method is AssignmentMethod.COVERED and not facts.overlap:
        if others:
            return stored_message("reaches_over", found=found, accuracy_m=facts.accuracy_m, others=others)
        if facts.outside_share:
            return stored_message("reaches_out", found=found, accuracy_m=facts.accuracy_m)
    return found


def _found(facts: AssignmentFacts, others: StoredMessage | None) -> StoredMessage:
    """Return how the point lies to the area that answers."""
    name, level, distance = facts.name, level_message(facts.level), round(facts.distance_m, 1)
    match facts.method:
        case AssignmentMethod.BOUNDARY if others:
            return stored_message("on_shared_edge", level=level, name=name, others=others)
        case AssignmentMethod.BOUNDARY:
            return stored_message("on_edge", level=level, name=name)
        case AssignmentMethod.NEAREST:
            tolerance = facts.tolerance_m
            return stored_message("nearest", level=level, name=name, distance_m=distance, tolerance_m=tolerance)
        case _ if facts.overlap and others:
            return stored_message("in_overlap", name=name, others=others)
        case _ if facts.overlap:
            return stored_message("in_overlap_of_one", name=name)
    return stored_message("inside", level=level, name=name, distance_m=distance)


def level_message(level: str, otherwise: str = "level/other") -> StoredMessage:
    """Return the words for a level of areas; `otherwise` is the code for levels that a layer names itself."""
    return _LEVELS.get(level) or stored_message(otherwise, level=level)


def names_message(names: Sequence[str]) -> StoredMessage:
    """Return the words for one name or several: the first three, and how many more there are."""
    shown = dict(zip("abc", names, strict=False))
    if len(names) > len(shown):
        return stored_message("names/more", **shown, more=len(names) - len(shown))
    return stored_message(f"names/{len(shown)}", **shown)
