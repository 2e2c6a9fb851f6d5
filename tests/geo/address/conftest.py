"""A small town of straight streets: four roads each way, numbers, places, two areas."""

from __future__ import annotations

import pytest
import shapely

from geo.address.index import LocatingIndex
from geo.address.rows import AddressRow, AreaRow, GazetteerRows, PlaceRow, RangeRow, RoadRow

LON, LAT = 113.28, 34.80
STEP = 0.004
ACROSS = ("新乡路", "汝南路", "洛宁路", "中心路")
ALONG = ("济源路", "孟津路", "安阳路", "纬三路")


@pytest.fixture(scope="session")
def town_rows() -> GazetteerRows:
    """The rows of the small town."""
    end = 3.5 * STEP
    roads = []
    for i, name in enumerate(ACROSS):
        x = LON + i * STEP
        roads.append(RoadRow(name, shapely.LineString([(x, LAT - STEP / 2), (x, LAT + end)])))
    for i, name in enumerate(ALONG):
        y = LAT + i * STEP
        former = ("工农路",) if name == "济源路" else ()
        line = shapely.LineString([(LON - STEP / 2, y), (LON + end, y)])
        roads.append(RoadRow(name, line, aliases=("环城大道",) if name == "安阳路" else (), former_names=former))
    addresses = [
        AddressRow("济源路", LON + n * STEP / 40, LAT + (0.0002 if n % 2 else -0.0002), n)
        for n in range(1, 90)
        if n % 5
    ]
    addresses += [AddressRow("济源路", LON + 0.0011, LAT + 0.0003, 11, "2")]
    addresses += [
        AddressRow("鸿园小区", LON + 0.002 + dx, LAT + 0.002 + dy, None, "", f"{n}号楼")
        for n, (dx, dy) in enumerate([(-0.0005, -0.0005), (0.0005, -0.0005), (0.0005, 0.0005), (-0.0005, 0.0005)], 1)
    ]
    places = [
        PlaceRow("鸿园小区", shapely.Point(LON + 0.002, LAT + 0.002)),
        PlaceRow("冯沟村委会", shapely.Point(LON + 0.0062, LAT + 0.0003)),
        PlaceRow("实验小学", shapely.box(LON + 0.0093, LAT + 0.0053, LON + 0.0107, LAT + 0.0067)),
        PlaceRow("华联超市", shapely.Point(LON + 0.0043, LAT + 0.0002)),
        PlaceRow("华联超市", shapely.Point(LON + 0.0117, LAT + 0.0115)),
    ]
    ranges = [
        RangeRow("纬三路", 1, 99, "odd", shapely.LineString([(LON, LAT + 3 * STEP), (LON + 3 * STEP, LAT + 3 * STEP)]))
    ]
    middle, north = LAT + 1.5 * STEP, LAT + 4 * STEP
    areas = [
        AreaRow("上街区", "district", "410106", shapely.box(LON - STEP, LAT - STEP, LON + 4 * STEP, north)),
        AreaRow("南街道", "street", "410106001", shapely.box(LON - STEP, LAT - STEP, LON + 4 * STEP, middle)),
        AreaRow("北街道", "street", "410106002", shapely.box(LON - STEP, middle, LON + 4 * STEP, north)),
    ]
    return GazetteerRows(roads, places, addresses, ranges, areas, ("河南省", "郑州市"))


@pytest.fixture(scope="session")
def town(town_rows: GazetteerRows) -> LocatingIndex:
    """The small town, ready for locating."""
    return LocatingIndex(town_rows)
