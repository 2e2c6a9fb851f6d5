"""The four levels of the administrative layer: codes, names, responsible units and households.

Codes and names of district, streets and communities are facts (`source/names.csv`); grids, units of grids and
households are made up. A parent's polygon is the union of its children's.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from . import frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path
    from random import Random

DISTRICT = "410106"
HOUSEHOLDS = (300, 500)
SUFFIXES = (("村村民委员会", "村"), ("社区居民委员会", "社区"), ("管理委员会社区", "社区"))


@dataclass(frozen=True)
class Area:
    """One polygon of one level, in local metres."""

    level: str
    code: str
    name: str
    parent_code: str | None
    unit_code: str
    unit_name: str
    households: int
    polygon: shapely.Polygon


def short_name(official: str) -> str:
    """`冯沟村村民委员会` → `冯沟村`."""
    for suffix, short in SUFFIXES:
        if official.endswith(suffix):
            return official.removesuffix(suffix) + short
    return official


def read_names(path: Path) -> dict[str, str]:
    """Code to official name of district, streets and communities."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file) if row["code"].startswith(DISTRICT)}


def build(grids: Mapping[str, Sequence[shapely.Polygon]], names: Mapping[str, str], random: Random) -> list[Area]:
    """All areas, coarse levels first and by code within a level."""
    cells = [
        cell
        for community in sorted(grids)
        for cell in _grid_areas(community, names[community], grids[community], random)
    ]
    communities = _parents("community", cells, names)
    streets = _parents("street", communities, names)
    return [*_parents("district", streets, names), *streets, *communities, *cells]


def _grid_areas(community: str, official: str, polygons: Sequence[shapely.Polygon], random: Random) -> Iterable[Area]:
    for sequence, polygon in enumerate(_reading_order(polygons), start=1):
        yield Area(
            level="grid",
            code=f"{community}{sequence:03d}",
            name=f"{short_name(official)}{sequence:02d}号网格",
            parent_code=community,
            unit_code=community,
            unit_name=official,
            households=random.randint(*HOUSEHOLDS),
            polygon=polygon,
        )


def _reading_order(polygons: Sequence[shapely.Polygon]) -> list[shapely.Polygon]:
    """West to east in rows from north to south; a row is as high as a typical grid."""
    centres = shapely.get_coordinates(shapely.centroid(polygons))
    height = float(np.median(np.sqrt(shapely.area(polygons)))) * 0.75
    remaining = sorted(range(len(polygons)), key=lambda index: -centres[index, 1])
    ordered: list[int] = []
    while remaining:
        top = centres[remaining[0], 1]
        row = [index for index in remaining if centres[index, 1] > top - height]
        ordered += sorted(row, key=lambda index: centres[index, 0])
        remaining = [index for index in remaining if index not in row]
    return [polygons[index] for index in ordered]


def _parents(level: str, children: Sequence[Area], names: Mapping[str, str]) -> list[Area]:
    groups: dict[str, list[Area]] = {}
    for child in children:
        groups.setdefault(child.parent_code or "", []).append(child)
    return [
        Area(
            level=level,
            code=code,
            name=names[code],
            parent_code=_parent_code(code),
            unit_code=code,
            unit_name=_unit_name(level, names[code]),
            households=sum(child.households for child in group),
            polygon=frame.polygon(shapely.coverage_union_all([child.polygon for child in group])),
        )
        for code, group in sorted(groups.items())
    ]


def _parent_code(code: str) -> str | None:
    return {6: None, 9: code[:6], 12: code[:9]}[len(code)]


def _unit_name(level: str, name: str) -> str:
    if level == "district":
        return "上街区新型智慧城市运行中心"
    if level == "street":
        return f"{name}办事处" if name.endswith("街道") else f"{name}人民政府"
    return name
