"""From what a channel sent to a place: coordinates to WGS 84, address text to a point, a point to its area.

Intake loses no report: whatever cannot be placed is kept as `unassigned` with the reason, for triage.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from geo import datum

if TYPE_CHECKING:
    from governance.cases.rules import ReportDraft


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a report was put first, and why: what is stored with it."""

    method: str
    reason: str
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    layer_id: int | None = None
    release_number: int | None = None
    area_path: tuple[str, ...] = ()
    distance_to_edge_m: float | None = None
    candidates: list[dict[str, Any]] | None = None
    areas: tuple[dict[str, Any], ...] = ()
    layer_code: str | None = None


class Locator(Protocol):
    """What intake needs to know about boundaries: the release in force, asked point by point."""

    def place(self, lon: float, lat: float, accuracy_m: float | None) -> Placement:
        """Return the placement of one point of WGS 84."""


@dataclass(frozen=True, slots=True)
class Point:
    """A usable point of WGS 84."""

    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class NoPoint:
    """Why there is no usable point."""

    reason: str


def usable_point(draft: ReportDraft) -> Point | NoPoint:
    """Return the draft's point in WGS 84, or the reason why it has none."""
    if draft.x is None and draft.y is None:
        return NoPoint("no coordinates were sent")
    numbers: list[float] = []
    for name, value in (("x", draft.x), ("y", draft.y)):
        if value is None:
            return NoPoint(f"{name} is missing")
        try:
            number = float(value)
        except ValueError:
            return NoPoint(f"{name} {value!r} is not a number")
        if not math.isfinite(number):
            return NoPoint(f"{name} is not finite")
        numbers.append(number)
    try:
        crs = datum.parse_crs(draft.crs)
    except ValueError as error:
        return NoPoint(str(error))
    x, y = numbers
    if crs.is_geographic:
        if abs(y) > 90 and abs(x) <= 90 and abs(y) <= 180:
            return NoPoint(f"longitude {x:g} and latitude {y:g} look swapped")
        if abs(x) > 180 or abs(y) > 90:
            return NoPoint(f"longitude {x:g}, latitude {y:g} are no degrees")
        if crs in (datum.WGS84, datum.CGCS2000):
            return Point(x, y)
    lon, lat = (float(value) for value in datum.to_wgs84(x, y, crs))
    if not (math.isfinite(lon) and math.isfinite(lat)) or bool(datum.outside_area_of_use(lon, lat, crs)):
        return NoPoint(f"x {x:g}, y {y:g} lie outside the area of {crs.name}")
    return Point(lon, lat)


def place(draft: ReportDraft, locator: Locator | None) -> Placement:
    """Return where a report belongs at this moment. Never raises for anything a sender can send."""
    accuracy_m = draft.accuracy_m
    point = usable_point(draft)
    if isinstance(point, NoPoint):
        # The one place where address text becomes a point, when the gazetteer is there.
        words = f"{point.reason}; the address text waits for triage" if draft.address_text else point.reason
        return Placement("unassigned", words, accuracy_m=accuracy_m)
    if locator is None:
        return Placement("unassigned", "no boundaries are in force", point.lon, point.lat, accuracy_m)
    return locator.place(point.lon, point.lat, accuracy_m)
