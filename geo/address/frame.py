"""A metric frame for one town: all distances of addresses are metres in it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer
from pyproj.enums import TransformDirection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry


class Frame:
    """Metres around a middle point: transverse Mercator on WGS 84, exact to 1 mm within 100 km."""

    def __init__(self, lon: float, lat: float) -> None:
        """Lay the frame through ``lon``, ``lat`` (degrees, EPSG:4326)."""
        self._local = f"+proj=tmerc +lat_0={lat:.9f} +lon_0={lon:.9f} +k=1 +x_0=0 +y_0=0 +ellps=WGS84 +units=m +no_defs"
        self._of_thread = threading.local()

    def _transformer(self) -> Transformer:
        """Return the transformer of this thread: PROJ objects must not be shared between threads."""
        transformer: Transformer | None = getattr(self._of_thread, "transformer", None)
        if transformer is None:
            transformer = Transformer.from_crs("EPSG:4326", self._local, always_xy=True)
            self._of_thread.transformer = transformer
        return transformer

    def to_metres(self, lon: float, lat: float) -> tuple[float, float]:
        """Convert one point, degrees to metres."""
        x, y = self._transformer().transform(lon, lat)
        return float(x), float(y)

    def to_degrees(self, x: float, y: float) -> tuple[float, float]:
        """Convert one point, metres to degrees."""
        lon, lat = self._transformer().transform(x, y, direction=TransformDirection.INVERSE)
        return float(lon), float(lat)

    def all_to_metres(self, coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Convert many points, shape (n, 2), degrees to metres; an empty array stays empty."""
        if not len(coordinates):
            return coordinates
        return np.column_stack(self._transformer().transform(coordinates[:, 0], coordinates[:, 1]))

    def all_to_degrees(self, coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Convert many points, shape (n, 2), metres to degrees; an empty array stays empty."""
        if not len(coordinates):
            return coordinates
        inverse = TransformDirection.INVERSE
        return np.column_stack(self._transformer().transform(coordinates[:, 0], coordinates[:, 1], direction=inverse))

    def geometries(self, geometries: Sequence[BaseGeometry]) -> list[BaseGeometry]:
        """Convert geometries, shape (n,), from EPSG:4326 to metres of the frame."""
        return list(shapely.transform(np.asarray(geometries, dtype=object), self.all_to_metres))

    def degrees_of(self, geometry: BaseGeometry) -> BaseGeometry:
        """Bring a geometry, metres to degrees."""
        moved: BaseGeometry = shapely.transform(geometry, self.all_to_degrees)
        return moved
