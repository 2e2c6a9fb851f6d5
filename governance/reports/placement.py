"""From what a channel sent to a place: coordinates to WGS 84, address text to a point, a point to its area.

Intake loses no report: whatever cannot be placed is kept as `unassigned` with the reason, for triage.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from core import clock
from core.errors import Detail, DomainError
from core.words import stored_message
from geo.address.locating import locate
from grids.assignment import points
from grids.assignment.errors import (
    PointMissingError,
    PointNotANumberError,
    PointNotFiniteError,
    PointOutOfRangeError,
    PointOutsideCrsError,
    PointSwappedError,
)
from grids.assignment.rules import LARGEST_ACCURACY_M
from grids.boundaries.errors import CrsUnknownError, LayerNotFoundError
from grids.gazetteer.reasons import address_reason

if TYPE_CHECKING:
    from datetime import datetime

    from core.words import StoredMessage
    from geo.address.index import LocatingIndex
    from geo.address.locating import Located
    from governance.reports.rules import ReportDraft
    from grids.assignment.release_cache import ReleaseCache
    from grids.assignment.release_index import Assignment, ReleaseIndex
    from grids.gazetteer.memory import GazetteerCache

    Box = tuple[float, float, float, float]


_NAMED: Final = frozenset(
    error.code
    for error in (
        PointMissingError,
        PointNotANumberError,
        PointNotFiniteError,
        PointOutOfRangeError,
        PointSwappedError,
        PointOutsideCrsError,
        CrsUnknownError,
    )
)
"""Codes of what can be wrong with coordinates."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a report was put first, and why: what is stored with it."""

    method: str
    reason: StoredMessage
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    layer_id: int | None = None
    layer_code: str | None = None
    release_number: int | None = None
    areas: tuple[dict[str, Any], ...] = ()
    distance_to_edge_m: float | None = None
    candidates: list[dict[str, Any]] | None = None

    @property
    def area_path(self) -> list[str]:
        """Codes of the chain, the coarsest first."""
        return [area["code"] for area in self.areas]


NOT_SENT: Final = stored_message("not_sent")
NO_POSITION: Final = stored_message("no_position")
NO_GAZETTEER: Final = stored_message("no_gazetteer")
NO_BOUNDARIES: Final = stored_message("no_boundaries")

AddressLocator = Callable[[str], "Located | None"]
"""Finds the place that address text speaks of; None while there is no gazetteer."""


class PlacementContext:
    """The boundaries and the gazetteer at one instant: the same for all rows of one call.

    `release` is the one in force at the instant `at`, which is when those rows are received; `caller_key` is the secret
    of callers' digests.
    """

    def __init__(
        self, release: ReleaseIndex | None, at: datetime, gazetteer: LocatingIndex | None, caller_key: bytes = b""
    ) -> None:
        self.release = release
        self.at = at
        self.caller_key = caller_key
        self._gazetteer = gazetteer

    @classmethod
    def now(cls, releases: ReleaseCache, gazetteer: GazetteerCache, caller_key: bytes = b"") -> PlacementContext:
        """Return the ground of this moment; waits if the process cannot be sure yet which release is in force.

        Raises
        ------
        BoundariesNotLoadedError, DatabaseUnavailableError
            When the process has not seen the boundaries yet, because the database is away.
        """
        at = clock.now()
        try:
            release = releases.in_force_at(None, at)
        except LayerNotFoundError:
            release = None
        return cls(release, at, gazetteer.index(), caller_key)

    @classmethod
    def at_hand(
        cls, releases: ReleaseCache, gazetteer: GazetteerCache, caller_key: bytes = b""
    ) -> PlacementContext | None:
        """Return the same without waiting, None if that cannot be."""
        at = clock.now()
        try:
            release = releases.in_memory(None, at)
        except LayerNotFoundError:
            release = None
        return None if release is None else cls(release, at, gazetteer.index(), caller_key)

    def place(self, draft: ReportDraft) -> Placement:
        """Return where a report belongs now."""
        return place(draft, self.release, self.locate_address)

    def locate_address(self, address_text: str) -> Located | None:
        """Return the place that address text speaks of."""
        return locate(address_text, self._gazetteer) if self._gazetteer is not None else None


