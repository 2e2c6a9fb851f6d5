"""What kind of day a day is: an ordinary day of its week, a statutory day off, or a weekend day worked instead."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import FloatArray, IntArray, require

WEEKDAYS = 7
SATURDAY = 5
#: Days off in the past without which they have no level of their own.
FEWEST_DAYS_OFF = 5


class DayType(IntEnum):
    """Kind of a day. Where the calendar of a year is not known, its days are ordinary."""

    ORDINARY = 0
    DAY_OFF = 1
    MAKE_UP_WORKDAY = 2


def as_day_types(day_types: npt.ArrayLike | None, days: int) -> IntArray:
    """Return the types of so many days; ordinary days where none are given.

    Raises
    ------
    HotspotInputError
        For another number of days, or a type that is none.
    """
    if day_types is None:
        return np.zeros(days, dtype=np.int64)
    types = np.asarray(day_types, dtype=np.int64)
    require(types.shape == (days,), f"day_types must be {days} days, not {types.shape}")
    require(bool(np.isin(types, list(DayType)).all()), "day_types must be 0, 1 or 2, see DayType")
    return types


def day_strata(day_types: npt.ArrayLike, first_weekday: int = 0) -> IntArray:
    """Return the stratum of each day: 0 Monday … 6 Sunday, 7 a day off, 8 a weekend day worked instead.

    For the permutation scan: days are exchanged only with days of their stratum, so patterns by place that belong to
    weekdays or to holidays are no clusters. A rise that fills all days off of a study and no other is not seen either.

    Parameters
    ----------
    day_types : array_like of int, shape (days,)
        See :class:`DayType`.
    first_weekday : int
        Day of the week of the first day, 0 Monday.

    Returns
    -------
    ndarray, shape (days,), int64
    """
    types = np.asarray(day_types, dtype=np.int64)
    weekday = (np.arange(len(types)) + first_weekday) % WEEKDAYS
    return np.where(types == DayType.ORDINARY, weekday, WEEKDAYS - 1 + types)


def day_columns(day_types: npt.ArrayLike, past: npt.ArrayLike, first_weekday: int = 0) -> FloatArray:
    """Return the columns of a log-linear model of daily counts: constant, day of the week, day off.

    An ordinary day has the level of its weekday; a weekend day worked instead the geometric mean of Monday to Friday;
    a day off a level of its own where the past holds at least :data:`FEWEST_DAYS_OFF`, else the geometric mean of
    Saturday and Sunday.

    Parameters
    ----------
    day_types : array_like of int, shape (days,)
    past : array_like of int
        Positions of the days the model is fitted to.
    first_weekday : int
        Day of the week of the first day, 0 Monday.

    Returns
    -------
    ndarray, shape (days, k), float64
        The first weekday that the past has as an ordinary day is the reference.
    """
    types, fitted = np.asarray(day_types, dtype=np.int64), np.asarray(past, dtype=np.int64)
    weekday = (np.arange(len(types)) + first_weekday) % WEEKDAYS
    # Weights over the seven weekday levels. The model is log-linear: a mean of columns is a geometric mean of levels.
    weight = (weekday[:, None] == np.arange(WEEKDAYS)).astype(np.float64)
    weight[types == DayType.MAKE_UP_WORKDAY] = np.arange(WEEKDAYS) < SATURDAY
    off = types == DayType.DAY_OFF
    own_level = bool(np.count_nonzero(off[fitted]) >= FEWEST_DAYS_OFF)
    weight[off] = 0.0 if own_level else np.arange(WEEKDAYS) >= SATURDAY
    weight /= np.maximum(weight.sum(axis=1, keepdims=True), 1.0)
    present = np.unique(weekday[fitted][types[fitted] == DayType.ORDINARY])
    columns = [np.ones(len(types)), *weight[:, present[1:]].T]
    if own_level:
        columns.append(off.astype(np.float64))
    return np.column_stack(columns)
