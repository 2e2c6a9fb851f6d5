# ruff: noqa: E501, PLW2901, FURB171, B007  (a list of texts and how each was made)
"""Write evaluation.tsv: address texts of the sample district with the place they mean, or nothing when no one could tell.

The places come straight from the geometry of the files (EPSG:4547, shapely), not from the locator: intersections of
centre lines, distances walked along them, the recorded points of numbers and places. Texts marked by hand are lists below.
Run: python tests/grids/gazetteer/write_evaluation.py
"""

from __future__ import annotations

import json
import math
import random
from collections import defaultdict
from pathlib import Path

import shapely
from pyproj import Transformer
from shapely.geometry import LineString, Point, shape
from shapely.ops import substring

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[2] / "data"
FORWARD = Transformer.from_crs("EPSG:4326", "EPSG:4547", always_xy=True)
random.seed(20240406)
chance = random.Random(410106)


def _features(path: str) -> list[dict]:  # type: ignore[type-arg]
    return json.loads((DATA / path).read_text(encoding="utf-8"))["features"]  # type: ignore[no-any-return]


def _metric(geometry: object) -> object:
    return shapely.transform(geometry, lambda c: list(zip(*FORWARD.transform(c[:, 0], c[:, 1]), strict=True)))


ROADS: dict[str, LineString] = {
    f["properties"]["name"]: _metric(shape(f["geometry"])) for f in _features("gazetteer/roads.geojson")
}  # type: ignore[misc]
ROAD_NAMES = {f["properties"]["name"]: f["properties"] for f in _features("gazetteer/roads.geojson")}
PLACES: dict[str, Point] = {
    f["properties"]["name"]: _metric(shape(f["geometry"])) for f in _features("gazetteer/places.geojson")
}  # type: ignore[misc]
PLACE_FACTS = {f["properties"]["name"]: f["properties"] for f in _features("gazetteer/places.geojson")}
NUMBERS: dict[str, dict[int, Point]] = defaultdict(dict)
BUILDINGS: dict[str, dict[str, Point]] = defaultdict(dict)
for _f in _features("gazetteer/addresses.geojson"):
    _p, _point = _f["properties"], _metric(shape(_f["geometry"]))
    if _p["road"]:
        NUMBERS[_p["road"]][_p["number"]] = _point  # type: ignore[assignment]
    elif _p["building"] is not None:
        BUILDINGS[_p["estate"]][f"{_p['building']}号楼"] = _point  # type: ignore[assignment]
    else:
        BUILDINGS[_p["estate"]][f"{_p['number']}号"] = _point  # type: ignore[assignment]
STREETS = [
    (f["properties"]["name"], _metric(shape(f["geometry"])))
    for f in _features("boundaries/shangjie.geojson")
    if f["properties"]["level"] == "street"
]
VECTOR = {"北": (0, 1), "南": (0, -1), "东": (1, 0), "西": (-1, 0), "东北": (0.7071, 0.7071), "东南": (0.7071, -0.7071),
          "西北": (-0.7071, 0.7071), "西南": (-0.7071, -0.7071)}  # fmt: skip

Case = tuple[str, str, Point | None]
CASES: list[Case] = []


def add(kind: str, text: str, place: Point | None) -> None:
    CASES.append((kind, text, place))


def crossing(a: str, b: str) -> Point:
    met = ROADS[a].intersection(ROADS[b])
    assert not met.is_empty, (a, b)
    return met.centroid


CROSSINGS = [
    (a, b)
    for i, a in enumerate(ROADS)
    for b in list(ROADS)[i + 1 :]
    if not (m := ROADS[a].intersection(ROADS[b])).is_empty and m.geom_type == "Point"
]
APART = [(a, b) for i, a in enumerate(ROADS) for b in list(ROADS)[i + 1 :] if ROADS[a].distance(ROADS[b]) > 600]


