"""Help of joint handling, in Chinese: by the English that stands with it."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES = {
    "Joint handling: a street calls departments to a visit, they come, sign, and are rated.": (
        "吹哨报到：街道召集部门到现场会商，部门报到、会签并接受评价。"
    ),
    "Code of a unit that is called; repeatable.": "被召集单位编码；可重复。",
    "Kind of whistle; `wangge whistles kinds` lists them.": "吹哨类型；`wangge whistles kinds` 可查看。",
    "Instant of the visit, in place of the kind's limit.": "约定到场时点，代替该类型的时限。",
    "Call units to a joint visit, for the street that has the case.": "由承办街道召集单位到现场会商（吹哨）。",
    "Number of the whistle within the case.": "案件内的吹哨序号。",
    "sign, contact, arrive, advise, conclude, cosign, rate_unit or call_off.": (
        "sign（签收）、contact（联系街道）、arrive（到场）、advise（会商意见）、conclude（会商结论）、cosign（会签）、"
        "rate_unit（评价部门）或 call_off（撤哨）。"
    ),
    "Code of the called unit; the only one if left out.": "被召集单位编码；只有一个时可不填。",
    "The unit's opinion, or the conclusion.": "单位意见或会商结论。",
    "Where the unit arrived, WGS 84.": "到场位置，WGS 84。",
    "With `cosign`: the unit does not agree.": "与 `cosign` 并用：该单位不同意。",
    "Do something to a whistle, as a called unit or as the street.": "以被召集单位或街道身份办理吹哨事项。",
    "Only those that call this unit.": "仅召集该单位的。",
    "Only those in which a unit owes something.": "仅有单位逾期的。",
    "List whistles with each called unit, the latest first.": "列出吹哨及各被召集单位，最新的在前。",
    "Show the whistles of a case: who was called, who came when and how far off, and how each was rated.": (
        "显示案件的吹哨：召集了谁、谁何时到场、离现场多远、评价如何。"
    ),
    "List the kinds of whistles: who may blow each, by when units come, and what it pauses.": (
        "列出吹哨类型：谁可发起、各单位何时到场、是否暂停计时。"
    ),
    "First instant or day of calls; a year ago if left out.": "吹哨起始时点或日期；不填为一年前。",
    "Only whistles of this kind.": "仅此类吹哨。",
    "Count how each called unit answered: signed and came in time, late, missing, far off, and how it was rated.": (
        "统计各被召集单位的报到情况：按时签收与到场、迟到、未到、距离过远及评价。"
    ),
    "Parts of cases: what several units do of one matter, each with clocks of its own.": (
        "协办任务：一个案件由多个单位分别办理，各自计时。"
    ),
    "Number of the part within the case.": "案件内的协办任务序号。",
    "What the unit is to do.": "交办内容。",
    "Limit for handling, e.g. 2 working_days; the category's if left out.": (
        "处置时限，如 2 working_days（2 个工作日）；不填按类别时限。"
    ),
    "Give a part of a case to a unit beside the one that has the case.": "将案件的一部分交其他单位协办。",
    "acknowledge_part, return_part, finish_part, send_back_part, extend_part or withdraw_part.": (
        "acknowledge_part（接单）、return_part（退回）、finish_part（办结）、send_back_part（返工）、extend_part（延期）"
        "或 withdraw_part（撤回）。"
    ),
    "Do something to a part, as its unit or as who dispatches.": "以协办单位或派遣人员身份办理协办任务。",
    "Only parts at this unit.": "仅该单位的协办任务。",
    "Only parts with a deadline that is over.": "仅已超期的协办任务。",
    "List parts of cases, the latest first.": "列出协办任务，最新的在前。",
    "Code of the kind.": "类型编码。",
    "Limit of the arrival, e.g. 3 working_days.": "到场时限，如 3 working_days（3 个工作日）。",
    "Kind of unit that blows it; repeatable.": "可发起的单位类型；可重复。",
    "Role of which a person has one; repeatable.": "发起人须具有的角色之一；可重复。",
    "Limit for signing.": "签收时限。",
    "Limit for contacting the street.": "联系街道时限。",
    "Further off an arrival is distant, in metres.": "离现场超过此距离（米）记为距离过远。",
    "The clock of handling stands meanwhile.": "吹哨期间暂停处置计时。",
    "State what a kind of whistle is from an instant on; whistles that were blown keep what held then.": (
        "规定某类吹哨自某时刻起的内容；已发起的吹哨仍按当时规定。"
    ),
}
