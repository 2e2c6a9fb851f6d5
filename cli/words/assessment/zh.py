"""Help of assessment, in Chinese: by the English that stands with them."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES = {
    "Assessment: indicators, and the results of periods with the cases behind every number.": (
        "考核：指标与各周期结果，每个数字都可查到对应案件。"
    ),
    "Number of the results.": "考核结果编号。",
    "Among whom.": "比较对象：unit 单位、person 人员、channel 渠道、area 区域、category 类别、district 全区。",
    "List the versions of indicators with what they count.": "列出各指标的版本及其统计内容。",
    "JSON with a list of indicators.": "指标清单（JSON 文件）。",
    "Propose the indicators of a file; each counts once a second person confirms it.": (
        "提出文件中的指标；经另一人确认后生效。"
    ),
    "confirm or refuse.": "confirm 确认，refuse 不同意。",
    "Numbers of the proposed versions.": "待确认版本的编号。",
    "Confirm or refuse proposed versions of indicators, as a second person.": "由另一人确认或否决待定的指标版本。",
    "A month (2026-06) or a day (2026-06-30): its first day.": "月份（2026-06）或日期（2026-06-30），即周期的第一天。",
    "The day behind the last; else the month or day alone.": "周期最后一天的次日；不填则为该月或该日。",
    "Why, where results of these days are frozen.": "该周期结果已冻结时，说明重新计算的理由。",
    "Compute the results of a period, as the histories of cases stand now.": "按案件现有历史计算某一周期的结果。",
    "Freeze results, as a second person: nothing in them changes any more.": "由另一人冻结结果，此后不再改变。",
    "Publish frozen results: who reads cases sees them from now on.": "发布已冻结的结果，有案件查看权限者即可查看。",
    "List the results of periods, the latest first.": "列出各周期的结果，最新的在前。",
    "Show what indicators came to: numerator and denominator beside each rate.": (
        "显示各指标结果：每个比率都附分子与分母。"
    ),
    "Code of an indicator.": "指标代码。",
    "Of areas: 1 the coarsest.": "区域层级：1 为最上一级。",
    "Compare units with what chance alone would give: limits of the numerator, ranks, expected numbers.": (
        "与纯属偶然的波动比较：分子的界限、名次范围与预期数。"
    ),
    "Compute results again from the histories they saw, and compare every case, value and the digest.": (
        "按当时的历史重新计算，逐件逐项比对并核对摘要。"
    ),
    "The exit code is 1 where anything differs.": "有任何不一致时退出码为 1。",
    "Sheets: dimensions that people score in part, with evidence and a second look.": (
        "评分表：部分由人工评分的维度，须附依据并经复核。"
    ),
    "Number of the sheet.": "评分表编号。",
    "Which dimension.": "维度：operation 镇办城运中心实体化运转，dispatching 综合调度，errands 其他临时事项。",
    "confirm or send_back.": "confirm 确认，send_back 退回重评。",
    "JSON with a list of forms.": "评分表式清单（JSON 文件）。",
    "Propose the forms of a file; each counts once a second person confirms it.": "提出文件中的评分表式；经另一人确认后生效。",
    "Numbers of the proposed forms.": "待确认表式的编号。",
    "Confirm or refuse proposed forms, as a second person.": "由另一人确认或否决待定的评分表式。",
    "A month (2026-06).": "月份（2026-06）。",
    "Open the sheet of a unit and month.": "开启某单位某月的评分表。",
    "JSON with the scores; none: all is counted.": "评分（JSON 文件）；全部由系统统计时不填。",
    "Score a sheet; seats, roll-calls and tasks are counted.": "评分；席位在岗、点名与任务由系统统计。",
    "Confirm a scored sheet as a second person, or send it back.": "由另一人确认已评分的评分表，或退回。",
    "List sheets, the latest first.": "列出评分表，最新的在前。",
    "Show what each item of a sheet got, and by what that is shown.": "显示评分表各项得分及其依据。",
    "Appeals against results: both sides are heard, another person decides.": "申诉：听取双方意见，由另一人裁定。",
    "Number of the appeal.": "申诉编号。",
    "What was counted.": "统计的内容。",
    "Why it is contested.": (
        "申诉事由：facts 事实不符，duty 职责不符，outside 客观原因，caller 诉求人原因，system 系统原因。"
    ),
    "grant or refuse.": "grant 成立，refuse 不成立。",
    "The step that began it, as the evidence lists it.": "起始步骤，见结果依据。",
    "Why, in words.": "申诉理由。",
    "A document, attachment or place; repeatable.": "依据：文件、附件或位置；可多次填写。",
    "Contest something that was counted, for the unit or person that it counts for.": "为所统计的单位或个人提出申诉。",
    "What the other side says.": "答复内容。",
    "Write what the other side says; without it nothing is decided.": "填写答复；未经答复不得裁定。",
    "Grant or refuse an appeal, as who neither filed nor answered it; a granted one computes the results anew.": (
        "由提出和答复以外的人员裁定；成立的，重新计算结果。"
    ),
    "Take an appeal back before it is decided.": "在裁定前撤回申诉。",
    "List appeals, the latest first.": "列出申诉，最新的在前。",
    "unit or person.": "unit 单位，person 人员。",
    "Code of the unit, or number of the person.": "单位代码或人员编号。",
    "Where it goes: .pdf or .html by its name.": "输出文件：按扩展名为 .pdf 或 .html。",
    "Write the results of a unit or person as one sheet, to be seen and signed.": "输出某单位或个人的考核结果单，供确认签字。",
    "Where it goes, a ZIP file.": "输出的 ZIP 文件。",
    "Write frozen results with all that was counted as a ZIP file that lists the digests of its parts.": (
        "将已冻结的结果及全部统计明细归档为 ZIP 文件，附各文件摘要。"
    ),
    "Where it goes: .csv, .xlsx or .parquet by its name.": "输出文件：按扩展名为 .csv、.xlsx 或 .parquet。",
    "A row for each category too.": "按类别分行。",
    "Write published results as a table: indicator, subject, period, category.": (
        "将已公布结果输出为表格：指标、对象、周期、类别。"
    ),
    "So many cases.": "抽取件数。",
    "Draw closed cases of frozen results to be back-checked, by a seed that nobody chooses.": (
        "从已冻结结果的结案案件中抽取倒查样本，种子不由人选定。"
    ),
}
