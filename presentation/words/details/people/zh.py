"""Details about people, units, seats, keys, accounts and directories, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "There is no role '{unknown}'; there are {roles}.": "没有角色“{unknown}”；可用：{roles}。",
    "'{name}' would grant a role to the own person.": "“{name}”不得为本人授予角色。",
    "Who is {other} cannot be {role} too: choose another person.": "已是 {other} 的人员不得兼任 {role}，请另选人员。",
    "There is no grant {number} in force.": "没有编号为 {number} 的有效授权。",
    "Person {person} has no grant {grant}.": "人员 {person} 没有授权 {grant}。",
    "There is no key named '{key_name}'.": "没有名为“{key_name}”的密钥。",
    "There is no key named '{key}'.": "没有名为“{key}”的密钥。",
    "There is no key in use named '{name}'.": "没有名为“{name}”的在用密钥。",
    "Key '{name}' may send {quota} a minute; send the rest in {wait_s} s.": (
        "密钥“{name}”每分钟可报送 {quota} 件，其余请在 {wait_s} 秒后报送。"
    ),
    "Key '{name}' may read {quota} reports a minute; read on in {wait_s} s.": (
        "密钥“{name}”每分钟可读取 {quota} 件上报，请在 {wait_s} 秒后继续。"
    ),
    "Too many unknown API keys came from {network}; send the right one, or another in {wait_s} s.": (
        "来自 {network} 的未知密钥过多，请发送正确的密钥，或在 {wait_s} 秒后再试。"
    ),
    "A key named '{name}' exists already; choose another name.": "已有名为“{name}”的密钥，请另选名称。",
    "{expires_at} is over; name an instant to come.": "{expires_at} 已过，请指定将来的时点。",
    "Key '{name}' expired {day}; ask the administrator (wangge keys rotate).": (
        "密钥“{name}”已于 {day} 过期，请联系管理员（wangge keys rotate）。"
    ),
    (
        "Key '{name}' was replaced, and its replacement alone opens since {day}; ask the administrator (wangge "
        "keys rotate)."
    ): ("密钥“{name}”已更换，自 {day} 起只有新密钥有效，请联系管理员（wangge keys rotate）。"),
    "'{name}' holds '{scope}' in some areas or categories only, and this looks at all of them.": (
        "“{name}”的“{scope}”权限限于部分区域或类别，而此操作涉及全部。"
    ),
    "'{name}' holds 'reports:read' in other areas only, not in '{code}'.": (
        "“{name}”的 reports:read 权限限于其他区域，不含“{code}”。"
    ),
    "Key '{name}' lacks the scope '{scope}'.": "密钥“{name}”没有“{scope}”权限。",
    "'{name}' lacks the scope '{scope}'.": "“{name}”没有“{scope}”权限。",
    "This key may read only the reports it sent.": "该密钥只能读取自己报送的上报。",
    (
        "The former key of '{name}' opens until {former_until}; wait until then, or end it and the present one "
        "now: wangge keys rotate {name} --overlap-days 0."
    ): (
        "“{name}”的旧密钥有效至 {former_until}；请待其失效，或立即停用新旧密钥：wangge keys rotate {name} "
        "--overlap-days 0。"
    ),
    "line {line}: {problem}": "第 {line} 行：{problem}",
    "{field}: {problem}": "{field}：{problem}",
    "The data of person {id} were erased.": "人员 {id} 的数据已删除。",
    "There is no unit '{unknown}'.": "没有责任单位“{unknown}”。",
    "There is no unit '{code}'.": "没有责任单位“{code}”。",
    "'{name}' is {role}.": "“{name}”的角色为 {role}。",
    "Person {id} has ended: no link opens.": "人员 {id} 已离任，不再开通登录。",
    "Person {id} is at work: end the appointment first.": "人员 {id} 在岗，请先结束任用。",
    "Another person has '{taken}'.": "“{taken}”已属于其他人员。",
    "'{twice}' is given to two people.": "“{twice}”给了两名人员。",
    "There is no person {person_id}.": "没有人员 {person_id}。",
    "There is no user {number}.": "没有用户 {number}。",
    "Nobody has the staff number or name '{words}'.": "没有工号或姓名为“{words}”的人员。",
    "A telephone number is 6 to 24 digits, a + before it if need be.": "电话号码应为 6 至 24 位数字，需要时前加 +。",
    "The {field} is 1 to {longest} printable characters.": "{field}应为 1 至 {longest} 个可显示的字符。",
    "name": "姓名",
    "staff number": "工号",
    "external id": "外部编号",
    "code": "编码",
    "zone": "分区",
    "area": "区域",
    "the staff number is missing": "缺少工号",
    "an area or category is named and no role": "指明了区域或类别，却没有角色",
    "there is no role '{role}'; there are {roles}": "没有角色“{role}”；可用：{roles}",
    "The heading lacks the column {missing}.": "表头缺少 {missing} 列。",
    "staff number {number} stands in line {line} with other words": "工号 {number} 与第 {line} 行所填不一致",
    "Give the name of a person or system.": "请填写人员或系统的名称。",
    "'{name}' stands for the service itself; choose another name.": "“{name}”代表本服务，请另选名称。",
    "Nobody is named '{name}'.": "没有名为“{name}”的人员或系统。",
    "There is no seat '{code}'.": "没有席位“{code}”。",
    "Person {id} cannot stand in for {person_id}.": "人员 {id} 不能为 {person_id} 代岗。",
    "Nobody makes oneself a stand-in.": "不得指定本人代岗。",
    "A seat's code has no slash, and is none of {named}.": "席位编码不含斜杠，且不得为 {named}。",
    (
        "Who made the link to an account gives it no role of administrator, security administrator or auditor: "
        "another person grants it, or the server (wangge accounts)."
    ): (
        "为该账号办理过一次性链接的人，不得再授予其系统管理员、安全管理员或审计员角色："
        "请由他人授予，或在服务器上办理（wangge accounts）。"
    ),
    "The roster would end at {until}, before it begins.": "排班截止时刻 {until} 早于起始时刻。",
    "'{name}' has no account: wangge accounts invite makes one.": (
        "“{name}”没有账号，请用 wangge accounts invite 开通。"
    ),
    "'{name}' is a system; accounts are for persons.": "“{name}”是系统，账号只供人员使用。",
    "Another person signs in as '{login}'; choose another login.": "登录名“{login}”已由他人使用，请另选。",
    "'{name}' has set a password already: wangge accounts reset gives a link for another one.": (
        "“{name}”已设置密码；重设请用 wangge accounts reset 生成链接。"
    ),
    (
        "Too many attempts to sign in; try again in {wait_s} s, or ask the administrator for a link to set "
        "another password."
    ): ("登录尝试过多，请在 {wait_s} 秒后再试，或请管理员提供重设密码的链接。"),
    "This browser was not sent to the provider from here, came back before, or too late.": (
        "此浏览器不是由本服务转往统一身份认证，或已返回过，或已超时。"
    ),
    "The provider states no {name} by which you could be known here.": "统一身份认证没有提供可识别您身份的 {name}。",
    "The provider does not take the code.": "统一身份认证不接受该授权码。",
    "What stands under {issuer} describes another issuer.": "{issuer} 处的说明属于其他签发者。",
    "Another provider answered than the one that was asked.": "应答的不是所请求的统一身份认证。",
    "The provider sent no ID token.": "统一身份认证没有发送身份令牌。",
    "The provider's description has no {name}.": "统一身份认证的说明中没有 {name}。",
    "The provider's ID token is not valid: {problem}.": "统一身份认证的身份令牌无效：{problem}。",
    "A password has {shortest} characters or more.": "密码不得少于 {shortest} 个字符。",
    "A password has {password_longest} characters at most.": "密码不得超过 {password_longest} 个字符。",
    (
        "The password is easy to guess: it is common, or made of a common word, a date, a row of keys or your "
        "name. Take several words that do not belong together."
    ): ("密码容易猜到：属于常用密码，或由常见词、日期、相邻按键或本人姓名组成。请选用几个互不相关的词。"),
    "A unit's code is 1 to {longest_code} printable characters without a slash, and none of {reserved_codes}.": (
        "单位编码应为 1 至 {longest_code} 个可显示的字符，不含斜杠，且不得为 {reserved_codes}。"
    ),
    "A code is 1 to {longest_code} printable characters.": "编码应为 1 至 {longest_code} 个可显示的字符。",
    "A unit's name is 1 to {longest_name} printable characters.": "单位名称应为 1 至 {longest_name} 个可显示的字符。",
    "A unit is one of {kinds}, not '{kind}'.": "单位性质应为 {kinds} 之一，而非“{kind}”。",
    "Unit '{code}' belongs to '{parent}', and that is no unit at {at}.": (
        "单位“{code}”隶属于“{parent}”，而后者在 {at} 并非单位。"
    ),
    "Unit '{above}' would lie below itself at {at}.": "单位“{above}”在 {at} 将隶属于其自身。",
    "Person {id} cannot take over: ended, or the same person.": "人员 {id} 不能接手：已离任或为同一人。",
    "Person {id} holds {words}: name who takes them over.": "人员 {id} 名下有{words}，请指定接手人。",
    "{count} {kind}": "{kind} {count} 项",
    "grid posts": "网格岗位",
    "seat duties": "席位值班",
    "Authorization: Basic holds no user name and password; the key is sent as the password.": (
        "Authorization: Basic 中没有用户名和密码；密钥应作为密码发送。"
    ),
    (
        "A request with a session's cookie that changes something comes from a page of this service "
        "(Sec-Fetch-Site: same-origin, or its Origin); programs send X-Requested-With."
    ): (
        "以会话 Cookie 作出更改的请求须来自本服务的页面（Sec-Fetch-Site: same-origin 或相同的 Origin）；程序"
        "请发送 X-Requested-With。"
    ),
    "Sign in from a page of this service.": "请从本服务的页面登录。",
    "This request came by a key, which is no session.": "该请求使用密钥，不是会话。",
    "The filter is too long.": "过滤条件过长。",
    "The filter goes on with '{rest}'.": "过滤条件之后还有“{rest}”。",
    "The filter has an open quotation mark.": "过滤条件中有未闭合的引号。",
    "The filter is nested too deeply.": "过滤条件嵌套过深。",
    "There is no operator '{operator}' in filters.": "过滤条件没有运算符“{operator}”。",
    "The filter lacks '{word}'.": "过滤条件缺少“{word}”。",
    "The filter ends where {what} is needed.": "过滤条件不完整，此处应为{what}。",
    "an attribute": "属性",
    "an operator": "运算符",
    "a value": "值",
    "'{token}' is no value of JSON.": "“{token}”不是 JSON 值。",
    "Operations is a list of 1 to {most}.": "Operations 应为 1 至 {most} 项的列表。",
    "'{path}' is no path.": "“{path}”不是路径。",
    "Nothing in '{name}' is chosen by the filter.": "“{name}”中没有符合过滤条件的内容。",
    "An operation is add, replace or remove.": "操作应为 add、replace 或 remove。",
    "Without a path, add and replace take an object.": "没有路径时，add 和 replace 的值应为对象。",
    "'{path}' names no single value.": "“{path}”没有指明单个值。",
    "A user has a userName: the staff number.": "用户须有 userName，即工号。",
    "active is true or false.": "active 应为 true 或 false。",
    "Members are users: value is the id of one.": "成员应为用户：value 为用户的 id。",
    "There is no active user {unknown}.": "没有在岗的用户 {unknown}。",
    "{path} is a text.": "{path} 应为文字。",
    "Groups are units and roles, which are made here: find one by displayName and change its members.": (
        "组即单位和角色，只能在本服务中设立：请按 displayName 查找并更改其成员。"
    ),
    "Group '{group}' is not ended by a directory.": "组“{group}”不能由目录服务终止。",
    "members is a list.": "members 应为列表。",
    "User {number} was changed meanwhile: read it again.": "用户 {number} 其间已被更改，请重新读取。",
    "There is no group '{number}'.": "没有组“{number}”。",
    "1 to {most:,} rows are taken, and the file has more.": "最多接收 {most:,} 行，文件行数超出。",
    "1 to {most:,} rows are taken, and the file has none.": "可接收 1 至 {most:,} 行，而文件中没有数据行。",
    "Give the reason: the file or order that asks for it.": "请填写事由：要求保全的文件或决定。",
    "Legal hold {number} was lifted by '{lifted_by}'.": "保全 {number} 已由“{lifted_by}”解除。",
    "Give the reason: the file or order that ends it.": "请填写事由：终止保全的文件或决定。",
    "'{set_by}' set the hold: somebody else has to lift it.": "保全由“{set_by}”设立，须由他人解除。",
    "Name one thing to keep; given: {named}.": "请指明一项保全对象；已给出：{named}。",
    "A span needs its first instant.": "时段须有起时。",
    "The span ends before it begins.": "时段的止时早于起时。",
    "The telephone number has no digits.": "电话号码中没有数字。",
    "There is no legal hold {hold}.": "没有保全 {hold}。",
    "Legal hold {hold} keeps person {person}: nothing was erased.": "保全 {hold} 涉及人员 {person}，未删除任何内容。",
    "Name a telephone number, reports, or a person who works here.": "请指明电话号码、上报或在岗人员。",
    "A request was received before now.": "申请的收到时间应早于现在。",
    "A refusal states its reason.": "不予办理须说明理由。",
    "Request {number} is for {kind}, not for access or a copy.": "申请 {number} 为{kind}，不是查阅或复制。",
    "Request {number} is {state}: its data is given once it is granted.": (
        "申请 {number} 为“{state}”状态，准予后方可提供数据。"
    ),
    "A correction of a reporter's rows, and nothing else, names what is correct.": (
        "只有更正报送人信息的申请才填写正确内容。"
    ),
    "Name what is correct: the name, the telephone number.": "请填写正确内容：姓名、电话号码。",
    "Request {id} is {state}: it cannot be changed so.": "申请 {id} 为“{state}”状态，不能作此更改。",
    "There is no request {number}.": "没有申请 {number}。",
    "access": "查阅",
    "copy": "复制",
    "correction": "更正",
    "deletion": "删除",
    "received": "已收到",
    "granted": "已准予",
    "unit {code} stands in several rows": "单位 {code} 在多行中重复出现",
    "code of releases {code} stands for several units": "版本单位编码 {code} 对应多个单位",
    "The audit has no entry {entries}.": "审计中没有编号为 {entries} 的记录。",
}
