"""Where patrols look, patrols find: an expectation that knows the effort behind each source of reports."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import FloatArray, require

_ROUNDS = 500
#: Findings by which an area's expectation may miss its count.
_CLOSE = 1e-6


def effort_expectation(cases_by_source: npt.ArrayLike, effort_by_source: npt.ArrayLike) -> FloatArray:
    """Expect the reports of each source where its effort is.

    ``E[area, t] = sum_s C_s e_s[area, t] / sum e_s``: citizens' reports in proportion to households (or people), patrol
    findings in proportion to patrol hours or kilometres. Scanning the sum of reports against it asks where there is
    more than the looking explains.

    Parameters
    ----------
    cases_by_source : array_like, shape (sources, areas) or (sources, areas, intervals)
    effort_by_source : array_like, same shape
        Not negative.

    Returns
    -------
    ndarray, shape (areas,) or (areas, intervals), float64
        Sums to the number of reports.

    Raises
    ------
    HotspotInputError
        For shapes that differ, negative effort, or a source with reports and no effort.
    """
    cases = np.asarray(cases_by_source, dtype=np.float64)
    effort = np.asarray(effort_by_source, dtype=np.float64)
    require(
        cases.ndim >= 2 and cases.shape == effort.shape, "cases and effort must have one shape (sources, areas, ...)"
    )
    require(not bool((effort < 0).any()), "effort must not be negative")
    axes = tuple(range(1, cases.ndim))
    reports, looking = cases.sum(axis=axes), effort.sum(axis=axes)
    require(not bool(((looking <= 0) & (reports > 0)).any()), "a source has reports but no effort")
    factor = np.divide(reports, looking, out=np.zeros_like(reports), where=looking > 0)
    return np.asarray(np.tensordot(factor, effort, axes=1), dtype=np.float64)


def effort_margins(cases: npt.ArrayLike, effort: npt.ArrayLike) -> FloatArray:
    """Expect one source's findings by place and time when places, days and effort explain all.

    ``E[area, t] = a_area b_t e[area, t]``, with ``a`` and ``b`` such that each area and each interval is expected to
    have the findings it has: the expectation of the space-time permutation scan (``C_area C_t / C``), with the effort
    as an offset. Equal effort everywhere makes it just that. What is more than ``E`` is neither a place that always has
    more, nor a day on which more was found everywhere, nor a place that was looked at more at that time.

    Parameters
    ----------
    cases : array_like, shape (areas, intervals)
    effort : array_like, same shape
        Not negative, in any unit.

    Returns
    -------
    ndarray, shape (areas, intervals), float64
        Sums to the number of cases.

    Raises
    ------
    HotspotInputError
        For shapes that differ, negative effort, or cases where there was no effort.

    Source
    ------
    Kulldorff, Heffernan, Hartman, Assunção & Mostashari (2005), PLoS Medicine 2(3), e59 (the expectation without
    effort); Deming & Stephan (1940), Ann. Math. Stat. 11(4), 427-444 (fitting a table to its margins).
    """
    table, looked = np.asarray(cases, dtype=np.float64), np.asarray(effort, dtype=np.float64)
    require(table.ndim == 2 and table.shape == looked.shape, "cases and effort must have one shape (areas, intervals)")
    require(not bool((looked < 0).any()), "effort must not be negative")
    require(not bool(((looked <= 0) & (table > 0)).any()), "there are cases where there was no effort")
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    expected: FloatArray = looked * (rows > 0)[:, None] * (columns > 0)
    # Iterative proportional fitting: scale to the row sums, then to the column sums, until the rows still fit.
    for _ in range(_ROUNDS):
        expected *= _factor(rows, expected.sum(axis=1))[:, None]
        expected *= _factor(columns, expected.sum(axis=0))
        if np.abs(expected.sum(axis=1) - rows).max(initial=0.0) <= _CLOSE:
            break
    return expected


def _factor(wanted: FloatArray, there: FloatArray) -> FloatArray:
    return np.divide(wanted, there, out=np.zeros_like(wanted), where=there > 0)
