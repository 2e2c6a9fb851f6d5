"""Names of China's provinces, prefectures and counties: an address that names one of another place is not ours.

A road of one town is often named after another town, so a name counts as a division only in full (登封市), or in short
(荥阳) where it stands alone.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

_ENDING: Final = re.compile(
    "(?:(?:[\u4e00-\u9fff]{1,5}族)+自治[州县旗区]|维吾尔自治区|自治[区州县旗]|特别行政区|地区|林区|省|市|县|区|旗|盟|州)$"
)

# 管城回族区 is spoken of as 管城区.
_PEOPLES: Final = re.compile("(?:回|达斡尔)族区$")


@cache
def division_names() -> frozenset[str]:
    """Return the full names: 河南省, 登封市, 金水区."""
    lines = Path(__file__).with_name("divisions.txt").read_text(encoding="utf-8").splitlines()
    names = [name for line in lines if not line.startswith("#") for name in line.split()]
    return frozenset([*names, *(said for name in names if (said := _without_peoples(name)))])


def _without_peoples(name: str) -> str | None:
    """Leave out the peoples that a division is named for, as is spoken: 管城回族区 is 管城区; None for other names."""
    found = _PEOPLES.search(name)
    core = name[: found.start()] if found else ""
    return core + name[-1] if len(core) >= 2 else None


@cache
def short_division_names() -> frozenset[str]:
    """Return the names without their ending where two characters or more remain: 河南, 登封, 金水."""
    return frozenset(core for name in division_names() if len(core := short_name(name)) >= 2)


def short_name(name: str) -> str:
    """Take the ending off a division's name: 登封市 is spoken as 登封; what has none stays as it is."""
    return _ENDING.sub("", name)


@cache
def divisions_by_start() -> dict[str, tuple[str, ...]]:
    """Return the names, full and short, by their first two characters, the longest first."""
    table: dict[str, list[str]] = {}
    for name in sorted(division_names() | short_division_names(), key=lambda n: (-len(n), n)):
        table.setdefault(name[:2], []).append(name)
    return {start: tuple(names) for start, names in table.items()}
