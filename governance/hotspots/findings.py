"""What a run found: one list, made here alone, for topics, pages, prints, the terminal and the API.

A finding is a place (clusters of one category that share an area, or a dense patch), a series (a street and category
above its past) or a unit (a grid or hexagon that differs). It has its title, its class of the method's legend and its
grounds as messages: codes with values, whose sentences stand in presentation/words/hotspots.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from core.words import Message
from governance.hotspots.catalogue import ABOUT, Finds, HotspotMethod, class_of
from governance.hotspots.grounds import also_found, cluster_grounds, series_grounds, unit_grounds
from governance.hotspots.place_names import area_message, place_message, titled, unit_message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from governance.hotspots.catalogue import LegendClass
    from governance.hotspots.result_format import Cluster, Result, SeriesJudgement, Unit, UnitJudgement


class FindingKind(StrEnum):
    """What a finding is about: a place, a series of one area and category, or a unit."""

    PLACE = "place"
    SERIES = "series"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a run found.

    `found` is a class of the legend of `method`. `probability` is adjusted for how many tests were made (p of a place,
    q of a series or unit), None where the method does not test. `first` and `last` are days, both included. `clusters`
    are those of a place, the surest first; `unit` and `series` what the others are about.
    """

    number: int
    kind: FindingKind
    method: HotspotMethod
    found: str
    title: Message
    category: str | None
    areas: Sequence[str]
    first: date
    last: date
    observed: int | None
    expected: float | None
    probability: float | None
    grounds: Sequence[Message]
    clusters: Sequence[Cluster] = ()
    unit: Unit | None = None
    series: SeriesJudgement | None = None

    @property
    def tested(self) -> bool:
        """Whether the method tests it against chance."""
        return self.probability is not None

    @property
    def features(self) -> list[str]:
        """Ids of its shapes in the files of the run (clusters, units, warnings), the surest first."""
        if self.series is not None:
            return [f"{self.series.area}-{self.series.category}"]
        return [self.unit.code] if self.unit is not None else [f"{c.method}-{c.number}" for c in self.clusters]

    @property
    def label(self) -> Message:
        """The words of its class in the legend."""
        return Message(code=f"legend/{self.method}/{self.found}")


@dataclass(frozen=True, slots=True)
class LegendCount:
    """A class of a method's legend, and how many places, units or series of the run are in it."""

    legend: LegendClass
    count: int


@dataclass(slots=True)
class _Numbers:
    """Numbers of findings, from 1."""

    last: int = field(default=0)

    def next(self) -> int:
        self.last += 1
        return self.last


def findings_of(result: Result) -> list[Finding]:
    """Return all findings of a run: tested places, series above their past, units that differ, patches only dense.

    Tested places come first, the surest at the top: their numbers are those on the map.
    """
    numbers = _Numbers()
    return [
        *(_place(result, numbers, group) for group in group_places(c for c in result.clusters if c.significant)),
        *(_series(result, numbers, one) for one in sorted(result.warnings, key=_by_q)),
        *_units(result, numbers),
        *(_place(result, numbers, [cluster]) for cluster in result.clusters if cluster.significant is None),
    ]


def significant_places(result: Result) -> list[Finding]:
    """Return the places that are more than chance, the surest first."""
    return [one for one in findings_of(result) if one.kind is FindingKind.PLACE and one.tested]


def group_places(clusters: Iterable[Cluster]) -> list[list[Cluster]]:
    """Gather tested clusters that are about one category and share an area, the surest first.

    A comparison with households comes after the others: where many people pass or report, it is high for that alone.
    """
    groups: list[list[Cluster]] = []
    for cluster in sorted(clusters, key=_by_probability):
        own = set(cluster.areas)
        same = next(
            (g for g in groups if g[0].category == cluster.category and any(own & set(c.areas) for c in g)), None
        )
        if same is None:
            groups.append([cluster])
        else:
            same.append(cluster)
    return groups


