"""Details about drafts of boundaries and drawn geometries, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "The condition cannot be computed on these areas: a number leaves the range of numbers.": (
        "该条件无法在这些区域上计算：有数值超出范围。"
    ),
    "The delivery is what the draft has already: nothing to take over.": (
        "提交的内容与变更单现状相同，没有可接收的更改。"
    ),
    "Layer '{code}' is at release {number}, not {expected_latest}.": (
        "图层“{code}”现为第 {number} 版，而非第 {expected_latest} 版。"
    ),
    "Change set {id} is {state}: only an open one can be edited.": "变更单 {id} 为“{state}”状态，只有草稿可以编辑。",
    "Change set {id} is at version {version}, not {expected_version}.": (
        "变更单 {id} 现为第 {version} 次修改，而非第 {expected_version} 次。"
    ),
    "Change set {id} is {state}: {action} is not possible.": "变更单 {id} 为“{state}”状态，不能{action}。",
    "There is no area {code} in this draft.": "变更单中没有区域 {code}。",
    "Name the areas, or draw the geometry, that the edit is about.": "请指明要编辑的区域，或绘制其图形。",
    "{code} is or was another area's code.": "{code} 是其他区域现用或曾用的编码。",
    "An area of level {level} has no parent.": "{level} 级区域没有上级。",
    "There is no parent {parent_code} in this draft.": "变更单中没有上级区域 {parent_code}。",
    "The parent of a {level} is a {levels}; {code} is a {parent_level}.": (
        "{level} 级的上级应为 {levels} 级，而 {code} 为 {parent_level} 级。"
    ),
    "Area {other} is called '{name}' already: names are not given twice.": (
        "区域 {other} 已名为“{name}”，名称不得重复。"
    ),
    "Area {other} of change set {number} is called '{name}' already: names are not given twice.": (
        "变更单 {number} 中的区域 {other} 已名为“{name}”，名称不得重复。"
    ),
    "Area {code} is in no conflict.": "区域 {code} 没有冲突。",
    "No grids lie below {parent_code} in this draft.": "变更单中 {parent_code} 之下没有网格。",
    "Grid {code} has no number of households: choose the load of reports instead.": (
        "网格 {code} 没有户数，请改按上报量划分。"
    ),
    "Outlines there cross themselves or each other: check the draft and repair it first.": (
        "该处轮廓自相交或相互交叉，请先检查并修复变更单。"
    ),
    "Name the areas to edit by `code`, or a box by `bbox`, not both.": (
        "请用 code 指明要编辑的区域，或用 bbox 指明范围，二者取一。"
    ),
    "A window must not cross the antimeridian.": "编辑范围不能跨越 180° 经线。",
    (
        "The window holds {areas} areas with {vertices} vertices; the most that can be edited at once are"
        " {most_areas} and {most_vertices}: choose a smaller one."
    ): (
        "该范围内有 {areas} 个区域、{vertices} 个顶点，"
        "一次最多编辑 {most_areas} 个区域、{most_vertices} 个顶点，请缩小范围。"
    ),
    "The verb {verb} needs shapes.": "操作 {verb} 需要给出轮廓（shapes）。",
    "The outline drawn for {code} is no polygon, or crosses itself.": "为 {code} 绘制的轮廓不是多边形，或自相交。",
    "The outlines are those that the draft has: nothing would change.": "轮廓与变更单现状相同，没有更改。",
    "There is nothing to repair.": "没有需要修复的内容。",
    "There is no proposal {keys} (any more).": "没有修复建议 {keys}，或该建议已失效。",
    "That repair leaves an area without land: retire the area instead.": "该修复会使区域没有土地，请改为撤销该区域。",
    "Layer '{code}' has no level {strange}.": "图层“{code}”没有级别 {strange}。",
    "The code {repeated} stands twice in the delivery.": "提交内容中编码 {repeated} 重复。",
    "Area {wrong} of the delivery is no polygon.": "提交内容中区域 {wrong} 不是多边形。",
    (
        "{spent} was an area's code before, or another draft gives it: numbers are not given twice. To bring an "
        "older release back, roll back to it."
    ): ("{spent} 为其他区域曾用编码，或已由其他变更单使用，编码不得重复。恢复旧版本请用回退。"),
    "The land of an area is a polygon.": "区域的范围应为多边形。",
    "Change set {id} changes nothing yet.": "变更单 {id} 尚无更改。",
    "'{name}' worked on change set {id}: somebody else has to approve it.": (
        "“{name}”参与过变更单 {id} 的编制，须由他人批准。"
    ),
    ("Release {number} was published meanwhile: rebase the change set and settle {count} area(s) that both changed."): (
        "其间已发布第 {number} 版。请将变更单改以该版为基础，并处理双方都更改过的 {count} 个区域。"
    ),
    "Release {number} was published meanwhile: rebase the change set.": (
        "其间已发布第 {number} 版，请将变更单改以该版为基础。"
    ),
    "{first} ({count} defects in all; check it to see where.)": (
        "{first}变更单共有 {count} 处缺陷，请检查变更单查看位置和处理办法。"
    ),
    "Tolerance and gaps are that already: nothing to change.": "容差和允许的空白已是如此，无须更改。",
    "'{requested_by}' asked for it already: a second person has to approve.": (
        "“{requested_by}”已申请撤回，须由第二人批准。"
    ),
    "Nobody has asked to withdraw release {number} of layer '{code}'.": (
        "没有人申请撤回图层“{code}”的第 {number} 版。"
    ),
    "Nobody has asked to withdraw release {number} of layer '{layer}'.": (
        "没有人申请撤回图层“{layer}”的第 {number} 版。"
    ),
    "'{name}' asked for the withdrawal: somebody else has to approve it.": "撤回由“{name}”申请，须由他人批准。",
    "Drafts stand on release {number} (change sets {named}): withdraw them first.": (
        "有变更单（{named}）以第 {number} 版为基础，请先撤回这些变更单。"
    ),
    "There is no change set {change_set_id}.": "没有变更单 {change_set_id}。",
    "`after` is the `next` of the page before.": "`after` 应为上一页给出的 `next`。",
    "There is no fact {unknown}; there are {known}.": "没有属性 {unknown}；可用：{known}。",
    "Name at least one fact to change.": "请至少指明一项要更改的属性。",
    "Name at least one fact or a geometry to change.": "请至少指明一项要更改的属性或图形。",
    "The attributes are an object of names and values.": "其他属性应为由名称和值组成的对象。",
    "The {name} must not be empty.": "{name} 不能为空。",
    "The name must not be empty.": "名称不能为空。",
    "Community {community} has no numbers left: 999 were given.": "社区 {community} 的编号已用完：999 个均已使用。",
    "There is no verb '{verb}'; there are {verbs}.": "没有操作“{verb}”；可用：{verbs}。",
    "A new area needs the code of its parent.": "新区域须填写上级编码。",
    "A new area needs one code of its own: name it.": "新区域须有自己的编码，请填写。",
    "The new area must lie beside areas there are.": "新区域须与现有区域相邻。",
    "These areas have different parents: say whose the new ones are.": "这些区域的上级不同，请指明新区域的上级。",
    "The verb {verb} takes at least {count} area codes.": "操作 {verb} 至少需要 {count} 个区域编码。",
    "The verb {verb} takes {count} area codes.": "操作 {verb} 需要 {count} 个区域编码。",
    "The verb {verb} takes 1 area code.": "操作 {verb} 需要 1 个区域编码。",
    "There is no area {code} on the finest level of this draft.": "变更单最细一级中没有区域 {code}。",
    "The verb {verb} needs a geometry.": "操作 {verb} 需要图形。",
    "Area {code} has no land.": "区域 {code} 没有土地。",
    "{taken} is or was another area's code; numbers are not given twice.": (
        "{taken} 是其他区域现用或曾用的编码，编码不得重复。"
    ),
    "An outline there crosses itself or its neighbours: check the draft and repair it first.": (
        "该处有轮廓自相交或与相邻区域交叉，请先检查并修复变更单。"
    ),
    "The lines cut {code} into more than {most_parts} parts.": "所绘的线把 {code} 分成了 {most_parts} 块以上。",
    "If-Match takes the version of the change set, as its ETag says.": "If-Match 应为变更单的版本，即其 ETag。",
    "A line with at least two points is needed.": "需要一条至少两个点的线。",
    "The line does not cut {code}: it must run from border to border.": (
        "所绘的线没有切开 {code}，须从一侧边界画到另一侧边界。"
    ),
    "The line cuts {code} into {count} parts, but {given} codes were given.": (
        "所绘的线把 {code} 分成 {count} 块，却给出了 {given} 个编码。"
    ),
    "Codes must be new and different: {taken}.": "编码须为新编码且互不相同：{taken}。",
    "Codes must be new and different: one stands twice.": "编码须为新编码且互不相同：有编码重复。",
    "Merging takes at least two areas.": "合并至少需要两个区域。",
    "{into} is another area's code.": "{into} 是其他区域的编码。",
    "These areas do not share a border: {wanted}.": "这些区域不相邻：{wanted}。",
    "An area cannot give land to itself.": "区域不能把土地划给自己。",
    "The piece must be a valid polygon.": "划转的范围须为有效多边形。",
    "Nothing of {giver} lies under the piece.": "划转的范围内没有 {giver} 的土地。",
    "The piece covers all of {giver}: merge the two areas instead.": (
        "划转的范围覆盖了整个 {giver}，请改为合并两个区域。"
    ),
    "The piece does not share a border with {taker}.": "划转的范围与 {taker} 不相邻。",
    "A border lies between two areas.": "边界应位于两个区域之间。",
    "{first} and {second} share no border.": "{first} 与 {second} 没有共同边界。",
    "The line does not cut {first} and {second} apart: it must run from border to border.": (
        "所绘的线没有把 {first} 与 {second} 分开，须从一侧边界画到另一侧边界。"
    ),
    "One side of the line would be empty: it runs along the edge of {first} or {second}.": (
        "所绘的线沿 {first} 或 {second} 的边缘，其中一侧没有土地。"
    ),
    "Recutting takes areas and the pieces they become.": "重新划分须给出原有区域和划分后的各块。",
    "{taken} is another area's code.": "{taken} 是其他区域的编码。",
    "The pieces do not tile the areas' land.": "各块没有恰好拼满原有区域的土地。",
    "The pieces are the areas as they are: nothing would be cut.": "各块与原有区域相同，没有可划分的内容。",
    "{code} is another area's code.": "{code} 是其他区域的编码。",
    "The outline must be a valid polygon.": "轮廓须为有效多边形。",
    "All land under the outline is covered already: split or transfer instead.": (
        "轮廓内的土地均已有归属，请改用拆分或划转。"
    ),
    "There is no area {code} here.": "此处没有区域 {code}。",
    "{n} pieces cannot make {k} regions.": "{n} 个地块不能划分为 {k} 个区域。",
    "Weights must be one finite number, not negative, for each piece.": "每个地块须有一个非负的有限数值。",
    "The land does not hang together.": "土地不连成一片。",
    "The land cannot be cut into so many regions that hang together.": "土地无法划分为这么多各自连片的区域。",
    "There is no land to cut.": "没有可划分的土地。",
    "The geometry is empty.": "图形为空。",
    "The geometry has more than {most} points.": "图形超过 {most} 个点。",
    "The geometry must be in degrees, longitude first.": "图形坐标应为度，经度在前。",
    "The geometry is not GeoJSON.": "图形不是 GeoJSON。",
    "open": "草稿",
    "submitted": "待审批",
    "approved": "已批准",
    "published": "已发布",
    "withdrawn": "已撤回",
    "submit": "提交",
    "approve": "批准",
    "send back": "退回",
    "rebase": "变更基础版本",
    "publish": "发布",
    "withdraw": "撤回",
    "reopen": "重新打开",
}
