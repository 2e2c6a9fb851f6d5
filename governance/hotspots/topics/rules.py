"""Pure decisions about topics: which findings of a run are matters to follow, of which kind, and whether one is known.

The four kinds of the monthly analysis, with thresholds of a dated policy:

- high-frequency (高频): at least so many reports in 30 days, and so large a share of all;
- common (共性): found in at least so large a share of the areas of a level;
- concentrated (区域集中): a significant cluster in space, adjusted for all that was scanned;
- hot (热点): significantly more than the same period before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from governance.hotspots.catalogue import ABOUT, HotspotMethod
from governance.hotspots.findings import group_places
from governance.hotspots.place_names import area_message, place_message, titled
from governance.hotspots.topics.states import TopicEventKind, TopicKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from core.words import Message
    from governance.hotspots.result_format import Cluster, Result

WHOLE, PLACE = "whole", "place"


@dataclass(slots=True)
class TopicCandidate:
    """A finding that deserves to be followed."""

    category: str
    scope: str
    title: Message
    areas: list[str]
    kinds: list[TopicKind]
    finding: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownTopic:
    """A topic as matching needs it."""

    id: int
    category: str
    scope: str
    areas: frozenset[str]


class TopicPlace(Protocol):
    """What a topic is about, and where."""

    category: Any
    scope: Any
    area_codes: Any


def candidates(result: Result, thresholds: Mapping[str, Any]) -> list[TopicCandidate]:
    """Return what a run found worth following: matters of the whole area first, then places."""
    return [*_whole(result, thresholds), *_places(result, thresholds)]


def _whole(result: Result, thresholds: Mapping[str, Any]) -> list[TopicCandidate]:
    days = result.period.days
    total = sum(entry.reports for entry in result.by_category) or 1
    top = result.whole
    warned = {w.category: w for w in result.warnings if w.area == top}
    found = []
    for entry in result.by_category:
        kinds: list[TopicKind] = []
        share = entry.reports / total
        if (
            # Reports a period scaled to 30 days.
            entry.reports * 30 / days >= thresholds["high_frequency_per_30_days"]
            and share >= thresholds["high_frequency_share"]
        ):
            kinds.append(TopicKind.HIGH_FREQUENCY)
        level = thresholds["common_area_level"]
        level = level if level in entry.reports_per_area else result.levels[-1]
        touched = sum(n >= thresholds["common_reports_per_area"] for n in entry.reports_per_area[level])
        areas = entry.areas_in_all[level]
        if areas and touched / areas >= thresholds["common_area_share"]:
            kinds.append(TopicKind.COMMON)
        warning = warned.get(entry.category)
        if warning is not None and warning.q <= thresholds["hot_q"]:
            kinds.append(TopicKind.HOT)
        if not kinds:
            continue
        finding = {
            "reports": entry.reports,
            "before": entry.before,
            "share": round(share, 4),
            "areas_touched": touched,
            "areas_in_all": areas,
            "area_level": level,
            "trend": entry.trend.model_dump(mode="json"),
        }
        if warning is not None:
            finding |= warning.model_dump(mode="json", include={"expected", "upper", "p", "q"})
        name = result.names.get(top, "") if top else ""
        title = titled(area_message(name) if name else None, entry.category)
        found.append(TopicCandidate(entry.category, WHOLE, title, [top] if top else [], kinds, finding))
    return sorted(found, key=lambda c: -c.finding["reports"])


def _places(result: Result, thresholds: Mapping[str, Any]) -> list[TopicCandidate]:
    sure = [
        c
        for c in result.clusters
        if ABOUT[c.method].followed and c.adjusted_p is not None and c.adjusted_p <= thresholds["concentrated_p"]
    ]
    found = [_place(result, clusters) for clusters in group_places(sure)]
    for warning in result.warnings:
        if warning.area == result.whole or warning.q is None or warning.q > thresholds["hot_q"]:
            continue
        inside = {code for code, chain in result.above.items() if warning.area in chain or code == warning.area}
        same = next((c for c in found if c.category == warning.category and set(c.areas) & inside), None)
        if same is not None:
            same.kinds = sorted({*same.kinds, TopicKind.HOT})
            same.finding["warning"] = warning.model_dump(mode="json")
            continue
        finding = {"reports": warning.observed, "method": "warning", **warning.model_dump(mode="json")}
        title = titled(area_message(warning.area_name), warning.category)
        found.append(TopicCandidate(warning.category, PLACE, title, sorted(inside), [TopicKind.HOT], finding))
    return found


def _place(result: Result, clusters: Sequence[Cluster]) -> TopicCandidate:
    """Make one candidate of clusters of one category that share an area, the surest first."""
    surest, *others = clusters
    category = surest.category or ""
    kinds = {TopicKind.CONCENTRATED}
    if any(c.method == HotspotMethod.SCAN for c in clusters):
        kinds.add(TopicKind.HOT)
    finding = _cluster_finding(surest)
    if others:
        finding["also"] = [_cluster_finding(cluster) for cluster in others]
    title = titled(place_message(surest.areas, result), category)
    areas = sorted({code for cluster in clusters for code in cluster.areas})
    return TopicCandidate(category, PLACE, title, areas, sorted(kinds), finding)


def _cluster_finding(cluster: Cluster) -> dict[str, Any]:
    names = {
        "method", "number", "observed", "expected", "relative_risk", "p", "adjusted_p", "recurrence_interval_days",
        "first", "last", "trend", "samples", "radius_m",
    }  # fmt: skip
    return {"reports": cluster.observed, **cluster.model_dump(mode="json", include=names)}


def match(found: Sequence[TopicCandidate], known: Iterable[KnownTopic], *, same_place_share: float) -> list[int | None]:
    """Find for each candidate the topic it continues; each topic is continued once.

    A matter of the whole area continues the one of its category. A place continues the topic of its category with
    which it shares the largest part of the smaller of both sets of areas, at least `same_place_share`.
    """
    pairs = []
    for number, candidate in enumerate(found):
        own = set(candidate.areas)
        for topic in known:
            if topic.category != candidate.category or topic.scope != candidate.scope:
                continue
            smaller = min(len(own), len(topic.areas))
            share = 1.0 if candidate.scope == WHOLE else (len(own & topic.areas) / smaller if smaller else 0.0)
            if share >= same_place_share:
                # Sorted: largest share first, then most areas in common, then the older topic.
                pairs.append((-share, -len(own & topic.areas), topic.id, number))
    result: list[int | None] = [None] * len(found)
    taken: set[int] = set()
    for _, _, topic_id, number in sorted(pairs):
        if result[number] is None and topic_id not in taken:
            result[number] = topic_id
            taken.add(topic_id)
    return result


def missed_runs(kinds: Sequence[str]) -> int:
    """Count the runs in succession, this one included, that did not find a topic; decisions do not count."""
    missed = 1
    for earlier in reversed([kind for kind in kinds if kind != TopicEventKind.DECIDED]):
        if earlier != TopicEventKind.ABSENT:
            break
        missed += 1
    return missed


def reports_of(topic: TopicPlace, result: Result) -> int | None:
    """Count the reports of a period in a topic's category and areas; None where a result does not hold them."""
    entry = next((one for one in result.by_category if one.category == topic.category), None)
    if entry is None:
        return 0
    if topic.scope == WHOLE:
        return entry.reports
    counts = entry.reports_by_area
    return None if counts is None else sum(counts.get(code, 0) for code in topic.area_codes)


def change(before: Mapping[str, Any], now: Mapping[str, Any], *, grown_by: float) -> TopicEventKind:
    """Return how a topic developed, by reports a day: grew, shrank or steady."""
    # Reports a day: months differ in length.
    earlier, later = before["reports"] / before["days"], now["reports"] / now["days"]
    if later > earlier * (1 + grown_by):
        return TopicEventKind.GREW
    return TopicEventKind.SHRANK if later < earlier * (1 - grown_by) else TopicEventKind.STEADY


def comparable(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, int, int] | None:
    """Return how a topic was counted both times, and the counts of last time and now; None where in no way.

    A street's count is not compared with that of a cluster inside it, nor a month's with that of a cluster's days.
    """
    earlier, later = _counts(before), _counts(now)
    same = next((way for way in ("whole", "concentration", "warning", "scan") if way in earlier and way in later), None)
    return (same, earlier[same], later[same]) if same is not None else None


def _counts(finding: Mapping[str, Any]) -> dict[str, int]:
    counts = {finding.get("method", "whole"): finding["reports"]}
    for also in finding.get("also", []):
        counts.setdefault(also["method"], also["observed"])
    if finding.get("warning"):
        counts.setdefault("warning", finding["warning"]["observed"])
    return counts
