"""Details about joint handling and parts of cases, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "'{verb}' is done by the service as the place of the report changes: settle the report's place (triage).": (
        "“{verb}”由系统在上报位置变化时自动办理；如需更改，请在研判中确定上报的位置。"
    ),
    "'{verb}' is done under '{path}' of the case.": "“{verb}”须在案件的“{path}”下办理。",
    "Whistles {numbers} of the case have no conclusion yet: conclude each, or call it off.": (
        "案件第 {numbers} 次吹哨尚无会商结论，请逐一作出结论或撤哨。"
    ),
    "Parts {numbers} of the case are not done: finish, return or withdraw each, one by one.": (
        "案件第 {numbers} 项协办任务尚未办结，请逐项办结、退回或撤回。"
    ),
    "What is done to a part is one of {values}, not '{word}'.": "对协办任务的操作应为 {values} 之一，而非“{word}”。",
    "A part is extended before it is due; one without a limit is not.": "协办任务须在到期前延期；无时限的不能延期。",
    "The part was extended {most} times, as often as it may be.": "协办任务已延期 {most} 次，不能再次延期。",
    "A part is given back within {return_within} of being given.": "协办任务须在交办后 {return_within} 之内退回。",
    "The case has no part {number}.": "案件没有第 {number} 项协办任务。",
    "A case has {most} parts at most.": "一个案件最多 {most} 项协办任务。",
    "Part {number} is {state}; '{verb}' is not possible.": "第 {number} 项协办任务状态为“{state}”，不能执行“{verb}”。",
    "Unit '{unit}' has the case itself.": "单位“{unit}”即案件承办单位。",
    "That is done by a person of unit '{unit}', and you do not belong to it.": (
        "此操作由单位“{unit}”的人员办理，您不属于该单位。"
    ),
    "A kind of whistle has a name of 1 to {longest} characters.": "吹哨类型的名称为 1 至 {longest} 个字符。",
    "What is near is 1 to {farthest:,} m.": "到场距离标准为 1 至 {farthest:,} 米。",
    "The time of the visit is past.": "约定的到场时间已过。",
    "Each of {field} is one of {values}, once.": "{field} 的每一项应为 {values} 之一，不得重复。",
    "Whistle {number} does not call unit '{unit}'.": "第 {number} 次吹哨未召集单位“{unit}”。",
    "There is no kind of whistle '{code}'; there are {kinds}.": "没有吹哨类型“{code}”；现有：{kinds}。",
    "The case has no whistle {number}.": "案件没有第 {number} 次吹哨。",
    "Unit '{unit}' was rated for this whistle: one rating a unit.": "单位“{unit}”在本次吹哨中已评价过：一单位一评。",
    "Unit '{unit}' did not come: a conclusion is signed by those who did.": (
        "单位“{unit}”未到场：会商结论由到场单位会签。"
    ),
    "Unit '{unit}' has signed the conclusion.": "单位“{unit}”已会签。",
    "Who does not agree writes why.": "不同意会商结论须写明理由。",
    "A whistle of kind '{kind}' is blown by {unit_kinds}; the case is with unit '{unit}'.": (
        "“{kind}”类吹哨由 {unit_kinds} 发起；案件在单位“{unit}”。"
    ),
    "A whistle of kind '{kind}' is blown by persons with one of the roles {roles}.": (
        "“{kind}”类吹哨由具有以下角色之一的人员发起：{roles}。"
    ),
    "Unit '{unit}' is the street's own: a whistle calls others.": "单位“{unit}”属本街道：吹哨召集的是其他单位。",
    "Whistle {number} is {state}; '{verb}' is not possible.": "第 {number} 次吹哨状态为“{state}”，不能执行“{verb}”。",
    "Unit '{unit}' has {state}; '{verb}' is not possible.": "单位“{unit}”状态为“{state}”，不能执行“{verb}”。",
    "What is done to a whistle is one of {values}, not '{word}'.": "对吹哨的操作应为 {values} 之一，而非“{word}”。",
    "Name the called unit: {units}.": "请指明被召集单位：{units}。",
}
