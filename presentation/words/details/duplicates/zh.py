"""Details about duplicates of cases, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "Case {number}: {why}": "案件 {number}：{why}",
    "Name the cases to be merged, each once.": "请列出要并入的案件，每件只列一次。",
    "A case is not related to itself: name another one.": "案件不能与自身并案或关联，请填写另一案件。",
    "Case {other} is itself merged into {main}: merge into that one.": "案件 {other} 已并入 {main}，请并入后者。",
    "Cases {merged} are merged into this one: merge the other case into it, or take them out first.": (
        "案件 {merged} 已并入本案，请将对方并入本案，或先撤销这些并案。"
    ),
    "The case is not merged into {other}.": "本案未并入案件 {other}。",
    "What is said of two cases is one of {values}, not '{word}'.": (
        "两个案件之间的操作须为 {values} 之一，而不是“{word}”。"
    ),
    "Only what is merged is a repeat.": "只有并案才能标为重复诉求。",
    "It is not known that one caller sent both: merge them without calling the one a repeat.": (
        "无法确认两件为同一诉求人所反映，请按普通并案办理。"
    ),
    "The same caller sent an earlier report of this matter: that one is rated, once.": (
        "同一诉求人此前已就此事反映，只对该件评价一次。"
    ),
    "The two cases are linked already.": "这两个案件已经关联。",
    "The two cases are not linked.": "这两个案件没有关联。",
    "The two cases do not accuse the same: who may not see one of them would learn of it from the other.": (
        "两个案件所反映的单位或人员不同，并案会使其中一方得知其不应看到的案件。"
    ),
}
