"""GeoParquet 1.x with WKB geometries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely
from pyproj.exceptions import CRSError

from grids.boundaries.errors import FileTooLargeError, FileUnreadableError
from grids.boundaries.files import notes
from grids.boundaries.files.raw import RawFeatures, plain_rows, polygonal

if TYPE_CHECKING:
    from pathlib import Path

    from grids.boundaries.files.limits import Limits


def read(path: Path, limits: Limits, _encoding: str | None) -> RawFeatures:
    """Read the primary geometry and the plain columns.

    Raises
    ------
    FileUnreadableError, FileTooLargeError
    """
    try:
        with pq.ParquetFile(path) as file:
            if file.metadata.num_rows > limits.max_features:
                raise FileTooLargeError(
                    "{num_rows:,} rows; at most {max_features:,} are taken.",
                    values={"num_rows": file.metadata.num_rows, "max_features": limits.max_features},
                )
            unpacked = sum(file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups))
            if unpacked > limits.max_bytes:
                raise FileTooLargeError("The file would unpack to {unpacked:,} bytes.", values={"unpacked": unpacked})
            metadata = file.schema_arrow.metadata or {}
            geo = orjson.loads(metadata.get(b"geo", b"null"))
            column, crs = _geometry_column(geo)
            table = file.read()
    except (pa.ArrowException, OSError, orjson.JSONDecodeError) as error:
        raise FileUnreadableError("Not readable as Parquet: {error}.", values={"error": error}) from error
    if column not in table.column_names:
        raise FileUnreadableError("Its geometry column '{column}' is missing.", values={"column": column[:40]})
    found = RawFeatures(crs=crs, note=metadata.get(notes.KEY.encode(), b"").decode("utf-8", "replace"))
    rows = plain_rows(table.drop_columns([column]), found.remarks)
    try:
        geometries = shapely.from_wkb(table.column(column).to_numpy(zero_copy_only=False))
    except (shapely.errors.GEOSException, TypeError) as error:
        raise FileUnreadableError("Its geometries are not WKB: {error}.", values={"error": error}) from error
    for number, (geometry, row) in enumerate(zip(geometries, rows, strict=True), start=1):
        found.add(polygonal(geometry, number, limits), row, "")
    return found


def _geometry_column(geo: object) -> tuple[str, str]:
    try:
        column = geo["primary_column"]  # type: ignore[index]
        description = geo["columns"][column]  # type: ignore[index]
        if description["encoding"] != "WKB":
            raise FileUnreadableError("Only GeoParquet with WKB geometries is read; write it so.")
        # No `crs` member means OGC:CRS84 (GeoParquet 1.1, "crs"); null means unknown.
        crs = description.get("crs", "OGC:CRS84")
    except (KeyError, TypeError) as error:
        raise FileUnreadableError("It is Parquet, but not GeoParquet: the 'geo' metadata are missing.") from error
    if crs is None or isinstance(crs, str):
        return str(column), crs or ""
    identity = crs.get("id") if isinstance(crs, dict) else None
    if isinstance(identity, dict) and {"authority", "code"} <= identity.keys():
        return str(column), f"{identity['authority']}:{identity['code']}"
    try:
        return str(column), str(pyproj.CRS.from_json_dict(crs).to_wkt())
    except (CRSError, TypeError) as error:
        raise FileUnreadableError("Its coordinate reference system is not readable.") from error
