"""The words of topics, of their board and of the monthly notice in English."""

from __future__ import annotations

SEPARATOR = ", "

SENTENCES: dict[str, str] = {
    "kind/high_frequency": "frequent",
    "kind/common": "widespread",
    "kind/concentrated": "concentrated",
    "kind/hot": "hot",
    "event/appeared": "new",
    "event/returned": "returned",
    "event/grew": "more",
    "event/steady": "steady",
    "event/shrank": "fewer",
    "event/absent": "below the standard",
    "event/gone": "below the standard for several periods",
    "event/decided": "decision",
    "event/taken_back": "analysis taken back",
    "event/missed": "{event} ({reports})",
    "event/counts": "{event}: {before} → {now}",
    "event/street_counts": "{event}: {before} → {now} of the category in the street or town",
    "event/not_comparable": "still there (another extent or time than before: counts cannot be compared)",
    "event/scoped": "{event} ({scope}: {reports})",
    "scope/cluster": "in the cluster, {days}",
    "scope/street": "in the street or town",
    "scope/whole": "in all",
    "care/no_owner": "to be named",
    "care/no_measures": "measures to be proposed",
    "care/all": "{owner}; {measures}",
    "care/due": "{owner}; {measures}, to be looked at again by {day}",
    "board/title": "Board of topics",
    "board/waiting": "No responsible unit yet",
    "board/cared": "In care",
    "board/over": "Resolved, or below the standard for several periods",
    "board/column": "{name} ({count})",
    "board/nothing": "none",
    "board/due": "Look again: {day}",
    "board/late": "Look again: {day} (overdue)",
    "board/owner": "Responsible unit: {owner}",
    "board/measures": "Measures: {measures}",
    "board/map": "Show on the map",
    "notice/title": "Notice of hotspots, {period}",
    "notice/period": "Period: {days} (run {run})",
    "notice/no_reports": "There are no reports of the period; nothing can be concluded from that.",
    "notice/summary": (
        "Reports of the period: {total}{compared}; most: {top}. Topics: {found} (new: {new}, more than "
        "before: {grown}); topics of the last period that are below the standard now: {missed}."
    ),
    "notice/more": " ({share:.1%} more than in as many days before)",
    "notice/less": " ({share:.1%} less than in as many days before)",
    "notice/top": "{category} ({reports})",
    "part/whole": "1. Frequent and widespread topics of the whole area",
    "part/places": "2. Concentrated and hot topics",
    "part/since": "3. What became of the topics of the last period",
    "part/methods": "4. Standards and methods",
    "whole/none": "No topic of the whole area meets the standards in the period.",
    "whole/within": "as in the past",
    "whole/chance": "from the past about {expected}; probability of as many without a change: {chance}",
    "chance/below": "below 0.01%",
    "chance/is": "{value:.2%}",
    "head/topic": "Topic",
    "head/reports": "Reports",
    "head/before": "Change",
    "head/areas": "Communities",
    "head/past": "Against the past",
    "head/followed": "Since then",
    "head/number": "No.",
    "head/period": "Period",
    "head/first": "First listed",
    "head/now": "Now",
    "head/owner": "Responsible unit",
    "places/none": "No concentration is significant in the period.",
    "places/reports": "{count}",
    "places/caption": (
        "Figure 1. Concentrated and hot topics (dark: clusters in space, or in space and time; pale: "
        "significant rise in a street or town)."
    ),
    "label/found": "Found: ",
    "label/compared": "Compared with: ",
    "label/sure": "How sure: ",
    "label/followed": "Since then: ",
    "label/care": "Responsible unit and measures: ",
    "line": "{words}. ",
    "place/warned": "{observed} reports in the period. ",
    "place/warned_compared": "about {expected} from the same days of the past (usually not above {upper}). ",
    "place/warned_sure": "probability of as many by chance, without a change: {chance}.",
    "place/found": "{days}, {observed} reports in {areas} grids. ",
    "place/basis_scan": "expected from what is usual at the place and time:",
    "place/basis": "expected from the share of the category elsewhere:",
    "place/compared": "{basis} {expected}. ",
    "place/compared_risk": "{basis} {expected}; {times:.1f} times as many as outside. ",
    "place/sure": "probability of such a cluster by chance alone: {chance} (adjusted for all that was scanned).",
    "place/also": (
        "Most striking: {observed} reports of {days}, expected from what is usual at the place and time: "
        "{expected}; probability by chance alone: {chance}."
    ),
    "place/street": "{area} around it: {observed} reports of the category, from the past about {expected}.",
    "since/first": "This is the first notice: there are no topics of a last period.",
    "methods/kinds": (
        "Frequent: count and share in 30 days reach the standard; widespread: found in the stated share "
        "of communities; concentrated: significant by a scan of space, or space and time, adjusted for "
        "multiple tests; hot: significantly above the same days of the past. The standards stand in the "
        "dated table of the policy."
    ),
}
