"""Areas as a table that a format can hold: the names of its columns, one type a column, and the note on the rest.

Our own facts keep their names; an attribute whose name is taken, without regard to case, or reserved by the format, is
written under a name with a number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grids.boundaries.errors import FormatUnknownError
from grids.boundaries.files import formats
from grids.boundaries.files.notes import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo import datum
    from grids.boundaries.files.formats import Format
    from grids.boundaries.records import AreaRecord

FACTS = ("level", "code", "name", "parent_code", "unit_code", "unit_name")
# Meaning, as imports name it, of each fact that is not named like its meaning.
_MEANINGS = {"parent_code": "parent"}
# Names that GDAL, SQLite or GeoParquet give a meaning of their own.
_RESERVED = ("fid", "ogc_fid", "rowid", "geometry", "geom", "wkb_geometry", "bbox")
_DBF_NAME_BYTES, _DBF_TEXT_BYTES = 10, 254
_DBF_WHOLE, _DBF_BEFORE_POINT, _DBF_DECIMALS = 10**17, 10**8, 15
_EXACT = 2**53
_INT64 = 2**63


@dataclass(frozen=True, slots=True)
class Tabled:
    """Rows as a format can hold them: `kinds` is column → type ('string', 'int64', 'double', 'bool')."""

    rows: list[dict[str, Any]]
    kinds: dict[str, str]
    note: Note

    @property
    def renamings(self) -> list[str]:
        """Each column that is not named like its fact or attribute, in words."""
        facts = {column: fact for fact, column in zip(FACTS, self.kinds, strict=False)}
        told = {column: " ".join(name.split()) for column, name in (facts | dict(self.note.renamed)).items()}
        return [f"{column}: {name}" for column, name in told.items() if column != name]

    def arrow(self) -> Any:  # noqa: ANN401 (pyarrow has no types)
        """Return the rows as an Arrow table."""
        import pyarrow as pa  # noqa: PLC0415 (loaded by those who ask for it)

        types = {"string": pa.string(), "int64": pa.int64(), "double": pa.float64(), "bool": pa.bool_()}
        return pa.table(
            {name: pa.array([row.get(name) for row in self.rows], types[kind]) for name, kind in self.kinds.items()}
        )


def tabled(areas: Sequence[AreaRecord], chosen: Format, system: datum.Crs, encoding: str = "utf-8") -> Tabled:
    """Return areas as rows of a format, with the note on what the columns hold and could not hold.

    Raises
    ------
    FormatUnknownError
        When the code of an area cannot be written in the encoding.
    """
    names = _Names(chosen, encoding)
    facts = {fact: names.reserve(fact) for fact in FACTS}
    wanted = list(dict.fromkeys(name for area in areas for name in area.attributes))
    attributes = names.take_all(wanted)
    columns = {column: [getattr(area, fact) for area in areas] for fact, column in facts.items()}
    columns |= {column: [area.attributes.get(name) for area in areas] for name, column in attributes.items()}
    kinds = {column: _kind(values, chosen) for column, values in columns.items()}
    own, original = set(facts.values()), {column: name for name, column in attributes.items()}
    rows: list[dict[str, Any]] = []
    kept: dict[str, dict[str, tuple[Any, Any]]] = {}
    for index, area in enumerate(areas):
        row: dict[str, Any] = {}
        for column, values in columns.items():
            meant = values[index]
            is_fact = column in own
            if not is_fact and original[column] not in area.attributes:
                continue
            row[column] = _held(meant, kinds[column], chosen, encoding)
            if not (_comes_back(row[column], meant, chosen) or (is_fact and meant is None)):
                kept.setdefault(area.code, {})[column] = (row[column], meant)
        if row[facts["code"]] != area.code:
            raise FormatUnknownError(
                "{encoding} does not hold the code {code}: write utf-8.",
                values={"encoding": encoding, "code": area.code[:60]},
                field="encoding",
            )
        rows.append(row)
    meanings = {_MEANINGS.get(fact, fact): column for fact, column in facts.items()}
    renamed = {column: name for name, column in attributes.items() if name != column}
    return Tabled(rows, kinds, Note(system.name, meanings, renamed, kept))


class _Names:
    """The names that a file's columns have taken already; no two differ by case alone."""

    def __init__(self, chosen: Format, encoding: str) -> None:
        self._is_dbf = chosen is formats.SHAPEFILE
        self._encoding = encoding
        self._taken = set() if chosen in {formats.GEOJSON, formats.KML} else set(_RESERVED)

    def take_all(self, wanted: Sequence[str]) -> dict[str, str]:
        """Return name → column, in the order given; names that can stay as they are go before those that cannot."""
        own = {name: self.reserve(name) for name in wanted if self._cut(name, "") == name and self._is_free(name)}
        found = own | {name: self.reserve(name) for name in wanted if name not in own}
        return {name: found[name] for name in wanted}

    def _is_free(self, name: str) -> bool:
        return bool(name.strip()) and name.isprintable() and name.casefold() not in self._taken

    def reserve(self, name: str) -> str:
        """Return the name for a column: the wanted one, cut where the format is short, with a number where it is taken.

        The number is the least that is free.
        """
        wanted = "parent" if self._is_dbf and name == "parent_code" else name
        wanted = "".join(c if c.isprintable() else "_" for c in wanted).strip() or "column"
        number, found = 1, self._cut(wanted, "")
        while found.casefold() in self._taken:
            number += 1
            found = self._cut(wanted, f"_{number}")
        self._taken.add(found.casefold())
        return found

    def _cut(self, name: str, ending: str) -> str:
        if not self._is_dbf:
            return name + ending
        raw = name.encode(self._encoding, "replace")[: _DBF_NAME_BYTES - len(ending)]
        return raw.decode(self._encoding, "ignore") + ending


