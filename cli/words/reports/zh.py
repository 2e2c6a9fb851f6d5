"""Help of reports, triage and hotspots, in Chinese: by the English that stands with them."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES = {
    "Reports: bulk intake.": "上报：批量导入、擦除与留存。",
    "Take in a file of reports of any size. Taking it in again stores nothing twice.": (
        "导入上报文件，大小不限。重复导入不会重复存储。"
    ),
    (
        "Rows are known by channel and external id, else by their content. A row whose coordinates lead nowhere is kept"
        " for triage; a row that is no report goes to the file of rejected rows, with the reason."
    ): "各行按渠道与外部编号识别，无编号的按内容识别。坐标无法定位的留待研判；不成其为上报的写入退回文件并注明原因。",
    "CSV, .xlsx or .xls with a header.": "带表头的 CSV、.xlsx 或 .xls。",
    "Channel the reports came from, e.g. 12345.": "上报渠道，如 12345。",
    "Datum or EPSG code of the coordinates, where a row has none of its own.": "行内未注明时，坐标的基准或 EPSG 编号。",
    "Category of rows that name none.": "未写类别的行所用类别。",
    "Else UTF-8 or GB 18030, whichever fits.": "不填则在 UTF-8 与 GB 18030 中择其相符者。",
    "Sheet of a spreadsheet; the first that holds anything if left out.": "电子表格的工作表；不填为首个有内容的工作表。",
    "Where rejected rows go; FILE.rejected.csv beside it when left out.": "退回行的写入位置；不填为同目录“文件名.rejected.csv”。",
    "Rows a transaction.": "每个事务的行数。",
    "Column not to read although it is known or looks like a time, an id or a place.": (
        "不读取的列，即使其已知，或形似时间、编号、地点。"
    ),
    "Order of dates: ymd, mdy or dmy; or a format such as %d.%m.%Y %H:%M. Else the column tells.": (
        "日期顺序：ymd、mdy 或 dmy；或格式，如 %d.%m.%Y %H:%M。不填则由整列判断。"
    ),
    "Date rows whose time is empty now, instead of rejecting them.": "时间为空的行记为当前时间，而非退回。",
    "Store nothing; show what each column is taken for.": "不存储，仅显示各列的判读结果。",
    "Erase what a person said and who it was, for good; numbers, categories, times and areas stay.": (
        "永久擦除上报内容与个人信息；编号、类别、时间与区域保留。"
    ),
    "Numbers of reports.": "上报编号。",
    "All reports that came with this telephone number.": "该电话号码的全部上报。",
    "Why: the request's number, without names.": "事由：申请编号，不写姓名。",
    "What people ask of their own data: access, a copy, correction, deletion.": "个人对本人信息的请求：查阅、复制、更正、删除。",
    "List requests, the latest first; people are masked.": "列出请求，最新的在前；个人信息已遮盖。",
    "Only requests in this state.": "仅列出此状态的请求。",
    "Only those that are open past their deadline.": "仅列出超期未办结的。",
    "Number of the last request of the page before.": "上一页最后一项请求的编号。",
    "Record what a person asks of the own data; the deadline runs from its receipt.": (
        "登记个人对本人信息的请求；期限自收到之日起算。"
    ),
    "What is asked.": "请求种类。",
    "Telephone number: all reports that came with it.": "本人电话：该号码的全部上报。",
    "Number of a report of the person; repeatable.": "本人上报的编号；可多次给出。",
    "Who asks.": "申请人。",
    "What is asked, in the applicant's words.": "申请人所述的请求内容。",
    "How it was made sure that the applicant is the person, without names and numbers.": (
        "如何核实申请人即为本人，不写姓名和号码。"
    ),
    "Instant or day of its receipt; now if left out.": "收到的时刻或日期；不填为现在。",
    "Grant a request, or refuse it with the reason.": "同意请求，或写明理由予以拒绝。",
    "Number of the request.": "请求编号。",
    "Refuse it, with the reason; else it is granted.": "拒绝并写明理由；不选则为同意。",
    "Why, without names and numbers of people: it stays.": "理由，不写个人姓名和号码：该内容长期保存。",
    "Close a request that its person has taken back.": "办结本人已撤回的请求。",
    "Write all that is kept of the person of a granted request for access or a copy, in clear; it is audited.": (
        "写出已同意的查阅或复制请求所涉本人的全部信息（明文）；此操作记入审计。"
    ),
    "File: .xlsx, .csv or .json.": "文件：.xlsx、.csv 或 .json。",
    "Carry a granted request out and close it: handed over, corrected, or erased for good.": (
        "办理已同意的请求并办结：交付、更正或永久擦除。"
    ),
    "What a legal hold keeps is left as it is; the request then stays open, to be carried out again.": (
        "依法保全的数据保持不变；该请求保持未办结，待保全解除后再次办理。"
    ),
    "Of a correction: the right name.": "更正：正确的姓名。",
    "Of a correction: the right telephone number.": "更正：正确的电话。",
    "Retention: how long each kind of data is kept.": "保留期限：各类数据保存多久。",
    "List the kinds of data, for how many days the settings keep each, what is due, and what legal holds keep.": (
        "列出各类数据、设置的保留天数、到期数量与依法保全的数量。"
    ),
    "Erase data of a kind from more than so many days ago, but for what a legal hold keeps.": (
        "擦除某类中已超过若干天的数据，依法保全的除外。"
    ),
    "The worker does it each night for the kinds whose setting says so (WANGGE_WORDS_KEPT_DAYS and others).": (
        "设置保留天数（WANGGE_WORDS_KEPT_DAYS 等）的各类数据，由后台任务每晚执行。"
    ),
    "What is to go.": "要擦除的类别。",
    "How long it is kept.": "保留天数。",
    "Tasks: instructions, roll-calls and errands to units.": "交办：向单位下达的指令、点名与临时事项。",
    "Number of the task.": "任务号。",
    "What is asked, in a line.": "任务标题。",
    "Code of a unit; repeatable.": "单位编码；可重复。",
    "Deadline: instant or day.": "期限：时刻或日期。",
    "instruction, roll_call or errand.": "instruction（指令）、roll_call（点名）或 errand（临时事项）。",
    "What is asked, in full.": "任务内容。",
    "Give units an instruction, a roll-call or a passing errand.": "向单位下达指令、点名或临时事项。",
    "Only tasks of this unit.": "仅该单位的任务。",
    "Only tasks that are late, or were done late.": "仅逾期或逾期完成的任务。",
    "List tasks at their units, the latest first.": "列出各单位的任务，最新的在前。",
    "Show a task with its history at all units.": "显示任务及其在各单位的办理过程。",
    "Code of the unit.": "单位编码。",
    "acknowledge, finish, confirm, send_back, remind or withdraw.": (
        "acknowledge（签收）、finish（完成）、confirm（确认）、send_back（退回重办）、remind（催办）或 withdraw（撤回）。"
    ),
    "What was done, or why.": "办理情况或原因。",
    "Do something to a task at a unit; `remind` chases it.": "办理任务在某单位的一步；remind 为催办。",
    "Public trace: what a caller sees of a matter by number and token.": "公众查询：凭编号与查询码可见的内容。",
    "File for the QR code: .svg or .png.": "二维码文件：.svg 或 .png。",
    "Make a token with which the caller of a report follows it; it is shown once.": (
        "为上报人生成查询码，仅显示一次。"
    ),
    "Token of the caller.": "上报人的查询码。",
    "Show a matter as its caller sees it.": "按上报人所见显示上报及其办理情况。",
    "Quick notes: small matters that workers solved on the spot.": "随手记：工作人员随手解决的小事。",
    "Only those of this day.": "仅该日的。",
    "List quick notes, the latest first.": "列出随手记，最新的在前。",
    "Number of the quick note.": "随手记的编号。",
    "Let a quick note that grew become a case of its number.": "将随手记转为同号案件。",
    "Day, local time.": "日期，按当地时间。",
    "Write what a worker did on a day (每日工作情况) as PDF or, by its name's ending, as HTML.": (
        "输出工作人员的每日工作情况，默认为 PDF，文件名以 .html 结尾时为网页。"
    ),
    "Days back.": "可补录的天数。",
    "First day, tomorrow or later.": "起始日，明日或以后。",
    "State for how many days back quick notes may be written down (补录), from a day on; two where nothing is stated.": (
        "规定自某日起随手记可补录的天数；未作规定时为两天。"
    ),
    "File of a photo, or SHA-256 or number of one of the case; repeatable.": (
        "照片文件，或该案件照片的 SHA-256 或附件号；可重复。"
    ),
    "Attachments: photos and recordings of reports and cases.": "附件：上报与案件的照片、录音。",
    "Number of the report or case.": "上报或案件的编号。",
    "Number of the attachment.": "附件号。",
    "Photo or recording.": "照片或录音。",
    "What a photo shows: before or after.": "照片所示：before（处置前）或 after（处置后）。",
    "Hang a photo or recording on a report and its case; the same file again is there already.": (
        "为上报及其案件添加照片或录音；同一文件不重复保存。"
    ),
    "List the photos and recordings of a report and its case.": "列出上报及其案件的照片、录音。",
    "As it was sent, with what its camera wrote; it is audited.": "原件，含相机写入的信息；此操作计入审计。",
    "Write the file of an attachment: of a photo the copy without place and time.": (
        "保存附件文件：照片为去除地点、时间信息的副本。"
    ),
    "The public may see it no longer.": "不再向公众展示。",
    "Let the public see a photo on the trace page of its case.": "允许公众在案件进度页看到该照片。",
    "Delete files of killed uploads, a day old or more, that no attachment names; the worker does so each night.": (
        "删除上传中断遗留、满一天且无附件引用的文件；后台每晚自动执行。"
    ),
    "Legal holds: what must be kept, whatever asks for its erasure.": "依法保全：无论谁要求清除都须保留的数据。",
    "List legal holds, the latest first.": "列出依法保全，最新的在前。",
    "Also those that are lifted.": "包括已解除的。",
    "Number of the last hold of the page before.": "上一页最后一项保全的编号。",
    "Keep a report, the reports of a telephone number, a person who works here, or what was received in a span.": (
        "保全一件上报、一个电话号码的全部上报、一名工作人员，或一段时间内接收的数据。"
    ),
    "The file or order that asks for it, without names of people.": "要求保全的文书或案卷，不写人名。",
    "Number of a report.": "上报编号。",
    "All reports of this telephone number.": "该电话号码的全部上报。",
    "Staff number or name of a person who works here.": "工作人员的工号或姓名。",
    "What was received from this instant or day on.": "自该时刻或日期起接收的数据。",
    "Lift a hold that another person set.": "解除由他人设置的保全。",
    "Number of the hold.": "保全编号。",
    "The file or order that ends it, without names of people.": "据以解除的文书或案卷，不写人名。",
    "By which rule.": "依据的规定。",
    "Count, and erase nothing.": "只计数，不擦除。",
    "Digest all callers' telephone numbers by the secret that is set now (WANGGE_CALLER_KEY).": (
        "按当前密钥（WANGGE_CALLER_KEY）重新计算全部来电号码的摘要。"
    ),
    "Run it after the secret was set or changed and every process has it. Example: [bold]wangge reports rekey[/]": (
        "密钥设置或更换、且各进程均已更新之后执行。示例：[bold]wangge reports rekey[/]"
    ),
    "Mark a report as sensitive: few may read its texts from now on, and each reading is audited.": (
        "将上报标记为敏感：此后仅少数人员可查看其文字，每次查看均有审计记录。"
    ),
    "What makes it sensitive; repeatable.": "敏感类别，可重复。",
    "Take a mark away from a report that is not sensitive.": "取消不成立的敏感标记。",
    "The mark that does not hold.": "不成立的标记。",
    "Why it does not hold; kept in the audit.": "取消的理由，记入审计。",
    "Reports without a certain place.": "研判：位置不确定的上报。",
    "List what waits for a place, the oldest first, with its candidates.": "列出待定位的上报及其候选位置，最早的在前。",
    "Of one channel only.": "仅限一个渠道。",
    "Settle a report: by a candidate, a point or an area.": "确定上报位置：选定候选、点位或区域。",
    "The report's number.": "上报编号。",
    "Why there.": "判定理由。",
    "Number of a candidate in the list.": "列表中候选的序号。",
    "Longitude, WGS 84.": "经度，WGS 84。",
    "Latitude, WGS 84.": "纬度，WGS 84。",
    "Code of an area.": "区域编码。",
    "What the caller calls the place.": "来电人对该地的叫法。",
    "Write a map of what waits: every candidate as a point or line.": "写出待研判地图：每个候选为点或线。",
    "GeoJSON file to write.": "要写入的 GeoJSON 文件。",
    "List what people call places.": "列出群众对地点的叫法。",
    "What became of them.": "处理状态。",
    "Take a proposed wording into the gazetteer, or refuse it.": "采纳叫法到地名地址库，或不予采纳。",
    "Number of the wording.": "叫法编号。",
    "Take it into the gazetteer, or refuse it.": "采纳，或不予采纳。",
    "Look at the points of reports nobody looked at yet, and offer sources a datum where the evidence is clear.": (
        "核对尚未核对的点位；证据明确时，建议更正来源的坐标基准。"
    ),
    "Hotspots: what is more than chance, where, since when.": "热点：何处、自何时起，多于偶然。",
    "Analyse a period (last month if none is given; the end is not included) and list what was found.": (
        "分析一段时间（不填为上月，不含截止日）并列出结果。"
    ),
    "Only the area of this code.": "仅限该编码的区域。",
    "Only these categories; repeatable.": "仅限这些类别；可重复。",
    "Only these methods; repeatable.": "仅限这些方法；可重复。",
    "Feed the topics, as the monthly run does.": "如每月分析一样，更新热点事项。",
    "Monte Carlo replicates.": "蒙特卡洛重复次数。",
    "Parameter=value, such as patrol=adjusted; repeatable.": "参数=值，如 patrol=adjusted；可重复。",
    "List the methods and the parameters of a run.": "列出分析方法与参数。",
    "Draw a run as one HTML file that opens without a network.": "将分析结果写成断网也能打开的单个 HTML 文件。",
    "Number of the run; the newest finished one if left out.": "分析编号；不填为最近完成的一次。",
    "A second run, shown side by side.": "并列显示的另一次分析。",
    "List the topics followed from month to month.": "列出逐月跟踪的热点事项。",
    "Write the board as an HTML file.": "将看板写成 HTML 文件。",
    "Follow the findings of this run first.": "先跟进该次分析的结果。",
    "Take back what this run, the latest, did to topics.": "撤回该次（最近一次）分析对热点事项的更新。",
    "Why it is taken back.": "撤回原因。",
    "Write the notice of a monthly run, as HTML or PDF.": "写出每月分析的通报，HTML 或 PDF。",
    "File to write, .html or .pdf.": "要写入的文件，.html 或 .pdf。",
    "Who issues it.": "发布单位。",
    "Dated thresholds of the four kinds of matters, and what kind of source each channel is.": (
        "四类事项的阈值（按日期生效），以及各渠道的来源类别。"
    ),
    "Show the policies, the latest first.": "列出各期阈值，最新在前。",
    "Add a policy from a day on; what is not named stays as it is.": "新增自某日起的阈值；未列者不变。",
    "First day it counts.": "生效首日。",
    "Threshold=value; repeatable.": "阈值=值；可重复。",
    "Channel=kind (citizen, patrol, quick_note, sensor); repeatable.": (
        "渠道=类别（citizen、patrol、quick_note、sensor）；可重复。"
    ),
    "Patrol effort: hours or km by area, day and channel.": "巡查投入：按区域、日期、渠道的工时或里程。",
    "Take patrol effort in; rows that cannot be used are named and the others taken.": (
        "导入巡查投入；不能使用的行逐一说明，其余导入。"
    ),
    "CSV, UTF-8 or GBK, with a heading.": "带表头的 CSV，UTF-8 或 GBK。",
    "area, day, channel or amount = column; repeatable.": "area、day、channel 或 amount=列；可重复。",
    "Channel of all rows, where the file has none.": "文件无渠道列时，全部行的渠道。",
    "hours or km.": "hours（小时）或 km（公里）。",
    "Show from when to when each channel's effort is recorded.": "列出各渠道巡查投入的起止日期。",
    "Days off and weekend days worked instead.": "节假日与调休上班日。",
    "Show which years are known, and from where.": "列出已知年份及其依据。",
    "Enter a year's arrangement, whole; it counts before the library's.": "录入一年的完整安排，优先于内置日历。",
    "Day off, or first..last; repeatable.": "放假日，或 首日..末日；可重复。",
    "Which notice it is.": "依据的通知。",
    "Weekend day worked instead; repeatable.": "调休上班日；可重复。",
    "Keep who reported from the units that handle the case, from those below and those above them.": (
        "对承办单位及其上下级单位隐去报送人。"
    ),
    "Take the confidential mark of a report away.": "取消上报的保密标记。",
    "Why the reporter need not be kept; stays in the audit.": "取消保密的理由，记入审计。",
}
