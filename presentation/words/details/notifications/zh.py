"""Details about notifications, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "A system is sent data, not words: it has no templates.": "向系统发送的是数据而非文字，不设模板。",
    "The template of '{name}' may name {fields} in braces, and nothing else.": (
        "“{name}”的模板只能以花括号引用 {fields}，不得引用其他内容。"
    ),
    "There is no target {target}.": "没有通知对象 {target}。",
    "There is no delivery {delivery}.": "没有发送记录 {delivery}。",
    "There is no type of message '{type}'; there are the groups {groups} and the types {types}.": (
        "没有消息类型“{type}”；可用的类型组：{groups}；可用的类型：{types}。"
    ),
    "A target needs a name.": "请填写通知对象名称。",
    "There is a target named '{name}': choose another name.": "已有名为“{name}”的通知对象，请换一个名称。",
    "A target of kind '{kind}' takes 1 to {most} messages a minute.": "“{kind}”类通知对象每分钟可发 1 至 {most} 条。",
    "Quiet hours have a beginning and an end.": "免打扰时段须有起止时间。",
    "Quiet hours are written as 22:00-07:00, not '{text}'.": "免打扰时段应写作 22:00-07:00，不能写作“{text}”。",
    "Only mail and sms have recipients.": "只有邮件和短信可以填写收件人。",
    "A target of this kind has 1 to {most} recipients.": "此类通知对象须有 1 至 {most} 个收件人。",
    "A recipient is not a mailbox (name@example.org) or a telephone number (digits alone).": (
        "收件人不是有效的邮箱（name@example.org）或手机号（只含数字）。"
    ),
    "Name the gateway's template for messages that have none of their own: `default`.": (
        "请填写 `default` 模板，供没有专用模板的消息使用。"
    ),
    "Mail goes by the mail server of the settings: it has recipients, and no address or secret.": (
        "邮件经系统设置的邮件服务器发送：只填收件人，不填地址和密钥。"
    ),
    "The address is https://host/path, without a login (http:// for private networks alone).": (
        "地址应为 https://主机/路径，不含用户名和密码（http:// 只用于内网）。"
    ),
    "A robot needs its token: `{name}` in the address that it was made with.": (
        "机器人须有令牌：即创建时给出的地址中的 `{name}`。"
    ),
    "The kind of a target stays: make another one.": "通知对象的种类不能更改，请另建一个。",
    "Only a webhook has a secret of ours; that of a target of kind '{kind}' is stated.": (
        "只有 Webhook 的密钥由本系统生成；“{kind}”类通知对象的密钥由您填写。"
    ),
    "The target is disabled: enable it first.": "该通知对象已停用，请先启用。",
    "The target is {state} already.": "该通知对象的状态已是“{state}”。",
    "name a target or a delivery": "请指定通知对象或发送记录，二者只填其一",
}