def _kind(values: Sequence[Any], chosen: Format) -> str:
    """Return the type of a column that holds most: text where the values are of several types."""
    kinds = {type(value) for value in values if value is not None}
    is_dbf = chosen is formats.SHAPEFILE
    if kinds == {bool}:
        return "bool"
    if kinds == {int}:
        limit = _DBF_WHOLE if is_dbf else _INT64
        return "int64" if all(v is None or -limit <= v < limit for v in values) else "string"
    if kinds and kinds <= {int, float}:
        fits = _fits_dbf if is_dbf else _is_exact
        return "double" if all(v is None or fits(v) for v in values) else "string"
    return "string"


def _is_exact(value: float) -> bool:
    return type(value) is float or abs(value) < _EXACT


def _fits_dbf(value: float) -> bool:
    """Return whether a number loses only its last digits in dBASE's 8 places before the point and 15 after it."""
    return abs(value) < _DBF_BEFORE_POINT and math.isclose(float(f"{value:.{_DBF_DECIMALS}f}"), value, rel_tol=1e-9)


def _held(value: Any, kind: str, chosen: Format, encoding: str) -> Any:  # noqa: ANN401 (a JSON scalar)
    """Return a value as its column holds it."""
    if value is None or chosen is formats.GEOJSON:
        return value
    if kind != "string":
        return {"int64": int, "double": float, "bool": bool}[kind](value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if chosen is formats.KML:
        # What XML 1.0 cannot hold, and what readers take for layout.
        return "".join(c for c in text if c >= " " or c in "\t\n").strip()
    if chosen is formats.SHAPEFILE:
        raw = text.encode(encoding, "replace")[:_DBF_TEXT_BYTES]
        return raw.decode(encoding, "ignore").strip(" \x00")
    return text


def _comes_back(held: Any, meant: Any, chosen: Format) -> bool:  # noqa: ANN401 (JSON scalars)
    """Return whether an import would read a cell as the value that is meant: whole floats come in as integers."""
    if isinstance(held, float) and chosen is formats.SHAPEFILE:
        held = float(f"{held:.{_DBF_DECIMALS}f}")
    if isinstance(held, float) and held.is_integer() and abs(held) < _EXACT:
        held = int(held)
    return type(held) is type(meant) and held == meant and held not in {None, ""}
