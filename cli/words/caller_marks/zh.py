"""Help of marks on callers, in Chinese: by the English that stands with it."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES = {
    "Marks on callers, which two persons make and which end by a day.": "诉求人标记：由两人确认，到期自动失效。",
    "Number of the mark.": "标记编号。",
    "Those that ended, were refused or lifted, too.": "包括已到期、未通过和已撤销的。",
    "List marks on callers, the latest first; the audit keeps that they were read.": (
        "列出诉求人标记，最新的在前；查看会记入审计。"
    ),
    "Number of a report of the caller.": "该诉求人的一件上报编号。",
    "repeats, false_reports or abuse.": "repeats（反复来电）、false_reports（虚假反映）或 abuse（骚扰谩骂）。",
    "The last day of the mark, YYYY-MM-DD.": "标记的最后一日，格式 YYYY-MM-DD。",
    "Propose to mark who sent a report; it counts once a second person has confirmed it.": (
        "提请标记某件上报的诉求人；经另一人确认后生效。"
    ),
    "confirm, refuse or lift.": "confirm（确认）、refuse（不予通过）或 lift（撤销）。",
    "Why; to lift one it is needed.": "理由；撤销时必填。",
    "Confirm or refuse a mark as a second person, or lift it before its last day.": (
        "由另一人确认或不予通过，或在到期前撤销标记。"
    ),
}
