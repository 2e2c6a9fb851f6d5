"""Details about reports, channels, grid workers, triage and the gazetteer, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "An entry's code has no slash, and is none of {named}.": "条目编码不得含“/”，也不得是 {named}。",
    "The answer is 1 to {longest:,} characters.": "答复应为 1 至 {longest:,} 个字符。",
    "There is no entry '{code}'.": "没有知识条目“{code}”。",
    "There is no entry '{code}' at {at}.": "{at} 时没有有效的知识条目“{code}”。",
    "There is no question {gap}.": "没有编号为 {gap} 的待答问题。",
    "Question {gap} was answered by '{entry}'.": "问题 {gap} 已由条目“{entry}”答复。",
    "Every year has days off: enter the whole arrangement.": "每年都有放假日，请录入全年安排。",
    "{wrong} is no Saturday or Sunday, or also a day off: only weekend days are worked instead.": (
        "{wrong} 不是周六、周日，或同时列为放假日：只有周末可以调休上班。"
    ),
    "{strange} is not in {year}: a year is entered by itself.": "{strange} 不在 {year} 年内：请按年分别录入。",
    "{valid_from} is not after today, {today}.": "{valid_from} 不晚于今天（{today}）。",
    "'{earlier}' has a kind from {valid_from} on already, and it is never changed: choose another day.": (
        "“{earlier}”自 {valid_from} 起已有来源性质，一经设定不再更改，请另选日期。"
    ),
    "This key sends for channel {named} only.": "该密钥只能报送渠道 {named} 的上报。",
    "A channel is named in 1 to {longest_name} printable characters.": (
        "渠道名称应为 1 至 {longest_name} 个可显示的字符。"
    ),
    "A channel is one of {kinds}, not '{kind}'.": "渠道的来源性质应为 {kinds} 之一，而非“{kind}”。",
    "This key sends for the channels {named}: name one.": "该密钥绑定渠道 {named}，请指明其中之一。",
    "There is no correction {correction_id}.": "没有纠偏 {correction_id}。",
    "Correction {correction_id} was {state} before.": "纠偏 {correction_id} 此前{state}。",
    "offered": "已提出",
    "proposed": "已提出",
    "taken": "已采纳",
    "refused": "不予采纳",
    "No source named '{name}' has sent a report.": "没有名为“{name}”的来源报送过。",
    "There is no report {named}.": "没有上报 {named}。",
    "There is no report {number}.": "没有上报 {number}。",
    "There is no report {number}, or it is not marked as {kind}.": "没有上报 {number}，或其未标记为 {kind}。",
    "Report {named} lies in month {months}, which is detached: attach it first.": (
        "上报 {named} 所在的 {months} 月已分离，请先挂接。"
    ),
    "Report {number} lies in month {month}, which is detached.": "上报 {number} 所在的 {month} 月已分离。",
    "Person {id} has no staff number, by which posts are kept.": "人员 {id} 没有工号，岗位按工号登记。",
    "There is no responsible unit '{unknown}'.": "没有责任单位“{unknown}”。",
    "Layer '{layer}' has no area '{code}' at {at}, nor {more} others that are named.": (
        "图层“{layer}”在 {at} 没有区域“{code}”，所列的另外 {more} 个也没有。"
    ),
    "Layer '{layer}' has no area '{code}' at {at}.": "图层“{layer}”在 {at} 没有区域“{code}”。",
    "The file has a heading and no row.": "文件只有表头，没有数据行。",
    "The file has more than {most_rows:,} rows.": "文件超过 {most_rows:,} 行。",
    "Line {line}: {problem}.": "第 {line} 行：{problem}。",
    "Area {area_code}: a post ends after it begins.": "区域 {area_code}：岗位的止期须晚于起期。",
    "Staff number {staff_number} has two names.": "工号 {staff_number} 对应两个姓名。",
    "Area {area_code} names staff number {staff_number} twice.": "区域 {area_code} 两次列出工号 {staff_number}。",
    "Line {number}: a date is written 2026-12-31.": "第 {number} 行：日期应写作 2026-12-31。",
    "The {what} '{value}' is empty, too long or no text.": "{what}“{value}”为空、过长或不是文字。",
    "There is no column {name}; there are {header}.": "没有“{name}”列；现有各列：{header}。",
    "There is no field {unknown}; there are {fields}.": "没有字段“{unknown}”；可用：{fields}。",
    "Not all columns are understood. {doubts}. --dry-run shows what each was taken for.": (
        "有的列无法识别。{doubts}。用 --dry-run 可查看各列被认作什么。"
    ),
    "{name} looks like {field}: --map {field}={name} or --ignore {name}": (
        "{name} 像是 {field}：请用 --map {field}={name} 或 --ignore {name}"
    ),
    "{word} is no mark: write {marks}, or nothing": "{word}不是敏感标记：请填写{marks}，或留空",
    "no time; with --undated-is-now such rows are dated now": "没有时间；加 --undated-is-now 则按现在的时间入库",
    "report {number} has the same external id and other content": "上报 {number} 编号相同而内容不同",
    "the database refused it: {why}": "数据库不接受：{why}",
    "The check digit does not fit: the number has a typing error.": "校验位不符，编号有误。",
    "Report {known} was stored under this key with other content.": "该键下已存有内容不同的上报 {known}。",
    "Report {known} was stored under this key with other content: {fields}.": (
        "该键下已存有内容不同的上报 {known}，不同的字段：{fields}。"
    ),
    "There is no such report, or it came without a reporter.": "没有这件上报，或上报没有报送人。",
    "There is no month {month}.": "没有 {month} 月。",
    "A part of month {month} was detached before: attach it first.": "{month} 月的一部分此前已分离，请先挂接。",
    "Month {month} is not over.": "{month} 月尚未结束。",
    "{waiting} reports of month {month} wait for a place: settle them first.": (
        "{month} 月有 {waiting} 件上报等待定位，请先处理。"
    ),
    "Month {month} is not detached.": "{month} 月没有分离。",
    "{at} lies in the future (now is {now}); check the sender's clock": "{at} 晚于现在（{now}），请检查报送方的时钟",
    "{at} lies before 1970": "{at} 早于 1970 年",
    "is blank": "为空",
    "is missing": "为空",
    "lies a day or more before reported_at": "比上报时间早一天以上",
    "send lon and lat, or x and y, not both": "经纬度与平面坐标只能给一组",
    "holds characters that cannot be kept": "有不能使用的字符",
    "is longer than {longest} characters": "超过 {longest} 个字符",
    "{value} is not a time; write 2026-07-01 09:30:00": "{value} 不是时间，请写作 2026-07-01 09:30:00",
    "{text} may be {either}; say --date-format ymd, mdy or dmy": (
        "{text} 可能是 {either}，请用 --date-format ymd、mdy 或 dmy 说明"
    ),
    "external_id": "编号",
    "category": "类别",
    "address": "地址",
    "crs": "坐标系",
    "lon": "经度",
    "lat": "纬度",
    "x": "横坐标",
    "y": "纵坐标",
    "reported_at": "上报时间",
    "received_at": "收到时间",
    "There are {count} candidates.": "共有 {count} 个候选。",
    "No area has the code {code} at that instant.": "该时点没有编码为 {code} 的区域。",
    "1 to 255 printable ASCII characters": "应为 1 至 255 个可显示的 ASCII 字符",
    "an object with one member, reports, a list": "应为对象，其唯一成员 reports 为列表",
    "At most {max_reports_per_call} rows a call; send them in parts.": (
        "一次最多 {max_reports_per_call} 行，请分批提交。"
    ),
    "No theme {theme}; there are {themes}.": "没有主题 {theme}；可用：{themes}。",
    "{name}: {left_out}.": "{name} 中没有可采用的行：{left_out}。",
    "There is no wording {wording_id}.": "没有说法 {wording_id}。",
    "“{words}” was {state} before.": "“{words}”此前{state}。",
    "Refuse it: it holds a telephone number, an identity number or a name.": (
        "请不予采纳：其中含有电话、身份证号或姓名。"
    ),
    "“{words}” is taken for another place.": "“{words}”已用于另一地点。",
    "There is no file {name}.": "没有文件 {name}。",
    "{name}: known are {suffixes}.": "{name}：可用格式为 {suffixes}。",
    "{name} is larger than {max_bytes} bytes.": "{name} 超过 {max_bytes} 字节。",
    "{name} does not say its CRS: declare it.": "{name} 没有说明坐标参照系，请指明。",
    "{name} has no geometries.": "{name} 中没有图形。",
    "{name} holds more than {most_features} features.": "{name} 中的要素超过 {most_features} 个。",
    "line": "行号",
    "reason": "原因",
    "{path} is the file that is read. Name another with --rejected.": (
        "{path} 正是所读取的文件，请用 --rejected 另行指定。"
    ),
    "{path} exists and holds no rejected rows. Name another with --rejected.": (
        "{path} 已存在且不是拒收行文件，请用 --rejected 另行指定。"
    ),
    "There is no category '{unknown}'.": "没有类别“{unknown}”。",
    "There is no category '{code}'.": "没有类别“{code}”。",
    "There is no category '{code}' at {at}.": "{at} 没有类别“{code}”。",
    "Category '{code}' lies below '{missing_parent}', and that is no category at {at}.": (
        "类别“{code}”属于“{missing_parent}”，而后者在 {at} 并非类别。"
    ),
    "A category's code has no slash, and is none of {named}.": "类别代码不含斜杠，且不得为 {named}。",
    "The {field} is one of {values}, not '{word}'.": "{field} 应为 {values} 之一，而非“{word}”。",
    "A limit is 1 to {largest_amount:,} of its unit, not {amount}.": (
        "时限应为 1 至 {largest_amount:,} 个单位，而非 {amount}。"
    ),
    "Category '{code}' would lie below itself at {at}.": "类别“{code}”在 {at} 将属于其自身。",
    "'{words}' is no limit such as `4 working_hours`.": "“{words}”不是 `4 working_hours` 形式的时限。",
    "on_the_spot is yes or no, not '{spot}'": "on_the_spot 应为是或否，而非“{spot}”",
    "code {code} stands in the file twice": "文件中代码 {code} 重复",
}
