# ruff: noqa: E501 (tables of Chinese texts)
"""A made-up town and texts about it, by a grammar: for each text the place it means, or that nobody could tell.

The town is not the one on which the locator's words were chosen: its names are drawn from characters of their own, and
its streets bend. Places come from the drawing itself, never from the locator.
"""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Final, NamedTuple

import shapely

from geo.address.characters import chinese_number, merged_sound_key
from geo.address.rows import AddressRow, AreaRow, GazetteerRows, PlaceRow, RoadRow

if TYPE_CHECKING:
    from collections.abc import Callable

LON, LAT = 118.80, 32.05
EAST_M: Final = 111_320 * math.cos(math.radians(LAT))
NORTH_M: Final = 110_900
BLOCK_M, ROADS = 420.0, 12
NAME_CHARACTERS: Final = "云栖梧桐琅琊沧浪枫叶鹭岛瀚海碧波玄武雨花秣陵淳化栖霞幕府燕矶莫愁凤凰紫峰鼓瑞澄湛翠屏锦绣荷塘柳浪樱梅竹径松涛银杏丹桂玉兰紫薇芙蓉牡荆棠梨榆槐杉榕"
ROAD_ENDINGS: Final = ("路", "路", "路", "街", "大道")
ESTATE_ENDINGS: Final = ("小区", "花园", "家园", "新村", "公寓", "苑")
PLACE_ENDINGS: Final = ("小学", "中学", "医院", "农贸市场", "派出所", "图书馆", "体育馆", "加油站")
COMPASS: Final = {"东": (1, 0), "西": (-1, 0), "南": (0, -1), "北": (0, 1)}
# What people say happened; some of it begins like the end of a name, holds directions, distances or counts.
COMPLAINTS: Final = (
    "违建", "违章搭建彩钢棚", "围墙倒了", "维修水管挖断了", "路灯不亮", "垃圾没人清理", "占道经营", "有人乱扔垃圾", "井盖坏了三天了", "路面塌陷约2米",
    "下水道堵塞污水横流", "夜里施工扰民", "一棵树倒了", "人行道破损", "大货车乱停", "广告牌掉下来了", "油烟味很大", "电动车乱停放", "有个大坑", "积水严重",
    "24小时不停施工", "停水两天了", "红绿灯不亮", "卖早点的占道", "非机动车道上停满了车", "有一米多深的坑", "流浪狗伤人", "半夜有人唱歌", "下午有人闹事",
)  # fmt: skip
OPENINGS: Final = (
    "", "", "", "市民反映，", "您好，我要投诉，", "昨天晚上十点左右，", "2025年6月3日下午3点，", "居民来电反映：", "请在7个工作日内答复，电话0251-68123456，",
    "13800005678，", "多次反映未果，", "【12345】", "我的车苏A12345被刮，",
)  # fmt: skip


class Text(NamedTuple):
    """A text with the place it means, degrees; None where no one could tell."""

    kind: str
    words: str
    place: tuple[float, float] | None


