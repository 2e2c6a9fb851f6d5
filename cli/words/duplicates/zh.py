"""Help of duplicates of cases, in Chinese: by the English that stands with it."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES = {
    "List cases of the last hour that are likely one incident: near one another, of one class, three or more.": (
        "列出近一小时内可能属于同一事件的案件：位置相近、类别相同、三件及以上。"
    ),
    "Cases that may tell of the same: candidates, merging and linking.": "疑似重复案件：候选、并案与关联。",
    "List cases that may tell of the same, closed ones too, the likeliest first, with the reasons.": (
        "列出疑似重复的案件（含已办结的）及理由，可能性最大的在前。"
    ),
    "Number of the main case, which goes on for all.": "主案件编号，由其继续办理。",
    "Numbers of the cases that are merged into it.": "并入主案件的各案件编号。",
    "Merge several cases into a main one by one act, as those of a burst: all or none; every history says so.": (
        "将多个案件一次并入主案件（例如同一突发事件的一组）：要么全部并入，要么都不并入；各案件历史均有记录。"
    ),
    "In a merge: the same caller says the same without new facts.": "并案时：同一诉求人重复反映，没有新情况。",
    "List cases to which their callers came back without new facts, the most often repeated first.": (
        "列出诉求人无新情况重复反映的案件，次数最多的在前。"
    ),
    "merge, unmerge, link or unlink.": "merge（并案）、unmerge（撤销并案）、link（关联）或 unlink（解除关联）。",
    "Number of the other case; in a merge, of the main one.": "另一案件的编号；并案时为主案件的编号。",
    "Merge a case into another, take it out again, or link or unlink the two; both histories say so.": (
        "将案件并入另一案件、撤销并案，或关联、解除关联；双方历史均有记录。"
    ),
}
