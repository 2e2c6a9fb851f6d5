"""Help of keys, channels, grants, accounts, people, units and the audit, in Chinese: by the English that stands with them."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES = {
    "Seats: who sits where and when, who is away, who stands in.": "席位：何人何时在何席，何人离岗，由何人代岗。",
    "List the seats with who sits there, by zone.": "按分区列出席位及在席人员。",
    "List who sits where in a span of time, and who stands in.": "列出一段时间内的排班，以及代岗人员。",
    "First instant or day behind it; a week later if left out.": "截止时刻或日期（不含）；不填为一周后。",
    "State what a seat is from an instant on.": "登记席位自某时起的情况。",
    "Code of the seat.": "席位编码。",
    "Zone of the hall, e.g. 调度指挥区.": "大厅分区，如调度指挥区。",
    "Code of the unit that sends who sits there.": "派出在席人员的单位编码。",
    "State who sits in a seat for a time, in place of any other then.": "登记某段时间的在席人员，取代当时其他人员。",
    "Staff number or name of the person; nobody if left out.": "人员工号或姓名；不填为空席。",
    "State that a person is away for a time, and who stands in; the two are never two hands.": (
        "登记人员某段时间离岗及代岗人员；二者不算两人经手。"
    ),
    "Staff number or name of the person who is away.": "离岗人员的工号或姓名。",
    "Who stands in, by staff number or name; nobody if left out.": "代岗人员的工号或姓名；不填为无人代岗。",
    "The person is there, whatever was stated before.": "该人员在岗，不论此前如何登记。",
    "Cases: from the report to the rating, with clocks and history.": "案件：从上报到评价，含计时与历史。",
    "Number of the case, which is its report's.": "案件编号，即其上报编号。",
    "Number of the report.": "上报编号。",
    "Deadline from outside: instant or day.": "外部规定的时限：时点或日期。",
    "Open the case of a report; asked again, it is the same.": "为上报建立案件；再次请求仍为同一案件。",
    "Only cases in this state.": "仅列该状态的案件。",
    "Only cases with this unit.": "仅列该单位的案件。",
    "Only cases of this category or one below it.": "仅列该类别及其下级类别的案件。",
    "Only cases with a deadline that is over.": "仅列超期的案件。",
    "So many at most, the latest.": "最多列出的条数，取最新的。",
    "List cases, the latest first.": "列出案件，最新的在前。",
    "Show a case: what it is, its clocks, its history, and what its state allows.": (
        "显示案件：基本情况、计时、历史，以及当前状态允许的操作。"
    ),
    "What is done; `wangge cases transitions` lists all.": "操作；`wangge cases transitions` 列出全部。",
    "Why.": "理由。",
    "wrong_area, wrong_owner, wrong_duty or not_found.": (
        "wrong_area（属地不符）、wrong_owner（权属不清）、wrong_duty（职能交叉）或 not_found（现场无此情况）。"
    ),
    "What was found or done.": "发现或处置的情况。",
    "Code of the unit it goes to.": "派往单位的编码。",
    "1 to 5.": "1 至 5 分。",
    "Where it was done, WGS 84.": "操作地点，WGS 84 坐标。",
    "Version that was seen; refused if it changed.": "所见版本；若已更改则拒绝。",
    "Do something to a case, as the table of transitions allows.": "按流转表对案件进行操作。",
    "List the table of transitions: from where, to where, who, with which duties, and what it does to each clock.": (
        "列出流转表：从何状态到何状态、由谁操作、须填内容及对各计时的影响。"
    ),
    "Categories: components and events by date, their limits, and the words of channels for them.": (
        "类别：按时间有效的部件与事件、时限及渠道用词。"
    ),
    "List the categories.": "列出类别。",
    "Knowledge base: dated answers with their source, and the questions that have none.": (
        "知识库：有依据、有时效的答复，以及尚无答复的问题。"
    ),
    "Code of the entry.": "条目编码。",
    "List the entries of the knowledge base.": "列出知识库条目。",
    "State what an entry answers from an instant on.": "登记条目自某时起的答复。",
    "What people ask.": "群众所问。",
    "What is answered.": "答复内容。",
    "Where that stands, such as a regulation and its article.": "答复依据，如法规及条款。",
    "Code of the category it belongs to.": "所属类别编码。",
    "May be shown to citizens as it is.": "可原文向公众公开。",
    "End an entry; what it answered before stays readable.": "停用条目；此前的答复仍可查阅。",
    "Find the entries nearest to a question, the nearest first.": "查找与问题最相近的条目，最相近者在前。",
    "What is asked.": "所问的问题。",
    "List the questions without an answer.": "列出尚无答复的问题。",
    "Record a question for which there is no answer.": "登记尚无答复的问题。",
    "What was asked; data about people is masked.": "所问的问题；个人信息将被遮蔽。",
    "Close a question with the entry that answers it now.": "以已能答复的条目办结该问题。",
    "Number of the question.": "问题编号。",
    "Code of the entry that answers it now.": "现已答复该问题的条目编码。",
    "Show what a category was, is and will be, and the limits that hold for its cases.": (
        "显示类别的过去、现在与将来，以及其案件适用的时限。"
    ),
    "Code of the category.": "类别编码。",
    "The office's name.": "机关用名。",
    "component or event.": "component（部件）或 event（事件）。",
    "The citizens' name; the same if left out.": "公众名称；不填则与机关用名相同。",
    "Code of the category above; none if left out.": "上级类别编码；不填为无上级。",
    "Code of the unit; the area's if left out.": "单位编码；不填则由区域的责任单位负责。",
    "normal or urgent.": "normal（一般）或 urgent（紧急）。",
    "May be handled without dispatch.": "可自行处置，无须派遣。",
    "STEP=LIMIT, e.g. handle=4 working_hours; repeatable.": "环节=时限，如 handle=4 working_hours；可重复填写。",
    "State what a category is from an instant on; limits that are not named stay as they are.": (
        "登记类别自某时起的情况；未填的时限保持不变。"
    ),
    "End a category, and with it its limits and the words that mean it.": "停用类别，其时限与渠道用词一并停用。",
    "CSV or spreadsheet of categories.": "类别的 CSV 或电子表格文件。",
    "Only tell what would change.": "仅显示将有的变化，不保存。",
    "Take in categories from a file by code, all or none.": "按编码从文件导入类别，全部成功或全部不导入。",
    "Word that a channel sends.": "渠道所用的词。",
    "Code of the category; none: it means none.": "类别编码；不填则不指任何类别。",
    "Only in this channel; in all if left out.": "仅限该渠道；不填为所有渠道。",
    "State which category a channel means by a word for a time.": "登记某段时间内渠道用词所指的类别。",
    "Received since this instant or day; 30 days if left out.": "自该时点或日期以来收到的；不填为近 30 天。",
    "List the words that channels send and that mean no category yet, the most frequent first.": (
        "列出渠道所用而尚无对应类别的词，最常用的在前。"
    ),
    "API keys: who may call, and for what.": "接口密钥：谁可调用，可作何用。",
    "Create a key; it is printed once and cannot be shown again.": "新建密钥；仅显示一次，不能再次查看。",
    "Keys of one holder are one person wherever a second person has to approve.": (
        "须由第二人审批之处，同一持有人的各密钥视为同一人。"
    ),
    "Name of the key.": "密钥名称。",
    "Channel it sends reports for, e.g. 12345; without one it sends none.": "所报渠道，如 12345；不填则不能上报。",
    "Reports or points a minute.": "每分钟上报或点位数。",
    "Person (or system there is) that it belongs to; when left out, a system of the key's name.": (
        "所属人员（或已有系统）；不填则为与密钥同名的系统。"
    ),
    "Instant or day from which it opens nothing; never if left out.": "失效时点或日期；不填则长期有效。",
    "List keys, their scopes and state; those that expire soon with --expiring-days, the next first.": (
        "列出密钥及其权限与状态；加 --expiring-days 则列出即将到期者，最先到期的在前。"
    ),
    "Only keys in use that expire within so many days, or have.": "仅列出在用且若干天内到期或已到期的密钥。",
    "Replace a key under its name; the new one is printed once, the former one opens until the overlap is over.": (
        "以同名更换密钥；新密钥仅显示一次，旧密钥在过渡期内仍可用。"
    ),
    "Holder, scopes, channels, quota and the reports it sent stay with the name.": (
        "持有人、权限、渠道、配额及其所报均随名称保留。"
    ),
    "Days for which the former key opens too; 0: it stops within 15 s.": "旧密钥继续可用的天数；0 为 15 秒内停用。",
    "Instant or day from which the new key opens nothing; if left out, it lives as long.": (
        "新密钥的失效时点或日期；不填则有效期与原先相同。"
    ),
    "Withdraw a key; it stops working within 15 seconds.": "注销密钥；15 秒内停用。",
    "List whose keys are whose: persons and systems, their keys, and the names they also acted under.": (
        "列出人员与系统、各自的密钥，以及曾用名义。"
    ),
    "Declare that two keys are of one person, also for what was done with them before.": (
        "声明两个密钥同属一人，此前所办事项亦然。"
    ),
    "Name of a key.": "密钥名称。",
    "Name of another key of the same person.": "同一人另一密钥的名称。",
    "The person's name; the holder of the first key when left out.": "人员姓名；不填为第一个密钥的持有人。",
    "Take back that a key's holder is the same person as another: `join` was wrong.": (
        "撤销“同属一人”的声明：`join` 有误时使用。"
    ),
    "State whether each report of a channel opens its case by itself from now on; those of quick notes do not.": (
        "设定某渠道的每条上报自现在起是否自动建案；随手记不自动建案。"
    ),
    "Each report opens its case, or none does.": "每条上报自动建案，或一概不建。",
    "Channels: which keys send for them, in which datum; what kind of source they are.": (
        "渠道：由哪些密钥上报、用何基准，属何类来源。"
    ),
    "List the channels: kind of source, and the keys that send for each with their datum.": (
        "列出渠道：来源类别，以及上报所用密钥与坐标基准。"
    ),
    "Let a key send for a channel, or declare another datum for it; it counts within 15 seconds.": (
        "允许密钥为某渠道上报，或另行声明坐标基准；15 秒内生效。"
    ),
    "A key of several channels names the channel in each report.": "一个密钥对应多个渠道时，每件上报须写明渠道。",
    "Channel, e.g. 12345.": "渠道，如 12345。",
    "Let a key send for a channel no longer; it counts within 15 seconds.": "不再允许密钥为某渠道上报；15 秒内生效。",
    "Name what kind of source a channel is from a day on; what was analysed before keeps the kind of its time.": (
        "自某日起确定渠道的来源类别；此前的分析仍按当时类别。"
    ),
    "citizen, patrol, quick_note or sensor.": "citizen（市民）、patrol（巡查）、quick_note（随手记）或 sensor（传感器）。",
    "First day, tomorrow at the earliest.": "起始日，最早为明日。",
    "Grants: which areas and categories the keys of a person or system reach.": (
        "授权：人员或系统的密钥可及的区域与类别。"
    ),
    "Grant a role in an area and on a category; several grants add up.": "按区域与类别授予角色；多项授权累加。",
    (
        "Whoever has a grant reaches what the grants name and no more, whatever the keys open: grant every role that is"
        " still needed, without --area where it is needed everywhere. It counts within 15 seconds."
    ): "一经授权，即只及于授权所列，不论密钥权限如何：仍需的角色都要授予，需及于全区的不填 --area。15 秒内生效。",
    "Person or system, as `wangge keys holders` names it.": "人员或系统，名称见 `wangge keys holders`。",
    "LAYER/CODE, e.g. admin/410106003; everywhere if left out.": "图层/编码，如 admin/410106003；不填为全区。",
    "Category of reports; all if left out.": "上报类别；不填为全部。",
    "List the grants in force.": "列出有效授权。",
    "Only of this person or system.": "仅限该人员或系统。",
    "Take a grant back; it counts within 15 seconds. Whoever has no grant left then reaches nothing.": (
        "收回授权；15 秒内生效。授权全部收回者，不再可及任何内容。"
    ),
    "Number of the grant.": "授权编号。",
    "The audit: who did what to what.": "审计：何人对何事做了什么。",
    "List entries of the audit, the latest first.": "列出审计记录，最新在前。",
    (
        "Encrypt the secrets of authenticator apps and notifications with the first of WANGGE_SECRET_KEYS, when it is new."
    ): "用 WANGGE_SECRET_KEYS 的第一个密钥加密认证器和通知对象的密钥：设置或更换密钥后执行。",
    "Take in units from a file by code, all or none; units that the file does not name stay as they are.": (
        "按单位编码导入文件中的单位，全部成功或全部不导入；文件未列出的单位保持不变。"
    ),
    "CSV or spreadsheet: 单位编码, 单位名称, 单位类型, and 上级单位编码, 版本单位编码 if wanted.": (
        "CSV 或电子表格：单位编码、单位名称、单位类型，可另有上级单位编码、版本单位编码。"
    ),
    "Print the head of the hash chain over audit and events: keep it outside the database, for `verify --head`.": (
        "输出审计与事件哈希链的链头；请在数据库之外保存，供 `verify --head` 比对。"
    ),
    "Check the hash chain over audit and events; whatever was changed, removed, inserted or moved is listed.": (
        "核验审计与事件的哈希链，列出被修改、删除、插入或调换的记录。"
    ),
    (
        "The exit code is 1 when something is. A chain that somebody wrote anew as a whole, or cut off, shows only against"
        " a head that was kept outside the database."
    ): "发现问题时退出码为 1。整条链被重写或末尾被截断的，只有与库外保存的链头比对才能发现。",
    "A head that was kept, POSITION:DIGEST, or a file of what `head --json` printed.": (
        "已保存的链头（序号:摘要），或保存 `head --json` 输出的文件。"
    ),
    "Erase the detail of entries, for words about people that stand in it; who did what to what, and when, stays.": (
        "清除审计记录的详情（其中含有个人信息时）；何人何时对何事做了什么予以保留。"
    ),
    "The chain still verifies. The erasure is an entry itself. What a legal hold keeps stays.": (
        "哈希链仍可通过核验。清除本身记入审计。依法保全的内容不清除。"
    ),
    "Numbers of entries.": "审计记录的编号。",
    "Only what this person or system did, under any name.": "仅限该人员或系统所为，含其所有名义。",
    "Only this action, e.g. keys.create, or group, e.g. keys.": "仅限该操作，如 keys.create；或该组，如 keys。",
    "Only what was done to this; with * at its end, to all that begin so.": "仅限对该对象所为；末尾加 * 则含以此开头者。",
    "From this instant or day on.": "自该时点或日期起。",
    "Before this instant or day.": "该时点或日期之前。",
    "Number of the last entry of the page before.": "上一页最后一条的编号。",
    "List how often API keys were refused, by address and hour, the latest first.": (
        "按来源地址与小时列出密钥被拒次数，最新在前。"
    ),
    "Only keys that came from this address.": "仅限来自该地址的密钥。",
    "Only of those that failed from this instant or day on.": "仅限该时点或日期以来的失败。",
    "Number of the last row of the page before.": "上一页最后一行的编号。",
    "Accounts: how persons sign in; one-time links, locks, sessions.": "账号：人员如何登录，一次性链接、锁定与会话。",
    "Print a one-time link by which a person sets the first password; a link of before no longer opens.": (
        "生成一次性链接，供人员首次设置密码；此前的链接随即失效。"
    ),
    "Roles are given apart: wangge grants add.": "角色另行授予：wangge grants add。",
    "Name of the person.": "人员姓名。",
    "What the person signs in with; if left out the staff number, else the name.": "登录名；不填为工号，无工号则为姓名。",
    "Print a one-time link by which a person sets another password; the present one goes on until then.": (
        "生成一次性链接，供人员重设密码；重设之前原密码仍有效。"
    ),
    "Take the second factor away too: the phone was lost.": "同时取消第二重验证（手机遗失时）。",
    "Lock an account: its sessions end at once, and nobody signs in with it.": "锁定账号：其会话立即结束，且不能再登录。",
    "Unlock an account.": "解锁账号。",
    "List accounts: logins, state, and open sessions.": "列出账号：登录名、状态与会话数。",
    "List the open sessions of a person.": "列出人员的有效会话。",
    "End a person's sessions, all or one; they open nothing more from then on, in every process.": (
        "结束人员的全部或一个会话；随即在所有进程中失效。"
    ),
    "Only this one; all if left out.": "仅限该会话；不填为全部。",
    "Units: the tree of those who answer, by date, and the codes in releases that stand for them.": (
        "单位：各时期的责任单位及其隶属，以及版本中对应的编码。"
    ),
    "List the units.": "列出单位。",
    "centre, department, street, community, grid, building or party_organisation.": (
        "centre（中心）、department（部门）、street（街道）、community（社区）、grid（网格）、"
        "building（楼栋）或 party_organisation（党组织）。"
    ),
    "Instant or day; now if left out.": "时点或日期；不填为现在。",
    "Show what a unit was, is and will be, the codes that stand for it, and what it answers for.": (
        "显示单位的过去、现在与将来，对应的编码，以及负责的范围。"
    ),
    "Code of the unit.": "单位编码。",
    "State what a unit is from an instant on; a correction is stated for the time that it corrects.": (
        "登记单位自某时起的情况；更正须写明所更正的时段。"
    ),
    "A new unit also stands for the code of releases that is like its own.": "新单位同时对应版本中与其相同的编码。",
    "Code of the unit that it belongs to; none if left out.": "所属单位编码；不填为无。",
    "First instant or day; now if left out.": "起始时点或日期；不填为现在。",
    "First instant or day no longer; open if left out.": "截止时点或日期（不含）；不填为长期。",
    "End a unit, and with it the codes that stand for it and what it answers for.": (
        "撤销单位，其对应编码与负责范围一并终止。"
    ),
    "State for which unit a code of releases stands for a time.": "登记版本中的编码在某段时间对应哪个单位。",
    "Unit code in releases.": "版本中的单位编码。",
    "Code of the unit; none: it stands for nobody.": "单位编码；填 none 表示不对应任何单位。",
    "State that a unit answers for an area and a category; areas are followed through releases.": (
        "登记单位负责的区域与类别；区域随版本沿革。"
    ),
    "It answers for that no longer.": "不再负责。",
    "List the unit codes in releases that stand for no unit: nobody can be sent what lies in their areas.": (
        "列出版本中未对应任何单位的编码：其区域内的事项无处可派。"
    ),
    "Only areas of this layer.": "仅限该图层的区域。",
    "People: names, staff numbers, units and roles.": "人员：姓名、工号、单位与角色。",
    "Add a person, and print the one-time link by which the person sets a password and signs in.": (
        "登记人员，并生成一次性链接，供其设置密码并登录。"
    ),
    "Staff number.": "工号。",
    "Telephone number; shown masked.": "电话号码；显示时遮蔽。",
    "Code of a unit; repeatable.": "单位编码；可重复。",
    "Area of the roles, LAYER/CODE; everywhere if left out.": "角色所及区域，图层/编码；不填为全区。",
    "Category of the roles; all if left out.": "角色所及类别；不填为全部。",
    "List people with their units and roles; telephone numbers are masked.": "列出人员及其单位与角色；电话号码遮蔽。",
    "Only people of this unit.": "仅限该单位人员。",
    "Only who hold this role.": "仅限担任该角色者。",
    "Part of the name, or how the staff number begins.": "姓名的一部分，或工号开头。",
    "Ended appointments too.": "含已离任者。",
    "Show a person: units by date, and roles.": "显示人员：各时期单位与角色。",
    "Staff number, or name that the person acts under.": "工号，或办理时所用姓名。",
    "The right name; what the person acts under stays.": "正确的姓名；其行事名义不变。",
    "The right staff number.": "正确的工号。",
    "The right telephone number; an empty one takes it away.": "正确的电话；留空则删除。",
    "Correct what is known of a person; what is left out stays.": "更正人员信息；不填的保持不变。",
    "The person belongs to it no longer.": "该人员不再属于该单位。",
    "State that a person belongs to a unit for a time, or no longer.": "写明人员在某时段属于或不再属于某单位。",
    "Let a person whose appointment ended work again, without the roles and units of before.": (
        "恢复已离任人员的任用，原角色与单位不恢复。"
    ),
    "Erase name, staff number and phone of a person whose appointment ended; what the person signed stays.": (
        "清除已离任人员的姓名、工号与电话；其签署的记录保留。"
    ),
    "List who is away at an instant or later, and who stands in.": "列出某时点及以后的缺勤人员与代岗人员。",
    "End a seat, and the duties in it.": "撤销席位及其值班安排。",
    "End a person's appointment: roles, keys, units and sessions end; what is open passes to --successor.": (
        "人员离任：角色、密钥、单位与会话随即终止；未办结事项转给 --successor 所指人员。"
    ),
    "Who takes over what is open: staff number or name.": "未办结事项的接手人：工号或姓名。",
    "Take in people from a file by staff number, all or none; a row more of one person is a role more.": (
        "按工号从文件导入人员，要么全部成功，要么不作更改；同一人多一行即多一个角色。"
    ),
    "CSV or spreadsheet: 姓名, 工号, and 电话, 单位编码, 角色, 片区, 类别 if wanted.": (
        "CSV 或电子表格：姓名、工号，以及可选的电话、单位编码、角色、片区、类别。"
    ),
    "Write all people as a table, a row a role; no cell is a formula.": "导出全部人员，每个角色一行；单元格均非公式。",
    "File to write: .csv or .xlsx.": "要写入的文件：.csv 或 .xlsx。",
    "With telephone numbers in clear; it is audited.": "含完整电话号码；此操作记入审计。",
}