class Town:
    """Twelve roads each way, slightly bent, with numbers, estates with buildings, places, villages, two streets."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self._sounds: set[str] = set()
        self.across = [self._name(ROAD_ENDINGS) for _ in range(ROADS)]
        self.along = [self._name(ROAD_ENDINGS) for _ in range(ROADS)]
        self.numbers: dict[tuple[str, int], tuple[float, float]] = {}
        self.estates: dict[str, dict[int, tuple[float, float]]] = {}
        self.places: dict[str, tuple[float, float]] = {}
        self.villages = [self._name(("村",)) for _ in range(4)]
        self.streets = [self._name(("街道",)) for _ in range(2)]
        self.town = self._name(("区",))
        for j, road in enumerate(self.along):
            for n in range(1, 81):
                x = 30 + n * 55.0
                if n % 7 and x < (ROADS - 1) * BLOCK_M:
                    bend = self.point(x, j)
                    self.numbers[road, n] = (bend[0], bend[1] + (12 if n % 2 else -12))
        blocks = [(i, j) for i in range(ROADS - 1) for j in range(ROADS - 1)]
        self.chance.shuffle(blocks)
        for i, j in blocks[:25]:
            x, y = self.point((i + 0.5) * BLOCK_M, j + 0.5)
            name = self._name(ESTATE_ENDINGS)
            self.estates[name] = {n: (x + (n % 3 - 1) * 100.0, y + (n // 3 - 1) * 100.0) for n in range(1, 9)}
            self.places[name] = (x, y)
        for i, j in blocks[25:75]:
            self.places[self._name(PLACE_ENDINGS)] = self.point((i + 0.5) * BLOCK_M, j + 0.12)

    def _name(self, endings: tuple[str, ...]) -> str:
        """Draw a name of two or three characters that sounds like no other."""
        while True:
            core = "".join(self.chance.sample(NAME_CHARACTERS, self.chance.choice([2, 2, 3])))
            if all(merged_sound_key(core[:2]) != s[:2] and merged_sound_key(core) != s for s in self._sounds):
                self._sounds.add(merged_sound_key(core))
                return core + self.chance.choice(endings)

    def point(self, x: float, j: float) -> tuple[float, float]:
        """Give the point at ``x`` metres of the ``j``-th road along; the roads along swing by 40 m."""
        return x, j * BLOCK_M + 40.0 * math.sin(x / 900.0)

    def crossing(self, i: int, j: int) -> tuple[float, float]:
        """Give the crossing of the ``i``-th road across with the ``j``-th along."""
        return self.point(i * BLOCK_M, j)

    def rows(self) -> GazetteerRows:
        """Give the town's gazetteer."""
        far = (ROADS - 1) * BLOCK_M
        roads = [
            RoadRow(name, _line([(i * BLOCK_M, y * 50.0 - 100) for y in range(int(far / 50) + 5)]))
            for i, name in enumerate(self.across)
        ]
        roads += [
            RoadRow(name, _line([self.point(x * 30.0 - 90, j) for x in range(int(far / 30) + 7)]))
            for j, name in enumerate(self.along)
        ]
        addresses = [AddressRow(road, *degrees(p), n) for (road, n), p in self.numbers.items()]
        addresses += [
            AddressRow(estate, *degrees(p), None, "", f"{n}号楼")
            for estate, buildings in self.estates.items()
            for n, p in buildings.items()
        ]
        places = [PlaceRow(name, shapely.Point(degrees(p))) for name, p in self.places.items()]
        places += [
            PlaceRow(f"{v}委会", shapely.Point(degrees((far + 700, 900.0 * k)))) for k, v in enumerate(self.villages)
        ]
        west, south, east, north = *degrees((-300, -300)), *degrees((far + 2000, far + 300))
        middle = (south + north) / 2
        areas = [
            AreaRow(self.town, "district", "320199", shapely.box(west, south, east, north)),
            AreaRow(self.streets[0], "street", "320199001", shapely.box(west, south, east, middle)),
            AreaRow(self.streets[1], "street", "320199002", shapely.box(west, middle, east, north)),
        ]
        areas += [
            AreaRow(
                f"{v}民委员会",
                "community",
                f"32019900{k}",
                shapely.box(*degrees((far + 300, 900.0 * k - 400)), *degrees((far + 1100, 900.0 * k + 400))),
            )
            for k, v in enumerate(self.villages, 3)
        ]
        return GazetteerRows(roads, places, addresses, (), areas, ("江苏省", "南京市"))


def degrees(point: tuple[float, float]) -> tuple[float, float]:
    """Bring metres east and north of the town's corner to degrees."""
    return LON + point[0] / EAST_M, LAT + point[1] / NORTH_M


def _line(points: list[tuple[float, float]]) -> shapely.LineString:
    return shapely.LineString([degrees(p) for p in points])


def spoken(number: int) -> str:
    """Write a number as it is spoken."""
    return chinese_number(number).replace("二百", "两百") if number >= 200 else chinese_number(number)


DISTANCES: Final[tuple[tuple[str, float], ...]] = (
    ("100米", 100), ("两百米", 200), ("约150米", 150), ("200余米", 220), ("200多米", 220), ("不到200米", 180), ("0.2公里", 200), ("半里地", 250),
    ("一百五六十米", 155), ("二百来米", 200), ("约莫一百米", 100), ("百十米", 100), ("一二百米", 150), ("80m", 80), ("近100米", 95), ("一百二十米左右", 120),
)  # fmt: skip
STEPS: Final = (
    "两个路口",
    "一站地",
    "第二个红绿灯",
    "走五分钟",
    "第三个胡同",
    "到头",
    "两站路",
    "过桥",
    "再走一段路口左转",
)
OTHER_TOWNS: Final = ("登封市", "荥阳", "苏州市", "淮安市清江浦区", "杭州市西湖区", "巩义", "昆山市", "镇江")
FURTHER: Final = ("公交站", "停车场", "幼儿园分园", "家属院", "地铁站", "东校区", "老年活动中心", "二店")


