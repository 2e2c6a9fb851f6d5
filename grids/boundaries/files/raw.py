"""The result of a reader: features as the file has them, before columns are mapped to meanings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from grids.boundaries.errors import FileTooLargeError, FileUnreadableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grids.boundaries.files.limits import Limits


@dataclass(slots=True)
class RawFeatures:
    """Features of one file: `crs` is the name it states ('' when it states none), `tables` where each feature stood.

    `encoding` is Python's name of the encoding that its texts were read in, '' where the format settles it.
    `note` is the text of our own note on its columns, where it bears one.

    Geometries are polygons or multipolygons where the file had any, else whatever it had.
    """

    crs: str = ""
    geometries: list[shapely.Geometry | None] = field(default_factory=list)
    properties: list[dict[str, Any]] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    note: str = ""
    encoding: str = ""

    def add(self, geometry: shapely.Geometry | None, properties: dict[str, Any], table: str) -> None:
        """Take one feature."""
        self.geometries.append(geometry)
        self.properties.append(properties)
        self.tables.append(table)


def plain_rows(rows: Any, remarks: list[str]) -> list[dict[str, Any]]:  # noqa: ANN401 (pyarrow has no types)
    """Return an Arrow table's rows; columns of bytes are left out, and columns of one name get a number each.

    Both are added to `remarks`.
    """
    import pyarrow as pa  # noqa: PLC0415 (not every reader needs it)

    names: list[str] = []
    taken: list[int] = []
    for index, field_ in enumerate(rows.schema):
        if pa.types.is_binary(field_.type) or pa.types.is_large_binary(field_.type):
            remarks.append(f"column '{field_.name[:60]}' holds bytes, which are left out")
            continue
        name, number = field_.name, 1
        while name in names or (number > 1 and name in rows.column_names):
            number += 1
            name = f"{field_.name}_{number}"
        if name != field_.name:
            remarks.append(f"two columns are named '{field_.name[:60]}': the second is read as '{name[:60]}'")
        names.append(name)
        taken.append(index)
    found: list[dict[str, Any]] = rows.select(taken).rename_columns(names).to_pylist()
    return found


def require_within(geometries: Sequence[shapely.Geometry | None], limits: Limits) -> None:
    """Raise FileTooLargeError when there are too many features or vertices."""
    if len(geometries) > limits.max_features:
        raise FileTooLargeError(
            "{count:,} features; at most {max_features:,} are taken.",
            values={"count": len(geometries), "max_features": limits.max_features},
        )
    counts = shapely.get_num_coordinates(np.array(geometries, dtype=object)) if geometries else np.zeros(1, int)
    if counts.max() > limits.max_vertices_an_area:
        at = int(counts.argmax())
        raise FileTooLargeError(
            (
                "Feature {number} has {counts:,} vertices; at most {max_vertices_an_area:,} are taken for one "
                "area. Simplify the layer (keeping shared borders) and import it again."
            ),
            values={"number": at + 1, "counts": int(counts[at]), "max_vertices_an_area": limits.max_vertices_an_area},
        )
    if counts.sum() > limits.max_vertices:
        raise FileTooLargeError(
            "{counts:,} vertices; at most {max_vertices:,} are taken.",
            values={"counts": int(counts.sum()), "max_vertices": limits.max_vertices},
        )


def polygonal(geometry: shapely.Geometry | None, number: int, limits: Limits) -> shapely.Geometry | None:
    """Return a collection's polygons as one MultiPolygon; everything else as it is.

    Raises
    ------
    FileUnreadableError
        When collections are nested deeper than any tool writes them.
    """
    if not isinstance(geometry, shapely.GeometryCollection):
        return geometry
    level: list[shapely.Geometry] = [geometry]
    polygons: list[shapely.Polygon] = []
    for _ in range(limits.max_collection_depth):
        parts = [part for holder in level for part in shapely.get_parts(holder)]
        polygons += [p for part in parts if isinstance(part, shapely.MultiPolygon) for p in part.geoms]
        polygons += [part for part in parts if isinstance(part, shapely.Polygon)]
        level = [part for part in parts if part.geom_type == "GeometryCollection"]
        if not level:
            return shapely.MultiPolygon(polygons) if polygons else geometry
    raise FileUnreadableError(
        "Feature {number}: collections nested more than {max_collection_depth} deep.",
        values={"number": number, "max_collection_depth": limits.max_collection_depth},
    )
