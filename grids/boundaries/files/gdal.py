"""Shapefile, GeoPackage, GML, MapInfo and the like through GDAL, every other driver and the network shut off.

`shut_off` must run before GDAL is loaded: a file can name another file or an address only to drivers that are there.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from grids.boundaries.errors import CrsUnknownError, FileTooLargeError, FileUnreadableError
from grids.boundaries.files import formats, notes, text
from grids.boundaries.files.raw import RawFeatures, plain_rows, polygonal

if TYPE_CHECKING:
    from pathlib import Path

    from grids.boundaries.files.limits import Limits

_NOWHERE = "http://127.0.0.1:9"  # the discard port
_NO_LAND = re.compile(r"(Multi)?(Point|LineString|Curve|CircularString|CompoundCurve)\b", re.IGNORECASE)
_ENVIRONMENT = {
    "GDAL_DRIVER_PATH": "disable",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_HTTP_PROXY": _NOWHERE,
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "http_proxy": _NOWHERE,
    "https_proxy": _NOWHERE,
    "all_proxy": _NOWHERE,
    "PROJ_NETWORK": "OFF",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "0",
    "GML_FIELDTYPES": "ALWAYS_STRING",  # guessed from the values, 001 would become 1
    "GDAL_NUM_THREADS": "1",
}


def shut_off() -> None:
    """Close the network to GDAL and PROJ in this process; called before either is loaded."""
    os.environ.update(_ENVIRONMENT)


def only_driver(driver: str) -> None:
    """Leave GDAL this one driver, and make sure of it.

    Raises
    ------
    FileUnreadableError
        When another driver is still there: better no reading than an open door.
    """
    import pyogrio  # noqa: PLC0415 (loads GDAL, which shut_off must precede)
    from pyogrio._ogr import _register_drivers  # noqa: PLC0415

    others = ",".join(sorted(set(pyogrio.list_drivers()) - {driver}))
    pyogrio.set_gdal_config_options({"GDAL_SKIP": others})
    _register_drivers()
    if set(pyogrio.list_drivers()) != {driver}:
        raise FileUnreadableError("GDAL does not read {driver} alone here.", values={"driver": driver})


def read(path: Path, limits: Limits, encoding: str | None) -> RawFeatures:
    """Read every table that has geometries.

    Raises
    ------
    FileUnreadableError, FileTooLargeError, CrsUnknownError
    """
    known = formats.by_suffix(path.suffix) or formats.TOPOJSON
    driver = known.driver if known.reader == "gdal" else formats.TOPOJSON.driver
    only_driver(driver)
    import pyogrio  # noqa: PLC0415
    from pyogrio.errors import DataLayerError, DataSourceError  # noqa: PLC0415

    found = RawFeatures()
    used = None
    if known is formats.SHAPEFILE:
        used, remark = text.of_shapefile(path, encoding)
        found.encoding = used or ""
        found.remarks += [remark] if remark else []
        beside = path.with_suffix(formats.NOTE)
        found.note = beside.read_text("utf-8", "replace") if beside.exists() else ""
    try:
        tables = _with_land({str(name): kind for name, kind in pyogrio.list_layers(path)}, found.remarks)
        if len(tables) > limits.max_files:
            raise FileTooLargeError(
                "{count} tables; at most {max_files} are taken.",
                values={"count": len(tables), "max_files": limits.max_files},
            )
        systems = {_read_table(path, table, limits, used, found) for table in tables}
    except (DataSourceError, DataLayerError, RuntimeError, ValueError, UnicodeError) as error:
        raise FileUnreadableError(
            "GDAL cannot read it as {driver}: {error}", values={"driver": driver, "error": _first_line(error)}
        ) from error
    if len(systems) > 1:
        raise CrsUnknownError("Its tables are in different coordinate reference systems; import them one by one.")
    found.crs = systems.pop() if systems else ""
    if driver == formats.TOPOJSON.driver and not found.crs:
        found.crs = "WGS84"
    return found


def _with_land(kinds: dict[str, str | None], remarks: list[str]) -> list[str]:
    """Return the tables that may hold polygons, all that have geometries where none may; remarks name the rest."""
    placed = [table for table, kind in kinds.items() if kind is not None]
    found = [table for table in placed if not _NO_LAND.match(str(kinds[table]))] or placed
    if left_out := [table for table in kinds if table not in found]:
        remarks.append(f"left out, without a polygon: {', '.join(repr(table) for table in left_out)[:200]}")
    return found


def _read_table(path: Path, table: str, limits: Limits, encoding: str | None, found: RawFeatures) -> str:
    import pyogrio  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    info = pyogrio.read_info(path, layer=table, encoding=encoding)
    found.note = found.note or (info["layer_metadata"] or {}).get(notes.KEY, "")
    count = info["features"]
    if count > limits.max_features:
        raise FileTooLargeError(
            "{count:,} features; at most {max_features:,} are taken.",
            values={"count": count, "max_features": limits.max_features},
        )
    meta, rows = pyogrio.read_arrow(path, layer=table, encoding=encoding, datetime_as_string=True)
    column = meta["geometry_name"] or "wkb_geometry"
    try:
        geometries = shapely.from_wkb(rows.column(column).to_numpy(zero_copy_only=False))
    except shapely.errors.GEOSException as error:
        raise FileUnreadableError(
            "Its geometries are curved or broken; convert them to plain polygons: {error}", values={"error": error}
        ) from error
    properties = plain_rows(rows.drop_columns([column]), found.remarks)
    for number, (geometry, row) in enumerate(zip(geometries, properties, strict=True), start=1):
        found.add(polygonal(geometry, number, limits), row, table)
    return str(meta["crs"] or "")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
