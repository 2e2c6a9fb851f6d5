"""What sample reports are about: categories of urban management, how often, when in the year, and in what words.

Category names follow the event classes in use in digital urban management; shares, seasons and hours are made up.
"""

from __future__ import annotations

from dataclasses import dataclass

# Hours of the day by how reports come in; each a weight for 0 … 23.
CITIZEN = (1, 0, 0, 0, 0, 1, 3, 6, 9, 11, 11, 8, 6, 6, 8, 9, 9, 8, 7, 7, 7, 6, 4, 2)
DUTY = (0, 0, 0, 0, 0, 0, 1, 3, 10, 12, 12, 7, 1, 2, 9, 11, 10, 7, 2, 0, 0, 0, 0, 0)
NIGHT = (5, 3, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 1, 1, 1, 2, 3, 5, 8, 10, 12, 10)
RUSH = (0, 0, 0, 0, 0, 0, 2, 14, 10, 3, 1, 1, 2, 1, 1, 2, 9, 14, 6, 1, 0, 0, 0, 0)

EVEN = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Category:
    """A category: its share of reports, its months January to June, its hours, and texts with a place for `{at}`.

    The second half of the year is the first one backwards: July as June, December as January.
    """

    name: str
    share: float
    texts: tuple[str, ...]
    months: tuple[float, ...] = EVEN
    hours: tuple[int, ...] | None = None

    def season(self, month: int) -> float:
        """Return the weight of a month of the year, 1 to 12."""
        return self.months[min(month, 13 - month) - 1]


@dataclass(frozen=True)
class Channel:
    """An intake channel: its datum, how many reports of the year's it sends, and how it works."""

    code: str
    name: str
    crs: str
    reports: int
    with_point: float  # share of reports with coordinates
    with_address: float  # share of those that also say where in words
    repeats: float  # share of reports that are a second call about the same matter
    weekdays: tuple[float, ...]  # Monday to Sunday
    hours: tuple[int, ...]
    accuracy_m: tuple[float, float] | None = None
    photos: bool = False


CHANNELS = (
    Channel("12345", "12345热线", "BD-09", 3400, 0.70, 1.0, 0.12, (1.2, 1.1, 1.0, 1.0, 1.0, 0.8, 0.7), CITIZEN),
    Channel(
        "zhenghaopai",
        "郑好拍",
        "GCJ-02",
        1900,
        0.98,
        0.3,
        0.06,
        (1, 1, 1, 1, 1, 1.2, 1.2),
        CITIZEN,
        (4, 35),
        photos=True,
    ),
    Channel("110", "110非警务", "GCJ-02", 900, 0.85, 1.0, 0.05, (0.9, 0.9, 0.9, 0.9, 1.1, 1.2, 1.1), NIGHT),
    Channel(
        "grid-patrol", "网格巡查", "WGS84", 1637, 1.0, 0.2, 0.0, (1, 1, 1, 1, 1, 0.4, 0.3), DUTY, (3, 12), photos=True
    ),
    Channel("digital-urban", "数字城管", "WGS84", 1200, 1.0, 0.6, 0.0, (1, 1, 1, 1, 1, 0.6, 0.5), DUTY, (2, 6)),
)
TOTAL = 9037

CATEGORIES = (
    Category(
        "暴露垃圾",
        0.13,
        ("{at}有一堆垃圾没人清理，味道很大。", "{at}路边垃圾堆放多日，请尽快清运。", "{at}垃圾桶满溢，污水流到路上。"),
        (0.8, 0.8, 0.9, 1.0, 1.2, 1.3),
    ),
    Category(
        "占道经营",
        0.11,
        (
            "{at}流动摊贩占道经营，行人只能走机动车道。",
            "{at}有人占道摆摊卖水果，堵住人行道。",
            "{at}夜市摊位占道，影响通行。",
        ),
        (0.5, 0.5, 0.9, 1.2, 1.4, 1.5),
    ),
    Category("店外经营", 0.07, ("{at}商户店外经营，货物摆到人行道上。", "{at}饭店把桌椅摆到店外。")),
    Category(
        "机动车乱停放",
        0.11,
        ("{at}机动车乱停放，堵住小区出口。", "{at}车辆停在盲道上，请处理。", "{at}多辆私家车违停，公交车无法进站。"),
        hours=RUSH,
    ),
    Category("非机动车乱停放", 0.06, ("{at}共享单车乱停放，占满人行道。", "{at}电动车乱停，消防通道被堵。")),
    Category("非法小广告", 0.05, ("{at}墙面、电线杆上贴满小广告。", "{at}楼道里喷涂小广告，请清理。")),
    Category(
        "道路破损",
        0.07,
        ("{at}路面有个大坑，电动车容易摔倒。", "{at}人行道地砖松动破损。", "{at}路面塌陷，请尽快修补。"),
        (0.9, 1.0, 1.0, 1.0, 1.0, 1.2),
    ),
    Category("窨井盖缺损", 0.04, ("{at}窨井盖松动，车辆经过有响声。", "{at}井盖缺失，很危险。")),
    Category(
        "路灯不亮", 0.05, ("{at}路灯不亮，晚上出行不安全。", "{at}一排路灯坏了好几天。"), (1.3, 1.2, 1.0, 0.9, 0.8, 0.8)
    ),
    Category(
        "施工噪声扰民",
        0.05,
        ("{at}工地夜间施工，噪声很大，无法休息。", "{at}凌晨还在施工打桩。"),
        (0.7, 0.6, 1.0, 1.2, 1.3, 1.2),
        NIGHT,
    ),
    Category(
        "社会生活噪声",
        0.05,
        ("{at}广场舞音响声音太大。", "{at}KTV夜间噪声扰民。", "{at}楼上装修噪声扰民。"),
        (0.8, 0.7, 0.9, 1.0, 1.2, 1.4),
        NIGHT,
    ),
    Category(
        "油烟污染", 0.03, ("{at}烧烤店油烟直排，居民不敢开窗。", "{at}餐馆油烟扰民。"), (0.6, 0.5, 0.9, 1.1, 1.4, 1.5)
    ),
    Category(
        "违法建设",
        0.03,
        ("{at}有人在搭建彩钢棚，疑似违建。", "{at}楼顶加盖，疑似违法建设。", "{at}一处院墙外扩，疑似私搭乱建。"),
    ),
    Category(
        "供暖问题", 0.04, ("{at}暖气不热，室内只有十几度。", "{at}暖气管道漏水。"), (2.6, 2.2, 1.0, 0.1, 0.0, 0.0)
    ),
    Category("供水问题", 0.03, ("{at}停水一天了没有通知。", "{at}自来水管爆裂，水流了一地。")),
    Category("物业纠纷", 0.04, ("{at}物业不作为，电梯坏了一周没人修。", "{at}物业私自涨停车费。")),
    Category(
        "绿化缺损", 0.02, ("{at}行道树倒伏，挡住人行道。", "{at}绿化带被踩踏毁坏。"), (0.5, 0.6, 1.1, 1.3, 1.2, 1.2)
    ),
    Category(
        "积水内涝",
        0.02,
        ("{at}下雨后积水严重，过不去人。", "{at}下水道堵塞，污水外溢。"),
        (0.4, 0.5, 0.7, 1.0, 1.4, 2.0),
    ),
)
BY_NAME = {category.name: category for category in CATEGORIES}
