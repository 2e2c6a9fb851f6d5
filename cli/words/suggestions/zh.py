"""Help of suggestions, in Chinese: by the English that stands with them."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES = {
    "Suggestions of category, urgency and danger to life from the text; nothing is set by them.": (
        "按文字建议类别、紧急程度与人身危险，只供参考，不自动认定。"
    ),
    "Train the models on the cases there are, and test them against the latest fifth.": (
        "用现有案件训练模型，并以最近五分之一的案件检验。"
    ),
    "Instead: stated probability against the share that was right.": "改为列出所述概率与实际正确率的对照。",
    "List trainings with how they were tested against the time after, the latest first.": (
        "列出历次训练及其对后续案件的检验结果，最新的在前。"
    ),
    "Show what the text of a case speaks for, how probable it is, and which pieces of it speak for it.": (
        "显示案件文字指向什么、概率多大、依据哪些字词。"
    ),
    "What a caller says.": "反映人所述内容。",
    "Show what a text speaks for; nothing is kept.": "显示一段文字指向什么；不作留存。",
    "Whether life is in danger.": "是否危及人身安全。",
    "Mark whether life is in danger in a case; models learn from it, the case stays as it is.": (
        "标注案件是否危及人身安全，供模型学习；案件本身不变。"
    ),
}
