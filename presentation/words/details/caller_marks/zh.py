"""Details about marks on callers, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "The last day of a mark is today or later, within {days} days.": (
        "标记的最后一日须在今日或以后，且不超过 {days} 天。"
    ),
    "Write why the caller is marked.": "请写明标记的理由。",
    "Write why the mark is lifted.": "请写明撤销的理由。",
    "The mark is {state}.": "标记当前状态为 {state}。",
}
