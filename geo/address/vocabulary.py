"""The words of Chinese addresses, as tables: what may stand between the names, and what each word is read as.

A word not in these tables and not a name of the gazetteer stays unknown and is reported as such.
Sources: GB/T 23705-2009 (numerical urban management: geocoding; ordered address elements), GB 17733-2008
(place-name signs), and the wording of public 12345 hotline reports.
"""

from __future__ import annotations

from typing import Final

# Role letters: one letter a token, so that the grammar is a table of regular expressions over roles.
ROLE_MEANING: Final[dict[str, str]] = {
    "A": "administrative area",
    "a": "administrative area not in the gazetteer",
    "R": "road",
    "P": "place",
    "V": "village or community, an area and a place",
    "U": "unknown words",
    "&": "and",
    "~": "to",
    "X": "crossing",
    "T": "stretch",
    "J": "step of unknown length",
    "W": "words of the report",
    "Q": "part of the road",
    "N": "door number",
    "B": "building, unit or room",
    "D": "direction",
    "M": "distance",
    "S": "side of the road",
    "C": "corner",
    "L": "relation",
    "G": "gate",
    "-": "noise",
    ",": "separator",
}

BEARING_DEG: Final[dict[str, float]] = {
    "北": 0.0,
    "东北": 45.0,
    "东": 90.0,
    "东南": 135.0,
    "南": 180.0,
    "西南": 225.0,
    "西": 270.0,
    "西北": 315.0,
}

CONNECTORS: Final = ("与", "和", "跟", "同", "及", "、", "/", "&", "+", "×", "✕", "*", "x", "交", "以及")
RANGE_WORDS: Final = ("至", "到", "-", "—", "~")
CROSSING_WORDS: Final = (
    "交叉口", "交叉路口", "交汇处", "交汇口", "交会处", "交会口", "相交处", "交界处", "交接处", "交口", "路口",
    "道口",
    "十字路口", "丁字路口", "三岔路口", "大十字", "大十字路口", "小十字", "大路口",
    "红绿灯", "红绿灯路口", "红绿灯口", "十字", "口", "交叉处", "的交叉口",
    "的路口",
    "的交汇处", "交叉", "相交", "交汇", "拐角", "拐角处", "转角", "转角处", "拐弯处", "交角",
)  # fmt: skip
STRETCH_WORDS: Final = ("段", "路段", "之间", "中间", "区间", "沿线", "沿街", "全段", "全线")
ROAD_PARTS: Final[dict[str, str]] = {
    word: part
    for part, words in {
        "北": ("北段", "北头", "最北端", "北端", "北口"),
        "南": ("南段", "南头", "最南端", "南端", "南口"),
        "东": ("东段", "东头", "最东端", "东端", "东口"),
        "西": ("西段", "西头", "最西端", "西端", "西口"),
        "中": ("中段", "中部"),
    }.items()
    for word in words
}

RELATIONS: Final[dict[str, str]] = {
    word: relation
    for relation, words in {
        "opposite": ("对面", "对过", "斜对面", "斜对过", "正对面", "对门", "马路对面", "路对面"),
        "beside": ("旁", "旁边", "边上", "旁侧", "隔壁", "一旁", "边儿上", "紧邻", "路边", "边", "外侧"),
        "near": ("附近", "周边", "一带", "周围", "跟前", "左右", "处", "那儿", "那里", "这里", "这边", "那边",
                 "的地方"),
        "at": ("门口", "门前", "门前面", "大门口", "正门口", "里面", "内", "院内", "里", "上", "前", "前面",
               "门外", "门前头", "外", "外面",
               "小区内", "院里", "楼下", "楼前", "入口", "出口", "大门", "正门"),
        "behind": ("后面", "后边", "背后", "后", "屋后", "楼后", "后侧", "后院"),
        "within": ("辖区", "辖区内", "管辖区", "管辖范围", "管辖范围内", "所辖", "所辖区域", "所辖范围", "境内",
                   "片区", "片区内", "区域内",
                   "范围内", "管的", "所管", "管辖", "服务范围", "服务区域", "管理范围", "管辖区域", "负责范围",
                   "责任区", "网格", "网格内", "辖内", "负责", "负责的", "管辖的", "管理的", "下辖", "下属",
                   "下属的", "分管的", "包保的", "包片", "网格化"),
    }.items()
    for word in words
}  # fmt: skip

# Wrong characters that are not homophones: looked-alike, taken for each other on keyboards and in handwriting.
LOOK_ALIKE: Final[dict[str, str]] = dict(
    zip("盂済斉齋坷硖狭曰未己已戌戍侯候冶治泽译", "孟济齐斋河峡峡日末已己戍戌候侯治冶译泽", strict=True)
)
# One of these before or within a name makes it another name: 上马固村 is not 马固村, 新安东路 not 新安路.
DISTINGUISHING: Final = frozenset("东西南北上下大小新老前后内外左右中一二三四五六七八九十")

