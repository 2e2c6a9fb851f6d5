"""The space-time cube: counts of each area in equal steps of time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import FloatArray, as_values, as_weights, require


def space_time_cube(
    areas: npt.ArrayLike,
    times_s: npt.ArrayLike,
    area_count: int,
    *,
    end_s: float,
    step_s: float,
    steps: int,
    weights: npt.ArrayLike | None = None,
) -> FloatArray:
    """Count reports by area and step.

    Parameters
    ----------
    areas : array_like of int, shape (n,)
        Area 0 … ``area_count`` - 1 of each report; a negative one is outside and not counted.
    times_s : array_like, shape (n,)
        Seconds from any origin.
    area_count : int
    end_s : float
        End of the last step: steps are counted backwards from it, so that the last is whole. Half-open [begin, end).
    step_s : float
        Length of a step, seconds.
    steps : int
        Number of steps; reports before the first are not counted.
    weights : array_like, shape (n,), optional

    Returns
    -------
    ndarray, shape (area_count, steps), float64
        Oldest step first. Zeros without reports.

    Raises
    ------
    HotspotInputError
        For lengths that differ, an area out of its range, or a step that is not positive.
    """
    where = np.asarray(areas, dtype=np.int64).ravel()
    when = as_values(times_s, "times_s")
    mass = as_weights(weights, len(where))
    require(len(where) == len(when), f"{len(where)} areas, {len(when)} times")
    require(step_s > 0, "step_s must be positive")
    require(steps >= 1, "steps must be at least 1")
    require(len(where) == 0 or where.max() < area_count, f"areas must be below {area_count}")
    # Cells area * steps + step, counted in one pass.
    step = np.floor((when - (end_s - steps * step_s)) / step_s).astype(np.int64)
    inside = (where >= 0) & (step >= 0) & (step < steps) & (when < end_s)
    flat = np.bincount(where[inside] * steps + step[inside], weights=mass[inside], minlength=area_count * steps)
    return flat.reshape(area_count, steps).astype(np.float64)
