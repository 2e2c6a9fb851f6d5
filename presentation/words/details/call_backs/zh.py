"""Details about call-backs, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "Who was not reached said nothing: leave '{field}' out.": "未联系上诉求人，不能填写“{field}”。",
    "Say whether it is '{field}'.": "请填写“{field}”：是或否。",
    "Only what is not solved is reopened.": "只有未解决的才能重新办理。",
    "Not solved: reopen it with a reason, or explain to the supervisor why not.": (
        "未解决：请填写重新办理的理由，或向督办人员说明不再办理的理由。"
    ),
}
