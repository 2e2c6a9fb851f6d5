"""Pure decisions of the gazetteer: which field of a file is what, and what is wrong with a row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

# Per theme: our attribute, and the field names of files it is read from, the first that has a value.
# The Chinese names are those of the national address standard's exchange tables; addr:* and name are OpenStreetMap's.
FIELDS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "roads": {
        "name": ("name", "名称", "道路名称", "road_name", "name:zh"),
        "aliases": ("aliases", "alias", "alt_name", "别名", "ref"),
        "former_names": ("former_names", "old_name", "曾用名", "former_name"),
        "kind": ("class", "highway", "kind", "等级"),
    },
    "places": {
        "name": ("name", "名称", "name:zh"),
        "aliases": ("aliases", "alias", "alt_name", "short_name", "别名"),
        "former_names": ("former_names", "old_name", "曾用名"),
        "kind": ("kind", "class", "类别", "amenity", "shop", "place", "office", "leisure", "building", "landuse"),
    },
    "addresses": {
        "road": ("road", "street", "addr:street", "道路", "路名"),
        "place": ("estate", "place", "addr:place", "小区", "地名"),
        "number": ("number", "addr:housenumber", "门牌号", "house_number"),
        "building": ("building", "楼栋", "楼号"),
    },
    "ranges": {
        "road": ("road", "street", "addr:street", "道路"),
        "low": ("low", "from", "起号"),
        "high": ("high", "to", "止号"),
        "parity": ("parity", "side", "addr:interpolation", "单双号"),
    },
}
GEOMETRY_TYPES: Final[dict[str, frozenset[str]]] = {
    "roads": frozenset({"LineString", "MultiLineString"}),
    "places": frozenset({"Point", "MultiPoint", "Polygon", "MultiPolygon"}),
    "addresses": frozenset({"Point"}),
    "ranges": frozenset({"LineString"}),
}
PARITY: Final[dict[str, str]] = {
    "odd": "odd", "单": "odd", "单号": "odd", "left": "odd",
    "even": "even", "双": "even", "双号": "even", "right": "even",
    "all": "all", "both": "all", "": "all", "alphabetic": "all",
}  # fmt: skip
_NUMBER: Final = re.compile(r"(\d{1,6})(?:号|#)?(?:(?:[-－之附]|甲|乙)?(\d{1,4})?号?)?")
_SEPARATORS: Final = re.compile(r"[;；|、/]")
LONGEST_NAME: Final = 60


@dataclass(slots=True)
class ImportReport:
    """What an import took and what it left out, with the first rows of each reason."""

    read: int = 0
    taken: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[int]] = field(default_factory=dict)

    def leave_out(self, reason: str, row: int) -> None:
        """Count a row that was not taken."""
        self.left_out[reason] = self.left_out.get(reason, 0) + 1
        shown = self.examples.setdefault(reason, [])
        if len(shown) < 5:
            shown.append(row)

    def as_json(self) -> dict[str, Any]:
        """Return the report as stored with the release."""
        return {"read": self.read, "taken": self.taken, "left_out": self.left_out, "examples": self.examples}


def attribute(properties: Mapping[str, Any], theme: str, name: str, mapping: Mapping[str, str]) -> Any:  # noqa: ANN401 (a file's value)
    """Read one of our attributes from a file's properties; a mapping of the caller goes first."""
    fields = (mapping[name],) if name in mapping else FIELDS[theme][name]
    for each in fields:
        value = properties.get(each)
        if value is not None and value != "" and value == value:  # noqa: PLR0124 (NaN is no value)
            return value
    return None


def names(value: object) -> list[str]:
    """Read a list of names: a list, a JSON-like list in text, or text with separators."""
    if value is None:
        return []
    if isinstance(value, str):
        text = value.strip().strip("[]")
        parts = [
            p.strip().strip("\"'")
            for p in (text.split(",") if value.strip().startswith("[") else _SEPARATORS.split(text))
        ]
    elif isinstance(value, (list, tuple)):
        parts = [str(p).strip() for p in value]
    else:
        parts = [str(value)]
    return [p[:LONGEST_NAME] for p in dict.fromkeys(parts) if p]


def door_number(value: object) -> tuple[int, str] | None:
    """Read a door number with its suffix (``126``, ``126号``, ``126-3``, ``126号附2``); None when it is none."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    found = _NUMBER.fullmatch(text.strip())
    return (int(found[1]), found[2] or "") if found else None


def building_label(value: object) -> str:
    """Write a building as spoken: a bare number becomes 号楼."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    return f"{text}号楼" if text.isdigit() else text[:LONGEST_NAME]


def defect(theme: str, name: str, geometry: BaseGeometry | None) -> str | None:
    """Name what is wrong with a row, if anything."""
    if geometry is None or geometry.is_empty:
        return "no geometry"
    if geometry.geom_type not in GEOMETRY_TYPES[theme]:
        return f"geometry is a {geometry.geom_type}"
    west, south, east, north = geometry.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return "not in degrees: declare the CRS"
    if not name:
        return "no name"
    if len(name) > LONGEST_NAME:
        return "name too long"
    return None
