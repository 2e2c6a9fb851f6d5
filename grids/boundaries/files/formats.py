"""The file formats there are: how each is recognised, read and written. One row a format; nothing else is opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grids.boundaries.errors import FileRefusedError, FormatUnknownError

Reader = Literal["geojson", "kml", "parquet", "gdal"]


@dataclass(frozen=True, slots=True)
class Format:
    """One format: `driver` is GDAL's name for it, `magic` what a file of it begins with (None: text)."""

    name: str
    suffixes: tuple[str, ...]
    reader: Reader
    driver: str
    media_type: str
    magic: bytes | None = None
    writable: bool = True


GEOJSON = Format("geojson", (".geojson", ".json"), "geojson", "GeoJSON", "application/geo+json")
SHAPEFILE = Format("shapefile", (".shp",), "gdal", "ESRI Shapefile", "application/zip", b"\x00\x00\x27\x0a")
GEOPACKAGE = Format("geopackage", (".gpkg",), "gdal", "GPKG", "application/geopackage+sqlite3", b"SQLite format 3\x00")
KML = Format("kml", (".kml",), "kml", "KML", "application/vnd.google-earth.kml+xml")
FLATGEOBUF = Format("flatgeobuf", (".fgb",), "gdal", "FlatGeobuf", "application/flatgeobuf", b"fgb")
GEOPARQUET = Format(
    "geoparquet", (".parquet", ".geoparquet"), "parquet", "Parquet", "application/vnd.apache.parquet", b"PAR1"
)
GML = Format("gml", (".gml",), "gdal", "GML", "application/gml+xml", writable=False)
MAPINFO = Format("mapinfo", (".tab",), "gdal", "MapInfo File", "application/octet-stream", b"!table", writable=False)
MIF = Format("mif", (".mif",), "gdal", "MapInfo File", "application/octet-stream", b"Version", writable=False)
FILEGDB = Format("filegdb", (".gdb",), "gdal", "OpenFileGDB", "application/octet-stream", writable=False)
TOPOJSON = Format("topojson", (".topojson",), "gdal", "TopoJSON", "application/json", writable=False)

FORMATS = (GEOJSON, SHAPEFILE, GEOPACKAGE, KML, FLATGEOBUF, GEOPARQUET, TOPOJSON, GML, MAPINFO, MIF, FILEGDB)
WRITABLE = tuple(f.name for f in FORMATS if f.writable)
# The files that make one Shapefile; the others of an archive are not looked at.
NOTE = ".columns"  # our own note on a Shapefile's columns
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg", NOTE)
PARTS = {
    **dict.fromkeys(SHAPEFILE_PARTS, SHAPEFILE.name),
    **dict.fromkeys((".tab", ".dat", ".map", ".id", ".ind"), MAPINFO.name),
    **dict.fromkeys((".mif", ".mid"), MIF.name),
}
"""What belongs together under one name: the suffix of each part, and the format that they make."""
ARCHIVES = (".zip", ".kmz")
UNREADABLE = {
    **dict.fromkeys(
        (".dxf", ".dwg", ".dgn"),
        "a drawing holds lines and texts, and no areas with codes. Export its areas as GeoPackage or Shapefile, their "
        "codes and names as attributes",
    ),
    **dict.fromkeys((".rar", ".7z", ".tar", ".gz", ".tgz"), "pack the boundary files as .zip"),
    **dict.fromkeys((".csv", ".xls", ".xlsx"), "a table without outlines; the areas' polygons are needed"),
    **dict.fromkeys((".mdb", ".gdbtable"), "send the geodatabase as a whole: its .gdb folder, zipped"),
    **dict.fromkeys((".qgz", ".qgs", ".mxd", ".lyr"), "a project only names its layers; send the layers' own files"),
}
"""What people send that holds no boundaries, and what to do."""

_BY_SUFFIX = {suffix: f for f in FORMATS for suffix in f.suffixes}
_BY_NAME = {f.name: f for f in FORMATS} | {"gpkg": GEOPACKAGE, "shp": SHAPEFILE, "fgb": FLATGEOBUF}


def by_suffix(suffix: str) -> Format | None:
    """Return the format of files that end so, or None."""
    return _BY_SUFFIX.get(suffix.lower())


def by_name(name: str) -> Format:
    """Return a format that can be written, or raise FormatUnknownError."""
    found = _BY_NAME.get(name.lower())
    if found is None or not found.writable:
        raise FormatUnknownError(
            "There is no format '{name}' to write; there are {writable}.",
            values={"name": name[:40], "writable": [*WRITABLE]},
            field="format",
        )
    return found


def require_magic(name: str, head: bytes, found: Format) -> Format:
    """Return the format that the first bytes confirm; JSON may turn out to be TopoJSON.

    Raises
    ------
    FileRefusedError
        When the content is not what the ending names.
    """
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    fits = found.magic is None or head[: len(found.magic)].lower() == found.magic.lower()
    if found in {GEOJSON, TOPOJSON}:
        # UTF-16 text begins with one of its byte order marks.
        fits = text[:1] == b"{" or head[:2] in {b"\xff\xfe", b"\xfe\xff"}
        found = TOPOJSON if b'"Topology"' in head[:4096] else found
    elif found in {KML, GML}:
        fits = text[:1] == b"<" or head[:2] in {b"\xff\xfe", b"\xfe\xff"}
    if not fits:
        raise FileRefusedError(
            "'{name}' is named like {found_name}, but its content is something else.",
            values={"name": name[:80], "found_name": found.name},
        )
    return found
