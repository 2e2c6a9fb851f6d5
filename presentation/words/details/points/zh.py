"""Details about points, tiles, filters and the OGC API, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "{x_name} {x:g}, {y_name} {y:g} ({crs}): {title}": "{x_name} {x:g}，{y_name} {y:g}（{crs}）：{title}",
    "A coordinate is not finite. Send a number, or leave the point out.": (
        "坐标不是有限的数。请发送数字，或不填点位。"
    ),
    "The coordinates are no degrees. Longitude is -180 to 180, latitude -90 to 90; for metres, name their crs.": (
        "坐标不是度数。经度为 -180 至 180，纬度为 -90 至 90；以米为单位的请注明参照系。"
    ),
    "Longitude and latitude are likely swapped. Send longitude as lon, latitude as lat.": (
        "经度与纬度可能颠倒。请以 lon 发送经度，以 lat 发送纬度。"
    ),
    "The point lies outside the area its crs is made for. Check the crs, and that x is east and y north.": (
        "点位在所注明参照系的适用范围之外。请核对参照系，并确认 x 为东、y 为北。"
    ),
    "Point {row}: {problem}": "第 {row} 点：{problem}",
    "{name} is missing. Send both lon and lat.": "缺少 {name}。请同时发送 lon 和 lat。",
    "{name} is {value}, which is not a number. Send decimal degrees, with a point.": (
        "{name} 为 {value}，不是数字。请发送十进制度数，用小数点。"
    ),
    "{name} is {value}: not a number.": "{name} 为 {value}，不是数字。",
    "{name} is missing.": "缺少 {name}。",
    "({lon}, {lat}) is no point in degrees": "（{lon}，{lat}）不是以度为单位的点位",
    "The Arrow stream is compressed: write it without compression.": "Arrow 流经过压缩，请不压缩写出。",
    "More than {most_rows} points a call. Send them in parts.": "一次提交超过 {most_rows} 个点，请分批提交。",
    "{count} points; at most {most} a call. Send them in parts.": "共 {count} 个点，一次最多 {most} 个，请分批提交。",
    "More than {most_batches} batches: write larger ones.": "超过 {most_batches} 个批次，请用更大的批次写出。",
    "The Arrow stream has a message without a header.": "Arrow 流中有一条消息没有头部。",
    "The table needs columns lon and lat (or x and y), each once.": "表中须有 lon 和 lat（或 x 和 y）两列，各一次。",
    "More than {most_columns} columns.": "超过 {most_columns} 列。",
    "columns lon and lat (or x and y) are needed": "须有 lon 和 lat（或 x 和 y）两列",
    "a list of points, or an object of columns": "应为点的列表，或由各列组成的对象",
    "a list of numbers": "应为数字列表",
    "a list as long as the others": "列表长度应与其他列相同",
    "a number of metres": "应为米数",
    "a number": "应为数字",
    "a point is an object with {x} and {y}": "点应为含有 {x} 和 {y} 的对象",
    "{count} values, but {other} has {other_count}": "有 {count} 个值，而 {other} 有 {other_count} 个",
    "full or compact": "应为 full 或 compact",
    "not JSON: {error}": "不是 JSON：{error}",
    "The {media_type} cannot be read: {error}": "{media_type} 无法读取：{error}",
    "Column id is neither texts nor numbers.": "id 列既不是文字也不是数字。",
    "Column {name} is not all numbers.": "{name} 列不全是数字。",
    "Column {name} is not all numbers, such as {odd} in row {row}.": "{name} 列不全是数字，例如第 {row} 行的 {odd}。",
    "No columns lon and lat among {names}: name them.": "各列（{names}）中没有 lon 和 lat，请指明。",
    "{suffix} is no format that can be written.": "{suffix} 不是可写出的格式。",
    "{name} has several columns named {twice}.": "{name} 中有多列名为 {twice}。",
    "{name} has no column {column}, or several.": "{name} 中没有 {column} 列，或有多列同名。",
    "{name}: the ending says the format; {suffixes}.": "{name}：按扩展名识别格式，可用：{suffixes}。",
    "{name} cannot be read: {error}": "{name} 无法读取：{error}",
    "Layer '{layer}' has the levels {levels}.": "图层“{layer}”的级别为 {levels}。",
    "Layer '{layer}' has no area '{within}' then.": "该时点图层“{layer}”没有区域“{within}”。",
    "Layer '{layer}' has no area '{within}'.": "图层“{layer}”没有区域“{within}”。",
    "Layer '{code}' had no release in force then.": "该时点图层“{code}”没有生效的版本。",
    "There is no such tile: {error}.": "没有这张瓦片：{error}。",
    "zoom must lie in 0 … {most}, not {z}": "缩放级别应为 0 至 {most}，而非 {z}",
    "at zoom {z} x and y lie in 0 … {most}, not {x}, {y}": "缩放级别为 {z} 时 x 和 y 应为 0 至 {most}，而非 {x}、{y}",
    "'{operator}' is not offered for {kinds}.": "不支持对 {kinds} 使用“{operator}”。",
    "A text must not hold a zero character.": "文字中不能含有零字符。",
    "A number must be finite.": "数值须有限。",
    "The filter is too deep.": "过滤条件嵌套过深。",
    "The filter is no condition.": "过滤条件不是条件式。",
    "{operator} needs arguments.": "{operator} 需要参数。",
    "'{name}' is no queryable of this collection.": "“{name}”不是该要素集可查询的属性。",
    "'{operator}' is not offered.": "不支持“{operator}”。",
    "{operator} takes {count} arguments.": "{operator} 需要 {count} 个参数。",
    "{operator} takes 1 argument.": "{operator} 需要 1 个参数。",
    "{operator} compares two values.": "{operator} 比较两个值。",
    "These cannot be compared: {kinds}.": "以下类型不能比较：{kinds}。",
    "LIKE takes a text as its pattern.": "LIKE 的样式应为文字。",
    "IN takes a list of values.": "IN 需要值的列表。",
    "{function} takes geometries.": "{function} 需要图形。",
    "An interval has a start and an end.": "时段须有起时和止时。",
    "A temporal function takes times, dates and intervals.": "时间函数的参数应为时间、日期或时段。",
    "The filter has a value of no known kind.": "过滤条件中有类型不明的值。",
    "A geometry of the filter is not valid: {reason}.": "过滤条件中的图形无效：{reason}。",
    "'{name}' is no condition.": "“{name}”不是条件式。",
    "{function} takes two intervals.": "{function} 需要两个时段。",
    "The {kind} {text} {error}.": "{kind} {text} 有误：{error}。",
    "A bbox is four or six numbers.": "范围框应为四个或六个数。",
    "A bbox is four or six finite numbers.": "范围框应为四个或六个有限的数。",
    "A bbox is four or six numbers, separated by commas.": "范围框应为以逗号分隔的四个或六个数。",
    "A bbox begins with its lower corner.": "范围框应以西南角开头。",
    "A bbox in degrees lies within ±180 and ±90.": "以度为单位的范围框应在 ±180 和 ±90 以内。",
    "A projected bbox begins with its lower corner.": "投影坐标的范围框应以西南角开头。",
    "A place lies outside the area that {crs} is made for.": "有的点在 {crs} 的适用范围之外。",
    "'{text}' is not of the form x,y.": "“{text}”应写作 x,y（东坐标在前，北坐标在后）。",
    "The bbox lies outside the area of its system.": "范围框在其参照系的适用范围之外。",
    "nothing": "空",
    "The filter is too long or too deep.": "过滤条件过长或嵌套过深。",
    "{name} is a time: it {form}.": "{name} 为时间：{form}。",
    "{name} is a {kind}.": "{name} 应为{kind}。",
    "number": "数字",
    "boolean": "true 或 false",
    "text": "文字",
    "time": "时间",
    "date": "日期",
    "The filter is not {language}: {error}": "过滤条件不是 {language}：{error}",
    "A text of the filter does not end.": "过滤条件中有文字没有结束引号。",
    "'{uri}' is not offered; there are {offered}.": "不提供“{uri}”；可用：{offered}。",
    "Coordinates must be finite.": "坐标须为有限的数。",
    "The coordinates lie outside the system they are stated in.": "坐标在所注明参照系的适用范围之外。",
    "Free attributes are up to {free} texts, numbers or booleans.": (
        "其他属性最多 {free} 项，值应为文字、数字或 true、false。"
    ),
    "The id and the code of this feature are {code}; codes change by assign.": (
        "该要素的 id 和编码为 {code}；更改编码请用 assign。"
    ),
    "The land of an area is a Polygon or a MultiPolygon.": "区域的范围应为 Polygon 或 MultiPolygon。",
    "There is no collection '{name}'.": "没有要素集“{name}”。",
    "{name} is given twice.": "{name} 给出了两次。",
    "An area cannot be without {gone}.": "区域不能没有 {gone}。",
    "Feature {code} was changed meanwhile: load it again.": "要素 {code} 其间已被更改，请重新载入。",
    "Collection '{id}' has no feature '{code}' then.": "该时点要素集“{id}”没有要素“{code}”。",
    "Give either release or datetime.": "release 与 datetime 只能给一个。",
    "An interval has one slash: {form}.": "时段只有一个斜杠：{form}。",
    "The interval ends before it begins.": "时段的止时早于起时。",
    "{form}; each instant {error}.": "{form}；其中时点有误：{error}。",
    "datetime is an instant, 2026-07-01T09:30:00+08:00, or an interval of two, start/end, with .. for an open end": (
        "datetime 应为一个时点（2026-07-01T09:30:00+08:00），或起时/止时组成的时段，不限的一端写 .."
    ),
    "A draft has no tiles.": "变更单没有瓦片。",
    "There is no tile matrix set '{scheme}'; there is {known}.": "没有瓦片矩阵集“{scheme}”；可用：{known}。",
    "{name} takes {methods} here.": "{name} 在此接受 {methods}。",
    "Send Content-Type: {types}.": "请注明 Content-Type：{types}。",
    "{method} takes {types}, not {named}.": "{method} 接受 {types}，不接受 {named}。",
    "Send {types}.": "请以 {types} 格式发送。",
    "Send If-Match with the feature's ETag: it says which state of it you saw.": (
        "请以 If-Match 发送要素的 ETag，指明所依据的是哪个状态。"
    ),
    "Load the feature first: without If-Match, an edit is held to what your key last read of it.": (
        "请先载入该要素：不发送 If-Match 时，编辑以该密钥最近一次读取的内容为准。"
    ),
    "must be an instant of RFC 3339 with its offset, for example 2026-07-01T09:30:00+08:00": (
        "应为带时区的时间，例如 2026-07-01T09:30:00+08:00"
    ),
    "must be a day written as year-month-day, for example 2026-07-01": "应为年-月-日形式的日期，例如 2026-07-01",
    "needs a time zone, for example +08:00": "须注明时区，例如 +08:00",
    (
        "names no instant of the calendar; it must be an instant of RFC 3339 with its offset, for example "
        "2026-07-01T09:30:00+08:00"
    ): ("日历中没有这个时点；应为带时区的时间，例如 2026-07-01T09:30:00+08:00"),
    "is not in the calendar; it must be a day written as year-month-day, for example 2026-07-01": (
        "日历中没有这一天；应为年-月-日形式的日期，例如 2026-07-01"
    ),
}
