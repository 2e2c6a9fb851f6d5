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
}
