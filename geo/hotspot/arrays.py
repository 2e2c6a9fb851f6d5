"""Array types shared by the hotspot statistics, and the checks that every entry makes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


class HotspotInputError(ValueError):
    """The input cannot be analysed."""


def as_values(values: npt.ArrayLike, name: str = "values") -> FloatArray:
    """Return a finite float vector of shape (n,).

    Raises
    ------
    HotspotInputError
        When the input is not one-dimensional or holds NaN or infinity.
    """
    result = np.ascontiguousarray(values, dtype=np.float64)
    if result.ndim != 1:
        msg = f"{name} must have one dimension, not {result.ndim}"
        raise HotspotInputError(msg)
    if not np.isfinite(result).all():
        msg = f"{name} must be finite"
        raise HotspotInputError(msg)
    return result


def as_points(points_m: npt.ArrayLike, name: str = "points_m") -> FloatArray:
    """Return finite points of shape (n, 2), metres.

    Raises
    ------
    HotspotInputError
        When the shape is not (n, 2) or a coordinate is NaN or infinite.
    """
    result = np.ascontiguousarray(points_m, dtype=np.float64)
    if result.size == 0:
        return np.empty((0, 2))
    if result.ndim != 2 or result.shape[1] != 2:
        msg = f"{name} must have the shape (n, 2), not {result.shape}"
        raise HotspotInputError(msg)
    if not np.isfinite(result).all():
        msg = f"{name} must be finite"
        raise HotspotInputError(msg)
    return result


def as_weights(weights: npt.ArrayLike | None, count: int) -> FloatArray:
    """Return non-negative weights of shape (count,); ones where none are given.

    Raises
    ------
    HotspotInputError
        When the number of weights differs from ``count`` or one is negative.
    """
    if weights is None:
        return np.ones(count)
    result = as_values(weights, "weights")
    if len(result) != count:
        msg = f"weights must be {count} numbers, not {len(result)}"
        raise HotspotInputError(msg)
    if (result < 0).any():
        msg = "weights must not be negative"
        raise HotspotInputError(msg)
    return result


def require(condition: bool, message: str) -> None:  # noqa: FBT001 (a condition is what it takes)
    """Raise :class:`HotspotInputError` with the message unless the condition holds."""
    if not condition:
        raise HotspotInputError(message)
