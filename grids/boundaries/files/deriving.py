"""Coarser levels that a delivery has only as a column: each value's areas put together are one area.

Towns and streets are often published alone, with their district's name or code beside each. Drawing the district by
hand would tear it from them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely

from core.errors import Detail
from grids.boundaries.errors import FieldMissingError, FileRefusedError
from grids.boundaries.records import DECIMALS, AreaRecord, canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def with_derived_levels(
    areas: Sequence[AreaRecord], derive: Mapping[str, str], names: Mapping[str, str], levels: Sequence[str]
) -> tuple[list[AreaRecord], list[str]]:
    """Return areas with the coarser ones that their columns name, and remarks.

    Parameters
    ----------
    areas
        As delivered, in the stored form.
    derive
        Level → column whose values are the codes of that level's areas ('': the parents that the areas name).
    names
        Level → column of the names; the code is the name where there is none.
    levels
        Of the layer, coarsest first.

    Raises
    ------
    FileRefusedError
        When a level is delivered already, is the finest, or an area of it lies in two of the next.
    FieldMissingError
        When an area has no value in the column.
    """
    found, remarks = list(areas), []
    unknown = sorted(set(derive) - set(levels))
    if unknown:
        raise FileRefusedError(
            "The layer has no level '{unknown}'; it has {levels}.",
            values={"unknown": unknown[0][:40], "levels": [*levels]},
            field="derive",
        )
    for level in sorted(derive, key=levels.index, reverse=True):
        column = derive[level]
        if level == levels[-1]:
            raise FileRefusedError(
                "The finest level, {level}, cannot be derived from finer areas.",
                values={"level": level},
                field="derive",
            )
        if any(area.level == level for area in found):
            raise FileRefusedError(
                "Areas of level {level} are in the files already.", values={"level": level}, field="derive"
            )
        finer = levels[levels.index(level) + 1]
        children = [area for area in found if area.level == finer]
        if not children:
            raise FileRefusedError(
                "There are no areas of level {finer} to put together.", values={"finer": finer}, field="derive"
            )
        values = {area.code: _value(area, column, level) for area in children}
        derived = [
            _together(code, [child for child in children if values[child.code] == code], level, names.get(level))
            for code in sorted(set(values.values()), key=str.encode)
        ]
        found = [
            *derived,
            *(replace(a, parent_code=values[a.code]) if a.level == finer else a for a in found),
        ]
        source = f"column '{column[:60]}'" if column else "the parents that they name"
        what = f"{len(derived):,} areas of level {level} from {len(children):,} of level {finer}"
        remarks.append(f"derived: {what}, put together by {source}")
    return found, remarks


def _value(area: AreaRecord, column: str, level: str) -> str:
    value = area.attributes.get(column) if column else area.parent_code
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value).strip()
    if not text:
        where = (
            Detail("column '{column}' is empty, or there is none", {"column": column[:60]})
            if column
            else Detail("no parent is named")
        )
        raise FieldMissingError(
            "Area {code}: {where}; its {level} is not known.",
            values={"code": area.code[:60], "where": where, "level": level},
            field="derive",
        )
    return text


def _together(code: str, members: Sequence[AreaRecord], level: str, name_column: str | None) -> AreaRecord:
    """Return the area that some finer ones are together; their columns stay with them."""
    called = {str(area.attributes.get(name_column) or "").strip() for area in members} - {""} if name_column else set()
    if len(called) > 1:
        raise FileRefusedError(
            "The {level} {code} has several names: {called}.",
            values={"level": level, "code": code[:60], "called": ", ".join(sorted(called))[:200]},
            field="derive",
        )
    name = called.pop() if called else code
    return AreaRecord(level, code, name, _union([area.geom for area in members]))


def _union(geometries: Iterable[shapely.Geometry | None]) -> shapely.Geometry | None:
    lands = np.array([geometry for geometry in geometries if geometry is not None], dtype=object)
    if not len(lands):
        return None
    sound = np.where(shapely.is_valid(lands), lands, shapely.make_valid(lands))
    # On the stored grid, so that storing moves nothing.
    union = shapely.union_all(sound, grid_size=10.0**-DECIMALS)
    return cast("shapely.Geometry", canonical(np.array([union], dtype=object))[0])
