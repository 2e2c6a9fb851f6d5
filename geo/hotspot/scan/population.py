"""Expected cases from populations by covariate class: indirect standardisation."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import FloatArray, require


def expected_from_population(
    cases: npt.ArrayLike,
    population: npt.ArrayLike,
    population_days: npt.ArrayLike,
    interval_edges_days: npt.ArrayLike,
) -> FloatArray:
    """Expect, in each location and interval, the cases that the overall rates of its population classes give.

    ``E[z, t] = sum_k C_k / P_k * P[z, t, k]``: ``C_k`` cases of class k, ``P[z, t, k]`` person-days, ``P_k`` their sum.
    The population is linear between its dates and constant before the first and after the last; person-days are its
    integral over the interval.

    Parameters
    ----------
    cases : array_like, shape (classes,)
        All cases of each covariate class (age group × sex, category, …).
    population : array_like, shape (locations, dates, classes)
    population_days : array_like, shape (dates,)
        Days on any scale, ascending; see :func:`geo.hotspot.scan.population_days`.
    interval_edges_days : array_like, shape (intervals + 1,)
        Beginnings of the intervals and the end of the last, on the same scale: :attr:`TimeAxis.edges_days`.

    Returns
    -------
    ndarray, shape (locations, intervals), float64
        Sums to the number of cases.

    Raises
    ------
    HotspotInputError
        For shapes that do not fit, negative numbers, dates not ascending, or cases in a class without population.

    Source
    ------
    Kulldorff, Athas, Feurer, Miller & Key (1998), Am. J. Public Health 88(9), 1377-1380; SaTScan User Guide,
    "Population File", "Covariate Adjustments".
    """
    by_class = np.asarray(cases, dtype=np.float64)
    people = np.asarray(population, dtype=np.float64)
    days = np.asarray(population_days, dtype=np.float64)
    edges = np.asarray(interval_edges_days, dtype=np.float64)
    require(people.ndim == 3, "population must have the shape (locations, dates, classes)")
    require(
        people.shape[1:] == (len(days), len(by_class)), "population must fit its dates and the classes of the cases"
    )
    require(len(days) >= 1, "population must have at least one date")
    require(len(edges) >= 2, "there must be at least one interval")
    require(bool((np.diff(days) > 0).all() and (np.diff(edges) > 0).all()), "days must ascend")
    require(bool(np.isfinite(people).all()) and not (people < 0).any(), "population must be finite, not negative")
    require(bool(np.isfinite(by_class).all()) and not (by_class < 0).any(), "cases must be finite, not negative")
    integral = np.zeros((len(edges), people.shape[0], people.shape[2]))
    # Trapezoids between all dates and edges: exact, since the population is linear between its dates.
    knots = np.unique(np.concatenate([edges, days[(days > edges[0]) & (days < edges[-1])]]))
    running = np.zeros((people.shape[0], people.shape[2]))
    before = _at(people, days, knots[0])
    for left, right in itertools.pairwise(knots):
        after = _at(people, days, right)
        running = running + (before + after) / 2 * (right - left)
        before = after
        at_edge = np.flatnonzero(edges == right)
        if len(at_edge):
            integral[at_edge[0]] = running
    person_days = np.diff(integral, axis=0).transpose(1, 0, 2)
    totals = person_days.sum(axis=(0, 1))
    require(not (by_class[totals <= 0] > 0).any(), "there are cases in a class without population")
    # C_k / P_k, then E[z, t] = sum_k P[z, t, k] C_k / P_k.
    rates = np.divide(by_class, totals, out=np.zeros_like(by_class), where=totals > 0)
    return np.asarray(person_days @ rates, dtype=np.float64)


def _at(people: FloatArray, days: FloatArray, day: float) -> FloatArray:
    if len(days) == 1 or day <= days[0]:
        return people[:, 0]
    if day >= days[-1]:
        return people[:, -1]
    k = int(np.searchsorted(days, day, side="right")) - 1
    share = (day - days[k]) / (days[k + 1] - days[k])
    return np.asarray(people[:, k] * (1 - share) + people[:, k + 1] * share, dtype=np.float64)
