"""Why a case may tell of the same as another, in Chinese."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "distance_m": "位置相距 {value:.0f} 米。",
    "hours_apart": "上报时间相差 {value:.1f} 小时。",
    "category": "类别同属 {value}。",
    "text_alike": "描述文字有 {value:.0%} 的相邻字对相同。",
    "same_caller": "同一来电人。",
    "photo_bits_apart": "照片为同一画面：感知哈希 64 位中相差 {value} 位。",
}
