"""Defects of boundaries in Chinese."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES = {
    "not_degrees": "{areas}：坐标不是经纬度（例如 {example}）。请声明文件的坐标系后重新导入{suggestion}。",
    "not_degrees/swapped": "{areas}：经纬度似乎颠倒（例如 {example}）。请交换两列坐标后重新导入。",
    "not_degrees/not_finite": "{areas}：坐标中有空值或无穷大，无法使用。请修正这些顶点后重新导入。",
    "empty": "{areas}：没有面（几何为空、或只是点、线）。请补绘边界，或删除该记录。",
    "invalid_ring": "{areas}：边界环无效（{reason}）。请在该处重新描边，或采用修复建议“修正边界环”。",
    "malformed_code": "{areas}：编码不合规则（{rule}）。请更正编码。",
    "duplicate_code": "编码 {areas} 用了 {count} 次。一个编码只能属于一个区域：请改号，或把各部分合并为一个区域。",
    "unknown_parent": "{areas}：上级编码 {parent} 在上一级（{parent_level}）中不存在。请更正上级编码，或先补上该上级。",
    "unknown_parent/missing": "{areas}：没有上级编码，应属于某个{parent_level}。请填写上级编码。",
    "overlap": "{areas} 重叠 {size}，该处的上报会被两个单位同时认领。请改边界，或采用修复建议“裁去重叠”。",
    "gap": (
        "{areas} 附近有 {size} 空隙，该处的上报无人负责。请补齐，或采用修复建议“并入相邻区域”；若为湖面、公园等，"
        "请声明为允许的空白。"
    ),
    "outside_parent": "{areas}：有 {size} 超出上级 {parent} 的范围。请收回边界，或采用修复建议“按上级裁剪”。",
    "parent_not_covered": (
        "{areas}：有 {size} 没有被任何下级区域覆盖。请扩展相邻的下级区域，采用修复建议“并入相邻区域”，"
        "或声明为允许的空白。"
    ),
    "sliver/overlap": "{areas} 之间有狭长重叠 {size}（最宽不足 {width}）。可采用修复建议“消除狭缝”。",
    "sliver/gap": "{areas} 附近有狭长空隙 {size}（最宽不足 {width}）。可采用修复建议“消除狭缝”。",
    "sliver/outside_parent": (
        "{areas}：与上级 {parent} 的边界略有出入，狭长超出 {size}（最宽不足 {width}）。可采用修复建议“按上级裁剪”。"
    ),
    "sliver/parent_not_covered": (
        "{areas}：边缘有狭长地带 {size}（最宽不足 {width}）未被下级区域覆盖。可采用修复建议“并入相邻区域”。"
    ),
    "sliver/area": "{areas}：整个区域狭长，面积 {size}，最宽不足 {width}，可能是残留的碎片。请核对，或并入相邻区域。",
    "spike": "{areas}：边界有长 {size} 的尖刺。请删去该顶点，或采用修复建议“削去尖刺”。",
    "several_parts": (
        "{areas}：由 {count} 个互不相连的部分组成，主体之外共 {size}。若不是飞地，请把零散部分划给所在区域。"
    ),
    "suspected_datum": (
        "整个图层与参照相差约 {size}；按 {datum} 解读后仅差 {residual}。坐标系很可能声明错了：请确认数据来源，"
        "以 {datum} 重新导入。"
    ),
    "suspected_datum/converted_twice": (
        "整个图层与参照相差约 {size}，像是已是 WGS 84 的坐标又被从 {datum} 换算了一次（还原后仅差 {residual}）。"
        "请按 WGS 84 重新导入。"
    ),
    "suspected_datum/other_shift": (
        "整个图层与参照相差约 {size}，"
        "像是 {datum} 的坐标被当作 {read_as} 读取（按 {datum} 解读后仅差 {residual}）。请确认数据来源，"
        "以 {datum} 重新导入。"
    ),
    "elsewhere": (
        "整个图层与现行版本毫无重叠，位于其{way}约 {size}。请核对坐标系、分带和坐标轴顺序；确属另一片区域的，"
        "请另建图层。"
    ),
    "elsewhere/outline": (
        "整个图层与本区县毫无重叠，位于其{way}约 {size}。请核对坐标系、分带和坐标轴顺序；确属另一片区域的，"
        "可先存为变更单再审批。"
    ),
    # Parts of sentences: areas, sizes, directions, why a ring is invalid, which rule a code breaks.
    "suggestion": "，可能是 {system}",
    "areas/none": "图层",
    "areas/several": "{first}和{last}",
    "areas/more": "{shown}等 {count} 个区域",
    "area/least": "<0.01 平方米",
    "area/small": "{m2:.2f} 平方米",
    "area/m2": "{m2:.0f} 平方米",
    "area/ha": "{ha:.1f} 公顷",
    "area/km2": "{km2:.2f} 平方公里",
    "length/mm": "{mm:.1f} 毫米",
    "length/small": "{m:.2f} 米",
    "length/m": "{m:.0f} 米",
    "length/km": "{km:.1f} 公里",
    "length/width": "{m:g} 米",
    "way/east": "以东",
    "way/north_east": "东北",
    "way/north": "以北",
    "way/north_west": "西北",
    "way/west": "以西",
    "way/south_west": "西南",
    "way/south": "以南",
    "way/south_east": "东南",
    "ring/self_intersection": "自相交",
    "ring/ring_self_intersection": "环自接触",
    "ring/hole_lies_outside_shell": "内环在外环之外",
    "ring/nested_holes": "内环互相嵌套",
    "ring/holes_are_nested": "内环互相嵌套",
    "ring/nested_shells": "外环互相嵌套",
    "ring/interior_is_disconnected": "内部被切断",
    "ring/duplicate_rings": "环重复",
    "ring/too_few_points_in_geometry_component": "顶点过少",
    "ring/invalid_coordinate": "坐标无效",
    "ring/ring_is_not_closed": "环未闭合",
    "ring/repeated_point": "顶点重复",
    "ring/other": "{stated}",
    "rule/level": "层级“{level}”未在图层中定义",
    "rule/digits_only": "只能由数字组成",
    "rule/digits": "应为 {digits} 位，现为 {found} 位",
    "rule/prefix": "应以上级编码 {parent} 开头",
    "rule/missing": "编码不能为空",
    "rule/printable": "首尾不能有空格，不能含控制字符",
    "rule/address": "不能含空格和 /\\%?#，也不能只是“.”或“..”：编码要用作网址的一段",
    "rule/longest": "不得超过 {most} 个字符",
    "character/space": "空格",
    # Repairs, and a defect with the repair that would mend it.
    "repair/make_valid": "修正边界环",
    "repair/snap": "吸附到邻边",
    "repair/close_sliver": "消除狭缝",
    "repair/trim_overlap": "裁去重叠",
    "repair/give_to_neighbour": "并入相邻区域",
    "repair/clip_to_parent": "按上级裁剪",
    "repair/drop_spike": "削去尖刺",
    "repair/clean_whole": "整层清理",
    "repaired": "{defect}→{repair}",
}
