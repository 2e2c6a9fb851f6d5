"""The words of notifications in Chinese."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES = {
    "title/case": "案件{number}：{what}",
    "text/case": "类别：{category}\n承办单位：{unit}\n当前时限：{due}",
    "title/case/due_soon": "案件{number}{step}即将到期",
    "text/case/due_soon": "类别：{category}\n承办单位：{unit}\n{step}时限：{due}，请尽快办理。",
    "title/case/overdue": "案件{number}{step}已超期",
    "text/case/overdue": "类别：{category}\n承办单位：{unit}\n{step}时限：{due}，已超期，请立即办理。",
    "title/task": "交办事项{number}{what}",
    "text/task": "办理单位：{unit}\n办理时限：{due}",
    "title/release": "边界图层{layer}第{release}版{what}",
    "text/release": "生效时间：{effective}",
    "title/test": "测试消息",
    "text/test": "这是一条测试消息，发起人：{by}。收到即说明设置无误。",
    "none": "无",
    "what/issue": "已下达",
    "what/acknowledge": "已签收",
    "what/finish": "已报办结",
    "what/confirm": "已确认",
    "what/send_back": "被退回重办",
    "what/remind": "被催办",
    "what/withdraw": "已撤回",
    "what/published": "已发布",
    "what/withdrawn": "已撤回",
    "step/accept": "受理",
    "step/file": "立案",
    "step/dispatch": "派遣",
    "step/acknowledge": "接单",
    "step/handle": "处置",
    "step/verify": "核查",
    "step/close": "结案",
    "step/sign": "签收吹哨",
    "step/contact": "联系街道",
    "step/arrive": "到场",
}
