"""Details about assessment, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "{marks} cannot be both counted and excluded.": "{marks} 不能既计入又剔除。",
    "Name at least one mark that the numerator has.": "请至少写明一个计入分子的标记。",
    "The points go from {least} to {full}: the least first, neither beyond {most}.": (
        "分值应由 {least} 到 {full}：最低分在前，均不超过 {most}。"
    ),
    "The rate that gives full points is from 0 to 1.": "得满分的比率应在 0 至 1 之间。",
    "What is taken off is 0 or more.": "扣分值应为 0 或正数。",
    "Round to 0 to {most} decimals.": "小数位数应为 0 至 {most} 位。",
    "The least number for a comparison is 1 or more.": "参与比较的最少件数应为 1 或以上。",
    "At '{place}' of the file: {what}.": "文件中“{place}”处有误：{what}。",
    "The file is no JSON: write a list of indicators.": "文件不是 JSON，应为指标清单。",
    "The last day lies before the first.": "最后一天早于第一天。",
    "The version is {state} already.": "该版本的状态已是“{state}”。",
    "There is no version {number} of an indicator.": "没有编号为 {number} 的指标版本。",
    "Indicator '{code}' does not count in these results.": "该周期结果中没有指标“{code}”。",
    "A period begins in the past and has 1 to {most} days.": "周期应自过去某日开始，共 1 至 {most} 天。",
    "No indicator is in force for periods that begin on {day}: propose and confirm some first.": (
        "自 {day} 开始的周期没有生效的指标，请先提出并确认。"
    ),
    "The results of these days are frozen: state why they are computed again.": (
        "该周期结果已冻结，请写明重新计算的理由。"
    ),
    "There are no results {number}.": "没有编号为 {number} 的考核结果。",
    "The period was not over at the cut-off: compute it again after {day}.": (
        "统计截止时周期尚未结束，请于 {day} 之后重新计算。"
    ),
    "The results are {state}.": "该结果的状态为“{state}”。",
    "'{period}' is no period: write a month (2026-06) or days (2026-06-01).": (
        "“{period}”不是周期，请写月份（2026-06）或日期（2026-06-01）。"
    ),
    "There is no form {number}.": "没有第 {number} 号评分表式。",
    "No form of '{dimension}' is in force on {day}: propose and confirm one first.": (
        "{day} 没有“{dimension}”的有效评分表式：请先提出并确认。"
    ),
    "There is no sheet {number}.": "没有第 {number} 号评分表。",
    "Item '{code}' stands there twice.": "项目“{code}”重复。",
    "No person scores {items}: counted, or not on the form.": "{items} 不由人工评分：由系统统计，或不在表式中。",
    "Give points for {items} too.": "还须为 {items} 评分。",
    "Item '{item}' gives {most} at most.": "项目“{item}”最多 {most} 分。",
    "The form is {state} already.": "该表式的状态已是“{state}”。",
    "The period is not over before {day}.": "周期至 {day} 前尚未结束。",
    "Scoring needs the points of each item.": "评分须给出各项得分。",
    "The sheet is {state}.": "该评分表的状态为“{state}”。",
    "The file is no JSON: write a list.": "文件不是 JSON：请写成列表。",
    "There is no appeal {number}.": "没有第 {number} 号申诉。",
    "'{counted}' of case {number} by step {step} does not count in results {run}.": (
        "案件 {number} 第 {step} 步的“{counted}”不计入第 {run} 号结果。"
    ),
    "The days for it ended at {at}.": "申诉期限已于 {at} 届满。",
    "Appeal {number} contests the same.": "第 {number} 号申诉已针对同一事项提出。",
    "An appeal is granted or refused.": "裁定为 grant（成立）或 refuse（不成立）。",
    "Write what is to be said.": "请填写内容。",
    "Write why it is contested.": "请填写申诉理由。",
    "Name 1 to {most} pieces of evidence.": "请列出 1 至 {most} 项依据。",
    "The appeal is {state}.": "该申诉的状态为“{state}”。",
    "Appeals {appeals} are open, or were granted since: decide on them, and compute the results again.": (
        "申诉 {appeals} 尚未裁定，或在结果计算后成立：请先裁定并重新计算结果。"
    ),
    "Nothing was counted for '{subject}'.": "该结果中没有“{subject}”的统计。",
    "There is no sample {number}.": "没有第 {number} 号抽样。",
}
