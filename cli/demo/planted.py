"""The clusters planted in the sample reports: the hotspot engine is expected to find these, and no others.

`reports` is how many reports are added to what chance brings to the circle; docs/demo.md repeats this table and
tests/cli/demo/test_reports.py holds the two equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cli.demo.categories import NIGHT, RUSH

if TYPE_CHECKING:
    from datetime import date

    from cli.demo.district import District, Spot
    from cli.demo.half_year import HalfYear


@dataclass(frozen=True)
class Planted:
    """One planted cluster: where, when (last day included), what, and how much of it.

    `begins` and `ends` are the month of the half-year, 1 to 6, and the day; `days` makes days of them.
    """

    name: str
    anchor: str
    radius_m: float
    begins: tuple[int, int]
    ends: tuple[int, int]
    category: str
    reports: int
    channels: tuple[tuple[str, float], ...]
    hours: tuple[int, ...] | None = None
    workdays_only: bool = False

    def days(self, half_year: HalfYear) -> tuple[date, date]:
        """Return the first and the last day."""
        return half_year.day(*self.begins), half_year.day(*self.ends)

    def centre(self, district: District) -> Spot:
        """Where it is: at a place, or at a crossing written `A路×B路`."""
        roads = frozenset(self.anchor.split("×"))
        return district.crossings[roads] if len(roads) > 1 else district.places[self.anchor]


PLANTED = (
    Planted(
        "夜市占道", "新乡路×金华路", 220, (6, 9), (6, 22), "占道经营", 54,
        (("zhenghaopai", 0.45), ("12345", 0.35), ("110", 0.2)),
    ),
    Planted(
        "夜间施工", "鸿园小区", 200, (5, 12), (5, 25), "施工噪声扰民", 56,
        (("12345", 0.5), ("110", 0.3), ("zhenghaopai", 0.2)), NIGHT,
    ),
    Planted(
        "村口垃圾", "冯沟村", 320, (6, 19), (6, 31), "暴露垃圾", 32,
        (("12345", 0.5), ("zhenghaopai", 0.3), ("grid-patrol", 0.2)),
    ),
    Planted(
        "雨后坑洼", "龙江路×孟津路", 260, (4, 7), (4, 20), "道路破损", 36,
        (("digital-urban", 0.4), ("12345", 0.4), ("zhenghaopai", 0.2)),
    ),
    Planted(
        "校门违停", "淮北幼儿园", 130, (2, 17), (6, 31), "机动车乱停放", 150,
        (("zhenghaopai", 0.5), ("12345", 0.3), ("digital-urban", 0.2)), RUSH, workdays_only=True,
    ),
)  # fmt: skip


def around(spot: Spot, radius_m: float, random: np.random.Generator) -> tuple[float, float]:
    """Draw a point evenly from the disc."""
    angle, reach = random.uniform(0, 2 * np.pi), radius_m * np.sqrt(random.uniform())
    return spot.x + float(reach * np.cos(angle)), spot.y + float(reach * np.sin(angle))
