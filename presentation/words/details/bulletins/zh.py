"""Details about bulletins, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "There is no bulletin {number}, or it is not released yet.": "没有第 {number} 号通报，或尚未发布。",
    "The bulletin is {state}.": "该通报的状态为“{state}”。",
    "The cut-off is at {at}.": "统计时点为 {at}，尚未到达。",
    "The words have at most {most} characters.": "工作提示最多 {most} 个字。",
}
