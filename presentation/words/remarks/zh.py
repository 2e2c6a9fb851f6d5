"""Remarks on a delivery in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "{file}: {remark}": "{file}：{remark}",
    "column '{name}' is about people and in none of the files: kept as it was": (
        "“{name}”列涉及个人信息，各文件均无此列：保留原值"
    ),
    "column '{name}' is about people and in none of the files: kept from the latest release": (
        "“{name}”列涉及个人信息，各文件均无此列：保留最新一版的值"
    ),
    "column '{name}': masked texts are no values; those behind them are kept": (
        "“{name}”列：打码文字不作为值，保留打码前的值"
    ),
    "column '{name}': masked texts are no values; those of the latest release are kept": (
        "“{name}”列：打码文字不作为值，保留最新一版的值"
    ),
    "column '{name}' is about people: kept, and shown to keys with the scope workers:read alone": (
        "“{name}”列涉及个人信息：已保留，仅具有 workers:read 权限的密钥可见"
    ),
    "column '{name}' holds telephone or identity numbers or names: masked without the scope workers:read": (
        "“{name}”列含有电话、身份证号或姓名：没有 workers:read 权限时打码显示"
    ),
    "column '{name}' holds bytes, which are left out": "“{name}”列为二进制内容，未读取",
    "column '{name}' holds lists or objects, which are left out": "“{name}”列为列表或对象，未读取",
    "column '{name}': texts longer than {most} are left out": "“{name}”列：超过 {most} 字的文字未读取",
    "column '{name}': texts with a NUL character are left out": "“{name}”列：含空字符的文字未读取",
    "{where} says {said}, but the bytes are {bytes}: read as {used}": (
        "{where} 声明为 {said}，实际为 {bytes}：按 {used} 读取"
    ),
    "{declared}, but the bytes are {bytes}: read as {used}": "{declared}，实际为 {bytes}：按 {used} 读取",
    "two columns are named '{name}': the second is read as '{other}'": "有两列同名“{name}”：第二列读作“{other}”",
    "column '{name}' holds values that are neither text nor number: left out": "“{name}”列的值既非文字也非数字：未读取",
    "column '{name}': control characters are taken out": "“{name}”列：已去掉控制字符",
    "column '{name}' names no level of the layer: kept as an attribute": "“{name}”列不是本图层的层级：作为属性保留",
    "column '{name}': a {level} has no parent; kept as an attribute": "“{name}”列：{level} 层没有上级，作为属性保留",
    "column '{name}' names units without a code: the name stands for the code": (
        "“{name}”列的单位没有代码：以名称作为代码"
    ),
    "left out, without a single value: {names}": "没有任何值，未读取：{names}",
    "left out, without a polygon: {names}": "没有面，未读取：{names}",
    "left out: {names}": "未读取：{names}",
    "no column holds the name: each area's code stands for it": "没有名称列：以代码作为名称",
    "no feature in it": "其中没有要素",
    "the features' ids differ from their property 'id', and are left out": "要素的 id 与属性 id 不同，未读取",
    "unit {code} has several names ({names}): one of them is kept": "单位 {code} 有多个名称（{names}）：保留其中一个",
    "derived: {count} areas of level {level} from {children} of level {finer}, put together by {source}": (
        "已合成 {level} 层区域 {count} 个，来自 {finer} 层 {children} 个，依据：{source}"
    ),
    "mended: {count} outlines have necks or holes narrower than the 1 cm that is stored; these were closed ({names})": (
        "已修补：{count} 个轮廓有窄于存储精度 1 厘米的颈部或孔洞，已闭合（{names}）"
    ),
    "the text is declared as {said}, but its bytes are {bytes}: read as {used}": (
        "文字声明为 {said}，实际为 {bytes}：按 {used} 读取"
    ),
    "text read as {used}": "文字按 {used} 读取",
    "the file states {stated}; read as declared, {declared}": "文件注明 {stated}；按声明的 {declared} 读取",
    "converted from {name} with an unknown accuracy ({operation})": "由 {name} 转换，精度不明（{operation}）",
    "converted from {name} with an accuracy of {metres} m ({operation})": (
        "由 {name} 转换，精度 {metres} 米（{operation}）"
    ),
}
