"""The units that gi, moran and emerging judge one by one: the run's areas, or hexagons, with their exposure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from core.errors import detail_of
from geo import datum
from geo.hotspot.arrays import HotspotInputError
from geo.hotspot.local import Hexagons, hexagons_over
from governance.hotspots.area_frame import AreaFrame
from governance.hotspots.study.exposure import HOUSEHOLDS_UNKNOWN, Exposure, ExposureKind, left_out_of
from governance.hotspots.study.parameters import ParameterInvalidError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from governance.hotspots.catalogue import Parameters
    from governance.hotspots.study.screened_reports import ScreenedReports


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Units as a frame; `rates` is what counts are divided by, None for counts; `hexagons` None for the run's areas.

    `near`: of each hexagon the code of the area that most of it lies in.
    """

    frame: AreaFrame
    rates: Exposure | None = None
    hexagons: Hexagons | None = None
    near: Sequence[str] = ()

    def positions_of(self, screened: ScreenedReports) -> NDArray[np.int64]:
        """Return the unit of each incident, -1 for those outside of the run's areas."""
        if self.hexagons is None:
            return screened.incidents.area
        return np.where(screened.incidents.area >= 0, self.hexagons.positions_of(screened.points_m), -1)


def read_units(
    areas: AreaFrame, parameters: Parameters, read_exposure: Callable[[AreaFrame, ExposureKind], Exposure]
) -> Units:
    """Make the units a run asks for, with their exposure.

    Households of a hexagon are those of the areas it lies in, by the share of each area's land.

    Raises
    ------
    ParameterInvalidError
        For hexagons so small that there would be too many.
    """
    kind = None if parameters.rate_per == "none" else ExposureKind(parameters.rate_per)
    if parameters.unit == "grid":
        rates = read_exposure(areas, kind) if kind else None
        return Units(areas, rates)
    try:
        made = hexagons_over(shapely.union_all(areas.shapes_m), parameters.hexagon_edge_m)
    except HotspotInputError as error:
        raise ParameterInvalidError(detail_of(error), field="parameters.hexagon_edge_m") from error
    hexagon, area, share = _shares(made, areas)
    frame, near = _frame(made, areas, hexagon, area, share)
    if kind is None:
        return Units(frame, None, made, near)
    if kind is not ExposureKind.HOUSEHOLDS:
        return Units(frame, read_exposure(frame, kind), made, near)
    whole = read_exposure(areas, kind)
    # Sum over areas of (share of the area's land in the hexagon) times its households; one unknown makes NaN.
    values = np.bincount(hexagon, weights=share * whole.values[area], minlength=len(made)).astype(np.float64)
    left_out = left_out_of(frame.codes, values, HOUSEHOLDS_UNKNOWN)
    return Units(frame, Exposure(kind, values, left_out), made, near)


def _shares(made: Hexagons, areas: AreaFrame) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return pairs of hexagon and area, and the share of the area that lies in the hexagon."""
    hexagon, area = shapely.STRtree(areas.shapes_m).query(made.shapes_m, predicate="intersects")
    shared = shapely.area(shapely.intersection(made.shapes_m[hexagon], areas.shapes_m[area]))
    inside = shared > 0
    hexagon, area, shared = hexagon[inside], area[inside], shared[inside]
    order = np.lexsort((area, hexagon))
    return hexagon[order], area[order], (shared / shapely.area(areas.shapes_m[area]))[order]


def _frame(
    made: Hexagons,
    areas: AreaFrame,
    hexagon: NDArray[np.int64],
    area: NDArray[np.int64],
    share: NDArray[np.float64],
) -> tuple[AreaFrame, list[str]]:
    """Make the frame of the hexagons, and return for each the area that most of it lies in.

    The chain and the name of a hexagon are those of that area, so that it can be placed.
    """
    codes = [f"hex{made.edge_m:g}:{q}:{r}" for q, r in made.cells.tolist()]
    # Square metres of each area in each hexagon.
    land = share * shapely.area(areas.shapes_m[area])
    holder = np.zeros(len(made), dtype=np.int64)
    for number in range(len(made)):
        own = slice(*np.searchsorted(hexagon, [number, number + 1]))
        holder[number] = area[own][int(land[own].argmax())]
    near = [areas.codes[held] for held in holder.tolist()]
    names = {code: areas.names.get(held, held) for code, held in zip(codes, near, strict=True)}
    chains = [[*areas.chains[held], code] for code, held in zip(codes, holder.tolist(), strict=True)]
    metric = datum.parse_crs(areas.crs)
    degrees = np.empty(len(made), dtype=object)
    degrees[:] = [datum.transform_geometry(shape, metric, datum.WGS84) for shape in made.shapes_m]
    centres = shapely.get_coordinates(shapely.point_on_surface(made.shapes_m)) if len(made) else np.empty((0, 2))
    return AreaFrame(codes, chains, names, areas.levels, degrees, made.shapes_m, centres, areas.crs), near
