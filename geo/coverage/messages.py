"""The sentences of the check, Chinese and English: what is wrong, and what a GIS person can do about it.

One row a kind (and, where it matters, a cause); `{size}` comes with its unit, `{areas}` as codes with names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Language = Literal["zh", "en"]

_SHOWN_CODES = 3
_HECTARE_M2 = 10_000.0
_KM2 = 1_000_000.0

_MEASURES = ("size", "width", "shift", "residual", "distance")
_UNITS_ZH = {"m²": "平方米", "ha": "公顷", "km²": "平方公里", "mm": "毫米", "m": "米", "km": "公里"}

# kind or "kind/cause" -> (Chinese, English)
SENTENCES: dict[str, tuple[str, str]] = {
    "not_degrees": (
        "{areas}：坐标不是经纬度（例如 {example}）。请声明文件的坐标系后重新导入{suggestion}。",
        (
            "{areas}: the coordinates cannot be degrees (for example {example}). Declare the file's coordinate "
            "reference system and import it again{suggestion}."
        ),
    ),
    "not_degrees/swapped": (
        "{areas}：经纬度似乎颠倒（例如 {example}）。请交换两列坐标后重新导入。",
        "{areas}: longitude and latitude seem to be swapped (for example {example}). Swap them and import again.",
    ),
    "not_degrees/not_finite": (
        "{areas}：坐标中有空值或无穷大，无法使用。请修正这些顶点后重新导入。",
        "{areas}: some coordinates are not numbers or infinite. Correct those vertices and import again.",
    ),
    "empty": (
        "{areas}：没有面（几何为空、或只是点、线）。请补绘边界，或删除该记录。",
        "{areas}: has no area (its geometry is missing, empty, a point or a line). Draw its boundary or drop the row.",
    ),
    "invalid_ring": (
        "{areas}：边界环无效（{reason}）。请在该处重新描边，或采用修复建议“修正边界环”。",
        "{areas}: its ring is invalid ({reason}). Redraw it at that place, or take the repair 'make valid'.",
    ),
    "malformed_code": (
        "{areas}：编码不合规则（{rule_zh}）。请更正编码。",
        "{areas}: the code breaks the rule ({rule_en}). Correct it.",
    ),
    "duplicate_code": (
        "编码 {areas} 用了 {count} 次。一个编码只能属于一个区域：请改号，或把各部分合并为一个区域。",
        "The code {areas} is used {count} times. A code belongs to one area: renumber, or merge the parts.",
    ),
    "unknown_parent": (
        "{areas}：上级编码 {parent} 在上一级（{parent_level}）中不存在。请更正上级编码，或先补上该上级。",
        (
            "{areas}: its parent {parent} does not exist at the next coarser level ({parent_level}). "
            "Correct the parent's code or add the parent first."
        ),
    ),
    "unknown_parent/missing": (
        "{areas}：没有上级编码，应属于某个{parent_level}。请填写上级编码。",
        "{areas}: has no parent's code; it must belong to a {parent_level}. Fill it in.",
    ),
    "overlap": (
        "{areas} 重叠 {size}，该处的上报会被两个单位同时认领。请改边界，或采用修复建议“裁去重叠”。",
        (
            "{areas} overlap by {size}: reports there belong to two units. "
            "Move the border, or take the repair 'trim the overlap'."
        ),
    ),
    "gap": (
        (
            "{areas} 附近有 {size} 空隙，该处的上报无人负责。请补齐，或采用修复建议“并入相邻区域”；"
            "若为湖面、公园等，请声明为允许的空白。"
        ),
        (
            "A gap of {size} touches {areas}: nobody answers for reports there. Close it, take the repair 'give the "
            "gap to the neighbour', or, for a lake or park, declare it an allowed gap."
        ),
    ),
    "outside_parent": (
        "{areas}：有 {size} 超出上级 {parent} 的范围。请收回边界，或采用修复建议“按上级裁剪”。",
        (
            "{areas}: {size} of it lies outside its parent {parent}. "
            "Draw it back, or take the repair 'clip to the parent'."
        ),
    ),
    "parent_not_covered": (
        (
            "{areas}：有 {size} 没有被任何下级区域覆盖。请扩展相邻的下级区域，"
            "采用修复建议“并入相邻区域”，或声明为允许的空白。"
        ),
        (
            "{areas}: {size} of it is covered by none of its areas. Extend one of them, take the repair 'give the gap "
            "to the neighbour', or declare it an allowed gap."
        ),
    ),
    "sliver/overlap": (
        "{areas} 之间有狭长重叠 {size}（最宽不足 {width}）。可采用修复建议“消除狭缝”。",
        "{areas} overlap in a sliver of {size}, nowhere wider than {width}. The repair 'close the sliver' removes it.",
    ),
    "sliver/gap": (
        "{areas} 附近有狭长空隙 {size}（最宽不足 {width}）。可采用修复建议“消除狭缝”。",
        (
            "A gap of {size}, a sliver nowhere wider than {width}, touches {areas}. "
            "The repair 'close the sliver' removes it."
        ),
    ),
    "sliver/outside_parent": (
        "{areas}：与上级 {parent} 的边界略有出入，狭长超出 {size}（最宽不足 {width}）。可采用修复建议“按上级裁剪”。",
        (
            "{areas}: strays from its parent {parent} by a sliver of {size}, nowhere wider than {width}. "
            "The repair 'clip to the parent' removes it."
        ),
    ),
    "sliver/parent_not_covered": (
        "{areas}：边缘有狭长地带 {size}（最宽不足 {width}）未被下级区域覆盖。可采用修复建议“并入相邻区域”。",
        (
            "{areas}: a sliver of {size}, nowhere wider than {width}, is covered by none of its areas. "
            "The repair 'give the gap to the neighbour' removes it."
        ),
    ),
    "sliver/area": (
        "{areas}：整个区域狭长，面积 {size}，最宽不足 {width}，可能是残留的碎片。请核对，或并入相邻区域。",
        (
            "{areas}: the whole area is a sliver of {size}, nowhere wider than {width}, probably a leftover. "
            "Check it, or merge it into a neighbour."
        ),
    ),
    "spike": (
        "{areas}：边界有长 {size} 的尖刺。请删去该顶点，或采用修复建议“削去尖刺”。",
        "{areas}: the border has a spike {size} long. Remove that vertex, or take the repair 'drop the spike'.",
    ),
    "several_parts": (
        "{areas}：由 {count} 个互不相连的部分组成，主体之外共 {size}。若不是飞地，请把零散部分划给所在区域。",
        (
            "{areas}: consists of {count} separate parts, {size} besides the main one. "
            "Unless it has exclaves, give the pieces to the areas around them."
        ),
    ),
    "suspected_datum": (
        (
            "整个图层与参照相差约 {shift}；按 {datum} 解读后仅差 {residual}。坐标系很可能声明错了："
            "请确认数据来源，以 {datum} 重新导入。"
        ),
        (
            "The layer lies about {shift} from its reference, but only {residual} when read as {datum}. The declared "
            "datum is probably wrong: ask where the data come from and import them again as {datum}."
        ),
    ),
    "suspected_datum/converted_twice": (
        (
            "整个图层与参照相差约 {shift}，像是已是 WGS 84 的坐标又被从 {datum} 换算了一次（还原后仅差 {residual}）。"
            "请按 WGS 84 重新导入。"
        ),
        (
            "The layer lies about {shift} from its reference, as if WGS 84 coordinates had been converted from {datum} "
            "once too often (undone, {residual} remain). Import them again as WGS 84."
        ),
    ),
    "suspected_datum/other_shift": (
        (
            "整个图层与参照相差约 {shift}，像是 {datum} 的坐标被当作 {read_as} 读取"
            "（按 {datum} 解读后仅差 {residual}）。请确认数据来源，以 {datum} 重新导入。"
        ),
        (
            "The layer lies about {shift} from its reference, as if coordinates in {datum} had been read as {read_as} "
            "(read as {datum}, {residual} remain). Ask where the data come from and import them again as {datum}."
        ),
    ),
    "elsewhere": (
        (
            "整个图层与现行版本毫无重叠，位于其{way_zh}约 {distance}。请核对坐标系、分带和坐标轴顺序；"
            "确属另一片区域的，请另建图层。"
        ),
        (
            "The layer shares no ground with its latest release: it lies about {distance} to the {way_en} of it. Check "
            "the coordinate system, its zone and the order of the axes; land elsewhere is a layer of its own."
        ),
    ),
    "elsewhere/outline": (
        (
            "整个图层与本区县毫无重叠，位于其{way_zh}约 {distance}。请核对坐标系、分带和坐标轴顺序；"
            "确属另一片区域的，可先存为变更单再审批。"
        ),
        (
            "The layer shares no ground with the district: it lies about {distance} to the {way_en} of it. Check the "
            "coordinate system, its zone and the order of the axes; where it is meant, bring it in as a draft."
        ),
    ),
}


def sentence(language: Language, kind: str, cause: str | None, fields: Mapping[str, str]) -> str:
    """Return the sentence of a defect.

    `fields` fills in its blanks; a field 'reason_zh' or 'reason_en' stands for 'reason' in its language.
    """
    row = SENTENCES.get(f"{kind}/{cause}") or SENTENCES[kind]
    own = {key.removesuffix(f"_{language}"): text for key, text in fields.items() if key.endswith(f"_{language}")}
    if language == "zh":
        own |= {name: _with_chinese_unit(fields[name]) for name in _MEASURES if name in fields}
    return row[0 if language == "zh" else 1].format_map({**fields, **own})


def _with_chinese_unit(measure: str) -> str:
    number, _, unit = measure.rpartition(" ")
    return f"{number} {_UNITS_ZH[unit]}"


def codes_in_words(codes: Sequence[str], language: Language) -> str:
    """Return a list of codes in words; of many the first three and how many more."""
    shown = [code or "?" for code in codes[:_SHOWN_CODES]]
    separator, last = ("、", "和") if language == "zh" else (", ", " and ")
    if len(codes) > _SHOWN_CODES:
        rest = f"等 {len(codes)} 个区域" if language == "zh" else f" and {len(codes) - _SHOWN_CODES} more"
        return separator.join(shown) + rest
    if len(shown) > 1:
        return separator.join(shown[:-1]) + last + shown[-1]
    return "".join(shown) or ("图层" if language == "zh" else "the layer")


def area_in_words(area_m2: float) -> str:
    """Return an area as a person would write it: '0.4 m²', '812 m²', '3.1 ha', '5.20 km²'."""
    if area_m2 < 0.01:
        return "<0.01 m²"
    if area_m2 < 10.0:
        return f"{area_m2:.2f} m²"
    if area_m2 < _HECTARE_M2:
        return f"{area_m2:.0f} m²"
    if area_m2 < _KM2:
        return f"{area_m2 / _HECTARE_M2:.1f} ha"
    return f"{area_m2 / _KM2:.2f} km²"


def length_in_words(length_m: float) -> str:
    """Return a length as a person would write it: '1.0 mm', '0.45 m', '12 m', '3.4 km'."""
    if length_m < 0.01:
        return f"{length_m * 1000.0:.1f} mm"
    if length_m < 10.0:
        return f"{length_m:.2f} m"
    return f"{length_m:.0f} m" if length_m < 1000.0 else f"{length_m / 1000.0:.1f} km"


def label(code: str, name: str) -> str:
    """Return an area's code with its name in parentheses, if it has one."""
    return f"{code or '?'} {name}".strip()
