"""What an export leaves out for who may not see people, filled in again when it is imported."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.personal import keeping_people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grids.boundaries.records import AreaRecord


def with_people_kept(areas: Sequence[AreaRecord], latest: Sequence[AreaRecord]) -> tuple[list[AreaRecord], list[str]]:
    """Return delivered areas with what of the latest release they hide, and a remark for each column concerned.

    Columns about people that no file has stay with their areas; a masked text that comes back leaves the text behind
    it. A column that is there with an empty cell removes what the cell held.
    """
    old = {(area.level, area.code): area.attributes for area in latest}
    delivered = {name for area in areas for name in area.attributes}
    kept: set[str] = set()
    filled = []
    for area in areas:
        before = old.get((area.level, area.code), {})
        hidden = {n: v for n, v in before.items() if n in area.attributes or n not in delivered}
        whole = keeping_people(hidden, area.attributes) if hidden else area.attributes
        kept |= {name for name, value in whole.items() if area.attributes.get(name) != value}
        filled.append(area if whole == area.attributes else replace(area, attributes=whole))
    return filled, [
        f"column '{name[:60]}': masked texts are no values; those behind them are kept"
        if name in delivered
        else f"column '{name[:60]}' is about people and in none of the files: kept as it was"
        for name in sorted(kept)
    ]
