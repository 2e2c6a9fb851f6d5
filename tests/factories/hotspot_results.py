"""Valid results of hotspot runs over a small town: one street, four communities, twelve grids."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
import shapely

from governance.hotspots.catalogue import ABOUT, Finds, HotspotMethod
from governance.hotspots.notes import NoteCode, note
from governance.hotspots.result_format.model import (
    Area,
    CategoryCount,
    CategoryTotals,
    Cluster,
    InputSummary,
    Period,
    PileUp,
    Result,
    SeriesJudgement,
    Span,
    Trend,
    Unit,
    UnitJudgement,
)

DISTRICT, STREET, CATEGORY = "410106", "410106001", "占道经营"
COMMUNITIES = [f"{STREET}00{number}" for number in range(4)]
GRIDS = [f"{community}00{number}" for community in COMMUNITIES for number in range(3)]
SIDE = 0.003


def trend() -> Trend:
    """Twelve weeks of counts, two of them high."""
    return Trend(start=date(2026, 3, 9), step_days=7, counts=[1, 0, 2, 1, 0, 3, 2, 1, 9, 8, 2, 1])


def square(column: int, row: int = 0, size: int = 1) -> shapely.Polygon:
    """A square of so many grids' sides."""
    west, south = 113.2 + column * SIDE, 34.7 + row * SIDE
    return shapely.box(west, south, west + size * SIDE, south + size * SIDE)


def geojson(shape: shapely.Geometry) -> dict[str, Any]:
    """A shape as a result holds it."""
    return dict(orjson.loads(shapely.to_geojson(shape)))


def cluster(method: HotspotMethod = HotspotMethod.SCAN, number: int = 0, **known: Any) -> Cluster:
    """A cluster of one week around the first grid; of a method that tests, with its test."""
    tested = {
        "category": CATEGORY,
        "expected": 4.5,
        "relative_risk": 4.9,
        "log_likelihood_ratio": 14.2,
        "p": 1e-6,
        "p_kind": "gumbel",
        "adjusted_p": 3e-5,
        "radius_m": 240.0,
        "significant": True,
    }
    dense = {"area_m2": 61_234.0, "stability": 0.81, "significant": None}
    given: dict[str, Any] = {
        "method": method,
        "number": number,
        "areas": GRIDS[:1],
        "geometry": geojson(square(0)),
        "first": date(2026, 5, 11),
        "last": date(2026, 5, 17),
        "observed": 20,
        "categories": [CategoryCount(category=CATEGORY, reports=20)],
        "trend": trend(),
        "samples": [99, 1234567],
        **(tested if ABOUT[method].tested else dense),
        **known,
    }
    return Cluster(**given)


def series(*, alarm: bool = True, **known: Any) -> SeriesJudgement:
    """A street and category with an alarm, or one of which too little past is known."""
    judged = {"observed": 30, "expected": 12.4, "upper": 20.0, "p": 0.0002, "q": 0.002, "trend": trend()}
    unknown = {"observed": 1, "expected": None, "upper": None, "p": None, "q": None}
    given: dict[str, Any] = {
        "area": STREET,
        "area_name": "济源路街道",
        "category": CATEGORY,
        "alarm": alarm,
        **(judged if alarm else unknown),
        **known,
    }
    return SeriesJudgement(**given)


def totals(counts: dict[str, int], level: str = "community") -> list[CategoryTotals]:
    """Categories with so many reports, half as many before, spread evenly over the communities."""
    return [
        CategoryTotals(
            category=name,
            reports=count,
            before=count // 2,
            reports_per_area={level: [count // 4] * 4, "grid": [count]},
            areas_in_all={level: 4, "grid": len(GRIDS)},
            trend=trend(),
        )
        for name, count in counts.items()
    ]


def judgement(method: HotspotMethod, found: str) -> UnitJudgement:
    """A unit's judgement of a class of the method's legend."""
    if method is HotspotMethod.EMERGING:
        return UnitJudgement(found=found, steps=[0, -1, int(found.endswith("HOT"))])
    flag = {"hot": 1, "high-high": 1, "cold": -1, "low-low": -1}.get(found, 0)
    return UnitJudgement(found=found, flag=flag, z=4.0, p=0.0001, q=0.0005 if found != "none" else 0.4)


def result(**changes: Any) -> Result:
    """A result in which nothing was found, but for what is given."""
    above = [DISTRICT, STREET]
    given: dict[str, Any] = {
        "crs_of_distances": "WGS 84 / UTM zone 49N",
        "period": Period(start=date(2026, 5, 1), end=date(2026, 6, 1)),
        "history_start": date(2026, 3, 9),
        "methods": list(HotspotMethod),
        "input": InputSummary(
            reports=100,
            by_source={"citizen": 98, "patrol": 2},
            without_point=1,
            on_pile_ups=4,
            patrol=2,
            repeat_calls=3,
            incidents=90,
            incidents_in_period=60,
            pile_ups=[PileUp(lon=113.201, lat=34.701, reports=4)],
        ),
        "by_category": [],
        "levels": ["district", "street", "community", "grid"],
        "areas": [Area(code=code, above=[*above, code[:12]]) for code in GRIDS],
        "names": {DISTRICT: "上街区", STREET: "济源路街道"}
        | {code: f"第{number}社区" for number, code in enumerate(COMMUNITIES)}
        | {code: f"网格{number}" for number, code in enumerate(GRIDS)},
        "unit": "grid",
        "rate_per": "none",
        "units": [Unit(code=code) for code in GRIDS],
        **changes,
    }
    return Result(**given)


def result_of(method: HotspotMethod) -> Result:
    """A result of one method that found something: a cluster, a unit of each class of its legend, or an alarm."""
    about = ABOUT[method]
    if about.finds is Finds.CLUSTERS:
        return result(methods=[method], clusters=[cluster(method)])
    if about.finds is Finds.WARNINGS:
        said = note(NoteCode.SERIES_JUDGED, method, series=2, judged=1)
        return result(methods=[method], series=[series(), series(alarm=False, category="积水")], notes=[said])
    found = list(dict.fromkeys(one.code.partition("/")[0] for one in about.classes))
    hexagons = method is HotspotMethod.MORAN
    units = [
        Unit(
            code=f"hex200:{number}:0" if hexagons else GRIDS[number % len(GRIDS)],
            near=GRIDS[0] if hexagons else None,
            near_name="网格0" if hexagons else None,
            geometry=geojson(square(number)) if hexagons else None,
            reports=number,
            judged={method: judgement(method, code)},
        )
        for number, code in enumerate(found)
    ]
    steps = [Span(first=date(2026, 5, day), last=date(2026, 5, day + 6)) for day in (11, 18, 25)]
    return result(
        methods=[method],
        unit="hexagon" if hexagons else "grid",
        units=units,
        steps=steps if method is HotspotMethod.EMERGING else [],
    )
