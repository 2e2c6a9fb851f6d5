"""Repeat callers: several reports of one person on one matter are one incident."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import BoolArray, IntArray, as_points, as_values, require


@dataclass(frozen=True, slots=True)
class Incidents:
    """Reports merged into incidents, in order of their first reports.

    Attributes
    ----------
    first : ndarray, shape (k,), int64
        Position of the first report of each incident: its time and place are the incident's.
    reports : ndarray, shape (k,), int64
        Reports in each incident. Show both counts.
    incident_of : ndarray, shape (n,), int64
        Incident of each report.
    """

    first: IntArray
    reports: IntArray
    incident_of: IntArray


def merge_incidents(
    reporters: npt.ArrayLike,
    categories: npt.ArrayLike,
    points_m: npt.ArrayLike,
    times_s: npt.ArrayLike,
    *,
    within_s: float = 2 * 86400.0,
    within_m: float = 50.0,
    merge_unknown: bool = False,
) -> Incidents:
    """Merge repeat calls.

    The rule: a report belongs to an incident when it has the same reporter and category, lies within ``within_m`` of
    the incident's first report, and comes within ``within_s`` of the incident's latest report. Of several such
    incidents the one with the nearest first report is taken. Other people's reports of the same matter are not merged.
    Where nobody knows who reported, repeats look like other people's calls: with ``merge_unknown`` such
    reports of one category belong to an incident within ``within_m`` and ``within_s`` of its *first* report, so that a
    place that goes on being reported stays more than one incident.

    Parameters
    ----------
    reporters : array_like of int, shape (n,)
        Who reported; a negative number is unknown.
    categories : array_like of int, shape (n,)
    points_m : array_like, shape (n, 2)
        Metres, any metric CRS.
    times_s : array_like, shape (n,)
        Seconds from any origin.
    within_s, within_m : float
        The rule's numbers, inclusive.
    merge_unknown : bool
        Merge reports of unknown people by category, place and time; else they are never merged.

    Returns
    -------
    Incidents
        Empty input has none.

    Raises
    ------
    HotspotInputError
        For lengths that differ.
    """
    who = np.maximum(np.asarray(reporters, dtype=np.int64).ravel(), -1)
    what = np.asarray(categories, dtype=np.int64).ravel()
    points = as_points(points_m)
    times = as_values(times_s, "times_s")
    count = len(who)
    require(len(what) == len(points) == len(times) == count, "reporters, categories, points and times differ in length")
    leader = np.arange(count)
    order = np.lexsort((np.arange(count), times, what, who))
    open_incidents: list[tuple[int, float]] = []  # first report, latest time
    previous: tuple[int, int] | None = None
    x, y = points.T.tolist() if count else ([], [])
    for k in (order if merge_unknown else order[who[order] >= 0]).tolist():
        key = (int(who[k]), int(what[k]))
        now = float(times[k])
        if key != previous:
            open_incidents, previous = [], key
        open_incidents = [known for known in open_incidents if now - known[1] <= within_s]
        nearest, best = -1, within_m
        for slot, (first, _) in enumerate(open_incidents):
            away = math.hypot(x[k] - x[first], y[k] - y[first])
            if away <= best and (nearest < 0 or away < best):
                nearest, best = slot, away
        if nearest < 0:
            open_incidents.append((int(k), now))
        else:
            leader[k] = open_incidents[nearest][0]
            # Of unknown reporters the incident's time stays that of its first report.
            if who[k] >= 0:
                open_incidents[nearest] = (int(leader[k]), now)
    leaders = np.unique(leader)
    leaders = leaders[np.lexsort((leaders, times[leaders]))]
    number = np.full(count, -1, dtype=np.int64)
    number[leaders] = np.arange(len(leaders))
    incident_of = number[leader]
    reports = np.bincount(incident_of, minlength=len(leaders)).astype(np.int64)
    return Incidents(leaders.astype(np.int64), reports, incident_of)


def notes_of_calls(
    reporters: npt.ArrayLike,
    categories: npt.ArrayLike,
    points_m: npt.ArrayLike,
    times_s: npt.ArrayLike,
    is_note: npt.ArrayLike,
    *,
    within_s: float = 2 * 86400.0,
    within_m: float = 50.0,
) -> BoolArray:
    """Find quick notes of matters that their writer also reported as a call.

    The rule: a note is of a call when both have the same reporter and category, lie within ``within_m`` of each other
    and at most ``within_s`` apart, whichever came first: one matter, to be counted once. Notes are not merged among
    themselves (each is a matter that was solved on the spot), nor with the calls of other people.

    Parameters
    ----------
    reporters : array_like of int, shape (n,)
        Who reported; a negative number is unknown and is nobody's double.
    categories : array_like of int, shape (n,)
    points_m : array_like, shape (n, 2)
        Metres, any metric CRS.
    times_s : array_like, shape (n,)
        Seconds from any origin.
    is_note : array_like of bool, shape (n,)
        Quick notes; the others are calls.
    within_s, within_m : float
        The rule's numbers, inclusive.

    Returns
    -------
    ndarray, shape (n,), bool
        True for the notes that a call stands for; never for a call.

    Raises
    ------
    HotspotInputError
        For lengths that differ.
    """
    who = np.asarray(reporters, dtype=np.int64).ravel()
    what = np.asarray(categories, dtype=np.int64).ravel()
    points = as_points(points_m)
    times = as_values(times_s, "times_s")
    notes = np.asarray(is_note, dtype=np.bool_).ravel()
    require(
        len(what) == len(points) == len(times) == len(notes) == len(who),
        "reporters, categories, points, times and is_note differ in length",
    )
    calls: dict[tuple[int, int], list[int]] = defaultdict(list)
    for k in np.flatnonzero(~notes & (who >= 0)).tolist():
        calls[int(who[k]), int(what[k])].append(k)
    found = np.zeros(len(who), dtype=np.bool_)
    for k in np.flatnonzero(notes & (who >= 0)).tolist():
        own = calls.get((int(who[k]), int(what[k])), [])
        near = np.hypot(*(points[own] - points[k]).T) <= within_m
        found[k] = bool((near & (np.abs(times[own] - times[k]) <= within_s)).any())
    return found
