"""Which column of a delivery holds which fact: named in the request, remembered by the layer, or named as usual."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grids.boundaries.errors import FieldMissingError, FieldUnknownError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Column names seen in deliveries, compared without case, spaces, - and _. Shapefile cuts names to ten characters.
ALIASES: dict[str, tuple[str, ...]] = {
    "code": (
        "code",
        "编码",
        "网格编码",
        "网格编号",
        "区划代码",
        "行政区划代码",
        "adcode",
        "gridcode",
        "wgbm",
        "bm",
        "dm",
    ),
    "name": ("name", "名称", "网格名称", "区划名称", "gridname", "wgmc", "mc"),
    "parent": ("parentcode", "parent", "parentcod", "上级编码", "上级代码", "所属编码", "sjbm"),
    "level": ("level", "层级", "级别", "cj"),
    "unit_code": ("unitcode", "责任单位编码", "单位编码"),
    "unit_name": ("unitname", "责任单位", "责任单位名称", "单位名称"),
}


OTHER_WORDS = {"parent_code": "parent"}
"""Fields by the names that areas have them under elsewhere: in answers, exports, drafts."""


def known_fields(mapping: Mapping[str, str]) -> dict[str, str]:
    """Return field → column with the fields' own names; a level's own are named level.field.

    Raises
    ------
    FieldUnknownError
        For a field that areas do not have.
    """
    known: dict[str, str] = {}
    for key, column in mapping.items():
        level, dot, word = key.rpartition(".")
        meaning = OTHER_WORDS.get(word, word)
        if meaning not in ALIASES:
            raise FieldUnknownError(
                "Areas have no field '{word}' that a column could hold; there are {aliases}.",
                values={"word": word[:60], "aliases": [*ALIASES]},
                field="field_mapping",
            )
        known[f"{level}{dot}{meaning}"] = column
    return known


def for_level(mapping: Mapping[str, str], level: str | None) -> dict[str, str]:
    """Return meaning → column for one level: what is mapped for it wins over what is mapped for all."""
    chosen = {key: column for key, column in mapping.items() if "." not in key}
    prefix = f"{level}."
    return chosen | {key.removeprefix(prefix): c for key, c in mapping.items() if level and key.startswith(prefix)}


def chosen(
    columns: Sequence[str], remembered: Mapping[str, str], mapping: Mapping[str, str], *, as_usual: bool = True
) -> dict[str, str]:
    """Return meaning → column. Named in the request it must be there; remembered or usual names are taken if there.

    Usual names are not looked for where the file itself states what its columns hold (`as_usual` is False).

    Raises
    ------
    FieldMissingError
        When a column named in the request is not there.
    """
    plain = {_plain(name): name for name in reversed(columns)}
    found: dict[str, str] = {}
    for meaning, usual in ALIASES.items():
        if meaning in mapping:
            column = mapping[meaning] if mapping[meaning] in columns else plain.get(_plain(mapping[meaning]))
            if column is None:
                if columns:
                    raise FieldMissingError(
                        "There is no column '{column}'; its columns are {columns}.",
                        values={"column": mapping[meaning][:60], "columns": ", ".join(columns)[:300]},
                        field=meaning,
                    )
                continue
            found[meaning] = column
            continue
        candidates = [remembered[meaning]] if meaning in remembered else []
        usable = (
            name for name in [*candidates, *(usual if as_usual else ())] if name in columns or _plain(name) in plain
        )
        name = next(usable, None)
        column = None if name is None else name if name in columns else plain[_plain(name)]
        if column is not None and column not in found.values():
            found[meaning] = column
    return found


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-]", "", name).casefold()
