"""What reports are counted against: households, square kilometres or kilometres of road of each area.

A rate needs its denominator to be known. An area whose exposure is not known, or is none, is left out of the rate and
listed with the reason; it is never taken for zero or for the average.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo import datum
from geo.hotspot.screening import road_length_m
from governance.hotspots.notes import NoteCode, note
from governance.hotspots.result_format.model import ExposureSummary, LeftOutArea
from grids.boundaries.queries import areas_at
from grids.boundaries.rules import households
from grids.gazetteer.queries import road_lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from geo.address.rows import RoadRow
    from governance.hotspots.area_frame import AreaFrame
    from governance.hotspots.notes import Note
    from grids.boundaries.records import AreaRecord
    from grids.boundaries.tables import Layer

M_PER_KM = 1000.0
# Less is the end of a road that lies elsewhere.
LEAST_ROAD_M = 50.0
HOUSEHOLDS_UNKNOWN = note(NoteCode.LEFT_OUT_HOUSEHOLDS)
ZERO = note(NoteCode.LEFT_OUT_ZERO)


class ExposureKind(StrEnum):
    """What a rate is per."""

    HOUSEHOLDS = "households"
    AREA = "km2"
    ROADS = "road_km"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An area without a rate, and why."""

    code: str
    reason: Note


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """The exposure of the areas of a frame, in the frame's order.

    `values`, shape (n,), float64, in the unit of `kind`: NaN where not known, never negative. `usable`, shape (n,),
    bool: known and more than zero; every other area is in `left_out`. Give `values[usable]` and the same rows of the
    counts to geo.hotspot.local.rate or standardised_rate.
    """

    kind: ExposureKind
    values: NDArray[np.float64]
    left_out: tuple[LeftOut, ...]

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Areas that can have a rate."""
        return np.asarray(np.nan_to_num(self.values) > 0)

    def as_summary(self) -> ExposureSummary:
        """Return it in numbers, for the result of a run."""
        return ExposureSummary(
            per=str(self.kind),
            total=round(float(self.values[self.usable].sum()), 3),
            areas=int(np.count_nonzero(self.usable)),
            left_out=[LeftOutArea(area=area.code, reason=area.reason) for area in self.left_out],
        )


def exposure(
    session: Session, areas: AreaFrame, kind: ExposureKind, *, layer: Layer, at: datetime, known_by: datetime
) -> Exposure:
    """Return the exposure of each area of a frame, by the boundaries and gazetteer of an instant.

    A run passes the instant its release took effect as `at` and its `requested_at` as `known_by`: a gazetteer imported
    later, also a backdated one, does not change it when it is repeated.

    - `km2`: the area of the polygon in the frame's metric CRS;
    - `households`: the attribute `households` of the area; where it has none, the sum over the areas below it when
      each of them has the number (in turn), else not known;
    - `road_km`: the roads of the gazetteer in effect, cut at the polygons in the frame's metric CRS; a road along a
      border is divided among the areas it borders. Not known in an area in which the gazetteer has less than
      50 m: it may end short of it.

    An empty frame has an empty exposure.
    """
    match kind:
        case ExposureKind.AREA:
            values, missing = np.asarray(shapely.area(areas.shapes_m), dtype=np.float64) / M_PER_KM**2, ZERO
        case ExposureKind.HOUSEHOLDS:
            values, missing = _households(session, areas, layer, at), HOUSEHOLDS_UNKNOWN
        case ExposureKind.ROADS:
            values, missing = (
                _road_km(areas, road_lines(session, at=at, known_by=known_by)),
                note(NoteCode.LEFT_OUT_ROADS, least_m=LEAST_ROAD_M),
            )
    return Exposure(kind, values, left_out_of(areas.codes, values, missing))


def left_out_of(codes: Sequence[str], values: NDArray[np.float64], missing: Note) -> tuple[LeftOut, ...]:
    """Return the areas without a rate: those of which the number is missing, and those where it is zero."""
    return tuple(
        LeftOut(code, missing if np.isnan(value) else ZERO)
        for code, value in zip(codes, values.tolist(), strict=True)
        if not value > 0
    )


def _households(session: Session, areas: AreaFrame, layer: Layer, at: datetime) -> NDArray[np.float64]:
    records = {a.record.code: a.record for a in areas_at(session, layer, at, geometry=False)}
    below: dict[str, list[AreaRecord]] = {}
    for record in records.values():
        if record.parent_code is not None:
            below.setdefault(record.parent_code, []).append(record)

    def known(record: AreaRecord) -> float:
        own = households(record)
        parts = below.get(record.code, [])
        if own is not None or not parts:
            return np.nan if own is None else own
        return sum(known(part) for part in parts)  # NaN as soon as one is not known

    values = [known(records[code]) if code in records else np.nan for code in areas.codes]
    return np.array(values, dtype=np.float64)


def _road_km(areas: AreaFrame, roads: Sequence[RoadRow]) -> NDArray[np.float64]:
    lines = np.array([road.geometry for road in roads], dtype=object)
    metric = datum.transform_geometry(lines, datum.WGS84, datum.parse_crs(areas.crs))
    length = road_length_m(list(areas.shapes_m), list(metric))
    return np.where(length >= LEAST_ROAD_M, length / M_PER_KM, np.nan)
