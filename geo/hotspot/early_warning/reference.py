"""Which past weeks are compared: the same weeks of the years before, and the periods between them."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING

import numpy as np

from geo.hotspot.arrays import IntArray, require

if TYPE_CHECKING:
    from collections.abc import Sequence


def same_weeks(dates: Sequence[dt.date], position: int, years: int) -> IntArray:
    """Return the positions of the weeks nearest to the same date 0, 1 … ``years`` years before, shape (years + 1,).

    Raises
    ------
    HotspotInputError
        When the history is too short.
    """
    today = dates[position]
    number = {date: k for k, date in enumerate(dates)}
    out = []
    for back in range(years + 1):
        year = today.year - back
        try:
            target = today.replace(year=year)
        except ValueError:  # 29 February
            target = dt.date(year, 3, 1)
        # The dates of today's weekday around the target; of two equally near the earlier.
        shift = (target.weekday() - today.weekday()) % 7
        before = target - dt.timedelta(days=shift)
        after = before + dt.timedelta(days=7)
        nearest = before if target - before <= after - target else after
        require(nearest in number, f"the history has no week of {nearest.isoformat()}")
        out.append(number[nearest])
    return np.array(out, dtype=np.int64)


def season_blocks(count: int, position: int, references: IntArray, half_window: int, periods: int) -> IntArray:
    """Return the season of each week, shape (count,): 0 around the same weeks, 1 … ``periods`` - 1 between, -1 outside.

    Source
    ------
    Noufaily et al. (2013), Stat. Med. 32(7), 1206-1222: a ten-level factor, the first being the seven weeks around the
    current one, the others nine periods of five or six weeks.
    """
    blocks = np.full(count, -1, dtype=np.int64)
    blocks[max(position - half_window, 0) : position + 1] = 0
    for later, reference in itertools.pairwise(references):
        require(reference - half_window >= 0, "the history is too short for the window")
        blocks[reference - half_window : reference + half_window + 1] = 0
        if periods > 1:
            first = reference + half_window + 1
            length = later - half_window - first
            require(length >= periods - 1, "too many periods for the time between the weeks compared")
            size, rest = divmod(int(length), periods - 1)
            for k in range(periods - 1):
                span = size + (k < rest)
                blocks[first : first + span] = k + 1
                first += span
    return blocks
