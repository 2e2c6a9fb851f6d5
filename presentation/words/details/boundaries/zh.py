"""Details about boundary files, layers and releases, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "There is no layer '{code}'.": "没有图层“{code}”。",
    "The boundaries cross each other too often to be checked; correct or simplify them.": (
        "边界相互交叉过多，无法检查，请修正或简化。"
    ),
    "Two boundary deliveries are being worked on already; send yours again in a moment.": (
        "已有两份界线正在处理，请稍后重新提交。"
    ),
    (
        "This took longer than {within} s and was ended; nothing was changed. On the command line `wangge "
        "boundaries check` takes as long as it needs (--time-limit sets a limit), and names the defects that "
        "make it slow."
    ): (
        "处理超过 {within} 秒，已中止，未作任何更改。可用命令 `wangge boundaries check` 检查，不限时间（"
        "--time-limit 可设上限），并列出致使缓慢的缺陷。"
    ),
    "The delivery needs more memory than boundaries may take.": "处理这份界线所需内存超过上限。",
    "Areas have no field '{word}' that a column could hold; there are {aliases}.": (
        "区域没有可对应的字段“{word}”；可用：{aliases}。"
    ),
    "There is no column '{column}'; its columns are {columns}.": "没有“{column}”列；现有各列：{columns}。",
    "The layer has no level '{unknown}'; it has {levels}.": "图层没有级别“{unknown}”；现有级别：{levels}。",
    "Area {code}: {where}; its {level} is not known.": "区域 {code}：{where}，无法得知其所属 {level}。",
    "column '{column}' is empty, or there is none": "“{column}”列为空，或没有该列",
    "no parent is named": "没有指明上级",
    "The {level} {code} has several names: {called}.": "{level} 级的 {code} 有多个名称：{called}。",
    "The finest level, {level}, cannot be derived from finer areas.": "{level} 已是最细一级，不能由下级区域合成。",
    "Areas of level {level} are in the files already.": "文件中已有 {level} 级的区域。",
    "There are no areas of level {finer} to put together.": "没有可供合成的 {finer} 级区域。",
    (
        "'{stem}' does not say which level its areas are of ({levels}). Map a column (map level=COLUMN), or give "
        "one file a level (level street=FILE)."
    ): (
        "“{stem}”没有说明各区域的级别（{levels}）。请指明级别列（map level=列名），或指明文件的级别（level "
        "street=文件名）。"
    ),
    "{count} columns; at most {max_attributes} are taken.": "共 {count} 列，最多 {max_attributes} 列。",
    "'{name}': no column holds the code; its columns are {names}. Name it (field code=COLUMN).": (
        "“{name}”中没有编码列；现有各列：{names}。请指明（field code=列名）。"
    ),
    "'{stem}' does not state its coordinate reference system. {hint}": "“{stem}”没有说明坐标参照系。{hint}",
    "Its numbers are metres or feet: name the system, for example EPSG:4547.": (
        "其数值为米或英尺，请指明参照系，例如 EPSG:4547。"
    ),
    "Its numbers may be degrees: say whether WGS84, CGCS2000, GCJ-02 or BD-09.": (
        "其数值可能为度，请指明是 WGS84、CGCS2000、GCJ-02 还是 BD-09。"
    ),
    "'{stem}': {error}.": "“{stem}”：{error}。",
    "'{stem}': {problem}": "“{stem}”：{problem}",
    "{error}.": "{error}。",
    "unknown coordinate reference system {name}": "无法识别的坐标参照系 {name}",
    "unknown coordinate reference system {name} (did you mean {suggestions}?)": (
        "无法识别的坐标参照系 {name}（是否指 {suggestions}？）"
    ),
    "There is no format '{name}' to write; there are {writable}.": "没有可写出的格式“{name}”；可用：{writable}。",
    "'{name}' is named like {found_name}, but its content is something else.": (
        "“{name}”的名称像是 {found_name}，内容却不是。"
    ),
    "GDAL does not read {driver} alone here.": "此处不能单独读取 {driver}。",
    "Its tables are in different coordinate reference systems; import them one by one.": (
        "其中各表的坐标参照系不同，请逐个导入。"
    ),
    "{count:,} features; at most {max_features:,} are taken.": "共 {count:,} 个要素，最多 {max_features:,} 个。",
    "{count} tables; at most {max_files} are taken.": "共 {count} 个表，最多 {max_files} 个。",
    "GDAL cannot read it as {driver}: {error}": "无法按 {driver} 读取：{error}",
    "Its geometries are curved or broken; convert them to plain polygons: {error}": (
        "其中图形为曲线或已损坏，请转换为普通多边形：{error}"
    ),
    "Its 'crs' member does not name a coordinate reference system; links are not followed.": (
        "其 crs 成员没有指明坐标参照系；本服务不访问链接。"
    ),
    "It is not a GeoJSON FeatureCollection.": "不是 GeoJSON 的 FeatureCollection。",
    "Not valid JSON: {error}.": "不是有效的 JSON：{error}。",
    "Feature {number} is not an object.": "第 {number} 个要素不是对象。",
    "Feature {number}: 'properties' is not an object.": "第 {number} 个要素的 properties 不是对象。",
    "Feature {number}: its geometry is not sound GeoJSON ({error}).": (
        "第 {number} 个要素的图形不是有效的 GeoJSON（{error}）。"
    ),
    "The KML declares entities or a document type, which are refused.": "KML 中声明了实体或文档类型，不予接收。",
    "Not well-formed XML: {error}.": "不是格式正确的 XML：{error}。",
    "The KML's elements are nested more than 100 deep.": "KML 元素嵌套超过 100 层。",
    "Placemark {number}: {error}.": "第 {number} 个地标：{error}。",
    "Placemark {number}: its coordinates are not lon,lat pairs.": "第 {number} 个地标的坐标不是“经度,纬度”。",
    "More than {max_features:,} placemarks.": "地标超过 {max_features:,} 个。",
    (
        "'{stem}': {outside} of {count} areas lie outside the area of {name} ({west:g} to {east:g} E, {south:g} "
        "to {north:g} N): {code} would lie at {x:.4f} E, {y:.4f} N. {advice}"
    ): (
        "“{stem}”：{count} 个区域中有 {outside} 个在 {name} 的适用范围（东经 {west:g} 至 {east:g}，北纬 "
        "{south:g} 至 {north:g}）之外：{code} 将位于东经 {x:.4f}、北纬 {y:.4f}。{advice}"
    ),
    "Its axes are exchanged: X is the northing there, as surveyors write it. Write east before north.": (
        "其坐标轴颠倒：按测绘习惯 X 为北向。请先写东向、后写北向。"
    ),
    "Name the system that the numbers are in: another zone, or eastings with or without the zone's number?": (
        "请指明数值所用的参照系：是否为其他分带，横坐标是否带有带号？"
    ),
    (
        "From the datum of {name} to WGS 84 no transformation is known here; read without one, everything would "
        "lie some 50 to 150 m away. Have the file converted to CGCS2000 by who knows the local parameters."
    ): (
        "没有从 {name} 的基准到 WGS 84 的转换参数；不经转换直接读取，位置将偏差约 50 至 150 米。请由掌握当地"
        "参数的单位转换为 CGCS2000。"
    ),
    "Its geometry column '{column}' is missing.": "缺少图形列“{column}”。",
    "Not readable as Parquet: {error}.": "无法按 Parquet 读取：{error}。",
    "Its geometries are not WKB: {error}.": "其中图形不是 WKB：{error}。",
    "Only GeoParquet with WKB geometries is read; write it so.": "只读取图形为 WKB 的 GeoParquet，请按此写出。",
    "It is Parquet, but not GeoParquet: the 'geo' metadata are missing.": (
        "文件是 Parquet 而非 GeoParquet：缺少 geo 元数据。"
    ),
    "Its coordinate reference system is not readable.": "其坐标参照系无法读取。",
    "{num_rows:,} rows; at most {max_features:,} are taken.": "共 {num_rows:,} 行，最多 {max_features:,} 行。",
    "The file would unpack to {unpacked:,} bytes.": "文件解压后将有 {unpacked:,} 字节。",
    "Feature {number}: collections nested more than {max_collection_depth} deep.": (
        "第 {number} 个要素：集合嵌套超过 {max_collection_depth} 层。"
    ),
    (
        "Feature {number} has {counts:,} vertices; at most {max_vertices_an_area:,} are taken for one area. "
        "Simplify the layer (keeping shared borders) and import it again."
    ): (
        "第 {number} 个要素有 {counts:,} 个顶点，单个区域最多 {max_vertices_an_area:,} 个。请在保持公共边界一"
        "致的前提下简化图层后重新导入。"
    ),
    "{counts:,} vertices; at most {max_vertices:,} are taken.": "共 {counts:,} 个顶点，最多 {max_vertices:,} 个。",
    "'{stem}' could not be read: the reader stopped. The file is damaged, or needs more memory than it may.": (
        "“{stem}”无法读取：读取中途停止，文件已损坏或所需内存超过上限。"
    ),
    "There is no boundary file in it; known are {known}.": "其中没有界线文件；可用格式：{known}。",
    "'{name}' is no file name.": "“{name}”不是文件名。",
    "'{name}' cannot be read as boundaries: {unreadable}.": "“{name}”不能作为界线读取：{unreadable}。",
    (
        "a drawing holds lines and texts, and no areas with codes. Export its areas as GeoPackage or Shapefile, "
        "their codes and names as attributes"
    ): ("图纸只有线和文字，没有带编码的区域。请将区域导出为 GeoPackage 或 Shapefile，以编码和名称为属性"),
    "pack the boundary files as .zip": "请将界线文件打包为 .zip",
    "a table without outlines; the areas' polygons are needed": "表格中没有轮廓，需要区域的多边形",
    "send the geodatabase as a whole: its .gdb folder, zipped": "请提交整个地理数据库：将 .gdb 文件夹打包为 .zip",
    "a project only names its layers; send the layers' own files": "工程文件只有图层的名称，请提交图层本身的文件",
    "'{name}' is of no known format; known are {known}.": "无法识别“{name}”的格式；可用格式：{known}。",
    "The archive holds a path that leads out of it: {name}.": "压缩包中有指向包外的路径：{name}。",
    "'{name}' is packed in an unusual way; pack it as an ordinary zip (deflate).": (
        "“{name}”的压缩方式不常见，请按普通 zip（deflate）打包。"
    ),
    "'{name}' is encrypted; pack it without a password.": "“{name}”已加密，请不设密码打包。",
    "An import brings at most {max_files} files.": "一次导入最多 {max_files} 个文件。",
    "'{name}' comes twice.": "“{name}”出现两次。",
    "'{name}' is an archive within an archive; pack the boundary files directly.": (
        "“{name}”是压缩包中的压缩包，请直接打包界线文件。"
    ),
    "'{name}' would unpack to {file_size:,} bytes from {compress_size:,}.": (
        "“{name}”将由 {compress_size:,} 字节解压为 {file_size:,} 字节。"
    ),
    "The files are larger than {max_bytes:,} bytes, unpacked.": "各文件解压后超过 {max_bytes:,} 字节。",
    "'{upload}' is not a sound zip archive.": "“{upload}”不是完好的 zip 压缩包。",
    "'{stem}.shp' came without its .dbf: send .shp, .shx, .dbf, .prj and .cpg together, or zipped.": (
        "“{stem}.shp”缺少 .dbf：请将 .shp、.shx、.dbf、.prj 和 .cpg 一并提交，或打包提交。"
    ),
    "'{upload}' holds {count:,} files; at most {max_files} are taken.": (
        "“{upload}”中有 {count:,} 个文件，最多 {max_files} 个。"
    ),
    "{encoding} does not hold the code {code}: write utf-8.": "{encoding} 无法表示编码 {code}，请用 utf-8 写出。",
    "The text is neither UTF-8 nor GBK; save the file as UTF-8.": (
        "文字既不是 UTF-8 也不是 GBK，请将文件另存为 UTF-8。"
    ),
    "The .dbf's texts are neither UTF-8 nor GBK; name their encoding.": (
        ".dbf 中的文字既不是 UTF-8 也不是 GBK，请指明编码。"
    ),
    "The .dbf is cut short.": ".dbf 不完整。",
    "The .dbf's header makes no sense.": ".dbf 的文件头无效。",
    "The text is not {encoding}, as its first bytes say.": "文字并非开头字节所标明的 {encoding}。",
    "A code or name has {count:,} characters; at most {longest_text} are taken.": (
        "编码或名称有 {count:,} 个字符，最多 {longest_text} 个。"
    ),
    (
        "Column '{column}' holds a number of more than 15 digits ({value:.0f}), whose last digits are lost: "
        "write it as text."
    ): ("“{column}”列中有超过 15 位的数字（{value:.0f}），末几位已丢失，请写为文字。"),
    "A Shapefile's texts are written in utf-8 or gbk.": "Shapefile 的文字编码为 utf-8 或 gbk。",
    "KML holds degrees: export it in WGS84, CGCS2000, GCJ-02 or BD-09.": (
        "KML 以度为单位，请以 WGS84、CGCS2000、GCJ-02 或 BD-09 导出。"
    ),
    "{name} does not reach as far as these areas.": "这些区域超出 {name} 的适用范围。",
    "Layer '{code}' has no release yet.": "图层“{code}”尚无版本。",
    "There is not one feature in it.": "其中没有任何要素。",
    (
        "Layer '{code}' answers by what release {number} was approved with. Open a draft and change it there "
        "(PATCH /v1/change-sets/{{change_set}}/rules, or `wangge boundaries rules`): it takes effect with its "
        "release, when a second person has approved it."
    ): (
        "图层“{code}”按第 {number} 版批准时的规则判定。请新建变更单，在其中更改（PATCH /v1/change-sets/"
        "{{change_set}}/rules 或 `wangge boundaries rules`），经第二人批准后随新版本生效。"
    ),
    "A code is 1 to 40 lower-case letters, digits, - or _, a letter first; not '{code}'.": (
        "代码应为 1 至 40 个小写字母、数字、- 或 _，以字母开头，而非“{code}”。"
    ),
    "There is a layer '{code}' already.": "已有图层“{code}”。",
    "Layer '{code}' has releases; make a new layer for other levels or another code rule.": (
        "图层“{code}”已有版本；使用其他级别或编码规则，请另建图层。"
    ),
    "Levels are one or more different names of lower-case letters, digits or _, coarsest first.": (
        "级别应为一个或多个互不相同的名称，由小写字母、数字或 _ 组成，从粗到细。"
    ),
    "The code rule is 'gb15' (6, 9, 12, 15 digits) or 'free'.": "编码规则为 gb15（6、9、12、15 位数字）或 free。",
    "The 15-digit rule has at most four levels.": "15 位编码规则最多四级。",
    "The tolerance is between 0 and 100,000 m.": "容差应为 0 至 100,000 米。",
    "The database writes too slowly to say when the release takes effect; try again later.": (
        "数据库写入过慢，无法确定版本的生效时点，请稍后再试。"
    ),
    "Layer '{code}' is at release {number}, not {expected}: someone published meanwhile.": (
        "图层“{code}”现为第 {number} 版，而非第 {expected} 版：其间有人发布了新版本。"
    ),
    "The code {repeated} is used more than once.": "编码 {repeated} 重复使用。",
    "Area {wrong} is not a valid polygon.": "区域 {wrong} 不是有效的多边形。",
    "There are no areas.": "没有区域。",
    "These areas already exist at that instant.": "这些区域在该时点已存在。",
    "An area is not a valid polygon for the database.": "有区域对数据库而言不是有效的多边形。",
    "{count} defects block publishing; nothing was changed. The first: {first}": (
        "有 {count} 处缺陷阻止发布，未作任何更改。第一处：{first}各处缺陷及处理办法见 defects。"
    ),
    "Release {number} of layer '{code}' is withdrawn already.": "图层“{code}”的第 {number} 版已撤回。",
    (
        "Release {number} takes effect at {effective_at}: it can no longer be withdrawn. Roll back to the one "
        "before instead."
    ): ("第 {number} 版于 {effective_at} 生效，不能再撤回，请改为回退到前一版本。"),
    "Release {number} of layer '{code}' comes after release {release_number}: withdraw the latest one first.": (
        "图层“{code}”的第 {number} 版在第 {release_number} 版之后，请先撤回最新版本。"
    ),
    "Release {number} of layer '{code}' was withdrawn before it took effect; it has no areas.": (
        "图层“{code}”的第 {number} 版在生效前已撤回，没有区域。"
    ),
    "Layer '{code}' has no release {number}.": "图层“{code}”没有第 {number} 版。",
    "Layer '{code}' has no area '{within}' then.": "该时点图层“{code}”没有区域“{within}”。",
    "Layer '{code}' never had an area '{area}'.": "图层“{code}”从未有过区域“{area}”。",
    "Layer '{layer}' has no area '{code}' at that instant.": "该时点图层“{layer}”没有区域“{code}”。",
    "The layer has no such level; it has {levels}.": "图层没有这个级别；现有级别：{levels}。",
    "'{named}' is not LAYER/CODE, for example admin/410106003.": "“{named}”应写作 图层/编码，例如 admin/410106003。",
    (
        "Area {codes}: a ring of its outline is nothing at the {decimals} decimals of a degree (1 cm) that are "
        "stored. Take that part or hole away, or draw it wider."
    ): ("区域 {codes}：轮廓中有一环在存储精度（{decimals} 位小数的度，约 1 厘米）下消失。请删除该部分或孔洞，或画宽。"),
    (
        "The gap '{name}' covers {codes}, which answers there. Draw the gap smaller, or take it out of the "
        "declared gaps."
    ): ("空白“{name}”覆盖了该处负责的 {codes}。请缩小空白，或将其从声明的空白中去掉。"),
    "The gap '{name}' is not a valid polygon.": "空白“{name}”不是有效的多边形。",
    "The gap '{name}': {why}": "空白“{name}”：{why}",
    "The gaps have more than {most_points} points together.": "各空白合计超过 {most_points} 个点。",
    "There is no declared gap '{name}'; there are: {known}.": "没有声明过空白“{name}”；现有：{known}。",
    "Two gaps are named '{name}'.": "有两个空白名为“{name}”。",
    "There is a gap '{name}' of another shape: to draw it anew, name it in `remove` too.": (
        "已有名为“{name}”而形状不同的空白；重新绘制时请同时在 `remove` 中列出。"
    ),
    "{why}. Correct it, or say that it is meant ({needs}).": "{why}。请更正，或确认确系此意（{needs}）。",
    "{when} is more than a year ahead; until then no other release can take effect": (
        "{when} 距今一年以上，此前其他版本均不能生效"
    ),
    "{when} is before the layer's first report ({first})": "{when} 早于该图层的第一件上报（{first}）",
    "{when} is {days} days ahead; until then no other release can take effect": (
        "{when} 在 {days} 天之后，此前其他版本均不能生效"
    ),
    "{when} is {years} years back": "{when} 在 {years} 年之前",
    "The effective instant needs a time zone, for example +08:00.": "生效时点须注明时区，例如 +08:00。",
    "The year {year} is not meant.": "年份 {year} 应有误。",
    "{wanted} is not after the previous release's {previous}.": "{wanted} 不晚于前一版本的 {previous}。",
    "{wanted} is past: only the first release of a layer may take effect in the past.": (
        "{wanted} 已过：只有图层的首个版本可以在过去生效。"
    ),
    "{wanted} is too near: name an instant at least {lead:g} s ahead, or none.": (
        "{wanted} 过近：请指定至少 {lead:g} 秒以后的时点，或不指定。"
    ),
    "The latest release takes effect only at {previous}: name a later instant for this one.": (
        "最新版本至 {previous} 才生效，请为本版本指定更晚的时点。"
    ),
    "'{name}' is not a GeoJSON FeatureCollection of polygons.": (
        "“{name}”不是由多边形组成的 GeoJSON FeatureCollection。"
    ),
    "There is no layer '{layer}'. Define it: wangge layers create {layer} --levels …": (
        "没有图层“{layer}”。请先定义：wangge layers create {layer} --levels …"
    ),
    "reading {subject}": "读取 {subject}",
    "checking the edges of level {subject}": "检查 {subject} 层各区域的边界",
    "checking overlaps of level {subject}": "检查 {subject} 层的重叠",
    "comparing level {subject} with its parents": "核对 {subject} 层与上级的范围",
    "looking for gaps of level {subject}": "查找 {subject} 层的空隙",
    "stopped: nothing was changed": "已停止：未作任何更改。",
}
