"""Help of notifications, in Chinese: by the English that stands with them."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES = {
    "Only cases of this channel; a platform needs it.": "仅该渠道的案件；上级平台必填。",
    "Notifications: webhooks, robots of groups, mail, text messages, inboxes.": (
        "通知：Webhook、群机器人、邮件、短信、个人收件箱。"
    ),
    "Number of the target.": "通知对象编号。",
    "Name of the target.": "通知对象名称。",
    "webhook, dingtalk, wecom, mail, sms or platform.": "webhook、dingtalk（钉钉）、wecom（企业微信）、mail（邮件）、sms（短信）或 platform（上级平台）。",
    "Where messages are sent; of a robot as it was made with.": "发送地址；机器人填写创建时给出的完整地址。",
    "What opens the target; better by the variable TARGET_TOKEN.": "访问令牌；宜用环境变量 TARGET_TOKEN 传入。",
    "DingTalk's secret of the kind sign; better by TARGET_SIGNING.": "钉钉加签密钥；宜用环境变量 TARGET_SIGNING 传入。",
    "Mailbox or telephone; repeatable.": "邮箱或手机号；可重复。",
    "TYPE=TEMPLATE, a gateway's number or a text; repeatable.": "类型=模板：短信网关的模板号，或邮件、机器人的文字；可重复。",
    "Type or group of messages; repeatable.": "消息类型或类型组；可重复。",
    "Only what concerns this unit; repeatable.": "只发与该单位有关的消息；可重复。",
    "Messages a minute at most.": "每分钟最多发送条数。",
    "Hours in which only urgent messages go, as 22:00-07:00.": "免打扰时段，只发紧急消息，写作 22:00-07:00。",
    "zh or en.": "zh（中文）或 en（英文）。",
    "Make a target; the secret that signs a webhook's messages is printed this once.": (
        "新建通知对象；Webhook 的签名密钥只显示这一次。"
    ),
    "List the targets, with what waits for each and what was given up.": "列出通知对象，以及各自待发和放弃发送的条数。",
    "Send a target nothing from now on; what waits for it stays.": "停用通知对象，不再发送；待发的消息保留。",
    "Send to a target again, also what waits for it.": "恢复向通知对象发送，包括待发的消息。",
    "Replace the secret that signs a webhook's messages; for a day the former one signs too.": (
        "更换 Webhook 的签名密钥；一天内新旧密钥同时签名。"
    ),
    "Send a target a message that tells of nothing; the worker sends it.": "向通知对象发送一条测试消息，由后台进程发出。",
    "Only deliveries to this target.": "只列发往该对象的。",
    "waiting, delivered or dead.": "waiting（待发）、delivered（已送达）或 dead（已放弃）。",
    "List deliveries, the latest first.": "列出发送记录，最新的在前。",
    "Target: all that was given up for it.": "通知对象：重发其全部已放弃的消息。",
    "Number of one delivery.": "某一条发送记录的编号。",
    "Send again what was given up for a target, or one delivery, under the same message ids.": (
        "重发某一对象已放弃的全部消息或某一条消息，消息编号不变。"
    ),
    "Only what was not read yet.": "只列未读的。",
    "Staff number or name.": "工号或姓名。",
    "Show a person's inbox, the latest first.": "查看某人的收件箱，最新的在前。",
}
