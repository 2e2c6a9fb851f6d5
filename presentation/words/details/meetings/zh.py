"""Details about meetings and closing topics, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "Give the meeting a title.": "请填写会商主题。",
    "A meeting is planned for a time to come.": "会商时间应在现在之后。",
    "Name 1 to {most} topics, each once.": "请列出 1 至 {most} 个热点事项，不得重复。",
    "Call 1 to {most} units, each once.": "请列出 1 至 {most} 个参会单位，不得重复。",
    "Say what each unit brings.": "请填写各单位需准备的材料。",
    "There is no meeting {number}.": "没有第 {number} 号会商。",
    "The meeting begins at {at}.": "会商于 {at} 开始。",
    "Write the minutes.": "请填写会商纪要。",
    "The meeting is {state}.": "该会商的状态为“{state}”。",
    "Topic {topic} is not on the agenda.": "热点事项 {topic} 不在议程中。",
    "Say what is to be done.": "请填写办理要求。",
    "At least {least} days have to pass since the measures began; it were {days}.": (
        "措施实施至少满 {least} 天方可评估，目前为 {days} 天。"
    ),
    "Topic {topic_id} is {status}.": "热点事项 {topic_id} 的状态为“{status}”。",
    (
        "{before} reports in {days} days before, {after} in as many since: so few come by chance with "
        "probability {p}, and {level} is the most."
    ): "此前 {days} 天上报 {before} 件，此后同样天数 {after} 件：偶然下降至此的概率为 {p}，应低于 {level}。",
}
