"""Help of call-backs, in Chinese: by the English that stands with them."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES = {
    "Call-backs: whether callers were reached, call it solved, are satisfied.": "回访：是否联系上诉求人、是否解决、是否满意。",
    "Closed since: instant or day; 30 days ago if left out.": "结案起始时点或日期；不填为 30 天前。",
    "Whether the caller was reached.": "是否联系上诉求人。",
    "Whether the caller calls it solved.": "诉求人是否认为已解决。",
    "Whether the caller is satisfied.": "诉求人是否满意。",
    "The caller's rating; 5 is the best.": "诉求人的评价，5 为最好。",
    "What the caller said.": "诉求人的意见。",
    "Not solved: reopen the case.": "未解决：重新办理。",
    "Not solved: why it is reopened, or why not.": "未解决：重新办理或不再办理的理由。",
    "Keep what a call-back found; what is not solved is reopened, or explained to the supervisor.": (
        "登记回访结果；未解决的重新办理，或向督办人员说明理由。"
    ),
    "Instead: called not solved, not reopened, not back-checked.": "改为列出诉求人认为未解决、未重新办理也未倒查的案件。",
    "List closed cases whose callers were not reached yet, the latest first.": "列出已结案、尚未联系上诉求人的案件，最新的在前。",
    "Count what callers said by unit: reached, solved, satisfied.": "按单位统计回访结果：联系率、解决率、满意率。",
}