def walked(a: str, b: str, direction: str, metres: float) -> Point | None:
    """From the crossing along whichever road heads there; None when neither does clearly."""
    start = crossing(a, b)
    dx, dy = VECTOR[direction]
    best, best_turn = None, 1.0
    for name in (a, b):
        line = ROADS[name]
        at = line.project(start)
        for goal in (at + metres, at - metres):
            if not 0 <= goal <= line.length:
                continue
            end = line.interpolate(goal)
            along = ((end.x - start.x) * dx + (end.y - start.y) * dy) / metres
            if best is None or along > best_turn:
                best, best_turn = end, along
    return best if best is not None and best_turn > 0.9 else None


def aside(point: Point, direction: str, metres: float) -> Point:
    dx, dy = VECTOR[direction]
    return Point(point.x + dx * metres, point.y + dy * metres)


def street_of(point: Point) -> str:
    return min(STREETS, key=lambda s: s[1].distance(point))[0]  # type: ignore[attr-defined]


def pick(things: list, count: int) -> list:  # type: ignore[type-arg]
    return chance.sample(things, min(count, len(things)))


CN = "零一二三四五六七八九"


def spoken(number: int) -> str:
    if number < 10:
        return CN[number]
    if number < 20:
        return "十" + (CN[number % 10] if number % 10 else "")
    if number < 100:
        return CN[number // 10] + "十" + (CN[number % 10] if number % 10 else "")
    rest = number % 100
    tail = (
        ""
        if not rest
        else ("零" + CN[rest] if rest < 10 else CN[rest // 10] + "十" + (CN[rest % 10] if rest % 10 else ""))
    )
    return CN[number // 100] + "百" + tail


def wide(number: int) -> str:
    return "".join(chr(0xFF10 + int(d)) for d in str(number))


CROSSING_FORMS = [
    "{a}与{b}交叉口", "{a}{b}路口", "{a}和{b}交汇处", "{a}、{b}交叉口", "{a}{b}交叉口", "{a}跟{b}十字路口", "{a}与{b}的交叉路口",
    "{a}/{b}路口", "{a}交{b}口", "{a}与{b}红绿灯", "{a} {b} 丁字路口", "{a}与{b}交界处", "{a}同{b}相交处", "{a}{b}口",
]  # fmt: skip
for i, (a, b) in enumerate(pick(CROSSINGS, 70)):
    if i % 2:
        a, b = b, a
    add("crossing", CROSSING_FORMS[i % len(CROSSING_FORMS)].format(a=a, b=b), crossing(a, b))
for i, (a, b) in enumerate(pick(CROSSINGS, 16)):
    x, y = a.removesuffix("路").removesuffix("街"), b.removesuffix("路").removesuffix("街")
    form = ["{x}与{b}交叉口", "{a}和{y}交汇处", "{x}与{y}交叉口", "{x}跟{y}路口"][i % 4]
    if min(len(x), len(y)) >= 2:
        add("crossing, endings dropped", form.format(a=a, b=b, x=x, y=y), crossing(a, b))
for i, (a, b) in enumerate(pick(CROSSINGS, 24)):
    corner = ["东北", "东南", "西北", "西南"][i % 4]
    form = ["{a}与{b}交叉口{c}角", "{a}{b}路口{c}角", "{a}与{b}{c}角", "{a}和{b}交叉口的{c}拐角处"][i // 4 % 4]
    add("corner", form.format(a=a, b=b, c=corner), aside(crossing(a, b), corner, 25))

OFFSET_FORMS = ["{a}与{b}交叉口向{d}{m}米路{s}", "{a}{b}路口往{d}走{h}米", "{a}与{b}交汇处{d}{w}米", "{a}和{b}交叉口以{d}{m}米路{s}",
                "{a}与{b}路口{d}侧{m}米处", "{a}与{b}交叉口往{d}大约{m}米", "{a}{b}口朝{d}{m}米左右", "{a}与{b}交叉口{d}边{h}米路{s}"]  # fmt: skip
made = 0
for a, b in chance.sample(CROSSINGS, len(CROSSINGS)) * 2:
    d, metres = chance.choice("东西南北"), chance.choice([30, 50, 60, 80, 100, 120, 150, 200, 300])
    end = walked(a, b, d, metres)
    if end is None or made >= 64:
        continue
    form = OFFSET_FORMS[made % len(OFFSET_FORMS)]
    side = chance.choice("南北" if d in "东西" else "东西")
    text = form.format(a=a, b=b, d=d, m=metres, h=spoken(metres).replace("二百", "两百"), w=wide(metres), s=side)
    add("offset", text, aside(end, side, 12) if "路{s}" in form else end)
    made += 1

NUMBER_FORMS = ["{r}{n}号", "{r}{w}号", "{r}{h}号", "{r}{n}#", "{r}门牌号{n}号", "上街区{r}{n}号", "{r}{n}号院", "{r}{n}号3单元", "{r}，{n}号",
                "郑州市上街区{s}{r}{n}号", "{r}{n}号附近", "{r}{n}号门口", "{r}{n}"]  # fmt: skip
every_number = [(r, n) for r in NUMBERS for n in NUMBERS[r]]
for i, (r, n) in enumerate(pick(every_number, 60)):
    where = NUMBERS[r][n]
    text = NUMBER_FORMS[i % len(NUMBER_FORMS)].format(r=r, n=n, w=wide(n), h=spoken(n), s=street_of(where))
    add("door number", text, where)
gaps = [
    (r, n, NUMBERS[r][n - 2], NUMBERS[r][n + 2])
    for r in NUMBERS
    for n in range(3, 300)
    if n not in NUMBERS[r]
    and n - 2 in NUMBERS[r]
    and n + 2 in NUMBERS[r]
    and NUMBERS[r][n - 2].distance(NUMBERS[r][n + 2]) < 80
]
for r, n, low, high in pick(gaps, 20):
    add("door number between two", f"{r}{n}号", Point((low.x + high.x) / 2, (low.y + high.y) / 2))

BUILDING_FORMS = [
    "{e}{b}",
    "{e}{n}栋",
    "{e}{b}2单元301室",
    "{e}{n}#楼",
    "{e}{n}幢1单元",
    "{e}{h}号楼",
    "上街区{e}{b}",
    "{e}{w}号楼",
]
every_building = [(e, b) for e in BUILDINGS for b in BUILDINGS[e] if b.endswith("楼")]
for i, (e, b) in enumerate(pick(every_building, 40)):
    n = int(b.removesuffix("号楼"))
    text = BUILDING_FORMS[i % len(BUILDING_FORMS)].format(e=e, b=b, n=n, h=spoken(n), w=wide(n))
    add("building", text, BUILDINGS[e][b])
houses = [(e, b) for e in BUILDINGS for b in BUILDINGS[e] if not b.endswith("楼")]
for e, b in pick(houses, 16):
    add("village house", f"{e}{b}", BUILDINGS[e][b])

PLACE_FORMS = ["{p}", "{p}门口", "{p}旁边", "{p}附近", "上街区{p}", "我在{p}这边", "{p}那儿", "郑州市上街区{p}院内"]
compact = [p for p in PLACES if PLACE_FACTS[p]["kind"] not in {"village"}]
for i, p in enumerate(pick(compact, 56)):
    add("place", PLACE_FORMS[i % len(PLACE_FORMS)].format(p=p), PLACES[p])
for p in pick([p for p in PLACES if PLACE_FACTS[p]["kind"] == "village"], 8):
    add("place", p, PLACES[p])
for i, p in enumerate(pick([p for p in PLACES if PLACE_FACTS[p]["aliases"]], 14)):
    add("place alias", PLACE_FACTS[p]["aliases"][i % len(PLACE_FACTS[p]["aliases"])], PLACES[p])

facing = [p for p in PLACES if 15 < min(r.distance(PLACES[p]) for r in ROADS.values()) < 70]
for i, p in enumerate(pick(facing, 20)):
    line = min(ROADS.values(), key=lambda r: r.distance(PLACES[p]))
    foot = line.interpolate(line.project(PLACES[p]))
    away = foot.distance(PLACES[p])
    beyond = Point(foot.x + (foot.x - PLACES[p].x) / away * 20, foot.y + (foot.y - PLACES[p].y) / away * 20)
    add("opposite a place", ["{p}对面", "{p}马路对面", "{p}的对面"][i % 3].format(p=p), beyond)
for p, d, m in [(p, chance.choice("东西南北"), chance.choice([50, 100, 150])) for p in pick(compact, 16)]:
    add("offset from a place", f"{p}向{d}{m}米", aside(PLACES[p], d, m))
gated = [e for e in BUILDINGS if any(b.endswith("楼") for b in BUILDINGS[e]) and len(BUILDINGS[e]) >= 6]
for i, e in enumerate(pick(gated, 12)):
    d = "东西南北"[i % 4]
    dx, dy = VECTOR[d]
    hull = shapely.MultiPoint([*BUILDINGS[e].values(), PLACES[e]]).convex_hull
    middle = hull.centroid
    met = hull.intersection(LineString([middle, (middle.x + dx * 2000, middle.y + dy * 2000)]))
    far = max((Point(c) for c in shapely.get_coordinates(met)), key=middle.distance)
    add("gate", f"{e}{d}门", aside(far, d, 15))

stretches = []
for r, line in ROADS.items():
    for a, b in CROSSINGS:
        for other in [(x, y) for x in ROADS for y in ROADS if x < y] if (a, b) == CROSSINGS[0] else []:
            x, y = other
            if (
                r in other
                or line.intersection(ROADS[x]).geom_type != "Point"
                or line.intersection(ROADS[y]).geom_type != "Point"
            ):
                continue
            if line.intersection(ROADS[x]).is_empty or line.intersection(ROADS[y]).is_empty:
                continue
            start, end = sorted((line.project(crossing(r, x)), line.project(crossing(r, y))))
            if 60 < end - start < 470:
                stretches.append((r, x, y, substring(line, start, end).interpolate(0.5, normalized=True)))
STRETCH_FORMS = [
    "{r}（{x}—{y}段）",
    "{r}({x}至{y})",
    "{r}（{x}到{y}路段）",
    "{x}与{y}之间的{r}",
    "{r}{x}至{y}段",
    "{r}[{x}-{y}]",
]
for i, (r, x, y, middle) in enumerate(pick(stretches, 24)):
    add("stretch", STRETCH_FORMS[i % len(STRETCH_FORMS)].format(r=r, x=x, y=y), middle)

# Typical wrong characters, written by hand: same or similar sound, or like shape.
WRONG = {
    "新乡路": ["心乡路", "新香路", "辛乡路"], "孟津路": ["梦津路", "孟金路", "盂津路"], "济源路": ["济原路", "纪源路", "済源路"],
    "中心路": ["中新路", "钟心路"], "工业路": ["公业路", "工叶路"], "金华路": ["今华路", "金花路"], "许昌路": ["许畅路", "徐昌路"],
    "登封路": ["登丰路", "灯封路"], "安阳路": ["安杨路", "按阳路"], "洛宁路": ["洛凝路", "罗宁路"], "汝南路": ["如南路", "汝楠路"],
    "淮阳路": ["怀阳路", "淮杨路"], "龙江路": ["隆江路", "龙疆路"], "丹江路": ["单江路"], "新安路": ["心安路", "新按路"],
    "通航路": ["通杭路"], "科学大道": ["科学大到", "课学大道"], "昌盛街": ["昌胜街"], "朝阳街": ["潮阳街"], "吉祥街": ["吉详街"],
}  # fmt: skip
made = 0
for a, b in chance.sample(CROSSINGS, len(CROSSINGS)):
    if made < 40 and (a in WRONG or b in WRONG):
        wrong_a = chance.choice(WRONG[a]) if a in WRONG else a
        wrong_b = chance.choice(WRONG[b]) if b in WRONG and a not in WRONG else b
        add("wrong characters", f"{wrong_a}与{wrong_b}交叉口", crossing(a, b))
        made += 1
for wrong, right in [
    ("红园小区", "鸿园小区"), ("鸿圆小区", "鸿园小区"), ("康乐小去", "康乐小区"), ("盛事小区", "盛世小区"), ("桃园小区", "桃源小区"),
    ("金院小区", "金苑小区"), ("汇风小区", "汇丰小区"), ("香圆小区", "香园小区"), ("晨光小曲", "晨光小区"), ("蓝田小学", "蓝天小学"),
    ("封沟村委会", "冯沟村委会"), ("魏刚村委会", "魏岗村委会"), ("柏妙村委会", "柏庙村委会"), ("马顾村", "马固村"), ("二十里铺中雪", "二十里铺中学"),
    ("江南小镇社区卫生服物站", "江南小镇社区卫生服务站"), ("新安西路社区居委", "新安西路社区居委会"),
    ("上街区新型智慧城市运行中新", "上街区新型智慧城市运行中心"),
]:  # fmt: skip
    add("wrong characters", wrong, PLACES[right])

# As people speak on the telephone, written by hand: text and the crossing, number or place meant.
SPOKEN: list[tuple[str, Point]] = [
    ("你好我在新乡路跟孟津路那个路口", crossing("新乡路", "孟津路")),
    ("喂您好，我要反映一下，就是济源路和中心路交叉口，有人占道经营", crossing("济源路", "中心路")),
    ("就在那个金华路中心路口", crossing("金华路", "中心路")),
    ("我家住鸿园小区3号楼", BUILDINGS["鸿园小区"]["3号楼"]),
    ("嗯，鸿园小区，三号楼二单元", BUILDINGS["鸿园小区"]["3号楼"]),
    ("位于上街区冯沟村委会", PLACES["冯沟村委会"]),
    ("地点是康乐小区", PLACES["康乐小区"]),
    ("市民反映盛世小学门口路面破损", PLACES["盛世小学"]),
    ("举报：汇丰便民超市占道", PLACES["汇丰便民超市"]),
    ("请问是新安路新乡路口吗", crossing("新安路", "新乡路")),
    ("在新乡路和新安路那个红绿灯那儿", crossing("新安路", "新乡路")),
    ("新安路街道新乡路与孟津路交叉口发现疑似违建", crossing("新乡路", "孟津路")),
    ("河南省郑州市上街区新安路街道新乡路与孟津路交叉口", crossing("新乡路", "孟津路")),
    ("上街新乡路与孟津路交叉口", crossing("新乡路", "孟津路")),
    ("新乡路（孟津路交叉口）", crossing("新乡路", "孟津路")),
    ("新乡路孟津路交叉口附近的垃圾没人清理", crossing("新乡路", "孟津路")),
    ("金苑小区门口的井盖坏了", PLACES["金苑小区"]),
    ("任庄小学旁边有人烧垃圾", PLACES["任庄小学"]),
    ("工业路文化广场的路灯不亮", PLACES["工业路文化广场"]),
    ("朱寨公交首末站站牌倒了", PLACES["朱寨公交首末站"]),
    ("铝厂路与中心路交叉口", crossing("工业路", "中心路")),
    ("铝厂路和中心大道路口", crossing("工业路", "中心路")),
    ("济源大道与中心大道交叉口", crossing("济源路", "中心路")),
    ("新安大街与新乡路交叉口", crossing("新安路", "新乡路")),
    ("新乡路與孟津路交叉口", crossing("新乡路", "孟津路")),
    ("新　乡　路　与　孟　津　路　交　叉　口", crossing("新乡路", "孟津路")),
    ("【定位】新乡路与孟津路交叉口。", crossing("新乡路", "孟津路")),
    ("鸿园小區", PLACES["鸿园小区"]),
    ("峡窝镇政府", PLACES["峡窝镇人民政府"]),
    ("新安路街道办事处", PLACES["新安路街道办事处"]),
    ("济源路街道办", PLACES["济源路街道办事处"]),
    ("冯沟村村民委员会", PLACES["冯沟村委会"]),
    ("鸿园小区（中心路旁）", PLACES["鸿园小区"]),
    ("麻烦派人来看看，孟津路跟新乡路交叉口往北五十米路东，垃圾堆了好几天", aside(walked("孟津路", "新乡路", "北", 50), "东", 12)),
    ("我是附近居民，中心路济源路口东南角的工地夜里施工", aside(crossing("中心路", "济源路"), "东南", 25)),
    ("就咱们那个康乐小区，2号楼跟前", BUILDINGS["康乐小区"]["2号楼"]),
    ("汝南路上，靠近新安路那个路口", crossing("汝南路", "新安路")),
    ("新安路和汝南路交叉口西北角，有个下水道井盖没了", aside(crossing("汝南路", "新安路"), "西北", 25)),
    ("济源路126号门前积水", NUMBERS["济源路"][126]),
    ("济源路一百二十六号院三号楼", NUMBERS["济源路"][126]),
    ("淮安小区里面的健身器材坏了", PLACES["淮安小区"]),
    ("安阳路与中心路口东50米路北", aside(walked("安阳路", "中心路", "东", 50), "北", 12)),
    ("安阳路（中心路以东50米）", walked("安阳路", "中心路", "东", 50)),
    ("安阳路中心路东北角公厕旁", aside(crossing("安阳路", "中心路"), "东北", 25)),
    ("盛世小学西50米", aside(PLACES["盛世小学"], "西", 50)),
    ("盛世小学东边100米处", aside(PLACES["盛世小学"], "东", 100)),
    ("柏庙村委会东边一百米", aside(PLACES["柏庙村委会"], "东", 100)),
    ("新乡路北段与孟津路交叉口", crossing("新乡路", "孟津路")),
    ("孟津路口新乡路", crossing("新乡路", "孟津路")),
    ("孟津路新乡路交叉口西北角往西30米", aside(aside(crossing("新乡路", "孟津路"), "西北", 20), "西", 30)),
    ("盛世小区二号楼一单元楼下", BUILDINGS["盛世小区"]["2号楼"]),
    ("G310与中心路交叉口", crossing("郑上路", "中心路")),
    ("中心路跟g310交口", crossing("郑上路", "中心路")),
    ("我在中心路和郑上路交叉口这儿，红绿灯不亮了", crossing("郑上路", "中心路")),
    ("车牌豫A12345占道，新乡路与孟津路交叉口", crossing("新乡路", "孟津路")),
    ("2024年4月6日下午3点，新乡路与孟津路交叉口有积水", crossing("新乡路", "孟津路")),
    ("电话13800000000，鸿园小区3号楼", BUILDINGS["鸿园小区"]["3号楼"]),
    ("新乡路与孟津路交叉口向东100米再向北50米", aside(walked("新乡路", "孟津路", "东", 100), "北", 50)),
    ("新乡路与孟津路交叉口五六十米远的地方往东", walked("新乡路", "孟津路", "东", 55)),
    ("从新乡路与孟津路交叉口向南走一百五十米", walked("新乡路", "孟津路", "南", 150)),
    ("新乡路与孟津路交叉口南侧", aside(crossing("新乡路", "孟津路"), "南", 20)),
    ("新乡路东侧孟津路北侧路口", crossing("新乡路", "孟津路")),
    ("鸿园小区3号楼东单元", BUILDINGS["鸿园小区"]["3号楼"]),
    ("康乐小区内2栋", BUILDINGS["康乐小区"]["2号楼"]),
    ("新乡路、孟津路（交叉口）", crossing("新乡路", "孟津路")),
    ("新乡路孟津路", crossing("新乡路", "孟津路")),
    ("新乡路与孟津路", crossing("新乡路", "孟津路")),
]  # fmt: skip
for text, place in SPOKEN:
    add("spoken", text, place)

for i, (a, b) in enumerate(pick(CROSSINGS, 24)):
    place = crossing(a, b)
    form = [
        "上街区{s}{a}与{b}交叉口",
        "郑州市上街区{a}{b}路口",
        "{s}{a}与{b}交叉口",
        "河南省郑州市上街区{s}{a}和{b}交叉口",
    ][i % 4]
    add("with areas", form.format(a=a, b=b, s=street_of(place)), place)
for i, (a, b) in enumerate(pick(CROSSINGS, 12)):
    near = [p for p in compact if PLACES[p].distance(crossing(a, b)) < 250]
    if near:
        p = chance.choice(near)
        add("crossing and place", f"{a}与{b}交叉口{p}", PLACES[p])

# Nobody could tell the place from these: no point may be given with certainty.
for a in pick(list(ROADS), 10):
    add("road alone", a, None)
for a, form in zip(
    pick(list(ROADS), 8),
    ["{a}向南100米路西", "{a}北段", "{a}路口", "{a}沿线", "{a}东侧", "{a}附近", "沿{a}往前走", "{a}与"],
    strict=True,
):
    add("road alone", form.format(a=a), None)
for a in ["上街区", "新安路街道", "峡窝镇", "济源路街道", "郑州市上街区", "中心路街道辖区内"]:
    add("area alone", a, None)
for a, b in pick(APART, 14):
    add("roads that do not meet", f"{a}与{b}交叉口", None)
for r in pick(list(NUMBERS), 10):
    add("number beyond the road's", f"{r}{max(NUMBERS[r]) + 400}号", None)
for text in ["金水区中心路与济源路交叉口", "洛阳市新安路", "中原区工业路126号", "二七区中心路100号", "开封市新乡路与孟津路交叉口", "荥阳市济源路15号",
             "巩义市中心路与济源路交叉口", "北京市朝阳区朝阳街12号"]:  # fmt: skip
    add("another town", text, None)
for text in ["幸福大道与光明路交叉口", "花果山小区5号楼", "万达广场", "老王饭店", "解放路18号", "人民公园东门", "碧桂园二期", "建设路小学对面",
             "五一路十字路口", "阳光花园"]:  # fmt: skip
    add("unknown name", text, None)
for text in ["鸿园", "康乐", "盛世", "新华", "小区门口", "村委会", "社区卫生服务站", "文化广场", "便民超市", "幼儿园"]:
    add("ambiguous name", text, None)
for text in ["", "   ", "我不知道", "就在我家楼下", "前面路口", "东边一点", "在路上", "12345", "？？？", "交叉口", "向东50米路北", "3号楼2单元", "第二个红绿灯右转",
             "高速口", "老地方", "你猜", "no idea", "路西", "对面", "附近几百米"]:  # fmt: skip
    add("no place said", text, None)
for text in ["峡窝镇中安小区", "济源路街道冯沟村委会", "冯沟村鸿园小区", "矿山街道新华小区"]:
    add("contradiction", text, None)
far = [(s, a, b) for a, b in CROSSINGS for s, outline in STREETS if outline.distance(crossing(a, b)) > 800]  # type: ignore[attr-defined]
for s, a, b in pick(far, 6):
    add("contradiction", f"{s}{a}与{b}交叉口", None)
for text in ["马沟村文化大院", "东峡窝村委会", "上马固村委会", "南冯沟村委会", "新冯沟村文化大院", "济源西路与中心路交叉口", "新华路与孟津路交叉口",
             "科学大街与中心路交叉口", "康乐家园", "工业二路与中心路交叉口", "新安东路社区居委会", "东新街社区居委会", "小坡顶村委会", "下观沟村中学",
             "北石嘴村便民超市", "中心南路126号", "济源东路35号", "二马固村幼儿园", "大寨沟村小学", "金安农贸市场", "淮南农贸市场", "汇泽便民超市"]:  # fmt: skip
    add("name of like form", text, None)
for text in ["新乡路与幸福路交叉口", "孟津路和光明大道路口", "中心路与人民路交叉口", "济源路与解放路交叉口向东50米"]:
    add("one road unknown", text, None)


def main() -> None:
    back = Transformer.from_crs("EPSG:4547", "EPSG:4326", always_xy=True)
    lines = ["kind\ttext\tlon\tlat"]
    for kind, text, place in CASES:
        if place is None:
            lines.append(f"{kind}\t{text}\t\t")
        else:
            lon, lat = back.transform(place.x, place.y)
            assert math.isfinite(lon)
            lines.append(f"{kind}\t{text}\t{lon:.7f}\t{lat:.7f}")
    (HERE / "evaluation.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
