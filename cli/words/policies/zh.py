"""Help of values of policy, in Chinese: by the English that stands with them."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES = {
    "Values of policy: how often, how long, from which day on.": "规则参数：次数、时长与起始日期。",
    "Number of the stated value.": "参数记录编号。",
    "Instead: what was stated, the latest first.": "改为列出历次设定，最新的在前。",
    "List the values of policy that count now.": "列出当前生效的规则参数。",
    "Code of the value.": "参数代码。",
    'A number, or a number and a unit: "8 working_hours".': '数字，或数字加单位，如 "8 working_hours"。',
    "The file or decision that states it.": "依据的文件或决定。",
    "First instant or day; now if left out.": "起始时点或日期；不填为现在。",
    "State a value from an instant on; what decides over deadlines waits for a second person.": (
        "设定自某时起的参数；影响时限的须由另一人确认。"
    ),
    "Confirm a value that waits, as a second person.": "由另一人确认待生效的参数。",
    "Refuse a value that waits.": "驳回待生效的参数。",
}
