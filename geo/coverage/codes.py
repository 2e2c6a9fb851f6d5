"""Checks of codes and parents: the numbers of the areas, without their geometry.

The 15-digit rule: a grid's code is its district (6 digits), street or town (3), community (3) and sequence
(3), so that every code begins with its parent's. Source: GB/T 30428.1 and CJ/T 213, unit grid division and
coding.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage.measure import named
from geo.coverage.model import Defect, DefectKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.coverage.model import AreaSet, DefectValue, LayerRules

    Values = tuple[tuple[str, DefectValue], ...]

# Digits of a code by the level's name; a level of another name takes its place counted from the grid,
# upwards.
GB15_DIGITS = {"district": 6, "street": 9, "town": 9, "community": 12, "village": 12, "grid": 15}
_GRID_DIGITS, _DIGITS_A_LEVEL = 15, 3
_LONGEST_FREE_CODE = 64
# An area's code is one segment of its URL's path: what divides or escapes there, and what tools resolve, never arrives.
_UNFIT = "/\\%?#"


def code_defects(areas: AreaSet, rules: LayerRules) -> Iterator[Defect]:
    """Yield malformed codes, duplicate codes and unknown parents.

    Parameters
    ----------
    areas : AreaSet
        All areas of the layer; a code counts as used by every area of any level.
    rules : LayerRules
        The levels and the code rule.

    Yields
    ------
    Defect
        `geometry` is the area's own where it has one. Nothing on empty input.
    """
    yield from _malformed(areas, rules)
    yield from _duplicates(areas)
    yield from _unknown_parents(areas, rules)


def code_digits(rules: LayerRules, level: str) -> int:
    """Return how many digits a code of a level has under the 15-digit rule."""
    if level in GB15_DIGITS:
        return GB15_DIGITS[level]
    # Three digits a level, counted upwards from the grid's fifteen.
    from_the_finest = len(rules.levels) - 1 - rules.levels.index(level)
    return _GRID_DIGITS - _DIGITS_A_LEVEL * from_the_finest


def _malformed(areas: AreaSet, rules: LayerRules) -> Iterator[Defect]:
    for index in range(len(areas)):
        code, level, parent = areas.codes[index], areas.levels[index], areas.parent_codes[index]
        broken: tuple[str, Values] | None
        if level not in rules.levels:
            broken = "level", (("rule", "level"), ("level", level))
        elif rules.code_rule == "gb15":
            broken = _broken_gb15(code, parent, code_digits(rules, level))
        else:
            broken = _broken_free(code)
        if broken is not None:
            cause, rule = broken
            yield _defect(areas, index, DefectKind.MALFORMED_CODE, cause, (*rule, *named(areas, [index])))


def _broken_gb15(code: str, parent: str | None, digits: int) -> tuple[str, Values] | None:
    """Return the cause and the values of the rule that a code breaks, if any."""
    if not (code.isascii() and code.isdecimal()):
        return "characters", (("rule", "digits_only"),)
    if len(code) != digits:
        return "length", (("rule", "digits"), ("digits", digits), ("found", len(code)))
    if parent and not code.startswith(parent):
        return "prefix", (("rule", "prefix"), ("parent", parent))
    return None


def _broken_free(code: str) -> tuple[str, Values] | None:
    """Return the cause and the values of the rule that a code breaks, if any."""
    if not code.strip():
        return "missing", (("rule", "missing"),)
    if code != code.strip() or not code.isprintable():
        return "characters", (("rule", "printable"),)
    unfit = sorted({character for character in code if character.isspace() or character in _UNFIT})
    if unfit or code in {".", ".."}:
        return "characters", (("rule", "address"), ("unfit", tuple(unfit) or (code,)))
    if len(code) > _LONGEST_FREE_CODE:
        return "length", (("rule", "longest"), ("most", _LONGEST_FREE_CODE))
    return None


def _duplicates(areas: AreaSet) -> Iterator[Defect]:
    uses: dict[str, list[int]] = defaultdict(list)
    for index, code in enumerate(areas.codes):
        if code:
            uses[code].append(index)
    for code, indices in uses.items():
        if len(indices) > 1:
            geometries = areas.geometries[indices]
            place = shapely.geometrycollections(
                [geometry for geometry in geometries if geometry is not None and not geometry.is_empty]
            )
            yield Defect(
                DefectKind.DUPLICATE_CODE,
                areas.levels[indices[0]],
                (code,),
                shapely.MultiPoint([part.representative_point() for part in place.geoms if part.is_valid]),
                values=(("count", len(indices)), *named(areas, indices[:1])),
            )


def _unknown_parents(areas: AreaSet, rules: LayerRules) -> Iterator[Defect]:
    known = {level: set(areas.codes[areas.levels == level]) for level in rules.levels}
    for depth, level in enumerate(rules.levels):
        if depth == 0:
            continue
        above = rules.levels[depth - 1]
        for index in np.flatnonzero(areas.levels == level).tolist():
            parent = areas.parent_codes[index]
            if parent not in known[above]:
                values = (("parent", parent or ""), ("parent_level", above), *named(areas, [index]))
                cause = None if parent else "missing"
                yield _defect(areas, index, DefectKind.UNKNOWN_PARENT, cause, values)


def _defect(areas: AreaSet, index: int, kind: DefectKind, cause: str | None, values: Values) -> Defect:
    return Defect(
        kind,
        areas.levels[index],
        (areas.codes[index],),
        areas.geometries[index],
        cause=cause,
        values=values,
    )
