"""Five hundred texts made by a grammar over a town that is not the one the locator's words were chosen on."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from geo.address.index import LocatingIndex
from geo.address.locating import locate
from tests.geo.address.made_texts import EAST_M, NORTH_M, Grammar, Town

if TYPE_CHECKING:
    import pytest

NEAR_M = 100.0


def test_no_made_text_is_certain_and_wrong_and_nine_of_ten_decidable_ones_are_found(
    capsys: pytest.CaptureFixture[str],
) -> None:
    town = Town(20_250_603)
    index = LocatingIndex(town.rows())
    table: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    wrong, found, wanted = [], 0, 0
    for kind, words, place in Grammar(town).texts(500):
        best = locate(words, index).best
        wanted += place is not None
        table[kind][0] += 1
        if best is None:
            continue
        off = math.inf if place is None else math.hypot((best.lon - place[0]) * EAST_M, (best.lat - place[1]) * NORTH_M)
        table[kind][1] += 1
        table[kind][2] += off <= NEAR_M
        found += off <= NEAR_M
        wrong += [(kind, words, off, best.label)] if off > NEAR_M else []
    with capsys.disabled():
        print(f"\n{'kind':22} texts certain within {NEAR_M:.0f} m")
        for kind, counts in sorted(table.items()):
            print(f"{kind:22} {counts[0]:5} {counts[1]:7} {counts[2]:6}")
    assert wrong == []
    assert found >= 0.9 * wanted