def place(draft: ReportDraft, release: ReleaseIndex | None, locate_address: AddressLocator | None = None) -> Placement:
    """Return where a report belongs by this release. Never raises for anything a sender can send."""
    try:
        point = point_of(draft, release.extent if release is not None else None)
    except DomainError as error:
        because = _unusable(error, draft.crs)
    else:
        if point is not None:
            return _placed(point, draft.accuracy_m, release)
        because = NO_POSITION if draft.x == draft.y == 0 else NOT_SENT
    if draft.address_text is not None and locate_address is not None:
        located = locate_address(draft.address_text)
        because = chained(because, NO_GAZETTEER if located is None else address_reason(located))
        # Only a certain answer places a report; anything less is a proposal for triage.
        if located is not None and located.best is not None:
            best = located.best
            return _placed((best.lon, best.lat), best.accuracy_m, release, because)
    return Placement("unassigned", because, accuracy_m=draft.accuracy_m)


def chained(first: StoredMessage | None, then: StoredMessage) -> StoredMessage:
    """Return two reasons as one, the second behind the first, where there is a first."""
    return then if first is None else stored_message("then", first=first, then=then)


def point_of(draft: ReportDraft, extent: Box | None) -> tuple[float, float] | None:
    """Return the draft's point in WGS 84, None when no coordinates were sent, or 0, 0 in place of none.

    Raises
    ------
    DomainError
        The named error of why the coordinates lead nowhere.
    """
    if (draft.x is None and draft.y is None) or draft.x == draft.y == 0:
        return None
    crs = points.named_crs(draft.crs)
    names = ("lon", "lat") if crs.is_geographic else ("x", "y")
    return points.check_one(_number(draft.x, names[0]), _number(draft.y, names[1]), crs, extent)


def _unusable(error: DomainError, crs: str) -> StoredMessage:
    """Return why coordinates lead nowhere; numbers as text, for JSON knows none that are not finite."""
    if error.code not in _NAMED:
        return stored_message("coordinates/unusable")
    if error.code == CrsUnknownError.code:
        return stored_message(f"coordinates/{error.code}", crs=crs)
    values = {
        name: f"{value:g}" if isinstance(value, float) else str(value)
        for name, value in error.particular.values.items()
        if not isinstance(value, Detail)
    }
    return stored_message(f"coordinates/{error.code}", **values)


def _number(value: float | str | None, name: str) -> float:
    if isinstance(value, int | float):
        return float(value)
    if value is None:
        raise PointMissingError("{name} is missing.", values={"name": name}, field=name)
    raise PointNotANumberError(
        "{name} is {value}: not a number.", values={"name": name, "value": f"{value!r}"}, field=name
    )


def _placed(
    point: tuple[float, float],
    accuracy_m: float | None,
    release: ReleaseIndex | None,
    because: StoredMessage | None = None,
) -> Placement:
    lon, lat = point
    if release is None:
        return Placement("unassigned", chained(because, NO_BOUNDARIES), lon, lat, accuracy_m)
    radius = min(accuracy_m, LARGEST_ACCURACY_M) if accuracy_m else None
    return placement_of(release.assign(lon, lat, radius), accuracy_m, because)


def placement_of(found: Assignment, accuracy_m: float | None, because: StoredMessage | None = None) -> Placement:
    """Return an assignment in the form in which a report keeps it; `because` is how the point was found."""
    candidates = [
        {"level": other.level, "code": other.code, "name": other.name, "share": other.share}
        for other in found.candidates
    ]
    return Placement(
        method=str(found.method),
        reason=chained(because, found.reason),
        lon=found.lon,
        lat=found.lat,
        accuracy_m=accuracy_m,
        layer_id=found.layer.id,
        layer_code=found.layer.code,
        release_number=found.release.number if found.release else None,
        areas=found.areas,
        distance_to_edge_m=found.distance_to_edge_m,
        candidates=candidates or None,
    )
