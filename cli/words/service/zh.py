"""Help of what all commands share, of running the service, and of places, in Chinese: by the English that stands with them."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES = {
    "The web console.": "网页控制台。",
    "Build the console into web/dist, unless it is built from these sources already.": (
        "将控制台构建到 web/dist；源文件未变时不重复构建。"
    ),
    "Generate the types of the operations that the console uses, from the OpenAPI document.": (
        "按 OpenAPI 文档生成控制台所用接口的类型。"
    ),
    "Run ruff, mypy and import-linter; on the console, ESLint and vue-tsc.": (
        "运行 ruff、mypy 和 import-linter；对控制台运行 ESLint 和 vue-tsc。"
    ),
    "Training: a database of its own, on which nothing is real.": "培训：使用独立数据库，其中数据仅供演练。",
    "Mark an empty database for training: from now on only processes with WANGGE_TRAINING=1 work on it.": (
        "将空数据库标记为培训库：此后仅设置 WANGGE_TRAINING=1 的进程可使用。"
    ),
    "Empty a database for training: boundaries, reports, people, keys and the audit in it go.": (
        "清空培训库：其中的界线、上报、人员、密钥和审计全部删除。"
    ),
    "Example:": "示例：",
    "One of {choices}.": "取值之一：{choices}。",
    "One of {choices}; repeatable.": "取值之一：{choices}；可重复。",
    "Arguments": "参数",
    "Options": "选项",
    "Commands": "命令",
    "Error": "错误",
    "[default: {}]": "[默认：{}]",
    "[env var: {}]": "[环境变量：{}]",
    "[required]": "[必填]",
    "Spatial governance by grid: boundaries in, reports in, the right grid out, on maps.": (
        "网格化空间治理：导入界线、接收上报，自动判定责任网格并上图。"
    ),
    "Print the version and end.": "显示版本号后退出。",
    "Language of help and messages: zh or en; the terminal's if left out.": (
        "帮助与提示的语言：zh 或 en；不填则随终端设置。"
    ),
    "Install completion for the current shell.": "为当前命令行环境安装自动补全。",
    "Show completion for the current shell, to copy it or customize the installation.": (
        "显示当前命令行环境的自动补全脚本，供复制或自行安装。"
    ),
    "Show this message and exit.": "显示本帮助后退出。",
    "Layer; the default layer if left out.": "图层；不填为默认图层。",
    "Layer to work on; the default layer if none.": "要处理的图层；不填为默认图层。",
    "Layer.": "图层。",
    "Only this layer.": "仅限该图层。",
    "Layer of the areas.": "区域所在图层。",
    "One JSON object a line.": "每行一个 JSON 对象。",
    "One JSON object a line, for programs.": "每行一个 JSON 对象，供程序读取。",
    "Who does it, by name; who is logged in when not given.": "办理人姓名；不填为当前登录用户。",
    "What a column of the file means; repeatable.": "文件各列的含义；可重复。",
    "Language of the file that is written: zh or en.": "所写文件的语言：zh 或 en。",
    "Language of what is printed: zh or en; the terminal's if left out.": "输出的语言：zh 或 en；不填则随终端设置。",
    "Language of the reasons: zh or en; the terminal's if left out.": "原因说明的语言：zh 或 en；不填则随终端设置。",
    "Of the defects' sentences: zh or en.": "缺陷说明的语言：zh 或 en。",
    "File to write.": "要写入的文件。",
    "How many at most.": "最多条数。",
    "Do not ask.": "不再询问。",
    "Why.": "原因。",
    "Only tell what would be; nothing is stored.": "只说明结果，不作存储。",
    "Only try it and tell what would be; nothing is stored.": "只试算并说明结果，不作存储。",
    "API key of the person who acts.": "办理人的接口密钥。",
    "WGS84, CGCS2000, GCJ-02, BD-09 or EPSG:n.": "WGS84、CGCS2000、GCJ-02、BD-09 或 EPSG:n。",
    "WGS84, CGCS2000, GCJ-02, BD-09, EPSG:4547 …": "WGS84、CGCS2000、GCJ-02、BD-09、EPSG:4547 等。",
    "Datum its coordinates are in: WGS84, GCJ-02, BD-09, EPSG:4547 …": (
        "坐标所用基准：WGS84、GCJ-02、BD-09、EPSG:4547 等。"
    ),
    "Set everything up and show it: a sample district and 9,037 sample reports of five channels.": (
        "完成全部安装并演示：一个示例区，五个渠道的 9037 件示例上报。"
    ),
    "End after the summary.": "打印汇总后结束。",
    "Address to serve on.": "服务地址。",
    "Port to serve on; 8000, or a free one, if not given.": "服务端口；不填为 8000，被占用时另取空闲端口。",
    "Where the demonstration keeps its API keys, if not in .wangge/.": "演示所用接口密钥的存放位置；不填存于 .wangge/。",
    "Let the sample end with the last month that is whole on this day, if not with the last full month.": (
        "示例截至该日之前最后一个整月；不填为最近一个整月。"
    ),
    "Folder for maps and notice as files, if not .wangge/demo.": "地图与通报文件的目录；不填为 .wangge/demo。",
    "Run the whole suite on a real PostGIS; words after `test` go to pytest.": (
        "在真实的 PostGIS 上运行全部测试；`test` 之后的参数传给 pytest。"
    ),
    "Serve the API until Ctrl-C.": "提供接口服务，直到 Ctrl-C。",
    "Address to listen on.": "监听地址。",
    "Port to listen on.": "监听端口。",
    "Processes.": "进程数。",
    "Work off the queues and the schedule until Ctrl-C.": "处理队列与定时任务，直到 Ctrl-C。",
    "Each queue has places of its own: no hand-over waits for a hotspot run.": (
        "各队列名额分开：移交不必等待热点分析。"
    ),
    "Only this queue: `long` holds hotspot runs, `default` all else; repeatable.": (
        "仅处理该队列：`long` 为热点分析，`default` 为其余任务；可重复。"
    ),
    "Jobs at once of each queue.": "每个队列同时处理的任务数。",
    "End when the queue is empty.": "队列为空时结束。",
    "Only tell whether a worker is alive (exit code).": "仅以退出码说明后台任务进程是否在运行。",
    "Bring the database's schema up (or down) to a revision.": "将数据库结构升级（或回退）到指定版本。",
    (
        "Down is refused when data would be destroyed; the refusal tells which. It is tried for that in a transaction"
        " that is rolled back, whose locks writers wait for."
    ): "回退会丢失数据时予以拒绝，并说明是哪些数据。为此先在可撤销的事务中试行，其间写入须等待。",
    "Where to; `head` is the newest, `base` is empty.": "目标版本；`head` 为最新，`base` 为空库。",
    "Go down although what is told is destroyed.": "明知所列数据将丢失，仍予回退。",
    "The worker's queue: jobs that failed, run or wait.": "任务队列：失败、进行中与等待的任务。",
    "List jobs, the failed ones first; what succeeded, or was made good by a later success, is left out.": (
        "列出任务，失败的在前；已成功、或已由后续成功弥补的不列。"
    ),
    "Why a job failed is in the worker's log, in the line with the job's number.": (
        "失败原因见后台任务日志中带该任务编号的一行。"
    ),
    "Only these.": "仅限此类。",
    "Put a failed job back into the queue; a worker takes it at once.": "将失败任务重新排队，由后台任务进程立即处理。",
    "Number of the failed job.": "失败任务的编号。",
    "The feed of events: how far its consumers are.": "事件流：各处理方的进度。",
    "List the consumers of events, each with the age of the next event it has not dealt with.": (
        "列出事件处理方，以及其下一个未处理事件已等待的时间。"
    ),
    "Let the consumers of events go on after the database was restored into another cluster.": (
        "数据库恢复到另一实例后，使事件处理得以继续。"
    ),
    "Where there is no need for it nothing is changed.": "无此必要时不作更改。",
    "The months in which reports are stored.": "上报按月存储的分区。",
    "List the months with about how many reports they hold, and which are detached.": (
        "列出各月大约件数，以及已移出的月份。"
    ),
    "Make the current month and those that follow; the worker does it each night.": (
        "建立本月及其后各月；后台任务每晚自动执行。"
    ),
    "Months behind the current one.": "本月之后的月数。",
    "Take a month that is over out of the ledger, into the schema archive.": "将已结束的月份移出台账，转入 archive。",
    "Year and month of receipt in UTC, e.g. 202607.": "接收年月（UTC），如 202607。",
    "Put a detached month back into the ledger.": "将已移出的月份移回台账。",
    "Add to each row of a table the area that answers for its point. Files of any size: read in pieces.": (
        "为表中每行补充该点的责任区域。文件大小不限，分段读取。"
    ),
    (
        "Columns added: area_code, area_level, area_name, unit_code, one code for each level, method,"
        " distance_to_edge_m, release, and problem where a point is wrong."
    ): (
        "新增各列：area_code、area_level、area_name、unit_code、每级一列编码、method、distance_to_edge_m、release，"
        "点位有误时另有 problem。"
    ),
    "CSV, TSV, Arrow or Parquet.": "CSV、TSV、Arrow 或 Parquet。",
    "Default: FILE with .assigned.": "不填为原文件名加 .assigned。",
    "Column of longitude or east.": "经度或东坐标所在列。",
    "Column of latitude or north.": "纬度或北坐标所在列。",
    "Instant with its offset, 2026-07-01T00:00:00+08:00.": "带时区的时点，如 2026-07-01T00:00:00+08:00。",
    "Overwrite the output.": "覆盖已有的输出文件。",
    "Find the place of an address text.": "查找地址文字所在位置。",
    "Address text; '-' or none reads lines from stdin.": "地址文字；填“-”或不填则从标准输入逐行读取。",
    "Code of the area the place is said to lie in.": "所述地点所在区域的编码。",
    "Roads, places, door numbers: import and list releases.": "地名地址库：导入道路、地点、门牌，列出版本。",
    "Take a file in as the next release of a theme.": "导入文件，作为某一专题的下一版本。",
    "roads, places, addresses or ranges.": "roads（道路）、places（地点）、addresses（门牌）或 ranges（门牌区段）。",
    "GeoJSON, GeoPackage, Shapefile (or a zip of one), or OSM .pbf.": (
        "GeoJSON、GeoPackage、Shapefile（或其压缩包），或 OSM .pbf。"
    ),
    "CRS of the file when it says none or a wrong one.": "文件未说明或说明有误时，其坐标系。",
    "Layer of a GeoPackage.": "GeoPackage 中的图层。",
    "Names around the areas, comma-separated: 河南省,郑州市.": "区域的上级名称，逗号分隔：河南省,郑州市。",
    "What it is.": "数据说明。",
    "Licence of the data.": "数据许可。",
    "Where it comes from.": "数据来源。",
    "From when it counts, 2026-12-01T00:00:00+08:00; now when not given.": (
        "生效时间，如 2026-12-01T00:00:00+08:00；不填即时生效。"
    ),
    "List the releases of the gazetteer.": "列出地名地址库的版本。",
}
