"""The values of a delivery's columns, as facts and attributes of areas; remarks name what is changed or left out.

A column may be lost in many small ways: lists, texts too long, a unit without a code. Each of them leaves a remark.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from grids.boundaries.errors import FileRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grids.boundaries.files.limits import Limits
    from grids.boundaries.files.notes import Note
    from grids.boundaries.records import AreaRecord

_LONGEST_TEXT = 400
_WIDE_BLANKS = "\u3000\u00a0"  # of Chinese and Western typing; not printable to Python
_EXACT = 2**53
"""Whole numbers up to here are exact in floating point; beyond, the last digits are anybody's."""


@dataclass(slots=True)
class Taking:
    """How one table's rows become facts and attributes: `chosen` is meaning → column, `rest` the other columns.

    A file of ours has a `note` on what its columns could not hold.
    """

    chosen: Mapping[str, str]
    rest: Sequence[str]
    limits: Limits
    remarks: list[str]
    note: Note | None = None
    _filled: set[str] = field(default_factory=set)

    def facts(self, row: Mapping[str, Any]) -> dict[str, str | None]:
        """Return the facts of one row as texts.

        Raises
        ------
        FileRefusedError
            When a text is too long, or a number too large to be exact.
        """
        full = {**row, **self._restored(row)}
        return {meaning: self._fact(column, full.get(column)) for meaning, column in self.chosen.items()}

    def _fact(self, column: str, value: object) -> str | None:
        if value is None:
            return None
        if isinstance(value, bool | list | dict):
            self.remarks.append(f"column '{column[:60]}' holds values that are neither text nor number: left out")
            return None
        if isinstance(value, float):
            if not np.isfinite(value):
                return None
            if abs(value) >= _EXACT:
                raise FileRefusedError(
                    (
                        "Column '{column}' holds a number of more than 15 digits ({value:.0f}), whose last digits are "
                        "lost: write it as text."
                    ),
                    values={"column": column[:60], "value": value},
                    field=column[:60],
                )
            value = int(value) if value.is_integer() else value
        text = "".join(c for c in str(value) if c.isprintable() or c in _WIDE_BLANKS)
        if text != str(value):
            self.remarks.append(f"column '{column[:60]}': control characters are taken out")
        text = text.strip()
        if len(text) > _LONGEST_TEXT:
            raise FileRefusedError(
                "A code or name has {count:,} characters; at most {longest_text} are taken.",
                values={"count": len(text), "longest_text": _LONGEST_TEXT},
            )
        return text or None

    def attributes(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row's other fields as JSON scalars; the same in every format: whole floats are integers."""
        kept: dict[str, Any] = {}
        restored = self._restored(row)
        own = set(self.chosen.values())
        for name in dict.fromkeys([*self.rest, *(column for column in restored if column not in own)]):
            value = restored.get(name, row.get(name))
            if name not in restored and (value is None or value == ""):
                continue
            self._filled.add(name)
            trouble = self._trouble(name, value)
            if trouble is not None:
                self.remarks.append(f"column '{name[:60]}'{trouble}")
                continue
            if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT and name not in restored:
                value = int(value)
            attribute = name if self.note is None else self.note.renamed.get(name, name)
            kept[name if attribute in kept or "\x00" in attribute else attribute] = value
        return kept

    def _restored(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {} if self.note is None else self.note.restored(row)

    def _trouble(self, name: str, value: object) -> str | None:
        """Return why a value is left out, or None."""
        if isinstance(value, list | dict):
            return " holds lists or objects, which are left out"
        if isinstance(value, str) and len(value) > self.limits.max_text:
            return f": texts longer than {self.limits.max_text} are left out"
        if "\x00" in name or (isinstance(value, str) and "\x00" in value):
            return ": texts with a NUL character are left out"
        return None

    def add_table_remarks(self, areas: Sequence[AreaRecord]) -> None:
        """Add the remarks that only the whole table allows: empty columns, areas without names, units without codes."""
        empty = [name for name in self.rest if name not in self._filled]
        if empty and areas:
            self.remarks.append(f"left out, without a single value: {', '.join(empty)[:200]}")
        nameless = sum(area.name == area.code for area in areas) if "name" not in self.chosen else 0
        if nameless:
            self.remarks.append("no column holds the name: each area's code stands for it")
        self._add_unit_remarks(areas)

    def _add_unit_remarks(self, areas: Sequence[AreaRecord]) -> None:
        column = self.chosen.get("unit_name")
        if column is None:
            return
        if any(area.unit_name and area.unit_code == area.unit_name for area in areas):
            self.remarks.append(f"column '{column[:60]}' names units without a code: the name stands for the code")
        names: dict[str, set[str]] = {}
        for area in areas:
            if area.unit_code and area.unit_name:
                names.setdefault(area.unit_code, set()).add(area.unit_name)
        self.remarks += [
            f"unit {code[:60]} has several names ({', '.join(sorted(several))[:200]}): one of them is kept"
            for code, several in sorted(names.items())
            if len(several) > 1
        ]
