"""Where patrols look, patrols find: an expectation that knows the effort behind each source of reports."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import FloatArray, require


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
