"""Details about hotspots and their inputs, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "There is no field '{unknown}'; there are {columns}.": "没有字段“{unknown}”；可用：{columns}。",
    "No column is the {missing}: the heading is {heading}. Name it, for example {missing}={columns}.": (
        "没有 {missing} 列：表头为 {heading}。请指明，例如 {missing}={columns}。"
    ),
    "empty": "空",
    "Of {count} rows none can be used: line {line}, {reason}.": "{count} 行中没有一行可用：第 {line} 行，{reason}。",
    "Of {count} rows none can be used.": "{count} 行中没有一行可用。",
    "There is no column '{told}' for the {name}.": "没有可作为 {name} 的“{told}”列。",
    "At most {most_rows:,} rows are taken at once: split them.": "一次最多接收 {most_rows:,} 行，请分批提交。",
    "the layer has and had no area {area}": "图层没有也从未有过区域 {area}",
    "{day} is no day such as 2026-05-01": "{day} 不是 2026-05-01 形式的日期",
    "{day} is not between {earliest} and today": "{day} 不在 {earliest} 至今天之间",
    "channel {channel} is not of patrols today": "渠道 {channel} 目前不是巡查渠道",
    "{amount} is no number of 0 to {most:g}": "{amount} 不是 0 至 {most:g} 的数字",
    "the same channel, area and day stand in an earlier row": "前面已有相同渠道、区域和日期的行",
    "The run computed for more than {longest_s:g} s at {fraction:.0%} of its work.": (
        "运行已计算超过 {longest_s:g} 秒，完成 {fraction:.0%}。"
    ),
    "{valid_from} is not after today, {today}, and within ten years: choose {next_day} or later.": (
        "{valid_from} 不在今天（{today}）之后的十年以内，请选择 {next_day} 或更晚的日期。"
    ),
    "A policy begins on {valid_from} already and is never changed: choose another day.": (
        "{valid_from} 已有规则生效，规则一经生效不再更改，请另选日期。"
    ),
    "There is no threshold '{name}'; there are {thresholds}.": "没有阈值“{name}”；可用：{thresholds}。",
    "{name} is a whole number of {low:g} to {high:g}.": "{name} 应为 {low:g} 至 {high:g} 的整数。",
    "{name} is a number of {low:g} to {high:g}.": "{name} 应为 {low:g} 至 {high:g} 的数。",
    "{level} is the level of a layer: {levels}.": "{level} 应为图层的级别：{levels}。",
    "none yet": "尚无",
    "{most_open} of your runs wait or run; one caller may have no more at once.": (
        "您有 {most_open} 次运行等待或正在进行，已达上限。"
    ),
    "Run {run_id} is {status}.": "运行 {run_id} 的状态为“{status}”。",
    "Run {run_id} is {status}; there is nothing to repeat.": (
        "运行 {run_id} 的状态为“{status}”，没有可重复计算的结果。"
    ),
    "Run {id} is {status}; it has no result.": "运行 {id} 的状态为“{status}”，没有结果。",
    "There is no hotspot run {run_id}.": "没有热点运行 {run_id}。",
    "No hotspot run has finished yet. Start one with POST /v1/hotspots/runs.": (
        "尚无完成的热点运行。请用 POST /v1/hotspots/runs 发起。"
    ),
    "Layer '{code}' has no release in force.": "图层“{code}”没有生效的版本。",
    "Run {id} stands on release {release_number}.": "运行 {id} 以第 {release_number} 版为基础。",
    "There is no parameter '{name}'; there are {known}.": "没有参数“{name}”；可用：{known}。",
    "{name} is a list of texts.": "{name} 应为文字列表。",
    "{name} is one of {allowed}.": "{name} 应为以下之一：{allowed}。",
    "Topics are followed up to {period_end}; run {run_id} ends on {run_period_end}. Take run {id} back first.": (
        "事项已跟踪至 {period_end}，而运行 {run_id} 截至 {run_period_end}。请先撤回运行 {id}。"
    ),
    "Run {id} makes no topics: {words}.": "运行 {id} 不计入热点事项：{words}。",
    "it is not one whole calendar month": "不是一个完整的自然月",
    "its month was not over when it was requested": "发起时该月尚未结束",
    "it looks at some areas or categories only": "只涉及部分区域或类别",
    "it lacks one of the methods concentration, scan and warning": "缺少 concentration、scan、warning 三种方法之一",
    "it is not of the layer's finest level": "不是图层的最细一级",
    "it holds no reports of its month": "没有该月的上报",
    "Run {run_id} cannot be taken back: the latest one followed is run {latest}.": (
        "运行 {run_id} 不能撤回：最近一期已计入的是运行 {latest}。"
    ),
    "Run {run_id} cannot be taken back: no run is followed.": "运行 {run_id} 不能撤回：没有已计入的运行。",
    "Topic {topic_id} is {status}: {action} is not possible.": "事项 {topic_id} 为“{status}”状态，不能{action}。",
    "There is no topic {topic_id}.": "没有事项 {topic_id}。",
    "{first}; {rest}": "{first}；{rest}",
    "{first} or {rest}": "{first} 或 {rest}",
    "{first}": "{first}",
    "queued": "等待",
    "running": "进行中",
    "done": "已完成",
    "failed": "失败",
    "cancelled": "已取消",
    "resolved": "已办结",
    "gone": "不再出现",
    "taken_back": "已撤回",
    "find": "发现",
    "give up": "停止跟踪",
    "restore as found": "恢复",
    "restore as given up": "恢复为停止跟踪",
    "take back": "撤回",
    "resolve": "办结",
}
