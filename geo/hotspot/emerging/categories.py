"""The seventeen categories of emerging hot spots, after the published definitions."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import require

#: Share of steps that makes a spot lasting.
LASTING = 0.9


class Category(StrEnum):
    """What a location's history of significant steps is called."""

    NEW_HOT = "new hot spot"
    CONSECUTIVE_HOT = "consecutive hot spot"
    INTENSIFYING_HOT = "intensifying hot spot"
    PERSISTENT_HOT = "persistent hot spot"
    DIMINISHING_HOT = "diminishing hot spot"
    SPORADIC_HOT = "sporadic hot spot"
    OSCILLATING_HOT = "oscillating hot spot"
    HISTORICAL_HOT = "historical hot spot"
    NEW_COLD = "new cold spot"
    CONSECUTIVE_COLD = "consecutive cold spot"
    INTENSIFYING_COLD = "intensifying cold spot"
    PERSISTENT_COLD = "persistent cold spot"
    DIMINISHING_COLD = "diminishing cold spot"
    SPORADIC_COLD = "sporadic cold spot"
    OSCILLATING_COLD = "oscillating cold spot"
    HISTORICAL_COLD = "historical cold spot"
    NONE = "no pattern"


def classify(flags: npt.ArrayLike, trend: int) -> Category:
    """Name the history of one location.

    Parameters
    ----------
    flags : array_like of int, shape (steps,)
        1 significantly high, -1 significantly low, 0 neither; oldest first.
    trend : int
        Direction of the *scores* over time: 1 significantly up, -1 down, 0 none. A low spot whose scores rise gets
        less low: it diminishes.

    Returns
    -------
    Category
        The last step's sign decides hot or cold. With ``share`` of steps of that sign:

        ============ ==================================================================
        last step significant
        new          no other step significant
        lasting      ``share >= 0.9``: intensifying (trend towards the sign), diminishing (away), else persistent
        oscillating  the opposite sign at some step
        consecutive  one unbroken run of at least two steps up to the last
        sporadic     else
        last step not significant
        historical   ``share >= 0.9`` of hot (or cold) steps
        no pattern   else
        ============ ==================================================================

        Where last step is of the opposite sign after a share of 0.9, the category is oscillating.

    Raises
    ------
    HotspotInputError
        Without a step, or for flags other than -1, 0 and 1.

    Source
    ------
    ESRI, "How Emerging Hot Spot Analysis works" (ArcGIS Pro 3.x). The trend is tested with its sign, which
    implementations have been seen to forget.
    """
    steps = np.asarray(flags, dtype=np.int64).ravel()
    require(len(steps) >= 1, "flags must have at least one step")
    require(bool(np.isin(steps, (-1, 0, 1)).all()), "flags must be -1, 0 or 1")
    sign = int(steps[-1])
    if sign == 0:
        for past, name in ((1, "hot"), (-1, "cold")):
            if np.count_nonzero(steps == past) >= LASTING * len(steps) - 1e-9:
                return Category(f"historical {name} spot")
        return Category.NONE
    side = "hot" if sign > 0 else "cold"
    own = int(np.count_nonzero(steps == sign))
    if np.count_nonzero(steps) == 1:
        kind = "new"
    elif own >= LASTING * len(steps) - 1e-9:
        kind = {1: "intensifying", -1: "diminishing", 0: "persistent"}[int(np.sign(trend)) * sign]
    elif (steps == -sign).any():
        kind = "oscillating"
    elif (steps[len(steps) - own :] == sign).all():
        kind = "consecutive"
    else:
        kind = "sporadic"
    return Category(f"{kind} {side} spot")
