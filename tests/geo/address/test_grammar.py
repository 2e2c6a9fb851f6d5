"""Each form of address is read as what it is, and every word says what it was used for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.address.grammar import ANCHOR_FORMS, AnchorKind, parse
from geo.address.tokens import LONGEST_TEXT
from geo.address.vocabulary import ROLE_MEANING

if TYPE_CHECKING:
    from geo.address.index import LocatingIndex


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        ("新乡路与孟津路交叉口", AnchorKind.CROSSING, ("新乡路", "孟津路")),
        ("新乡路孟津路口", AnchorKind.CROSSING, ("新乡路", "孟津路")),
        ("新乡与孟津交汇处", AnchorKind.CROSSING, ("新乡", "孟津")),
        ("孟津路口新乡路", AnchorKind.CROSSING, ("孟津路", "新乡路")),
        ("济源路126号", AnchorKind.NUMBER, ("济源路",)),
        ("济源路一百二十六号院3号楼", AnchorKind.NUMBER, ("济源路",)),
        ("鸿园小区3号楼2单元501室", AnchorKind.PLACE, ("鸿园小区",)),
        ("中心路（济源路—安阳路段）", AnchorKind.STRETCH, ("中心路", "济源路", "安阳路")),
        ("济源路与安阳路之间的中心路", AnchorKind.STRETCH, ("中心路", "济源路", "安阳路")),
        ("中心路北段", AnchorKind.ROAD_PART, ("中心路",)),
        ("中心路", AnchorKind.ROAD, ("中心路",)),
        ("中心路路口", AnchorKind.ONE_ROAD_CROSSING, ("中心路",)),
        ("上街区", AnchorKind.AREA, ("上街区",)),
    ],
)
def test_forms(town: LocatingIndex, text: str, kind: AnchorKind, names: tuple[str, ...]) -> None:
    parsed = parse(text, town.names, town.road_cores)
    assert [a.kind for a in parsed.anchors] == [kind]
    assert tuple(t.text for t in parsed.anchors[0].names) == names


@pytest.mark.parametrize(
    ("tail", "bearing", "metres", "side"),
    [
        ("向南100米路西", 180, 100, 270),
        ("往东走两百米", 90, 200, None),
        ("以北五十米路东", 0, 50, 90),
        ("西侧３０米", 270, 30, None),
        ("东南约40米", 135, 40, None),
        ("往北走大概1公里", 0, 1000, None),
    ],
)
def test_offsets(town: LocatingIndex, tail: str, bearing: float, metres: float, side: float | None) -> None:
    anchor = parse(f"新乡路与孟津路交叉口{tail}", town.names).anchors[0]
    assert len(anchor.tail.moves) == 1
    assert (anchor.tail.moves[0].bearing_deg, anchor.tail.moves[0].distance.metres) == (bearing, metres)
    assert anchor.tail.side_deg == side


@pytest.mark.parametrize(
    ("tail", "relation"),
    [("对面", "opposite"), ("旁边", "beside"), ("附近", "near"), ("门口", "at"), ("后面", "behind")],
)
def test_relations(town: LocatingIndex, tail: str, relation: str) -> None:
    assert parse(f"冯沟村委会{tail}", town.names).anchors[0].tail.relation == relation


@pytest.mark.parametrize("said", ["3号楼", "三号楼", "３号楼", "3#", "3#楼", "3栋", "三幢", "3号"])
def test_a_building_in_any_spelling(town: LocatingIndex, said: str) -> None:
    assert parse(f"鸿园小区{said}", town.names).anchors[0].building == "3号楼"


def test_an_area_is_not_the_road_it_is_named_after(town: LocatingIndex) -> None:
    parsed = parse("郑州市上街区南街道济源路3号", town.names)
    assert [t.text for t in parsed.areas] == ["上街区", "南街道"]
    assert [t.text for t in parsed.unknown_areas] == ["郑州市"]


def test_each_word_says_what_it_was_used_for(town: LocatingIndex) -> None:
    words = parse("你好，我在心乡路 跟孟津路那个路口", town.names, town.road_cores).words()
    used = {w.said: w.used_for for w in words}
    assert used["心乡路"] == "road of the crossing"
    assert used["路口"] == "crossing"
    assert used["你好"] == "noise"
    assert {w.said: w.read_as for w in words}["心乡路"] == "新乡路"


def test_every_role_of_the_grammar_has_a_meaning() -> None:
    letters = {c for _, form in ANCHOR_FORMS for c in form if c.isupper() or c in "&~,"} - {"P"}
    assert letters <= set(ROLE_MEANING)


@given(
    st.text(
        alphabet="新乡孟津路与交叉口向东南西北0123456789一二百米号楼院（）-—,，。 ()AB#对面附近小区鸿园段至",
        max_size=60,
    )
)
def test_any_text_is_read_without_losing_or_inventing_words(town: LocatingIndex, text: str) -> None:
    parsed = parse(text, town.names, town.road_cores)
    last = 0
    for token in parsed.tokens:
        assert token.start >= last
        last = token.end
    assert last <= len(parsed.normalised.text)
    for word in parsed.words():
        assert text[word.start : word.end] == word.said


def test_a_very_long_text_is_read_to_its_limit(town: LocatingIndex) -> None:
    parsed = parse("路" * 5000 + "新乡路与孟津路交叉口", town.names)
    assert all(t.end <= LONGEST_TEXT for t in parsed.tokens)
