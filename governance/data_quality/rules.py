"""Pure decisions of data quality: what is noticed about a point, from facts already gathered."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

DATUMS: Final = ("WGS84", "GCJ-02", "BD-09")
# Names of the same ground truth: CGCS2000 equals WGS 84 within the accuracy of addresses.
SAME_AS_WGS84: Final = frozenset({"WGS84", "CGCS2000"})


class Flag(StrEnum):
    """What may be wrong with a point; each stands on evidence and changes nothing."""

    SWAPPED = "swapped"
    TRUNCATED = "truncated"
    DEFAULT_GEOCODE = "default_geocode"
    CENTROID = "centroid"
    FAR_FROM_ADDRESS = "far_from_address"
    FITS_SHIFTED = "fits_shifted"
    OUTSIDE_NAMED_AREA = "outside_named_area"
    OUTSIDE_COVERAGE = "outside_coverage"
    IMPOSSIBLE_JUMP = "impossible_jump"


# Beyond this a point and its address disagree, whatever either's accuracy: three blocks.
FAR_M: Final = 300.0
# A point fits its address when it lies within the two accuracies and a block.
FITS_M: Final = 100.0
# Three decimals of a degree are 100 m: such a point is a rounded one.
TRUNCATED_DECIMALS: Final = 3
CENTROID_M: Final = 3.0
# A default geocode: this many reports, of this many addresses, at the very same coordinates.
DEFAULT_GEOCODE_REPORTS: Final = 8
DEFAULT_GEOCODE_ADDRESSES: Final = 4
# Nobody in a city travels so fast; nor is a short hop worth a word.
JUMP_SPEED_M_S: Final = 200 / 3.6
JUMP_LEAST_M: Final = 3000.0


@dataclass(frozen=True, slots=True)
class ReportEvidenceFacts:
    """What is known of one report's point. Distances in metres, by the datum the coordinates are read in."""

    x: float
    y: float
    declared: str
    geographic: bool = True
    distance_m: Mapping[str, float] = field(default_factory=dict)
    address_accuracy_m: float = 0.0
    point_accuracy_m: float = 0.0
    in_named_area: Mapping[str, bool] = field(default_factory=dict)
    in_coverage: Mapping[str, bool] = field(default_factory=dict)
    swapped_in_coverage: bool = False
    same_point: tuple[int, int] = (1, 1)
    centroid_of: str | None = None
    jump: tuple[float, float] | None = None


def datum_of(declared: str) -> str:
    """Return the datum of the three that a declared CRS belongs to; anything projected counts by its own name."""
    return "WGS84" if declared in SAME_AS_WGS84 else declared


def flags(facts: ReportEvidenceFacts) -> list[dict[str, Any]]:
    """List what is noticed about a point, each with its evidence in numbers."""
    return [*_of_the_numbers(facts), *_of_the_point(facts), *_of_the_address(facts), *_of_the_caller(facts)]


def _noticed(flag: Flag, **evidence: Any) -> dict[str, Any]:  # noqa: ANN401 (evidence is free-form)
    return {"flag": flag.value, **evidence}


def _of_the_numbers(facts: ReportEvidenceFacts) -> list[dict[str, Any]]:
    if not facts.geographic:
        return []
    found = []
    inside = facts.in_coverage.get(datum_of(facts.declared))
    if not inside and (facts.swapped_in_coverage or _cannot_be_latitude(facts.x, facts.y)):
        found.append(_noticed(Flag.SWAPPED, x=facts.x, y=facts.y))
    elif inside is False:
        found.append(_noticed(Flag.OUTSIDE_COVERAGE))
    sent = max(decimals(facts.x), decimals(facts.y))
    return found if sent > TRUNCATED_DECIMALS else [*found, _noticed(Flag.TRUNCATED, decimals=sent)]


def _of_the_point(facts: ReportEvidenceFacts) -> list[dict[str, Any]]:
    found = []
    reports, addresses = facts.same_point
    if reports >= DEFAULT_GEOCODE_REPORTS and addresses >= DEFAULT_GEOCODE_ADDRESSES:
        found.append(_noticed(Flag.DEFAULT_GEOCODE, reports=reports, addresses=addresses))
    return found if facts.centroid_of is None else [*found, _noticed(Flag.CENTROID, of=facts.centroid_of)]


def _of_the_address(facts: ReportEvidenceFacts) -> list[dict[str, Any]]:
    found = []
    declared = datum_of(facts.declared)
    distance = facts.distance_m.get(declared)
    slack = facts.address_accuracy_m + facts.point_accuracy_m
    if distance is not None and distance > FAR_M + slack:
        found.append(_noticed(Flag.FAR_FROM_ADDRESS, distance_m=round(distance)))
        fitting = _fitting(facts.distance_m, declared, FITS_M + slack)
        if fitting is not None:
            metres = round(facts.distance_m[fitting])
            found.append(_noticed(Flag.FITS_SHIFTED, datum=fitting, distance_m=metres, declared_m=round(distance)))
    if facts.in_named_area.get(declared) is False:
        fitting_under = [name for name, here in facts.in_named_area.items() if here]
        found.append(_noticed(Flag.OUTSIDE_NAMED_AREA, fits_under=fitting_under))
    return found


def _of_the_caller(facts: ReportEvidenceFacts) -> list[dict[str, Any]]:
    if facts.jump is None:
        return []
    metres, seconds = facts.jump
    if metres <= JUMP_LEAST_M or metres <= JUMP_SPEED_M_S * max(seconds, 1.0):
        return []
    return [_noticed(Flag.IMPOSSIBLE_JUMP, distance_m=round(metres), seconds=round(seconds))]


def _fitting(distance_m: Mapping[str, float], declared: str, within_m: float) -> str | None:
    others = {d: m for d, m in distance_m.items() if d != declared and m <= within_m}
    return min(others, key=lambda d: others[d]) if others else None


def _cannot_be_latitude(x: float, y: float) -> bool:
    return abs(y) > 90 >= abs(x)


def decimals(value: float) -> int:
    """Count the decimals a coordinate was sent with, at most 12."""
    if not math.isfinite(value):
        return 0
    text = f"{value:.12f}".rstrip("0")
    return len(text.partition(".")[2])


def share(part: int, whole: int) -> float | None:
    """Return a share rounded to a thousandth, None of nothing."""
    return round(part / whole, 3) if whole else None
