"""Help of connectors, in Chinese: by the English that stands with them."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES = {
    "Upstream platforms: deadlines of their orders, and what they are answered.": (
        "上级平台对接：工单时限，以及签收、退单、延期、结果的回传。"
    ),
    "Only orders of this channel.": "仅该渠道的工单。",
    "List the orders of upstream platforms with their deadlines and the states of their cases.": (
        "列出上级平台工单及其时限、案件状态。"
    ),
    "Channel through which the order came.": "工单来源渠道。",
    "Number of the order at the platform.": "上级平台的工单编号。",
    "Instant or day until which the platform wants it done.": "上级平台要求的办结时点或日期。",
    "Why the deadline moved.": "时限变更原因。",
    "Keep the deadline of an order beside the clocks of its case, which is opened if need be.": (
        "登记工单时限，与案件自身时限并行；尚未立案的先开案。"
    ),
    "Only what was given up.": "仅已放弃重试的。",
    "List what is sent to platforms, the latest first; `wangge notifications replay` sends again what was given up.": (
        "列出回传上级平台的记录，最新的在前；`wangge notifications replay` 可重新发送已放弃的。"
    ),
}
