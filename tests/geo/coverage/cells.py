"""Square cells to check: what the tests of single defects have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
import shapely.affinity

from geo.coverage import (
    AreaSet,
    Defect,
    LayerRules,
    check_layer,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

WEST, SOUTH = 113.20, 34.70
CELL = 0.01
DISTRICT, STREET, COMMUNITY = "410106", "410106001", "410106001001"


def cell(column: float, row: float, width: float = 1.0, height: float = 1.0) -> shapely.Polygon:
    west, south = WEST + column * CELL, SOUTH + row * CELL
    return shapely.box(west, south, west + width * CELL, south + height * CELL)


def check(
    geometries: Sequence[Any],
    *,
    codes: Sequence[str | None] | None = None,
    own_levels: Sequence[str] | None = None,
    parents: Sequence[str | None] | None = None,
    **rules: Any,
) -> tuple[Defect, ...]:
    count = len(geometries)
    areas = AreaSet.from_areas(
        levels=own_levels or ["grid"] * count,
        codes=codes or [f"G{index}" for index in range(count)],
        parent_codes=parents,
        geometries=geometries,
    )
    rules.setdefault("levels", ("grid",))
    return check_layer(areas, LayerRules(**rules)).defects


def kinds(defects: Sequence[Defect]) -> list[str]:
    return [defect.kind.value for defect in defects]


def nested(grids: Sequence[Any], *, community: Any = None, **rules: Any) -> tuple[Defect, ...]:
    """One community of two by one cells with its grids."""
    return check(
        [community or cell(0, 0, 2, 1), *grids],
        own_levels=["community", *["grid"] * len(grids)],
        codes=["C", *[f"G{index}" for index in range(len(grids))]],
        parents=[None, *["C"] * len(grids)],
        **{"levels": ("community", "grid"), **rules},
    )
