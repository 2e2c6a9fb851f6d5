"""Details about cases and rules of dispatch, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "There are no forms of the kind '{kind}'; there are {kinds}.": "没有“{kind}”这类单据；可用的有：{kinds}。",
    "A form of the kind '{kind}' is about one of the steps {verbs}; the case has none, or not the one named.": (
        "“{kind}”单据对应的环节为 {verbs}；案件没有这些环节，或没有所指定的环节。"
    ),
    "its release names no unit": "该版本未写明单位编码",
    "'{code}' of its release stands for no unit": "该版本中的单位编码“{code}”不对应任何单位",
    "Nobody answers for area '{area}': {why}.": "区域“{area}”没有责任单位，无法派遣：{why}。",
    "There is no unit '{code}' at {at}.": "{at} 没有责任单位“{code}”。",
    "The report has no place yet: settle it first (triage).": "该上报尚无位置，请先定位（待定位）。",
    "Case {id} was changed since version {seen}: {words}.": "案件 {id} 自第 {seen} 版之后已有更改：{words}。",
    "'{verb}' needs '{scope}' for this case's area and category ({roles}).": (
        "“{verb}”须有该案件区域和类别的“{scope}”权限（{roles}）。"
    ),
    "The case is with unit '{unit_code}', and you do not belong to it.": "案件在单位“{unit_code}”，您不属于该单位。",
    "Which category '{word}' of channel '{channel}' means is not known yet: reclassify the case first.": (
        "渠道“{channel}”的“{word}”对应哪一类别尚不明确，请先为案件重新分类。"
    ),
    "The category of the case, {named}, is not handled on the spot.": "该案件的类别（{named}）不属于当场处置。",
    "There is no case {case_id}, or none that you may see.": "没有案件 {case_id}，或您无权查看。",
    "The case is {state}; '{verb}' is not possible, {allowed} is.": (
        "案件状态为“{state}”，不能执行“{verb}”；可执行：{allowed}。"
    ),
    "'{verb}' needs {missing}.": "“{verb}”须填写 {missing}。",
    "Entry '{entry}' is not worded for citizens: write what the caller is told.": (
        "条目“{entry}”不面向公众，请填写答复来电人的内容。"
    ),
    "A unit that is named by hand needs a reason.": "人工指定单位须填写理由。",
    "The history of a case has {most} steps at most.": "一个案件的流转记录最多 {most} 步。",
    "The case was suspended {times} times, as often as it may be.": "案件已挂起 {times} 次，不能再次挂起。",
    "Unit '{unit}' gave the case back once; now the dispatcher decides (redispatch).": (
        "单位“{unit}”已退回过一次，现由派遣员决定（重新派遣）。"
    ),
    "The category has no limit for handling that could be extended.": "该类别没有可延长的处置时限。",
    "The case is overdue: an extension is asked for before.": "案件已超期，延期须在超期前申请。",
    "The case was extended {most_extensions} times, as often as it may be.": (
        "案件已延期 {most_extensions} 次，不能再次延期。"
    ),
    "A case is given back within {return_within} of the dispatch.": "退回须在派遣后 {return_within} 之内。",
    "If-Match takes the version of the case, as its ETag says.": "If-Match 应为案件的版本，即其 ETag。",
    "The case accuses unit '{accused}' and does not go to '{unit}': name another unit.": (
        "案件反映的是单位“{accused}”的问题，不派往“{unit}”，请指定其他单位。"
    ),
    "Unit '{unit}' is not below '{unit_code}': a case is handed down to a unit below, or reported up.": (
        "单位“{unit}”不是“{unit_code}”的下级：案件只能下派到下级单位，或上报上级。"
    ),
    "There is no unit above '{unit_code}' to report to.": "单位“{unit_code}”没有可上报的上级单位。",
    "The case has no category yet: reclassify it first.": "案件尚无类别，请先重新分类。",
    "Rule {rule} of set {set} names unit '{unit}', which there is not now.": (
        "派遣规则第 {set} 套第 {rule} 条指定的单位“{unit}”现已不存在。"
    ),
    "'{words}' is no day of the year such as 06-01.": "“{words}”不是 06-01 形式的日期。",
    "There is no set of rules {set}.": "没有第 {set} 套派遣规则。",
    "A set has {most} rules at most, not {count}.": "一套规则最多 {most} 条，现有 {count} 条。",
    "Set {set} was published before.": "第 {set} 套规则此前已发布。",
    "Rules count from now on, {now}, at the earliest, not from {at}.": (
        "规则最早自现在（{now}）起生效，不能自 {at} 起。"
    ),
    "Another set takes effect at {at}: choose another instant.": "另一套规则在 {at} 生效，请另选时刻。",
    "Rule {position}: there is no {what} '{code}' now.": "第 {position} 条规则：现在没有 {what}“{code}”。",
    "line {line}: a time is working or off, not '{during}'": (
        "第 {line} 行：时段应为工作时间或非工作时间，而非“{during}”"
    ),
    "line {line}: a season is written 06-01~09-30, not '{season}'": (
        "第 {line} 行：季节应写作 06-01~09-30，而非“{season}”"
    ),
    "A sheet holds {most} cases.": "一张工作表最多容纳 {most} 个案件。",
    "the name ends in {forms}": "文件名须以 {forms} 结尾",
    "{name} is no TOML: {error}": "{name} 不是 TOML 文件：{error}",
    "[{name}] is not known: the tables are {tables}, each of words.": (
        "[{name}] 无法识别：可用的表为 {tables}，表内均为文字。"
    ),
    "There is no field '{unknown}'; there are {fields}.": "没有字段“{unknown}”；可用字段为 {fields}。",
    "[{table}] has '{wrong}', which is none of {values}.": "[{table}] 中的“{wrong}”不属于 {values}。",
    "{file} has no column '{heading}'; it has {header}.": "{file} 没有“{heading}”一列；现有列为 {header}。",
    "it has no number": "没有编号",
    "it has no time": "没有时间",
    "it does not say when it was opened": "没有写明建案时间",
    "{later} is before {earlier}": "{later} 早于 {earlier}",
    "step {number}, {verb}, is not possible from {state}": "第 {number} 步 {verb} 不能由 {state} 状态作出",
    "step {number} lies before the one before it or in the future": "第 {number} 步早于前一步，或在将来",
    "channel {channel} has no report {external_id}: take the reports in first (wangge reports import)": (
        "渠道 {channel} 没有上报 {external_id}：请先导入上报（wangge reports import）"
    ),
    "the file has the case {external_id} twice": "文件中案件 {external_id} 出现两次",
    "case {number} is here with another history": "案件 {number} 在本系统中的经过与文件不同",
    "case {number} was moved on here; the file tells of more steps": (
        "案件 {number} 已在本系统中继续办理，而文件中另有后续步骤"
    ),
    "line {line} of the steps: {why}": "步骤表第 {line} 行：{why}",
    "{why}": "{why}",
    "{problem}": "{problem}",
    "nobody has said what the state {word} means": "状态“{word}”尚未对应",
    "nobody has said what the step {word} means": "步骤“{word}”尚未对应",
    "nobody has said which unit {word} is": "单位“{word}”尚未对应",
    "the step {verb} is not taken over": "步骤 {verb} 不予导入",
    "a rating is 1 to 5, not {word}": "评价应为 1 至 5，而不是 {word}",
    "start_date is behind end_date.": "start_date 晚于 end_date。",
    "From start_date to end_date are 90 days at most.": "start_date 至 end_date 最多 90 天。",
    "There is no service '{code}'.": "没有服务“{code}”。",
    "A status is open or closed, not '{word}'.": "状态应为 open 或 closed，而不是“{word}”。",
    "Send a form: {kinds}.": "请以表单发送：{kinds}。",
    "At most {most} photos come with one.": "一次最多附 {most} 张照片。",
    "A photo in the field is written as data:image/jpeg;base64,…": (
        "字段内的照片应写作 data:image/jpeg;base64,… 的形式。"
    ),
    "The key may not send photos.": "该密钥无权发送照片。",
    "Only photos come with a request.": "请求只能附带照片。",
    "The key may not send reports.": "该密钥无权发送上报。",
    "The field is missing.": "缺少该字段。",
    "Send lat and long, or address_string.": "请发送 lat 和 long，或 address_string。",
    "The field is longer than {longest} characters, or holds some that cannot be kept.": (
        "该字段超过 {longest} 个字符，或含有无法保存的字符。"
    ),
    "The case accuses unit '{accused}', above which there is none: name another unit.": (
        "案件反映的是单位“{accused}”的问题，其上没有上级单位，请指定其他单位。"
    ),
    "'{verb}' names who is accused: a unit or a person.": "“{verb}”须写明被反映的单位或人员，二者填其一。",
}
