"""Details about attachments, quick notes, tasks and the public trace, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "photo": "照片",
    "recording": "录音",
    "A {kind} has at most {most} bytes; this one has {size}.": "{kind}最大 {most} 字节，该文件为 {size} 字节。",
    "At most {most} bytes a file are taken.": "每个文件最大 {most} 字节。",
    "SHA-256 {given} was announced; {size} bytes with {found} came in.": (
        "声明的 SHA-256 为 {given}，收到 {size} 字节，其值为 {found}。"
    ),
    "The photo takes more time or memory to open than a photo may.": "打开该照片所需的时间或内存超过上限。",
    "The photo has more than {most} pixels.": "照片像素超过 {most}。",
    "The photo is damaged, or is none.": "照片已损坏，或并非照片。",
    "The virus scanner cannot be reached.": "无法连接病毒扫描服务。",
    "The virus scanner did not look through the file.": "病毒扫描服务未完成扫描。",
    "Two photos are being opened already; send yours again in a moment.": "已有两张照片正在读取，请稍后重新发送。",
    "The file of the attachment is gone.": "附件的文件已不存在。",
    "The store of files did not take the file.": "文件存储未能写入。",
    "The store of files did not give the file.": "文件存储未能读取。",
    "The link is wrong or has expired.": "链接有误或已过期。",
    "At most {most} files hang on one report or task.": "每件上报或任务最多 {most} 个附件。",
    "A recording is never shown to the public.": "录音不向公众展示。",
    "A recording has no thumbnail.": "录音没有缩略图。",
    "A photo shows the matter {stages}, not '{word}'.": "照片所示为 {stages} 之一，而非“{word}”。",
    "There is no quick note {number}, or none that you may see.": "没有随手记 {number}，或您无权查看。",
    "Only its author, or who accepts cases, lets a quick note become a case.": (
        "仅随手记的记录人或案件受理人员可将其转为案件。"
    ),
    "The source is one of {sources}, not '{word}'.": "来源为 {sources} 之一，而非“{word}”。",
    "Notes of {first} and later can be written down today; this one is of {day}.": (
        "今日可补录 {first} 及以后的随手记，该记录为 {day}。"
    ),
    "The note lies in the future.": "随手记的时间在将来。",
    "At most {most} such requests a minute of one address; send it again in {wait_s} s.": (
        "每个地址每分钟最多 {most} 次此类请求，请在 {wait_s} 秒后重试。"
    ),
    "The case has no photo '{photo}': hang it on the case first, then name it by its SHA-256 or number.": (
        "案件没有照片“{photo}”：请先为案件添加照片，再填写其 SHA-256 或附件号。"
    ),
    "A task has a title; title and text have bounds.": "任务须有标题，标题与内容不得超长。",
    "Name 1 to {most} units, each once.": "请列出 1 至 {most} 个单位，每个单位一次。",
    "Give the deadline as an instant or as a limit, one of them.": "期限以时刻或时限填写，二者选一。",
    "The deadline is past.": "期限已过。",
    "'{verb}' needs a text.": "“{verb}”须填写说明。",
    "There is no task {task_id}, or none that you may see.": "没有任务 {task_id}，或您无权查看。",
    "Task {task_id} was not given to unit '{unit_code}'.": "任务 {task_id} 未交办单位“{unit_code}”。",
    "The task is {state} at unit '{unit_code}'; '{verb}' is not possible.": (
        "任务在单位“{unit_code}”的状态为 {state}，不能执行“{verb}”。"
    ),
    "'{verb}' is done by who issues tasks.": "“{verb}”由交办人办理。",
    "'{verb}' is done by a person of unit '{unit_code}'.": "“{verb}”由单位“{unit_code}”的人员办理。",
    "The task has no attachment {number}: send it first.": "任务没有附件 {number}，请先发送。",
}
