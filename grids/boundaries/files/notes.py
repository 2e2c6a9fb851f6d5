"""The note that every file of ours bears, so that it comes in again as the same content.

A format may hold fewer names and values than an area has: dBASE cuts names at ten bytes, most tables want a column of
one type and names that differ by more than case. The note holds which column is which fact, which attribute a
renamed column holds, and the values that the format could not hold. It is believed where the file still says what was
written: who edits a cell means the edit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY = "wangge_columns"
_Scalar = str | int | float | bool | None
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Note:
    """A file's note on its columns.

    `facts` is meaning → column, `renamed` column → attribute, `values` the code of an area → column → what was
    written and what is meant; `crs` the name of the numbers' system, which not every format can state.
    """

    crs: str
    facts: Mapping[str, str]
    renamed: Mapping[str, str]
    values: Mapping[str, Mapping[str, tuple[Any, Any]]] = field(default_factory=dict)

    def as_json(self) -> str:
        """Return the note as one line of JSON."""
        content = {"crs": self.crs, "facts": self.facts, "renamed": self.renamed, "values": self.values}
        return orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()

    def restored(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the columns of a row whose values stand in the note and were not edited, with what is meant."""
        own = self.values.get(str(row.get(self.facts.get("code", ""))), {})
        return {column: meant for column, (written, meant) in own.items() if _is_still(row.get(column), written)}


def read(text: str) -> Note | None:
    """Return the note, or None when the text is no note: uploaded files may hold anything."""
    try:
        content = orjson.loads(text)
        values = {
            str(code): {str(column): _pair(pair) for column, pair in own.items()}
            for code, own in content["values"].items()
        }
        return Note(str(content["crs"]), _names(content["facts"]), _names(content["renamed"]), values)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return None


def _names(given: Mapping[object, object]) -> dict[str, str]:
    return {str(key): str(value) for key, value in given.items()}


def _pair(given: list[Any]) -> tuple[_Scalar, _Scalar]:
    written, meant = given
    if not all(isinstance(value, _Scalar) for value in (written, meant)):
        raise TypeError
    return written, meant


def _is_still(found: object, written: object) -> bool:
    """Return whether a cell holds what was written, in whatever type the format returns it."""
    if found in (None, "") or written in (None, ""):
        return found in (None, "") and written in (None, "")
    if isinstance(found, int | float) and isinstance(written, int | float):
        return math.isclose(found, written, rel_tol=_CLOSE, abs_tol=_CLOSE)
    return " ".join(str(found).split()) == " ".join(str(written).split())
