"""Details about connectors, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "The case has ended: it has no deadline any more.": "案件已办结，不再有时限。",
    "Say why the deadline moved.": "请填写时限变更原因。",
    "Name the channel through which the platform sends.": "请填写上级平台派单所用的渠道。",
    "A platform is answered by these types alone: {types}.": "回传上级平台的消息类型只有：{types}。",
}
