"""Where a count of the study lies in the tables of the kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import FloatArray, IntArray, require

if TYPE_CHECKING:
    from geo.hotspot.scan.problem import Problem


def as_table(values: npt.ArrayLike, name: str, locations: int) -> FloatArray:
    """Return a non-negative, finite table of shape (locations, intervals); a vector becomes one interval."""
    table = np.asarray(values, dtype=np.float64)
    if table.ndim == 1:
        table = table[:, None]
    require(table.ndim == 2 and table.shape[1] >= 1, f"{name} must have the shape (locations, intervals)")
    require(len(table) == locations, f"{name} has {len(table)} locations, the zones {locations}")
    require(bool(np.isfinite(table).all()) and not bool((table < 0).any()), f"{name} must be finite, not negative")
    return np.ascontiguousarray(table)


def as_counts(values: npt.ArrayLike, name: str, locations: int) -> FloatArray:
    """Return a table as :func:`as_table`, of whole numbers."""
    table = as_table(values, name, locations)
    require(bool((table == np.floor(table)).all()), f"{name} must be whole numbers")
    return table


def as_numbers(values: npt.ArrayLike, name: str, count: int) -> IntArray:
    """Return a vector of whole numbers in 0 … ``count`` - 1."""
    given = np.asarray(values).ravel()
    require(not len(given) or given.dtype.kind in "iufb", f"{name} must be numbers")
    require(
        bool((given == np.floor(given)).all()) if given.dtype.kind == "f" else True, f"{name} must be whole numbers"
    )
    require(not len(given) or bool(given.min() >= 0 and given.max() < count), f"{name} must lie in 0 … {count - 1}")
    return given.astype(np.int64)


def cells_of(problem: Problem) -> npt.NDArray[np.int32]:
    """Cell of each (location, interval), flat; -1 where no window of a replicate can hold it.

    The kernels' table has one row a location that is seen and one column more than intervals scanned, the first of
    which stays empty for running sums.
    """
    locations, intervals = problem.cases.shape
    seen = problem.seen
    first = problem.first_scanned(replicate=True)
    width = intervals - first + 1
    row = np.where(seen, np.cumsum(seen) - 1, -1)
    column = np.arange(intervals) - first + 1
    cells = row[:, None] * width + column[None, :]
    return (
        np.where((row[:, None] >= 0) & (column[None, :] >= 1), cells, -1)
        .astype(np.int32)
        .reshape(locations * intervals)
    )
