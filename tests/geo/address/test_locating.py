"""Places are found from any supported form, mildly damaged too; what cannot be told is not guessed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.address.crossings import compute_crossings
from geo.address.index import LocatingIndex
from geo.address.locating import Limits, locate
from geo.address.reverse import compass, describe
from geo.address.rows import GazetteerRows, RoadRow
from geo.address.verdicts import Verdict

if TYPE_CHECKING:
    from geo.address.locating import AddressCandidate

# The small town of conftest.py.
LON, LAT, STEP = 113.28, 34.80, 0.004
ACROSS, ALONG = ("新乡路", "汝南路", "洛宁路", "中心路"), ("济源路", "孟津路", "安阳路", "纬三路")
EAST_M, NORTH_M = 111_320 * math.cos(math.radians(LAT)), 110_950
CROSSING_WORDS = ("交叉口", "路口", "交汇处", "十字路口", "的交叉口", "交叉路口")
CONNECTORS = ("与", "和", "跟", "、", "")
HOMOPHONE = dict(zip("新乡孟津济源安阳洛宁汝南中", "心香梦金纪元按杨落凝如楠钟", strict=True))
NOISE = ("你好我在", "市民反映", "位于", "就在", "")


def metres(candidate: AddressCandidate, lon: float, lat: float) -> float:
    return math.hypot((candidate.lon - lon) * EAST_M, (candidate.lat - lat) * NORTH_M)


def crossing(i: int, j: int) -> tuple[float, float]:
    return LON + i * STEP, LAT + j * STEP


def damaged(name: str, draw: st.DataObject) -> str:
    """One character replaced by a homophone."""
    places = [k for k, char in enumerate(name) if char in HOMOPHONE]
    assume(places)
    k = draw.draw(st.sampled_from(places))
    return name[:k] + HOMOPHONE[name[k]] + name[k + 1 :]


@settings(max_examples=150, deadline=None)
@given(
    i=st.integers(0, 3),
    j=st.integers(0, 3),
    connector=st.sampled_from(CONNECTORS),
    word=st.sampled_from(CROSSING_WORDS),
    noise=st.sampled_from(NOISE),
    swap=st.booleans(),
    damage=st.booleans(),
    data=st.data(),
)
def test_a_crossing_in_any_form_mildly_damaged_is_the_same_place(  # noqa: PLR0913, PLR0917 (what varies)
    town: LocatingIndex,
    i: int,
    j: int,
    connector: str,
    word: str,
    noise: str,
    swap: bool,  # noqa: FBT001 (drawn)
    damage: bool,  # noqa: FBT001 (drawn)
    data: st.DataObject,
) -> None:
    a, b = ACROSS[i], ALONG[j]
    if damage:
        a = damaged(a, data)
    if swap:
        a, b = b, a
    located = locate(f"{noise}{a}{connector}{b}{word}", town)
    assert located.best is not None, (located.text, located.grounds)
    assert metres(located.best, *crossing(i, j)) < 1


@settings(max_examples=100, deadline=None)
@given(
    i=st.integers(1, 2),
    j=st.integers(1, 2),
    direction=st.sampled_from("东西南北"),
    distance=st.integers(2, 30).map(lambda n: n * 10),
    form=st.sampled_from(["向{d}{m}米", "往{d}走{m}米", "{d}侧{m}米处", "以{d}约{m}米"]),
)
def test_an_offset_is_walked_along_the_road_that_leads_there(
    town: LocatingIndex, i: int, j: int, direction: str, distance: int, form: str
) -> None:
    located = locate(f"{ACROSS[i]}与{ALONG[j]}交叉口" + form.format(d=direction, m=distance), town)
    assert located.best is not None
    x, y = crossing(i, j)
    dx, dy = {"东": (1, 0), "西": (-1, 0), "南": (0, -1), "北": (0, 1)}[direction]
    assert metres(located.best, x + dx * distance / EAST_M, y + dy * distance / NORTH_M) < 2
    assert located.best.accuracy_m > 20


@settings(max_examples=80, deadline=None)
@given(number=st.integers(1, 88), unit=st.sampled_from(["号", "#", "号院", ""]), blank=st.sampled_from(["", " ", "，"]))
def test_a_door_number_in_any_spelling_is_found_or_interpolated(
    town: LocatingIndex, number: int, unit: str, blank: str
) -> None:
    assume(1 < number < 88)
    located = locate(f"济源路{blank}{number}{unit}", town)
    assert located.best is not None
    place = (LON + number * STEP / 40, LAT + (0.0002 if number % 2 else -0.0002))
    assert metres(located.best, *place) < 2


@settings(max_examples=60, deadline=None)
@given(x=st.floats(-0.3, 3.3), y=st.floats(-0.3, 3.3))
def test_a_point_put_into_words_is_found_again_from_them(town: LocatingIndex, x: float, y: float) -> None:
    lon, lat = LON + x * STEP, LAT + y * STEP
    described = describe(lon, lat, town)
    located = locate(described.text, town)
    assert located.candidates, described.text
    nearest = min(mark.distance_m for mark in described.landmarks)
    # Eight directions and tens of metres: 22.5° of a quarter kilometre, and half a step.
    assert min(metres(c, lon, lat) for c in located.candidates) < max(30.0, 0.45 * max(nearest, 250.0))


@given(st.text(max_size=30))
def test_any_text_gets_an_answer(town: LocatingIndex, text: str) -> None:
    located = locate(text, town)
    assert located.text == text
    assert sum(c.share for c in located.candidates) == pytest.approx(1 if located.candidates else 0)
    assert [c.score for c in located.candidates] == sorted((c.score for c in located.candidates), reverse=True)


def test_names_that_are_former_or_aliases_are_found_and_said(town: LocatingIndex) -> None:
    located = locate("工农路与新乡路交叉口", town)
    assert located.best is not None
    assert any(r.code == "ground/form/former" for r in located.best.reasons)
    assert locate("环城大道与新乡路交叉口", town).best is not None


def test_a_suffix_is_another_door(town: LocatingIndex) -> None:
    plain, second = locate("济源路11号", town).best, locate("济源路11号附2号", town).best
    assert plain is not None
    assert second is not None
    assert metres(plain, second.lon, second.lat) > 5


def test_numbers_within_a_range_are_interpolated_on_their_side(town: LocatingIndex) -> None:
    odd = locate("纬三路49号", town).best
    assert odd is not None
    assert metres(odd, LON + 48 / 98 * 3 * STEP, LAT + 3 * STEP) < 2
    assert locate("纬三路50号", town).verdict is Verdict.NOT_FOUND


def test_two_places_of_one_name_are_candidates_until_something_decides(town: LocatingIndex) -> None:
    both = locate("华联超市", town)
    assert both.verdict is Verdict.AMBIGUOUS
    assert len(both.candidates) == 2
    assert both.best is None
    assert locate("北街道华联超市", town).best is not None
    assert locate("济源路华联超市", town).best is not None
    declared = town.areas[1].outline
    by_caller = locate("华联超市", town, declared_area=declared)
    assert by_caller.best is not None
    assert by_caller.best.lat < LAT + STEP


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("", Verdict.NOT_FOUND),
        ("济源路", Verdict.COARSE),
        ("上街区", Verdict.COARSE),
        ("中心路向南100米路西", Verdict.DOUBTFUL),
        ("新乡路与汝南路交叉口", Verdict.NOT_FOUND),
        ("金水区新乡路与孟津路交叉口", Verdict.DOUBTFUL),
        ("北街道新乡路与济源路交叉口", Verdict.DOUBTFUL),
        ("新香村与孟津路交叉口", Verdict.DOUBTFUL),
        ("解放路与孟津路交叉口", Verdict.DOUBTFUL),
        ("济源路9999号", Verdict.NOT_FOUND),
    ],
)
def test_what_cannot_be_told_is_not_guessed(town: LocatingIndex, text: str, verdict: Verdict) -> None:
    located = locate(text, town)
    assert located.verdict is not Verdict.CERTAIN
    if verdict in {Verdict.NOT_FOUND, Verdict.COARSE}:
        assert located.verdict is verdict
    assert located.grounds


def test_a_stretch_is_a_line(town: LocatingIndex) -> None:
    located = locate("中心路（济源路—孟津路段）", town)
    line = located.candidates[0].line
    assert line is not None
    assert line.geom_type == "LineString"
    assert shapely.length(line) == pytest.approx(STEP, rel=0.01)


def test_stricter_limits_make_fewer_answers_certain(town: LocatingIndex) -> None:
    assert locate("心乡路与孟津路交叉口", town, limits=Limits(least_score=0.99)).verdict is Verdict.DOUBTFUL


def test_an_empty_gazetteer_finds_nothing() -> None:
    nothing = LocatingIndex(GazetteerRows())
    assert locate("新乡路与孟津路交叉口", nothing).verdict is Verdict.NOT_FOUND
    assert describe(113.0, 34.0, nothing).text == ""


def test_roads_drawn_short_of_each_other_cross_and_dual_carriageways_cross_once() -> None:
    lines = [
        shapely.LineString([(0, 0), (100, 0)]),
        shapely.LineString([(0, 20), (100, 20)]),
        shapely.LineString([(50, -50), (50, 70)]),
        shapely.LineString([(110, 0), (200, 0)]),
    ]
    found = compute_crossings(lines, [0, 0, 1, 2])
    assert list(zip(found.first.tolist(), found.second.tolist(), strict=True)) == [(0, 1), (0, 2)]
    assert (found.x[0], found.y[0]) == (50, 10)
    assert found.x[1] == 105
    assert compute_crossings([], []).x.size == 0
    with pytest.raises(ValueError, match="1 lines, 0 road numbers"):
        compute_crossings(lines[:1], [])


def test_the_order_of_rows_does_not_matter(town_rows: GazetteerRows) -> None:
    rows = town_rows
    turned = GazetteerRows(
        rows.roads[::-1], rows.places[::-1], rows.addresses[::-1], rows.ranges, rows.areas[::-1], rows.context
    )
    one, other = LocatingIndex(rows), LocatingIndex(turned)
    for text in (
        "新乡路与孟津路交叉口",
        "济源路35号",
        "鸿园小区3号楼",
        "华联超市",
        "心乡路孟津路口东北角",
        "冯沟村委会对面",
    ):
        first, second = locate(text, one), locate(text, other)
        assert first.verdict == second.verdict
        for a, b in zip(first.candidates, second.candidates, strict=True):
            assert (a.lon, a.lat, a.score) == pytest.approx((b.lon, b.lat, b.score), abs=1e-9)


def test_eight_directions() -> None:
    assert [compass(b) for b in np.arange(0, 360, 45)] == ["北", "东北", "东", "东南", "南", "西南", "西", "西北"]
    assert compass(359) == "北"


@pytest.mark.parametrize(("lon", "lat"), [(math.nan, 0), (0, math.inf), (181, 0), (0, -91)])
def test_what_is_no_point_is_refused(town: LocatingIndex, lon: float, lat: float) -> None:
    with pytest.raises(ValueError, match="no point"):
        describe(lon, lat, town)


def test_a_road_crossing_itself_and_a_ring_do_no_harm() -> None:
    loop = shapely.LineString([(113, 34), (113.01, 34.01), (113.01, 34), (113, 34.01)])
    ring = shapely.LineString([(113.0, 34.0), (113.0, 34.01), (113.01, 34.01), (113.0, 34.0)])
    index = LocatingIndex(GazetteerRows(roads=[RoadRow("盘山路", loop), RoadRow("环湖路", ring)]))
    assert locate("盘山路与环湖路交叉口向东50米", index).candidates