class Grammar:
    """The grammar: one method a kind, each gives words and the place meant."""

    def __init__(self, town: Town) -> None:
        self.town, self.pick = town, town.chance.choice

    def texts(self, count: int) -> list[Text]:
        """Make so many texts, each kind in turn."""
        kinds: list[Callable[[], Text]] = [
            self.crossing, self.offset, self.number, self.building, self.beside_building, self.place, self.stretch,
            self.residence, self.disguised, self.misheard, self.step, self.other_town, self.further_place, self.date,
            self.village, self.heading, self.apart, self.district, self.unknown, self.range,
        ]  # fmt: skip
        return [kinds[k % len(kinds)]() for k in range(count)]

    def _framed(self, kind: str, words: str, place: tuple[float, float] | None) -> Text:
        """Put an address between an opening and what happened."""
        after = self.pick(("", "", "，", "的")) if words[-1] != "米" else self.pick(("", "，", "处"))
        area = self.pick(("", "", "", self.town.town, "南京市" + self.town.town))
        return Text(
            kind,
            self.pick(OPENINGS) + area + words + after + self.pick(COMPLAINTS),
            None if place is None else degrees(place),
        )

    def _roads(self) -> tuple[str, str, int, int]:
        i, j = self.town.chance.randrange(2, ROADS - 2), self.town.chance.randrange(2, ROADS - 2)
        a, b = self.town.across[i], self.town.along[j]
        return (a, b, i, j) if self.town.chance.random() < 0.5 else (b, a, i, j)

    def _crossing_words(self, a: str, b: str) -> str:
        form = self.pick(
            (
                "{a}与{b}交叉口",
                "{a}{b}路口",
                "{a}和{b}交汇处",
                "{a}×{b}",
                "{a}、{b}十字路口",
                "{a}与{b}口",
                "{a}/{b}交叉口",
            )
        )
        return form.format(a=a, b=b)

    def crossing(self) -> Text:
        a, b, i, j = self._roads()
        return self._framed(
            "crossing",
            self._crossing_words(a, b) + self.pick(("", "", "东北角", "西南角", "附近")),
            self.town.crossing(i, j),
        )

    def offset(self) -> Text:
        a, b, i, j = self._roads()
        said, metres = self.pick(DISTANCES)
        way = self.pick("东西南北")
        x, y = self.town.crossing(i, j)
        dx, dy = COMPASS[way]
        goal = self.town.point(x + dx * metres, j) if dx else (x, y + dy * metres)
        return self._framed("offset", f"{a}与{b}交叉口{self.pick(('往', '向', '以', ''))}{way}{said}", goal)

    def number(self) -> Text:
        road, n = self.pick(list(self.town.numbers))
        form = self.pick((
            "{r}{n}号", "{r}甲{n}号", "{r}{n}A号", "{r}{n}附3号", "{r}{n}号附2", "{n}号{r}", "{r}{n}号院3号楼", "{r}{h}号门前", "{r}{n}-3号", "{r}{n}号乙",
            "{r}{n}、{m}号", "{r}{n}号、{m}号", "{r}{n}-{m}号", "{r}{n}号门口",
        ))  # fmt: skip
        return self._framed("number", form.format(r=road, n=n, m=n + 2, h=spoken(n)), self.town.numbers[road, n])

    def _building(self) -> tuple[str, tuple[float, float]]:
        estate = self.pick(list(self.town.estates))
        n = self.pick(list(self.town.estates[estate]))
        form = self.pick(
            (
                "{e}{n}号楼",
                "{e}{n}栋",
                "{e}{n}#楼",
                "{e}{h}号楼",
                "{e}{n}号楼2单元",
                "{e}{n}幢1单元301室",
                "{e}{n}-2-501室",
            )
        )
        return form.format(e=estate, n=n, h=spoken(n)), self.town.estates[estate][n]

    def building(self) -> Text:
        return self._framed("building", *self._building())

    def beside_building(self) -> Text:
        words, place = self._building()
        return self._framed("beside a building", words + self.pick(("后面", "东侧", "旁边", "楼下", "北边")), place)

    def place(self) -> Text:
        name, place = self.pick(list(self.town.places.items()))
        return self._framed("place", name + self.pick(("", "门口", "附近", "旁边", "门前")), place)

    def stretch(self) -> Text:
        i, j = self.town.chance.randrange(1, ROADS - 2), self.town.chance.randrange(1, ROADS - 1)
        a, b, road = self.town.across[i], self.town.across[i + 1], self.town.along[j]
        form = self.pick(
            (
                "{r}（{a}—{b}段）",
                "{r}{a}至{b}段",
                "{r}北侧{a}到{b}路段",
                "{a}与{b}之间的{r}",
                "{r}从{a}到{b}这一段",
                "{r}{a}至{b}口段",
            )
        )
        return self._framed("stretch", form.format(r=road, a=a, b=b), self.town.point((i + 0.5) * BLOCK_M, j))

    def residence(self) -> Text:
        home, _ = self._building()
        a, b, i, j = self._roads()
        verb = self.pick(("反映", "投诉", "举报"))
        return Text(
            "residence",
            f"{self.pick(('家住', '我住', '市民居住于'))}{home}，{verb}{a}与{b}交叉口{self.pick(COMPLAINTS)}",
            degrees(self.town.crossing(i, j)),
        )

    def disguised(self) -> Text:
        a, b, i, j = self._roads()
        words = f"{a}与{b}交叉口"
        words = self.pick(
            (
                " ".join(words),
                f"📍{words}🙏",
                words.replace("与", "與"),
                f"【{words}】",
                words.replace("交", "\u200b交"),
                "　".join(words),
            )
        )
        return Text("disguised", words, degrees(self.town.crossing(i, j)))

    def misheard(self) -> Text:
        village = self.pick(self.town.villages)
        return Text(
            "village and report",
            village + self.pick(("违建", "围墙外有垃圾", "维修水管", "违法占地盖房", "危房无人处理", "喂养流浪狗")),
            None,
        )

    def step(self) -> Text:
        a, b, _, _ = self._roads()
        return self._framed("step", f"{a}与{b}交叉口往{self.pick('东西南北')}{self.pick(STEPS)}", None)

    def other_town(self) -> Text:
        a, b, _, _ = self._roads()
        road, n = self.pick(list(self.town.numbers))
        return Text(
            "other town",
            self.pick(OTHER_TOWNS) + self.pick((f"{a}与{b}交叉口", f"{road}{n}号", self.pick(list(self.town.places)))),
            None,
        )

    def further_place(self) -> Text:
        return Text(
            "further place",
            self.pick([p for p in self.town.places if not p.endswith("小学")]) + self.pick(FURTHER),
            None,
        )

    def date(self) -> Text:
        road = self.pick(self.town.along)
        form = self.pick(
            (
                "{r}{n}号下午停电",
                "{r}{n}号上午有人闹事",
                "{r}本月{n}号停水",
                "{r}6月{n}号挖断了水管",
                "{r}24小时施工",
                "{r}3天没人扫",
                "{r}100多辆车乱停",
            )
        )
        return Text("date or count", form.format(r=road, n=self.town.chance.randrange(1, 29)), None)

    def village(self) -> Text:
        return Text(
            "village",
            self.pick(self.town.villages) + self.pick(("", "内", "附近", "村口有垃圾", "2组村民家门口")),
            None,
        )

    def heading(self) -> Text:
        a, b, _, _ = self._roads()
        return Text(
            "heading", f"{a}与{b}交叉口{self.pick(('往东走', '向北', '一直往西', '以南'))}{self.pick(COMPLAINTS)}", None
        )

    def apart(self) -> Text:
        one, other = self.town.chance.sample(list(self.town.estates), 2)
        return Text(
            "two places",
            self.pick(("从{a}到{b}一路都是坑", "{a}、{b}停水", "{a}和{b}之间")).format(a=one, b=other),
            None,
        )

    def district(self) -> Text:
        return Text(
            "district of an office",
            self.pick(self.town.streets) + self.pick(("办事处辖区", "辖区内多处占道", "办事处管辖范围内")),
            None,
        )

    def unknown(self) -> Text:
        a, b, _, _ = self._roads()
        form = self.pick(
            (
                "{a}与幸福路交叉口",
                "{a}999号",
                "京城路街道{a}40号",
                "人民公园东门",
                "解放路{a}18号",
                "索河街道{a}与{b}交叉口",
                "老君庙镇{a}12号",
            )
        )
        return Text("unknown", form.format(a=a, b=b), None)

    def range(self) -> Text:
        a, b, _, _ = self._roads()
        return Text(
            "range", f"{a}与{b}交叉口{self.pick(('周边500米范围内', '方圆300米', '约500米范围内'))}没有路灯", None
        )