def legend_of(result: Result, method: HotspotMethod) -> list[LegendCount]:
    """Return the legend of a method, and how often each class occurs in a run; nothing where it was not asked."""
    about = ABOUT[method]
    if about.finds is Finds.CLUSTERS:
        found = [about.classes[0].code for cluster in result.clusters if cluster.method == method]
    elif about.finds is Finds.UNITS:
        judged = [unit.judged[method] for unit in result.units if method in unit.judged]
        found = [class_of(method, one.found, one.q) for one in judged]
    else:
        found = [class_of(method, series_class(one), one.q) for one in result.series]
    if not found and method not in result.methods:
        return []
    counts = Counter(found)
    return [LegendCount(one, counts[one.code]) for one in about.classes]


def series_class(one: SeriesJudgement) -> str:
    """Return what a series is: an alarm, calm, or not judged for want of a past."""
    return "alarm" if one.alarm else "calm" if one.p is not None else "not_judged"


def _by_probability(cluster: Cluster) -> tuple[bool, float, int]:
    adjusted = cluster.adjusted_p if cluster.adjusted_p is not None else 1.0
    return cluster.method == HotspotMethod.POPULATION, adjusted, -cluster.observed


def _by_q(one: SeriesJudgement) -> float:
    return one.q if one.q is not None else 1.0


def _place(result: Result, numbers: _Numbers, clusters: list[Cluster]) -> Finding:
    surest = clusters[0]
    return Finding(
        number=numbers.next(),
        kind=FindingKind.PLACE,
        method=surest.method,
        found=ABOUT[surest.method].classes[0].code,
        title=titled(place_message(surest.areas, result), surest.category),
        category=surest.category,
        areas=surest.areas,
        first=surest.first,
        last=surest.last,
        observed=surest.observed,
        expected=surest.expected,
        probability=surest.adjusted_p,
        grounds=[*cluster_grounds(surest), *map(also_found, clusters[1:])],
        clusters=clusters,
    )


def _series(result: Result, numbers: _Numbers, one: SeriesJudgement) -> Finding:
    method = HotspotMethod.WARNING
    return Finding(
        number=numbers.next(),
        kind=FindingKind.SERIES,
        method=method,
        found=class_of(method, series_class(one), one.q),
        title=titled(area_message(one.area_name), one.category),
        category=one.category,
        areas=[one.area],
        first=result.period.start,
        last=result.period.last,
        observed=one.observed,
        expected=one.expected,
        probability=one.q,
        grounds=series_grounds(one),
        series=one,
    )


def _units(result: Result, numbers: _Numbers) -> list[Finding]:
    """Return the units that differ, method by method, the surest first."""
    found = []
    for method in HotspotMethod:
        classes = {one.code for one in ABOUT[method].classes if one.is_finding}
        judged = [(unit, unit.judged[method]) for unit in result.units if method in unit.judged]
        different = [(u, j) for u, j in judged if class_of(method, j.found, j.q) in classes]
        different.sort(key=lambda pair: (pair[1].q if pair[1].q is not None else 0.0, pair[0].code))
        found += [_unit(result, numbers, method, unit, one) for unit, one in different]
    return found


def _unit(result: Result, numbers: _Numbers, method: HotspotMethod, unit: Unit, one: UnitJudgement) -> Finding:
    steps = result.steps if one.steps is not None else []
    return Finding(
        number=numbers.next(),
        kind=FindingKind.UNIT,
        method=method,
        found=class_of(method, one.found, one.q),
        title=unit_message(unit, result),
        category=None,
        areas=[unit.code],
        first=steps[0].first if steps else result.period.start,
        last=steps[-1].last if steps else result.period.last,
        observed=unit.reports,
        expected=unit.expected,
        probability=one.q,
        grounds=unit_grounds(unit, one, result.rate_per),
        unit=unit,
    )