ROAD_SUFFIXES: Final = (
    "路",
    "街",
    "大道",
    "大街",
    "巷",
    "胡同",
    "道",
    "国道",
    "省道",
    "高速",
    "快速路",
    "环路",
    "弄",
    "里",
)
PLACE_SUFFIXES: Final = (
    "小区", "花园", "家园", "新村", "公寓", "嘉园", "苑", "园", "家属院", "社区居委会", "社区", "村委会", "村",
    "居委会", "小学",
    "中学", "幼儿园", "学校", "医院", "卫生院", "卫生服务中心", "超市", "商店", "市场", "菜市场", "农贸市场",
    "广场", "公园", "大厦", "酒店",
    "饭店", "宾馆", "银行", "派出所", "办事处", "街道办事处", "车站", "火车站", "汽车站", "公交站",
    "首末站", "总站", "枢纽站", "加油站",
    "公司", "工厂", "厂",
    "药店", "药房", "网吧", "餐厅", "影院", "体育馆", "图书馆", "博物馆", "养老院", "停车场", "大桥", "桥",
    "水库", "庙", "大楼",
    "国际城", "城", "府", "居", "庄", "集团", "中心", "服务站", "商场", "购物中心", "便利店", "诊所", "公厕",
    "驿站", "游园",
)  # fmt: skip
# Endings a speaker leaves out: "鸿园" for "鸿园小区". Only where two characters or more remain and name one place.
DROPPED_PLACE_SUFFIXES: Final = (
    "居民委员会", "村民委员会", "社区居委会", "社区居民委员会", "小区", "家属院", "花园", "社区", "广场",
    "购物中心", "公寓",
)  # fmt: skip
# Endings that mean the same place in speech.
PLACE_SUFFIX_SYNONYMS: Final = (
    ("村委会", "村委", "村民委员会", "村村委会", "村大队部", "村大队"),
    ("居委会", "居委", "社区居委会", "社区居委", "社区居民委员会", "居民委员会", "社区服务中心", "社区党群服务中心"),
    ("街道办事处", "办事处", "街道办"),
    ("镇政府", "镇人民政府", "乡政府", "乡人民政府"),
)
# Endings that are taken for each other in speech, where one place alone is meant by what comes out.
PLACE_SUFFIX_LOOSE: Final = (
    ("农贸市场", "菜市场", "菜场", "集贸市场", "农贸", "市场"),
    ("社区卫生服务站", "卫生服务站", "社区卫生站", "卫生站", "卫生室"),
    ("社区卫生服务中心", "卫生服务中心", "社区医院"),
    ("公交首末站", "公交站", "公交总站", "公交场站", "公交枢纽站"),
    ("文化广场", "广场"),
    ("便民超市", "超市"),
    ("文化大院", "大院"),
    ("派出所", "公安派出所"),
    ("幼儿园", "幼稚园"),
)
AREA_SUFFIXES: Final = ("省", "自治区", "市", "区", "县", "街道", "街道办", "镇", "乡", "旗")

# Words said around the address. They carry no place.
NOISE: Final = (
    "从", "由", "去", "找", "那", "这", "我", "我家", "本人", "现", "现在",
    "我在", "我们在", "就在", "咱们", "咱", "在", "位于", "地址", "地址是", "地点",
    "地点是", "具体位置", "位置",
    "大概", "大约", "约", "差不多", "的", "是", "那个", "这个", "就是", "靠近", "靠", "临近", "邻近",
    "路过", "途经", "途径", "途中经过", "行至", "行经", "经过",
    "你好", "您好", "请问",
    "反映", "市民反映", "群众反映", "来电反映", "投诉", "举报", "发现", "有人", "我看到", "看到", "啊", "呢",
    "吧", "呀", "嗯", "哎", "这个嘛",
    "对", "就", "然后", "哦", "同志", "麻烦", "请", "来", "看一下", "东西向", "南北向", "呃",
    "额", "应该", "好像", "这块", "这块儿",
    "一个", "有个", "有一个", "所", "门牌", "门牌号", "离", "距", "距离", "再", "走", "走到",
    "沿", "沿着", "顺着",
    "过", "快到",
    "刚过", "刚到", "快要到", "将到", "挨着", "紧挨着", "紧靠", "地处", "坐落于", "坐落在", "地址位于", "方向",
)  # fmt: skip

# Said before the place where somebody lives, or before who was told: not where the matter is, unless nothing else is
# named.
RESIDENCE: Final = (
    "家住", "我住", "我家住", "我家在", "住在", "住", "居住在", "居住于", "现住", "现住址", "住址", "户籍",
    "家庭住址", "租住", "租住在",
    "已向", "曾向", "多次向", "先后向", "也向", "致电", "打电话给", "找过", "联系过",
    "本人住", "本人居住", "其居住于", "家在",
)  # fmt: skip

DIRECTION_PREFIXES: Final = ("向", "往", "朝", "以", "偏", "正", "")
# 往东 is a way and 东侧 a side: without a distance the way says little.
HEADING_PREFIXES: Final = ("向", "往", "朝", "以")
DIRECTION_SUFFIXES: Final = (
    "走",
    "去",
    "方向",
    "边",
    "侧",
    "面",
    "行",
    "方",
    "方位",
    "邻",
    "头",
    "边儿",
    "墙外",
    "墙根",
    "院墙外",
    "围墙外",
    "",
)
BUILDING_UNITS: Final = ("号楼", "栋", "幢", "座", "#楼", "单元", "室", "楼", "层", "户", "排", "区", "期")
METRE_UNITS: Final[dict[str, float]] = {
    "米": 1.0,
    "m": 1.0,
    "公尺": 1.0,
    "公里": 1000.0,
    "千米": 1000.0,
    "km": 1000.0,
    "里地": 500.0,
    "里路": 500.0,
    "华里": 500.0,
    "里外": 500.0,
    "里远": 500.0,
    "步": 0.7,
}
