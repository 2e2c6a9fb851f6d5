"""Help of cases and rules of dispatch, in Chinese: by the English that stands with them."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES = {
    "Entry of the knowledge base that answers it.": "用于答复的知识库条目。",
    "District or office to which it is transferred.": "转往的区或部门。",
    "Number under which it was taken there.": "对方的接收编号。",
    "assignment, supervision, return, closing or call-back.": (
        "assignment（交办单）、supervision（督办单）、return（退单）、closing（结案单）或 call-back（回访单）。"
    ),
    "Where it goes: .pdf, .docx or .html by its name.": "输出文件，按后缀为 .pdf、.docx 或 .html。",
    "Number of the step it is about; the latest of its kind if left out.": "所对应环节的序号；不填为最近一次。",
    "Give an office form of a case its number, once, and write it; the same form keeps its number.": (
        "为案件单据编号并输出；同一单据再次输出，编号不变。"
    ),
    "List the numbered office forms of a case.": "列出案件已编号的单据。",
    "Check histories against the hash chain, and each case against what its history leads to.": (
        "对照哈希链核验流转记录，并核对案件与其流转记录是否一致。"
    ),
    (
        "The exit code is 1 when something is wrong. A month whose histories were detached is named, not failed. Whether the"
        " seals follow from one another is checked by `wangge audit verify`."
    ): "有误时退出码为 1。流转记录已卸下的月份只列出，不算有误。哈希链是否首尾相接由 `wangge audit verify` 核验。",
    "Numbers of cases; all if left out.": "案件编号；不填为全部。",
    "Count what each unit has in hand, the most first.": "统计各单位在办案件，多者在前。",
    "Count at which level closed cases were solved: on the spot, by communities, streets, departments.": (
        "统计已结案件在哪一级解决：现场、社区、街道、部门。"
    ),
    "First instant or day of opening; a year ago if left out.": "建案起始时点或日期；不填为一年前。",
    "Rules of dispatch: which unit a case goes to, by area, category, time and level.": (
        "派遣规则：按区域、类别、时段和层级确定案件派往哪个单位。"
    ),
    "Number of the set.": "规则套号。",
    "First instant or day of the cases; a year before the last.": "案件起始时点或日期；不填为截止前一年。",
    "First instant or day behind the cases; now if left out.": "案件截止时点或日期（不含）；不填为现在。",
    "CSV or spreadsheet, a rule a row.": "CSV 或电子表格，每行一条规则。",
    "Make a set of rules from a file, in the order of its rows; it counts for nothing until it is published.": (
        "由文件生成一套规则，按行序排列；发布前不生效。"
    ),
    (
        "Columns: 区域 (LAYER/CODE), 类别编码, 时段 (working or off), 季节 (06-01~09-30), 层级, 单位编码, 说明. An empty"
        " cell limits nothing; a rule without a unit leaves the case to who answers for category and place."
    ): (
        "列：区域（图层/代码）、类别编码、时段（工作时间或非工作时间）、季节（06-01~09-30）、层级、单位编码、说明。"
        "空格表示不限；未写单位的规则按类别和地点的责任单位派遣。"
    ),
    "List the sets, the latest first.": "列出各套规则，最新的在前。",
    "Show the rules of a set in their order: the first that matches decides.": "按顺序显示一套规则：最先符合者为准。",
    "Find rules that can never fire, that earlier ones shadow, or that decided no case of the last year.": (
        "查找永不生效、被前面规则遮蔽，或近一年未派过案件的规则。"
    ),
    "The exit code is 1 when there are such.": "有此类规则时退出码为 1。",
    "Ask a set what it decides for a case now; nothing is changed.": "试算一套规则现在把某案件派往何处；不作更改。",
    "Number of the case.": "案件编号。",
    "Replay a set over the cases of the last year: which would have gone to another unit.": (
        "用一套规则重算近一年的案件：哪些会派往其他单位。"
    ),
    "Let a set count from an instant on, in place of the one before.": "使一套规则自某时刻起生效，取代前一套。",
    "CSV, .xlsx or .parquet (GeoParquet), by its name.": "CSV、.xlsx 或 .parquet（GeoParquet），按文件名后缀确定。",
    "Only cases of this channel.": "只含该渠道的案件。",
    "Only cases in this area, of any level.": "只含该区域内的案件，区域层级不限。",
    "First instant or day of opening.": "建案起始时点或日期。",
    "First instant or day behind the opening.": "建案截止时点或日期（不含）。",
    "Only cases changed later than this.": "只含此后有变动的案件。",
    "Export cases to a file: codes, places and times, the latest first, never texts.": (
        "将案件导出为文件：编码、位置和时间，最新的在前，不含文字内容。"
    ),
    "CSV, .xlsx or .xls, a row a case.": "CSV、.xlsx 或 .xls，每行一个案件。",
    "Channel under which the reports were taken in, e.g. 12345.": "导入上报时所用的渠道，如 12345。",
    "TOML: what columns, states, steps and units of the file mean.": "TOML 文件：说明文件中各列、状态、步骤和单位的含义。",
    "Table of the steps of these cases, a row a step.": "这些案件的步骤表，每行一步。",
    "Folder with the photos that the table names.": "表中所列照片所在的文件夹。",
    "Store nothing; list what nobody has mapped.": "不存储；列出尚未对应的词。",
    "Take in the cases of an old system with their histories; their reports are taken in before.": (
        "导入旧系统的案件及其办理经过；其上报须先行导入。"
    ),
    (
        "States, steps and units that nobody has mapped are listed, and nothing is stored. Run again, nothing is stored"
        " twice: a case that has gone on in the old system goes on here. At the end file and ledger are compared by month."
    ): (
        "有尚未对应的状态、步骤或单位时予以列出，不作存储。重复执行不会重复存储：旧系统中有后续的案件在此续接。"
        "最后按月核对文件与台账。"
    ),
    "Account of the person who is accused.": "被反映人员的账号。",
}
