"""The public verbs of assignment: one point, or many, to the area that answers for it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from core.observability import POINTS_ASSIGNED
from grids.assignment import rules
from grids.assignment.points import check_accuracy, check_many, check_one, named_crs
from grids.assignment.release_cache import ReleaseCache
from grids.assignment.release_index import Answers, Assignment, ReleaseIndex

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray
    from prometheus_client import Counter

    from grids.assignment.release_index import LayerFacts


@lru_cache(maxsize=256)
def _counter(layer: str) -> Counter:
    return POINTS_ASSIGNED.labels(layer)


def assign(
    indexes: ReleaseCache,
    *,
    x: float,
    y: float,
    crs: str | None = None,
    accuracy_m: float | None = None,
    layer: str | None = None,
    at: datetime | None = None,
) -> Assignment:
    """Answer one point as it was sent: which area answers for it at an instant (now, if none is named).

    Raises
    ------
    PointNotFiniteError, PointOutOfRangeError, PointSwappedError, PointOutsideCrsError, AccuracyInvalidError,
    CrsUnknownError, LayerNotFoundError, BoundariesNotLoadedError, DatabaseUnavailableError
    """
    return assign_in(
        indexes.in_force_at(layer, at), indexes.timeline.of_layer(layer).layer, x=x, y=y, crs=crs, accuracy_m=accuracy_m
    )


def assign_in(
    index: ReleaseIndex | None,
    layer: LayerFacts,
    *,
    x: float,
    y: float,
    crs: str | None = None,
    accuracy_m: float | None = None,
) -> Assignment:
    """Answer one point from a release already in hand; without a release the point is unassigned.

    Raises
    ------
    PointNotFiniteError, PointOutOfRangeError, PointSwappedError, PointOutsideCrsError, AccuracyInvalidError,
    CrsUnknownError
    """
    accuracy_m = check_accuracy(accuracy_m)
    lon, lat = check_one(x, y, named_crs(crs), index.extent if index is not None else None)
    _counter(layer.code).inc()
    if index is not None:
        return index.assign(lon, lat, accuracy_m)
    facts = rules.AssignmentFacts(rules.AssignmentMethod.UNASSIGNED)
    return Assignment(layer, None, lon, lat, rules.AssignmentMethod.UNASSIGNED, (), None, (), 1.0, facts)


def assign_many(
    index: ReleaseIndex,
    *,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    crs: str | None = None,
    distances: bool = False,
) -> tuple[Answers, NDArray[np.uint8]]:
    """Answer many points as they were sent, in columns, and each one's problem (0: none, see points.PROBLEMS).

    A point with a problem is unassigned. For the release, ask `ReleaseCache.in_force_at` once: all have the same then.

    Raises
    ------
    CrsUnknownError
    """
    lon, lat, problems = check_many(x, y, named_crs(crs), index.extent)
    _counter(index.layer.code).inc(x.size)
    return index.assign_many(lon, lat, distances=distances), problems


__all__ = ["Answers", "Assignment", "ReleaseCache", "assign", "assign_in", "assign_many"]
