"""Pure decisions of assignment: which area answers, by which method, and why, in words.

The tie-break (docs/adr/0002): among the areas that cover the point, the lowest code in byte order. Areas are known
here by their position in that order, so the lowest position wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from geo.point_location.layout import FLAG_BOUNDARY, FLAG_OVERLAP

if TYPE_CHECKING:
    from collections.abc import Sequence


class AssignmentMethod(StrEnum):
    """How the answer was found."""

    COVERED = "covered"
    BOUNDARY = "boundary"
    NEAREST = "nearest"
    UNASSIGNED = "unassigned"


METHODS: Final = tuple(AssignmentMethod)
LEVEL_NAMES_ZH: Final = {
    "district": "区县",
    "street": "街道（镇）",
    "community": "社区（村）",
    "grid": "网格",
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


def reason(facts: AssignmentFacts) -> str:
    """Return in English why this is the answer."""
    name, distance = facts.name, f"{facts.distance_m:.1f} m"
    match facts.method:
        case AssignmentMethod.BOUNDARY:
            beside = f", shared with {_and(facts.others)}; the lowest code is taken" if facts.others else ""
            said = f"The point lies on the edge of {facts.level} {name}{beside}."
        case AssignmentMethod.COVERED if facts.overlap:
            said = f"The point lies in overlapping areas: {name} and {_and(facts.others)}; the lowest code is taken."
        case AssignmentMethod.COVERED:
            said = f"The point lies inside {facts.level} {name}, {distance} from its edge."
        case AssignmentMethod.NEAREST:
            said = (
                f"No area covers the point; {facts.level} {name} is the nearest, {distance} away"
                f" (tolerance {facts.tolerance_m:g} m)."
            )
        case _:
            return f"No area covers the point, and none lies within {facts.tolerance_m:g} m."
    if facts.level != facts.finest_level:
        said = f"No {facts.finest_level} covers the point. {said}"
    if facts.accuracy_m and facts.method is AssignmentMethod.COVERED and not facts.overlap:
        if facts.others:
            said += f" Its accuracy of {facts.accuracy_m:g} m reaches into {_and(facts.others)}."
        elif facts.outside_share:
            said += f" Its accuracy of {facts.accuracy_m:g} m reaches beyond the layer."
    return said


def reason_zh(facts: AssignmentFacts) -> str:
    """Return in Chinese why this is the answer."""
    level = LEVEL_NAMES_ZH.get(facts.level, "区域")
    name, distance = facts.name, f"{facts.distance_m:.1f} 米"
    match facts.method:
        case AssignmentMethod.BOUNDARY:
            beside = f"，与{_and_zh(facts.others)}共界，取编码最小者" if facts.others else ""
            said = f"该点位于{level}“{name}”的边界上{beside}。"
        case AssignmentMethod.COVERED if facts.overlap:
            said = f"该点位于“{name}”与{_and_zh(facts.others)}的重叠处，取编码最小者。"
        case AssignmentMethod.COVERED:
            said = f"该点位于{level}“{name}”内，距边界 {distance}。"
        case AssignmentMethod.NEAREST:
            said = f"没有区域覆盖该点；最近的{level}是“{name}”，相距 {distance}（容差 {facts.tolerance_m:g} 米）。"
        case _:
            return f"没有区域覆盖该点，{facts.tolerance_m:g} 米内也没有区域。"
    if facts.level != facts.finest_level:
        said = f"没有{LEVEL_NAMES_ZH.get(facts.finest_level, '下级区域')}覆盖该点。{said}"
    if facts.accuracy_m and facts.method is AssignmentMethod.COVERED and not facts.overlap:
        if facts.others:
            said += f"定位精度 {facts.accuracy_m:g} 米，可能位于{_and_zh(facts.others)}。"
        elif facts.outside_share:
            said += f"定位精度 {facts.accuracy_m:g} 米，可能位于界外。"
    return said


def _and(names: Sequence[str]) -> str:
    shown = list(names[:3])
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _and_zh(names: Sequence[str]) -> str:
    shown = "、".join(f"“{name}”" for name in names[:3])
    return shown + (f"等 {len(names)} 处" if len(names) > 3 else "")
