"""A run's result as a caller with grants for some areas and categories sees it: what lies in them, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.hotspots.result_format import Result
    from governance.reports.reach_queries import AreaReach


def within_reach(result: Result, reach: AreaReach) -> Result:
    """Return the result with the clusters, units and series that lie whole in areas of the reach, of its categories.

    What counts all categories together is for those who reach them all. A hexagon is in the area that most of it lies
    in. Totals, notes and names of areas stay: they are those of the run.
    """
    paths = _paths(result)

    def lies_in_it(codes: list[str], category: str | None) -> bool:
        return all(reach.covers(paths.get(code, [code]), category) for code in codes)

    return result.model_copy(
        update={
            "clusters": [one for one in result.clusters if lies_in_it(one.areas, one.category)],
            "units": [one for one in result.units if lies_in_it([one.near or one.code], None)],
            "series": [one for one in result.series if lies_in_it([one.area], one.category)],
        }
    )


def _paths(result: Result) -> dict[str, list[str]]:
    """Return each area of the run, of every level, with those above it."""
    paths: dict[str, list[str]] = {}
    for area in result.areas:
        path = [*area.above, area.code]
        for position, code in enumerate(path):
            paths.setdefault(code, path[: position + 1])
    return paths
