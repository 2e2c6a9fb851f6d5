"""Read features from files: GeoJSON, GeoPackage, Shapefile through pyogrio, OpenStreetMap extracts through osmium.

Uploads are hostile: the size is bounded before anything is parsed, and a file that cannot be read is the caller's
mistake.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from core.errors import DomainError, Kind, detail_of
from geo import datum
from grids.gazetteer.rules import FIELDS

if TYPE_CHECKING:
    from pathlib import Path

    import osmium
    from shapely.geometry.base import BaseGeometry

SUFFIXES: Final = (".geojson", ".json", ".gpkg", ".shp", ".zip", ".pbf")
MOST_FEATURES: Final = 2_000_000
# OpenStreetMap: the tags whose features make up a theme.
OSM_THEME_TAGS: Final[dict[str, frozenset[str]]] = {
    "roads": frozenset({"highway"}),
    "places": frozenset({"amenity", "shop", "place", "office", "leisure", "building", "landuse"}),
    "addresses": frozenset({"addr:housenumber"}),
    "ranges": frozenset({"addr:interpolation"}),
}


class GazetteerFileError(DomainError):
    """The file cannot be read as a gazetteer layer."""

    code = "gazetteer-file"
    kind = Kind.INVALID


class GazetteerFileTooLargeError(DomainError):
    """The file is larger than the service takes."""

    code = "gazetteer-file-too-large"
    kind = Kind.TOO_LARGE


@dataclass(frozen=True, slots=True)
class FileFeatures:
    """Features of a file in EPSG:4326, and what it was."""

    properties: list[dict[str, Any]]
    geometries: list[BaseGeometry | None]
    crs: str
    checksum: str


def checksum_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def read(path: Path, theme: str, *, crs: str | None, layer: str | None, max_bytes: int) -> FileFeatures:
    """Read the features of a file.

    Raises
    ------
    GazetteerFileError
        When the file is missing, of no known kind, unreadable, or its CRS is neither declared nor stored.
    GazetteerFileTooLargeError
        When it is larger than ``max_bytes``.
    """
    if not path.is_file():
        raise GazetteerFileError("There is no file {name}.", values={"name": path.name})
    if path.suffix.lower() not in SUFFIXES:
        raise GazetteerFileError("{name}: known are {suffixes}.", values={"name": path.name, "suffixes": [*SUFFIXES]})
    if path.stat().st_size > max_bytes:
        raise GazetteerFileTooLargeError(
            "{name} is larger than {max_bytes} bytes.", values={"name": path.name, "max_bytes": max_bytes}
        )
    checksum = checksum_of(path)
    if path.suffix.lower() == ".pbf":
        properties, geometries = _read_osm(path, theme)
        return FileFeatures(properties, geometries, "WGS84", checksum)
    properties, geometries, stored = _read_ogr(path, layer)
    declared = crs or stored
    if declared is None:
        raise GazetteerFileError("{name} does not say its CRS: declare it.", values={"name": path.name}, field="crs")
    return FileFeatures(properties, _to_wgs84(geometries, declared), declared, checksum)


def _to_wgs84(geometries: list[BaseGeometry | None], crs: str) -> list[BaseGeometry | None]:
    try:
        parsed = datum.parse_crs(crs)
    except ValueError as error:
        raise GazetteerFileError(detail_of(error), field="crs") from error
    if parsed == datum.WGS84:
        return geometries
    there = [i for i, g in enumerate(geometries) if g is not None and not g.is_empty]
    moved = datum.transform_geometry(np.array([geometries[i] for i in there], dtype=object), parsed)
    out = list(geometries)
    for i, geometry in zip(there, moved, strict=True):
        out[i] = geometry
    return out


def _read_ogr(path: Path, layer: str | None) -> tuple[list[dict[str, Any]], list[BaseGeometry | None], str | None]:
    import pyogrio  # noqa: PLC0415 (with pandas half a second to load, and the service seldom reads files)

    # A zip is read in place by GDAL; nothing of it is ever unpacked to disk.
    source = f"/vsizip/{path}" if path.suffix.lower() == ".zip" else str(path)
    try:
        info = pyogrio.read_info(source, layer=layer)
        if info["features"] > MOST_FEATURES:
            raise GazetteerFileTooLargeError(
                "{name} holds more than {most_features} features.",
                values={"name": path.name, "most_features": MOST_FEATURES},
            )
        meta, _, wkb, columns = pyogrio.raw.read(source, layer=layer, force_2d=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, UnicodeDecodeError) as error:
        raise GazetteerFileError(
            "{name} cannot be read: {error}", values={"name": path.name, "error": error}
        ) from error
    if wkb is None:
        raise GazetteerFileError("{name} has no geometries.", values={"name": path.name})
    geometries = list(shapely.from_wkb(wkb, on_invalid="ignore"))
    fields = [str(f) for f in meta["fields"]]
    values = [[_plain(value) for value in column.tolist()] for column in columns]
    properties = (
        [dict(zip(fields, row, strict=True)) for row in zip(*values, strict=True)]
        if values
        else [{} for _ in geometries]
    )
    return properties, geometries, meta["crs"]


def _plain(value: object) -> object:
    """Turn the arrays that GDAL returns for list fields into lists."""
    return value.tolist() if isinstance(value, np.ndarray) else value


def _read_osm(path: Path, theme: str) -> tuple[list[dict[str, Any]], list[BaseGeometry | None]]:
    import osmium  # noqa: PLC0415 (as pyogrio)

    wanted = OSM_THEME_TAGS[theme]
    needed = {name for fields in FIELDS[theme].values() for name in fields}
    properties: list[dict[str, Any]] = []
    geometries: list[BaseGeometry | None] = []
    factory = osmium.geom.WKBFactory()

    try:
        processor = osmium.FileProcessor(str(path)).with_locations()
        if theme in {"places", "addresses"}:
            processor = processor.with_areas()
        for thing in processor.with_filter(osmium.filter.KeyFilter(*sorted(wanted))):
            if len(geometries) >= MOST_FEATURES:
                raise GazetteerFileTooLargeError(
                    "{name} holds more than {most_features} features.",
                    values={"name": path.name, "most_features": MOST_FEATURES},
                )
            geometry = _osm_geometry(thing, theme, factory)
            if geometry is not None:
                properties.append({t.k: t.v for t in thing.tags if t.k in needed})
                geometries.append(geometry)
    except RuntimeError as error:
        raise GazetteerFileError(
            "{name} cannot be read: {error}", values={"name": path.name, "error": error}
        ) from error
    if theme == "addresses":
        geometries = [None if g is None else g.point_on_surface() for g in geometries]
    return properties, geometries


def _osm_geometry(thing: object, theme: str, factory: osmium.geom.WKBFactory) -> BaseGeometry | None:
    """Draw a thing of OpenStreetMap; None when the theme has no such things or its nodes are not in the extract."""
    import osmium  # noqa: PLC0415 (as pyogrio)

    lines = theme in {"roads", "ranges"}
    try:
        if isinstance(thing, osmium.osm.Node) and not lines:
            return shapely.from_wkb(factory.create_point(thing))
        if isinstance(thing, osmium.osm.Way) and lines and len(thing.nodes) > 1:
            return shapely.from_wkb(factory.create_linestring(thing))
        if isinstance(thing, osmium.osm.Area) and not lines:
            return shapely.from_wkb(factory.create_multipolygon(thing))
    except (RuntimeError, osmium.InvalidLocationError):
        return None
    return None
