"""Requests and updates of Open311 in Chinese."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "by": "{what}（{unit}）",
    "notice": "已收到，可用编号查询办理情况。",
    "state/opened": "已登记，等待受理",
    "state/accepted": "已受理",
    "state/filed": "已立案",
    "state/dispatched": "已派遣",
    "state/acknowledged": "处置中",
    "state/suspended": "挂账",
    "state/returned": "已退单，待重新派遣",
    "state/handled": "已处置，待核查",
    "state/verified": "已核查",
    "state/closed": "已结案",
    "state/rated": "已评价",
    "state/rejected": "不予受理",
    "state/voided": "已作废",
    "state/merged": "已并入其他案件",
    "verb/open": "已登记",
    "verb/accept": "已受理",
    "verb/reject": "不予受理",
    "verb/file": "已立案",
    "verb/dispatch": "已派遣",
    "verb/redispatch": "已改派",
    "verb/acknowledge": "已接单",
    "verb/return": "已退单，将重新派遣",
    "verb/handle": "已处置",
    "verb/handle_on_the_spot": "已自行处置",
    "verb/verify": "已核查",
    "verb/rework": "返工，继续处置",
    "verb/close": "已结案",
    "verb/rate": "已评价",
    "verb/extend": "已延期",
    "verb/suspend": "挂账",
    "verb/resume": "恢复办理",
    "verb/void": "已作废",
    "verb/reopen": "重新办理",
}
