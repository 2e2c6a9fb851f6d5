"""Words with figures and directions: door numbers, buildings, distances, sides, and the figures of a report's own.

Each pattern has a role letter and, by :func:`read_value`, what it was read as. A value of None means "not this after
all", and the text is offered to the next pattern.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from geo.address import vocabulary as words
from geo.address.characters import CHINESE_NUMERAL, number_of


@dataclass(frozen=True, slots=True)
class Number:
    """A door number: ``126号``, ``甲126号``, ``126-3号``, ``126号附2号``; with ``last`` a run of them (126-130号)."""

    number: int
    suffix: str = ""
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Distance:
    """A distance in words and how far it may be off; ``vague`` when no figure was said (几十米)."""

    metres: float
    vague: bool = False
    spread_m: float = 0.0


_NUMERAL = rf"(?:\d+|[{CHINESE_NUMERAL}]+)"
# A door number has at most five figures: a telephone or an order number is none.
_DOOR = rf"(?:\d{{1,5}}(?!\d)|[{CHINESE_NUMERAL}]{{1,8}})"
_COMPASS = r"(?:东北|东南|西北|西南|东|南|西|北)"
_FIGURES: Final = "0123456789" + CHINESE_NUMERAL
# A run of door numbers longer than this is no run: 126-3号 is a door with a suffix.
_LONGEST_RUN: Final = 200


def _alternatives(options: tuple[str, ...]) -> str:
    return "|".join(re.escape(o) for o in sorted(options, key=len, reverse=True))


_UNITS_OF_BUILDING = _alternatives(words.BUILDING_UNITS)
_UNITS_OF_LENGTH = _alternatives(tuple(words.METRE_UNITS))
_TOWARDS = _alternatives(words.DIRECTION_PREFIXES[:-1])
_ASIDE = _alternatives(words.DIRECTION_SUFFIXES[:-1])
_ABOUT = "(?:大概|大约|约莫|约摸|约|差不多|有个|有|大致|估计|也就|将近|接近|近|不到|不足|超过|至少|足有)"
_NOT_AGAIN = r"(?<![0-9.])"  # a figure is read from its first digit
_COUNTED = (
    "个|名|位|人|户人家|户居民|家(?![庄店村湾沟院])|辆|台|次|遍|天|日|周|年|月|小时|分钟|秒|点|时|块钱|块|元|万|条|棵|根|盏|片|堆|袋|桶|只"
    "|头|层楼|级|路车|路公交车?|岁|%|倍|张|件|间|吨|斤|公斤|升|度|分贝|伏|千瓦|寸|路口"
)
_SMALL_LENGTH = "厘米|公分|毫米|cm|mm|平方米|平方公里|平方|平米|m2|㎡|亩|公顷"
_LAID = "长|宽|高|深|厚|粗|直径|半径|面积|塌陷|下陷|沉降|凹陷|落差|积水|水深|超高|进深|间距|隔"
_TIME_OF_DAY = "上午|下午|早上|早晨|清晨|中午|晚上|夜里|夜间|傍晚|凌晨|半夜|深夜|当天|当晚|那天|晚间|早|晚"
# What is told with the day it falls on: behind 1 to 31号 the figure may be a day as well as a door.
_DATED = (
    "停[水电气暖]|断[水电气网]|开始|检修|抢修|封路|修路|断路|改道|限行|断交|堵车|下雨|下雪|暴雨|大雨|大风|台风|刮风"
    "|地震|发生|完工|竣工|通车|开学|放假|上班|考试|到期|交房|过年"
)
_DAY = "(?:3[01]|[12]?[0-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_STEP_STONES = (
    "路口|红绿灯口?|院子|大院|家属院|小区|村子?|十字路口|丁字路口|三岔路口|红灯|路灯杆?|电线杆|站地|站路|站|公交站|胡同口?|巷子?口?|街口|街"
    "|大?门|出口|岔路?口|弯道?|拐弯"
)

# Patterns with figures and directions: role, the characters they may begin with, expression.
PATTERNS: Final[tuple[tuple[str, str, str], ...]] = (
    # A figure of the report, not of the place: dates, times, telephones, plates, sizes, counts.
    (
        "W",
        _FIGURES + "早上中下晚凌傍夜半本当每这下",
        (
            rf"{_NOT_AGAIN}(?:\d{{2,4}}(?:年|[./-])\d{{1,2}}(?:月|[./-])\d{{1,2}}[日号]?|\d{{2,4}}年(?:\d{{1,2}}月份?)?"
            rf"|(?:{_NUMERAL}|本|上个?|当|每|这个|下个?)月(?:份|底|初|中旬|上旬|下旬)?(?:{_DAY}[日号])?"
            rf"|{_DAY}(?:[号日][到至-]|[到至]){_DAY}[号日](?=停|断|施工|封|修|检修|期间|每|晚|早|上午|下午|都|不|开)"
            rf"|{_DAY}(?:(?:[号日][、和或]?|[、和或]){_DAY})+[号日](?={_DATED})"
            rf"|{_DAY}[号日](?:的)?(?={_TIME_OF_DAY}|起|就|才|又|已|刚|将|零点|前(?:修|完|整|处|解|交|搬|拆)|{_DATED}|开始|开工|动工|开挖|停了|断了|封路|封闭|之前|以前|之后|以后|左右|\d{{1,2}}[点时:])"
            rf"|(?:{_TIME_OF_DAY})?{_NUMERAL}(?:点|时)(?:半|钟|多|左右|{_NUMERAL}分?|整|后|前|以后|之后|以前|之前)*"
            rf"|(?:{_TIME_OF_DAY})?\d{{1,2}}:\d{{2}}(?::\d{{2}})?)"
        ),
    ),
    ("W", "01", r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)"),
    ("W", "0123456789", r"(?<!\d)\d{5,}[\dx]*"),
    (
        "W",
        "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼车",
        r"(?:车牌号?)?[京-鿿][a-z][·,]?[a-z0-9]{5,6}(?![a-z0-9])",
    ),
    (
        "W",
        _FIGURES + "约近长宽高深厚粗直半面塌下沉凹落积水超进间隔有大",
        (
            rf"(?:(?:{_LAID})(?:了|达到?|有|大?约|近|超过|为|是|出|已)*{_NOT_AGAIN}(?:\d+(?:\.\d+)?|[{CHINESE_NUMERAL}几半]+)"
            rf"(?:多|余|来|几)?(?:米|m(?![a-z])|公里|{_SMALL_LENGTH})(?:多|左右)?"
            rf"|(?:大?约|近|有)?{_NOT_AGAIN}(?:\d+(?:\.\d+)?|[{CHINESE_NUMERAL}几半]+)(?:多|余|来|几)?"
            rf"(?:{_SMALL_LENGTH}|(?:米|m(?![a-z]))(?:多|左右)?的?(?:长|宽|高|深|厚|粗|见方))"
            rf"|{_NOT_AGAIN}(?:\d{{1,2}}(?:\.\d+)?|[{CHINESE_NUMERAL}几半]{{1,2}})(?:多|余|来|几)?米(?:多|左右)?的(?:大?坑|洞|沟|裂|缝|口子|树))"
        ),
    ),
    # A thing that bears a number of its own is no door: pole 5, manhole 5; a car park or a toilet of a small number.
    (
        "W",
        _FIGURES,
        (
            rf"{_NOT_AGAIN}(?:{_DOOR}号(?:(?:电线|[电灯线])?杆|路灯杆?|(?:窨|检修|污水|雨水)?井盖?|变压器|变电|配电|开关|环网|桥|地块|标段|[车泊]位|[机泵]组|泵站?|铁?塔|闸|卡口|监控|摄像"
            rf"|[进出]?口(?!岸)|涵|隧|充电|门(?![口前外面市店头诊卫房窗厅]))|(?:\d{{1,2}}|[{CHINESE_NUMERAL}]{{1,3}})号(?:停车场|公厕|厕所|垃圾[站中箱桶房]|公交|站[台牌点]"
            rf"|公园|广场|游园|厂房|仓库|摊[位点]?|服务[区点]|车间|病房|诊室|教室|窗口|柜台|会议室|公路桥|大桥|驿站|地铁|岗亭?))"
        ),
    ),
    # Steps that no map tells the length of, and ranges: two crossings, a bus stop, five minutes, within 500 m.
    (
        "J",
        _FIGURES + "第几好半约方周步走开骑坐上前后下",
        (
            rf"(?:(?:第|前面|后面|前|后|上|下)?{_NOT_AGAIN}(?:{_NUMERAL}|几|好几|两三|半)(?:个|条|座|道)?(?:{_STEP_STONES})(?!经营)"
            rf"|(?:第|倒数第){_NOT_AGAIN}(?:{_NUMERAL}|几)(?:家|户|间|栋|排|个|棵|根|座|处)"
            rf"|(?<=[东南西北走行骑])(?:{_NUMERAL}|几|十几|十来)(?:多|来|几)?(?:分钟|里(?![地路外远面边头院])多?)"
            rf"|(?:步行|走路?|开车|骑车|坐车|车程)(?:大概|大约|约)?{_NOT_AGAIN}(?:{_NUMERAL}|几|十几|十来)(?:多|来|几)?分钟"
            rf"|(?:方圆|周边|周围|半径|约)*{_NOT_AGAIN}(?:{_NUMERAL}|几百|几十)(?:多|余|来)?(?:米|m|公里)"
            rf"(?:左右)?(?:的)?(?:范围|以内|之内|内)(?:内|里)?)"
        ),
    ),
    (
        "M",
        _FIGURES + "大约差有几上数百半近将接不超至足估也",
        (
            rf"{_ABOUT}*{_NOT_AGAIN}(?P<n>\d+(?:\.\d+)?(?:[-至到]\d+(?:\.\d+)?(?=米|m|公里|千米|km))?|百十|几十|几百|数十|数百|上百|十几|十来|百八十|百|几|[一二三四五六七八九十两]点[{CHINESE_NUMERAL}]+"
            rf"|[{CHINESE_NUMERAL}]+|半)(?P<more>多|来|几|余|把)?(?P<u>{_UNITS_OF_LENGTH})(?P<half>半)?"
            rf"(?:左右|多|处|远|的地方|开外|以外|外|来远|上下|光景|不到)*"
        ),
    ),
    (
        "N",
        _FIGURES + "门新旧甲乙丙丁",
        (
            rf"(?:门牌号?|新|旧)?(?P<x>[甲乙丙丁](?=\d))?{_NOT_AGAIN}(?P<n>{_DOOR})(?P<y>[a-z甲乙丙丁])?"
            rf"(?:(?:-|之|附)(?P<s>{_DOOR}))?"
            rf"(?:(?:号|#)?[、和与及]\d{{1,4}}(?=[号#、和与及]))*?(?:(?:号|#)?[、和与及至到/-](?P<z>\d{{1,4}}))?"
            rf"(?:号(?!院?楼(?![下上前后道顶])|线)|#(?!楼)|弄(?![0-9]))(?:院)?"
            rf"(?:(?:附|-|之)(?P<t>{_NUMERAL})号?|(?P<v>[a-z甲乙丙丁])(?![a-z座栋幢区单]))?(?:院内?|大院|门面房?|商铺|门市房?|沿街)?"
        ),
    ),
    (
        "N",
        "0123456789",
        r"(?<![\d.])(?P<n>\d{1,4})(?:(?P<y>[a-f甲乙丙丁])(?![a-z0-9座栋幢区单楼级景类]|写字|办公|商务|打印|影[院厅]|动画)|[附之](?P<t>\d{1,3})(?!\d))",
    ),
    (
        "B",
        _FIGURES + "abcdefghijklmnopqrstuvwxyz甲乙丙丁东西南北中",
        rf"{_NOT_AGAIN}(?P<n>{_NUMERAL}|[a-z]|[甲乙丙丁]|[东西南北中])(?P<u>{_UNITS_OF_BUILDING})(?:楼)?",
    ),
    ("B", "0123456789", r"(?<![\d.])(?P<n>\d+)-(?:\d+)(?:-\d+)*(?:室|户)?"),
    # Which way traffic runs is not where something lies.
    (
        "W",
        "由自从东西南北",
        rf"(?:由|自|从)?{_COMPASS}(?:向|往|至|到|朝){_COMPASS}(?:方向|行驶|走向|车道|走|去|侧|边)*",
    ),
    (
        "D",
        "向往朝以偏正东南西北",
        rf"(?P<p>{_TOWARDS})?(?P<d>{_COMPASS})(?P<q>{_ASIDE})?(?:走|方向)?个?(?:一点儿?|点儿)?",
    ),
    (
        "S",
        "马道路街",
        rf"(?:马路|道路|路|街)的?(?P<d>{_COMPASS})(?:侧|边|面|沿)?(?:人行道|便道|非机动车道)?",
    ),
    ("C", "东西", rf"(?P<d>{_COMPASS})(?:拐角|转角|角|口角)(?:处|上)?"),
    (
        "G",
        "东南西北正后侧一二三四1234",
        r"(?P<d>东北|东南|西北|西南|[东南西北正后侧]|[一二三四1-4]号)(?:大)?门(?:口|处|外)?",
    ),
)
BARE_NUMBER: Final = re.compile(r"(?<![\d.])(?P<n>\d{1,4})(?=$|,)")


def _patterns_by_first() -> dict[str, tuple[tuple[str, re.Pattern[str]], ...]]:
    table: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for role, first, expression in PATTERNS:
        pattern = re.compile(expression)
        for char in dict.fromkeys(first):
            table.setdefault(char, []).append((role, pattern))
    return {char: tuple(patterns) for char, patterns in table.items()}


PATTERNS_BY_FIRST: Final = _patterns_by_first()


def read_value(role: str, found: re.Match[str]) -> object:
    """Read what a pattern found; None when it is none of this role after all."""
    match role:
        case "W" | "J":
            return found[0]
        case "M":
            return _distance(found)
        case "N":
            return _number(found.groupdict())
        case "B":
            return _building(found)
        case "D":
            # 往东 without a distance is a way, 东侧 a side: see geo.address.tails.
            return words.BEARING_DEG[found["d"]]
        case _:
            return words.BEARING_DEG.get(found["d"], found["d"])


def _number(part: dict[str, str | None]) -> Number | None:
    number = number_of(part["n"] or "")
    if number is None:
        return None
    suffix = part.get("s") or part.get("t") or ""
    figure = number_of(suffix) if suffix else None
    last = int(part.get("z") or 0) or None
    if figure is not None and part.get("s") and number < figure <= number + _LONGEST_RUN and last is None:
        return Number(number, "", figure)
    letter = part.get("x") or part.get("y") or part.get("v") or ""
    return Number(number, letter.upper() if figure is None else str(figure), last)


def _building(found: re.Match[str]) -> str | None:
    n = found["n"]
    number = number_of(n)
    unit = found.groupdict().get("u") or ""
    after = found.string[found.end() : found.end() + 1]
    if unit in {"区", "期"} and not n.isascii() and after and after not in _FIGURES + ",":
        return None  # 二七区 is a district
    named = {"幢": "号楼", "栋": "号楼", "#楼": "号楼"}.get(unit, unit)
    return (str(number) if number is not None else n.upper()) + named


# Said without a figure: the distance meant, and how far it may be off.
_VAGUE: Final[dict[str, tuple[float, float]]] = {
    "百十": (100.0, 50.0),
    "百八十": (100.0, 50.0),
    "百": (100.0, 20.0),
    "上百": (120.0, 60.0),
    "几十": (50.0, 30.0),
    "数十": (50.0, 30.0),
    "几百": (300.0, 300.0),
    "数百": (300.0, 300.0),
    "十几": (15.0, 5.0),
    "十来": (10.0, 3.0),
    "几": (5.0, 3.0),
}
_LESS: Final = re.compile("不到|不足")
_NEARLY: Final = re.compile("将近|接近|近")
_MORE: Final = re.compile("超过|至少|足有|开外|以外")


def _distance(found: re.Match[str]) -> Distance | None:
    said, unit = found["n"], words.METRE_UNITS[found["u"]]
    vague = _VAGUE.get(said)
    if vague is not None:
        middle, off = (130.0, 40.0) if said == "百" and found["more"] else vague
        return Distance(middle * unit, vague=True, spread_m=off * unit)
    between = _between(said)
    read = figure(said) if between is None else between[0]
    if read is None:
        return None
    metres, spread = read, between[1] if between else 0.0
    if found["half"]:
        metres += 0.5
    more = found["more"]
    if more in {"多", "余", "几"}:
        # 200多米 is 200 to 250 m, 一百多米 100 to 150.
        metres, spread = metres * 1.1, metres * 0.15
    elif more:
        spread = metres * 0.1
    text = found[0]
    if _LESS.search(text):
        metres, spread = metres * 0.9, metres * 0.15
    elif _NEARLY.search(text.split(said)[0]):
        metres, spread = metres * 0.95, metres * 0.1
    elif _MORE.search(text):
        metres, spread = metres * 1.1, metres * 0.15
    return Distance(metres * unit, spread_m=spread * unit)


def figure(said: str) -> float | None:
    """Read a figure that may have a fraction: 2.5, 二点五, 半, 两百."""
    if said == "半":
        return 0.5
    if "." in said:
        return float(said)
    if "点" in said:
        whole, _, rest = said.partition("点")
        tenths = number_of(rest)
        before = number_of(whole)
        # 二点五: digits behind the point, by their number.
        return None if tenths is None or before is None else before + tenths / 10 ** len(rest)
    number = number_of(said)
    return None if number is None else float(number)


_ENDS_OF_RANGE: Final = re.compile(r"(\d+(?:\.\d+)?)[-至到](\d+(?:\.\d+)?)")


def _between(said: str) -> tuple[float, float] | None:
    """Read 五六十, 一百五六十, 十五六, 100-150: the middle and half the difference; None for one figure."""
    ends = _ENDS_OF_RANGE.fullmatch(said)
    if ends is not None:
        nearest, farthest = float(ends[1]), float(ends[2])
        return (nearest + farthest) / 2, abs(farthest - nearest) / 2
    for at in range(len(said) - 1):
        low, high = said[at], said[at + 1]
        if said.isascii() or low not in _ONES or high not in _ONES or not 1 <= _ONES[high] - _ONES[low] <= 2:
            continue
        first, second = number_of(said[:at] + low + said[at + 2 :]), number_of(said[:at] + high + said[at + 2 :])
        if first is not None and second is not None:
            # 五六十 is 50 to 60: the middle and half the difference.
            return (first + second) / 2, (second - first) / 2
    return None


_ONES: Final = {c: v for v, c in enumerate("一二三四五六七八九", 1)} | {"两": 2}
