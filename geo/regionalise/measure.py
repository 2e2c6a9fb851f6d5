"""What a set of grids is like, in numbers that can stand beside another set's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Measures:
    """Numbers of a set of areas.

    Attributes
    ----------
    loads
        (k,) load of each area.
    imbalance
        Largest deviation of a load from the mean, as a share of the mean.
    compactness
        (k,) Polsby–Popper, 4πA/P², 1 for a circle (Polsby & Popper 1991).
    border_m
        Length of borders inside, each once, metres.
    """

    loads: NDArray[np.float64]
    imbalance: float
    compactness: NDArray[np.float64]
    border_m: float


def measure(areas: NDArray[np.object_], loads: NDArray[np.float64]) -> Measures:
    """Measure areas (k,), polygons in metres forming a coverage, with their loads (k,). Empty input gives zeros."""
    perimeter = shapely.length(areas)
    whole = shapely.coverage_union_all(areas) if len(areas) else shapely.Polygon()
    mean = float(loads.mean()) if len(loads) else 0.0
    return Measures(
        loads=loads,
        imbalance=float(np.abs(loads / mean - 1).max()) if mean > 0 else 0.0,
        compactness=4 * math.pi * shapely.area(areas) / np.maximum(perimeter, 1e-9) ** 2,
        # Inner borders count in two perimeters; the outer one is taken off.
        border_m=float((perimeter.sum() - shapely.length(whole)) / 2),
    )
