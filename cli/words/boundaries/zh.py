"""Help of `boundaries` and `layers`, in Chinese: by the English that stands with them."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES = {
    "Boundaries: import, check, export, releases.": "界线：导入、检查、导出与版本。",
    "Read, check and publish as a release; with a blocking defect nothing is changed.": (
        "读取、检查并发布为版本；有阻断性缺陷时不作任何更改。"
    ),
    "The files together are the layer's whole content. A layer described in a layers.json beside the file is created.": (
        "所列文件合为图层的全部内容。文件旁的 layers.json 所描述的图层会自动建立。"
    ),
    "Boundary files, or a folder with a layers.json.": "界线文件，或含 layers.json 的目录。",
    "System of the files' numbers: WGS84, CGCS2000, GCJ-02, BD-09, EPSG:4547 …": (
        "文件坐标所用系统：WGS84、CGCS2000、GCJ-02、BD-09、EPSG:4547 等。"
    ),
    "level=file, repeatable: street=streets.shp. A level alone is that of all files.": (
        "级别=文件，可重复：street=streets.shp。只写级别则适用于所有文件。"
    ),
    "level=column, repeatable: a coarser level that the files have only as a column: district=QXMC.": (
        "级别=列，可重复：文件中仅以列出现的上级，如 district=QXMC。"
    ),
    "Encoding of the texts, for example gbk.": "文字编码，如 gbk。",
    "What changed and why; kept with the release.": "变更内容与原因，随版本保存。",
    "When it takes effect, 2026-12-01T00:00:00+08:00; soon if left out.": (
        "生效时间，如 2026-12-01T00:00:00+08:00；不填则随即生效。"
    ),
    "An --effective-at far ahead, or before the first report, is meant.": (
        "确认 --effective-at 确在较远的将来，或早于首件上报。"
    ),
    "Keep it as an open draft, also with defects that block, to be repaired.": (
        "保存为变更单以便修复，有阻断性缺陷亦可。"
    ),
    "Remember --map for this layer.": "为该图层记住 --map 的对应关系。",
    "Where the defects' GeoJSON goes.": "缺陷 GeoJSON 的写入位置。",
    "End reading, or the check, after so long; no limit if left out.": "读取或检查超过该秒数即结束；不填则不限时。",
    "Read and check files as `import` would, and change nothing. Exit code 1 when something blocks.": (
        "按 `import` 的方式读取并检查，不作任何更改。有阻断时退出码为 1。"
    ),
    "Write a release to a file, or as a delivery package (GeoPackage, check report, manifest).": (
        "将版本写成文件，或写成成果包（GeoPackage、检查报告、清单）。"
    ),
    "Folder the file goes to.": "文件写入的目录。",
    "geojson, shapefile, geopackage, kml, flatgeobuf, geoparquet or package.": (
        "geojson、shapefile、geopackage、kml、flatgeobuf、geoparquet 或 package（成果包）。"
    ),
    "Release; the latest if none.": "版本号；不填为最新。",
    "Only this level.": "仅限该级别。",
    "Of a Shapefile's texts: utf-8 or gbk.": "Shapefile 的文字编码：utf-8 或 gbk。",
    "With the columns about people.": "含涉及个人的列。",
    "List a layer's releases, latest first.": "列出图层的版本，最新在前。",
    "Publish an older release's content again, as a new release.": "将旧版本的内容重新发布为新版本。",
    "Number of the release whose content comes back.": "要恢复其内容的版本号。",
    "Layers: create, list, describe, gaps.": "图层：建立、列出、说明与允许的空白。",
    "Define a layer.": "定义图层。",
    "Lower-case letters, digits, - and _.": "小写字母、数字、- 和 _。",
    "Coarsest first, comma-separated: district,street,community,grid.": (
        "由大到小，逗号分隔：district,street,community,grid。"
    ),
    "Name, as people call it.": "通用名称。",
    "gb15 (6, 9, 12, 15 digits) or free.": "gb15（6、9、12、15 位）或 free（不限）。",
    "Areas of a level must neither overlap nor leave gaps.": "同级区域既不得重叠，也不得留空。",
    "How far outside a point still gets the nearest.": "界外多远之内的点仍归最近区域（米）。",
    "List the layers.": "列出图层。",
    "Describe a layer: its rules, its fields, its areas by level, its declared gaps.": (
        "说明图层：规则、字段、各级区域数与声明的空白。"
    ),
    "Declare the gaps that are meant (lakes, parks) of a layer without a release; the check is silent on them.": (
        "为尚无版本的图层声明允许的空白（湖面、公园等），检查时不再提示。"
    ),
    "They are added to those declared before. Once the layer has a release: [bold]wangge boundaries rules[/].": (
        "与已声明者累加。图层已有版本时，请用 [bold]wangge boundaries rules[/]。"
    ),
    "GeoJSON of polygons in WGS 84; of a defects file, its gaps.": "WGS 84 的面 GeoJSON；若为缺陷文件，取其中的空隙。",
    "Open a draft on top of the layer's latest release.": "在图层最新版本之上开立变更单。",
    "What it is about.": "事由。",
    "How edits over OGC API are kept apart; last-read for QGIS, which sends no If-Match.": (
        "经 OGC API 编辑时如何防止相互覆盖；QGIS 不发送 If-Match，请用 last-read。"
    ),
    "List change sets, latest first.": "列出变更单，最新在前。",
    "Carry out one edit; says which areas it left different and the defects around them.": (
        "执行一次编辑，说明有变化的区域及其周围的缺陷。"
    ),
    "Number of the change set.": "变更单编号。",
    "split, merge, transfer, reshape, create, retire or recut.": (
        "split（拆分）、merge（合并）、transfer（划转）、reshape（移界）、create（新设）、retire（撤销）或 recut（重划）。"
    ),
    "Area, repeatable, in the verb's order.": "区域，可重复，按操作所需顺序。",
    "GeoJSON geometry or feature, WGS 84.": "GeoJSON 几何或要素，WGS 84。",
    "merge, retire: the area that takes the land.": "合并、撤销时：接收土地的区域。",
    "Else the next numbers.": "不填则取后续编号。",
    "create, recut: the parent.": "新设、重划时：上级。",
    "Name of the new area.": "新区域的名称。",
    "Make a new area of the uncovered land under an outline; short for `edit … create`.": (
        "将轮廓内未覆盖的土地设为新区域；即 `edit … create`。"
    ),
    "The community it belongs to; none if one level.": "所属社区（村）；只有一级时不填。",
    "Its code; else the community's next number.": "编码；不填则取该社区（村）的下一编号。",
    "Its name.": "名称。",
    "End an area; short for `edit … retire`.": "撤销区域；即 `edit … retire`。",
    "Area that ends.": "要撤销的区域。",
    "The neighbour that takes its land; else it is uncovered.": "接收其土地的相邻区域；不填则该地不再覆盖。",
    "Rename, recode, give to another parent or unit.": "更名、改码，变更上级或责任单位。",
    "Area.": "区域。",
    "fact=value: name, code, parent_code, unit_code, unit_name.": (
        "事实=值：name、code、parent_code、unit_code、unit_name。"
    ),
    "Take a surveyor's delivery into a draft, matched by code; shows the differences area by area.": (
        "将测绘成果按编码对应纳入变更单，逐区域列出差异。"
    ),
    "The surveyor's files.": "测绘成果文件。",
    "Areas of the delivered levels that are not in it end.": "所交级别中未列出的区域予以撤销。",
    "Propose balanced, compact grids beside today's; `--output` writes a map (.html) or a one-page print (.pdf).": (
        "给出均衡、紧凑的网格方案并与现状对照；`--output` 写出地图（.html）或单页打印件（.pdf）。"
    ),
    "Community or street.": "社区（村）或街道（镇）。",
    "How many grids.": "网格数。",
    "households or reports.": "households（户数）或 reports（上报）。",
    "Take it into the draft.": "采纳到变更单。",
    "Take back the latest edit.": "撤回最近一次编辑。",
    "Change what the draft's release will answer by: the tolerance, declared gaps. Approved like its areas.": (
        "更改该版本判定所依的规则：容差与声明的空白。与区域一并审批。"
    ),
    "How far outside every area a point still gets the nearest.": "各区域之外多远之内的点仍归最近区域（米）。",
    "GeoJSON of gaps to declare (lakes, parks), in WGS 84.": "要声明的空白（湖面、公园等）GeoJSON，WGS 84。",
    "Name of a declared gap that is none any more, repeatable.": "不再作为空白的名称，可重复。",
    "Check the whole layer as the draft has it; `--output` writes the defects as GeoJSON. Exit code 1 when one blocks.": (
        "按变更单检查整个图层；`--output` 将缺陷写成 GeoJSON。有阻断时退出码为 1。"
    ),
    "Only around what the draft changed, at once.": "仅检查变更周围，即时完成。",
    "Show repair proposals with the ground they move; take those named, or all.": (
        "列出修复建议及所移动的土地；采纳指定的，或全部。"
    ),
    "Key of a proposal; repeatable.": "建议的编号；可重复。",
    "Take the preferred ones until nothing more can be mended.": "逐一采纳首选建议，直到再无可修复。",
    "Only defects of this kind; repeatable.": "仅限此类缺陷；可重复。",
    "Only defects of this area.": "仅限该区域的缺陷。",
    "Defects a page.": "每页缺陷数。",
    "The next page, as the one before names it.": "下一页，按上一页所给。",
    "Print what publishing would do; `--output` writes a map (.html) or a one-page print (.pdf).": (
        "说明发布后的影响；`--output` 写出地图（.html）或单页打印件（.pdf）。"
    ),
    "Hand a draft in for approval.": "提交变更单待审批。",
    "Approve a submitted draft; never by anyone who worked on it.": "审批已提交的变更单；参与编制者不得审批。",
    "Open a submitted or approved draft again, with the reason on record.": "退回已提交或已批准的变更单，并记录原因。",
    "What is to be done; kept on record.": "需办理的内容，留存备查。",
    "Publish an approved draft as a release.": "将已批准的变更单发布为版本。",
    "Print how far open matters are with coming under each release's areas, latest first.": (
        "说明在办件移交到各版本区域的进度，最新在前。"
    ),
    "Put a draft on top of the latest release; areas that both changed are named and nothing is changed.": (
        "将变更单移到最新版本之上；列出双方都更改的区域，不作更改。"
    ),
    "Settle one conflict; after the last the draft stands on the latest release.": (
        "处理一处冲突；全部处理后，变更单即以最新版本为基础。"
    ),
    "An area that both the draft and a release since changed.": "变更单与其后版本都更改过的区域。",
    "The draft's area, or the published one.": "取变更单的区域，或取已发布的区域。",
    "Ask that a release shall not take effect; nothing changes until a second person approves.": (
        "申请撤回尚未生效的版本；第二人批准之前不作更改。"
    ),
    "Number of the release, the layer's latest.": "版本号，须为图层最新版本。",
    "Why; kept on record.": "原因，留存备查。",
    "Withdraw a release as another person asked: it never takes effect, and a draft it came from opens again.": (
        "按他人申请撤回版本：该版本不再生效，其来源变更单重新打开。"
    ),
    "Give a draft up; it stays on record.": "作废变更单，留存备查。",
    "Print what an area became and what it came from.": "说明区域的来源与去向。",
    "List borders in doubt, the most contested first; `--output` writes the map.": (
        "列出存疑边界，争议最多的在前；`--output` 写出地图。"
    ),
    "How far back to look.": "回溯的天数。",
    "Grid workers: who works which area.": "网格员：各区域由谁负责。",
    "State who works the areas that a file names: exactly those in it from now (or their 起) on; other areas stay.": (
        "登记文件所列区域的网格员：自即日（或所填“起”）起以文件为准；其他区域不变。"
    ),
    "CSV: 网格编码, 工号, 姓名 and, if wanted, 单位编码, 起, 止.": "CSV：网格编码、工号、姓名，以及可选的单位编码、起、止。",
    "List who works which area now; names are masked for keys without `workers:read`.": (
        "列出各区域现任网格员；无 `workers:read` 权限的密钥只见遮蔽后的姓名。"
    ),
    "Only this responsible unit.": "仅限该责任单位。",
}
