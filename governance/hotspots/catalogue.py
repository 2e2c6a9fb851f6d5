"""Which methods there are, and what each says of itself: to planners in Chinese, in the API's documentation in English.

A new method is an entry here, a module beside this one, and its line in `registry`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class HotspotMethod(StrEnum):
    """How hotspots are looked for."""

    DENSITY = "density"
    HDBSCAN = "hdbscan"
    ST_DBSCAN = "st_dbscan"
    GI = "gi"
    MORAN = "moran"
    CONCENTRATION = "concentration"
    POPULATION = "population"
    SCAN = "scan"
    EMERGING = "emerging"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class About:
    """A method in words: `label` and `words` for maps, `asks` and `tests` for the API.

    `finds` says where its findings stand in a result: among the clusters, in the units (grids or hexagons), or among
    the series of areas and categories.
    """

    label: str
    words: str
    asks: str
    tests: str
    finds: str


NO_TEST = "No: dense is not the same as more than chance. Stability is shown instead."

ABOUT: dict[HotspotMethod, About] = {
    HotspotMethod.DENSITY: About(
        "密集区（DBSCAN）",
        "上报点在固定距离内彼此靠近而成片的地方。只说密不密，不检验是否偶然；稳定度是重复抽样后仍能找到它的程度。",
        "Where do reports lie close together, within a fixed distance?",
        NO_TEST,
        "clusters",
    ),
    HotspotMethod.HDBSCAN: About(
        "层次密集区（HDBSCAN）",
        "不设固定距离，疏密不同的地方各按自身的疏密成片。只说密不密，不检验是否偶然。",
        "Where do reports lie closer together than around them, at whatever distance?",
        NO_TEST,
        "clusters",
    ),
    HotspotMethod.ST_DBSCAN: About(
        "时空密集区（ST-DBSCAN）",
        "地点相近、日期也相近的上报连成的片。只说密不密，不检验是否偶然。",
        "Where do reports lie close together in space and in time?",
        NO_TEST,
        "clusters",
    ),
    HotspotMethod.GI: About(
        "冷热区（Gi*）",
        "本单元与相邻单元合计明显多于（少于）全域平均；已按错误发现率校正多重检验。",
        "Which units, with their neighbours, are above or below the whole?",
        "Yes: as many permutations as the decision needs, false discovery rate over all units.",
        "units",
    ),
    HotspotMethod.MORAN: About(
        "高低聚集与异常（局部莫兰）",
        "高与高、低与低相邻为聚集；本单元高而四周低（或相反）为异常。已按错误发现率校正多重检验。",
        "Which units are like their neighbours, and which stand out against them?",
        "Yes: as many permutations as the decision needs, false discovery rate over all units.",
        "units",
    ),
    HotspotMethod.CONCENTRATION: About(
        "事项区域集中（伯努利扫描）",
        "某类事项在圈内的占比高于圈外；圈内各网格是检验对象，圈只是示意。",
        "Where is the share of one category higher than elsewhere?",
        "Yes: Monte Carlo over all zones, times the number of categories.",
        "clusters",
    ),
    HotspotMethod.POPULATION: About(
        "相对户数偏多（泊松扫描）",
        "某类事项按户数（或面积、道路长度）算，圈内高于圈外；愿意上报的人多，也会使一处偏高。",
        "Where is there more of one category per household (per km², per road km) than elsewhere?",
        "Yes: Monte Carlo over all zones, times the number of categories.",
        "clusters",
    ),
    HotspotMethod.SCAN: About(
        "时空聚集（时空重排扫描）",
        "某类事项在某处、某段时间内多于该处与该时段各自应有的件数。",
        "Where and when was there more of one category than place and time alone explain?",
        "Yes: Monte Carlo over all zones and spans, times the number of categories; kinds of day as strata.",
        "clusters",
    ),
    HotspotMethod.EMERGING: About(
        "演变类型（新兴热点）",
        "按周把各单元的冷热历史归类：新增、连续、加强、持续、减弱、零星、振荡、历史。",
        "How has each unit's heat developed, step by step? (17 types)",
        "Yes: false discovery rate over all units and steps; Mann-Kendall trend.",
        "units",
    ),
    HotspotMethod.WARNING: About(
        "同期预警",
        "本期件数与往期同样日子的预期相比，显著偏多的街道与事项。",
        "Which street has more of which category than on the same days before?",
        "Yes: quasi-Poisson prediction, false discovery rate over all series.",
        "warnings",
    ),
}
