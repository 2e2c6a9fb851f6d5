"""Help of bulletins, in Chinese: by the English that stands with them."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES = {
    "Bulletins: what came in, was handled and is overdue, mornings and afternoons.": (
        "通报：每日早间与午后，新增、办理与超期情况。"
    ),
    "Number of the bulletin.": "通报编号。",
    "List bulletins, the latest first.": "列出通报，最新的在前。",
    "Show the units of a bulletin: their backlog beside their points.": "显示通报中各单位的在办、超期与考核得分。",
    "Day of the cut-off.": "统计时点所在的日期。",
    "Which bulletin of the day.": "当日哪一期：morning 早间，afternoon 午后。",
    "Draft a bulletin whose cut-off has passed, however long ago; the worker drafts those of the last day by itself.": (
        "生成已过统计时点的通报草稿，时间不限；最近一日的由后台自动生成。"
    ),
    "A person's words; an empty text takes them away.": "工作提示文字；为空则删去。",
    "Put a person's words to a draft; its figures stay as they were counted.": "为草稿添加工作提示；数字不可改动。",
    "Release a draft: it is told, and nothing in it changes any more.": "发布草稿：随即通知，此后不再改变。",
    "Where it goes: .html, .pdf, .docx or .png by its name.": "输出文件：按扩展名为 .html、.pdf、.docx 或 .png。",
    "Write a bulletin as a page, print, Word document or picture.": "输出通报：网页、PDF、Word 或图片。",
    "Meetings: joint consultations on topics, whose decisions become tasks.": "联席会商：围绕热点事项，决定转为任务。",
    "Number of the meeting.": "会商编号。",
    "close or call_off.": "close 结束，call_off 取消。",
    "What it is called.": "会商主题。",
    "When it begins: instant or day.": "开始时间：时点或日期。",
    "Number of a topic; repeatable.": "热点事项编号；可多次填写。",
    "A unit and what it brings: CODE=WORDS; repeatable.": "参会单位及需准备的材料：代码=材料；可多次填写。",
    "Where.": "地点。",
    "Plan a meeting on topics; each unit is called by a task that says what it brings.": (
        "安排会商；以任务通知各单位并写明需准备的材料。"
    ),
    "The minutes.": "会商纪要。",
    "Write the minutes of a meeting that has begun.": "填写已开始的会商的纪要。",
    "Number of the topic.": "热点事项编号。",
    "Code of the unit that owns it.": "牵头单位代码。",
    "What is to be done.": "办理要求。",
    "Until the end of this day.": "办理期限（当日结束前）。",
    "Keep a decision: it becomes a task of the unit, and stands on the topic's history.": (
        "登记决定事项：转为该单位的任务，并记入热点事项的跟进记录。"
    ),
    "Close a meeting that was held, or call off one that is planned.": "结束已召开的会商，或取消未召开的会商。",
    "List meetings, the latest planned first.": "列出会商，最新的在前。",
    "First day of the measures.": "措施实施首日。",
    "Close a topic whose reports became fewer since measures began, by more than chance.": (
        "措施实施后上报明显减少的，凭数据销号。"
    ),
}
