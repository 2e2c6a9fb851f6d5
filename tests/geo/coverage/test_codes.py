"""Numbers and parents: which codes a layer may bear, and what is told of those that it may not."""

from __future__ import annotations

import pytest

from geo.coverage import (
    AreaSet,
    DefectKind,
    LayerRules,
    check_layer,
)
from tests.geo.coverage.cells import COMMUNITY, DISTRICT, STREET, cell, check, nested


@pytest.mark.parametrize(
    ("level", "code", "parent", "cause"),
    [
        ("grid", "410106001001001", COMMUNITY, None),
        ("grid", "41010600100100", COMMUNITY, "length"),
        ("grid", "41010600100100A", COMMUNITY, "characters"),
        ("grid", "４１０１０６００１００１００１", COMMUNITY, "characters"),
        ("grid", "410106001002001", COMMUNITY, "prefix"),
        ("community", "410106001001", STREET, None),
        ("community", "410106001", STREET, "length"),
        ("street", "410106001", DISTRICT, None),
        ("street", "410107001", DISTRICT, "prefix"),
        ("district", "410106", None, None),
        ("district", "4101", None, "length"),
    ],
)
def test_the_15_digit_rule(level: str, code: str, parent: str | None, cause: str | None) -> None:
    defects = check_layer(
        AreaSet.from_areas(levels=[level], codes=[code], parent_codes=[parent], geometries=[cell(0, 0)]),
        LayerRules(levels=("district", "street", "community", "grid"), code_rule="gb15"),
    ).defects
    malformed = [defect for defect in defects if defect.kind is DefectKind.MALFORMED_CODE]
    assert [defect.cause for defect in malformed] == ([] if cause is None else [cause])


@pytest.mark.parametrize(
    ("code", "cause"),
    [("第3警区", None), ("", "missing"), (None, "missing"), (" A", "characters"), ("A" * 65, "length")],
)
def test_a_free_code_needs_only_to_be_there(code: str | None, cause: str | None) -> None:
    defects = check([cell(0, 0)], codes=[code])
    assert [defect.cause for defect in defects] == ([] if cause is None else [cause])


def test_a_code_used_twice_blocks_also_across_levels() -> None:
    defects = check([cell(0, 0), cell(1, 0), cell(2, 0)], codes=["A", "A", "B"])
    assert [(defect.kind.value, defect.codes) for defect in defects] == [("duplicate_code", ("A",))]
    across = nested([cell(0, 0, 2, 1)], community=cell(0, 0, 2, 1))
    assert across == ()


def test_a_parent_that_is_not_there_blocks_and_so_does_a_grid_straight_under_a_street() -> None:
    levels = ("street", "community", "grid")
    defects = check_layer(
        AreaSet.from_areas(
            levels=["street", "community", "grid", "grid", "grid"],
            codes=["S", "C", "G1", "G2", "G3"],
            parent_codes=[None, "S", "C", "S", None],
            geometries=[cell(0, 0, 3), cell(0, 0, 3), cell(0, 0), cell(1, 0), cell(2, 0)],
        ),
        LayerRules(levels=levels, covers_parent=False),
    ).defects
    assert [(defect.codes, defect.cause) for defect in defects] == [(("G2",), None), (("G3",), "missing")]
    assert {defect.kind for defect in defects} == {DefectKind.UNKNOWN_PARENT}
