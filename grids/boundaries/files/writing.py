"""Write a release to a file of any format, in any system; the file states which system its numbers are in.

GCJ-02 and BD-09 have no code that formats could carry: their files carry none, and say the datum in the name, in the
metadata and, where there is room, in a member of their own.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import orjson
import shapely

from core.errors import detail_of
from geo import datum
from grids.boundaries import scratch
from grids.boundaries.errors import CrsUnknownError, FormatUnknownError
from grids.boundaries.files import formats, notes
from grids.boundaries.files.tabling import tabled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from grids.boundaries.files.formats import Format
    from grids.boundaries.files.tabling import Tabled
    from grids.boundaries.records import AreaRecord

_DEGREE_DECIMALS, _METRE_DECIMALS = 7, 4
# A GCJ-02 position rounded to 1e-7 would come back next to the stored one, not on it: two digits more.
_SHIFTED_DECIMALS = 9
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Title:
    """Metadata that is written into a file."""

    layer: str
    layer_name: str
    release: int
    effective_at: str

    def stem(self, crs: datum.Crs) -> str:
        """Return the file's name without suffix; a system other than WGS 84 is part of it."""
        system = "" if crs == datum.WGS84 else f"-{crs.name.replace(':', '')}" if len(crs.name) < 20 else "-local"
        return f"{self.layer}-r{self.release}{system}"

    def description(self, crs: datum.Crs, renamings: Sequence[str] = ()) -> str:
        """Return one sentence on content and datum, and which column holds which attribute where the names differ."""
        shifted = crs.shift != "none"
        system = f"{crs.name} (shifted datum, not WGS 84; 坐标系 {crs.name}，非 WGS 84)" if shifted else crs.name
        words = f"{self.layer_name}, release {self.release}, effective {self.effective_at}, coordinates in {system}"
        return f"{words}; columns (字段对应) {', '.join(renamings)}" if renamings else words


@dataclass(frozen=True, slots=True)
class Written:
    """One file: its name, what it is, its bytes, and which columns are not named like their attributes."""

    name: str
    media_type: str
    content: bytes
    remarks: tuple[str, ...] = ()


def write(
    areas: Sequence[AreaRecord],
    title: Title,
    *,
    file_format: str = "geojson",
    crs: str = "WGS84",
    encoding: str = "utf-8",
) -> Written:
    """Write areas to one file (a Shapefile: one zip). `encoding` is for Shapefiles: utf-8 or gbk.

    Raises
    ------
    FormatUnknownError, CrsUnknownError
    """
    chosen = formats.by_name(file_format)
    try:
        system = datum.parse_crs(crs)
    except datum.UnknownCrsError as error:
        raise CrsUnknownError("{error}.", values={"error": detail_of(error)}, field="crs") from error
    if encoding not in {"utf-8", "gbk"}:
        raise FormatUnknownError("A Shapefile's texts are written in utf-8 or gbk.", field="encoding")
    if chosen is formats.KML and system.epsg not in {4326, 4490} and system.shift == "none":
        raise CrsUnknownError("KML holds degrees: export it in WGS84, CGCS2000, GCJ-02 or BD-09.", field="crs")
    geometries = np.array([area.geom for area in areas], dtype=object)
    geometries = _rounded(datum.transform_geometry(geometries, datum.WGS84, system), system)
    if len(areas) and not np.isfinite(shapely.get_coordinates(geometries)).all():
        raise CrsUnknownError(
            "{name} does not reach as far as these areas.", values={"name": system.name[:40]}, field="crs"
        )
    table = tabled(areas, chosen, system, encoding)
    content = _WRITERS[chosen](table, geometries, title, system, encoding)
    suffix = ".shp.zip" if chosen is formats.SHAPEFILE else chosen.suffixes[0]
    remarks = tuple(f"column {renaming}" for renaming in table.renamings)
    return Written(title.stem(system) + suffix, chosen.media_type, content, remarks)


def _rounded(geometries: NDArray[np.object_], system: datum.Crs) -> NDArray[np.object_]:
    if system.shift != "none":
        decimals = _SHIFTED_DECIMALS
    else:
        decimals = _DEGREE_DECIMALS if system.is_geographic else _METRE_DECIMALS
    return np.asarray(shapely.transform(geometries, lambda xy: np.round(xy, decimals)), dtype=object)


def _geojson(table: Tabled, geometries: NDArray[np.object_], title: Title, system: datum.Crs, _encoding: str) -> bytes:
    head: dict[str, Any] = {"type": "FeatureCollection", "name": title.stem(system)}
    head["description"] = title.description(system, table.renamings)
    if system.epsg not in {4326, 4490}:
        # RFC 7946 knows WGS 84 only; other systems are by prior arrangement, told by the member of older GeoJSON.
        name = f"urn:ogc:def:crs:EPSG::{system.epsg}" if system.epsg else system.name
        head["crs"] = {"type": "name", "properties": {"name": name}}
    if table.note.renamed or table.note.values:
        head[notes.KEY] = orjson.loads(table.note.as_json())
    lines = [
        orjson.dumps({"type": "Feature", "properties": row, "geometry": shape.__geo_interface__})
        for row, shape in zip(table.rows, geometries, strict=True)
    ]
    return orjson.dumps(head)[:-1] + b',"features":[\n' + b",\n".join(lines) + b"\n]}\n"


def _kml(table: Tabled, geometries: NDArray[np.object_], title: Title, system: datum.Crs, _encoding: str) -> bytes:
    out = io.StringIO()
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>')
    described = escape(title.description(system, table.renamings))
    out.write(f"<name>{escape(title.stem(system))}</name><description>{described}</description>\n")
    out.write(f'<ExtendedData><Data name="{notes.KEY}"><value>{escape(table.note.as_json())}</value></Data>')
    out.write('</ExtendedData><Schema name="area" id="area">')
    kinds = {"int64": "int"}
    for column, kind in table.kinds.items():
        out.write(f"<SimpleField type={quoteattr(kinds.get(kind, kind))} name={quoteattr(column)}/>")
    out.write("</Schema>\n")
    for shape, row in zip(geometries, table.rows, strict=True):
        out.write(f'<Placemark><name>{escape(row["name"])}</name><ExtendedData><SchemaData schemaUrl="#area">')
        for name, value in row.items():
            if value is not None:
                text = str(value).lower() if isinstance(value, bool) else escape(str(value))
                out.write(f"<SimpleData name={quoteattr(name)}>{text}</SimpleData>")
        out.write("</SchemaData></ExtendedData><MultiGeometry>")
        for polygon in shapely.get_parts(shape):
            out.write("<Polygon>")
            for border, ring in _rings(polygon):
                points = " ".join(f"{x!r},{y!r}" for x, y in shapely.get_coordinates(ring).tolist())
                out.write(f"<{border}><LinearRing><coordinates>{points}</coordinates></LinearRing></{border}>")
            out.write("</Polygon>")
        out.write("</MultiGeometry></Placemark>\n")
    out.write("</Document></kml>\n")
    return out.getvalue().encode()


def _rings(polygon: shapely.Polygon) -> list[tuple[str, shapely.LinearRing]]:
    return [("outerBoundaryIs", polygon.exterior), *(("innerBoundaryIs", hole) for hole in polygon.interiors)]


def _geoparquet(
    table: Tabled, geometries: NDArray[np.object_], title: Title, system: datum.Crs, _encoding: str
) -> bytes:
    import pyarrow as pa  # noqa: PLC0415 (loaded by those who ask for it)
    import pyarrow.parquet as pq  # noqa: PLC0415
    import pyproj  # noqa: PLC0415

    crs = None if system.shift != "none" else pyproj.CRS.from_user_input(system.definition).to_json_dict()
    column = {"encoding": "WKB", "geometry_types": ["MultiPolygon"], "crs": crs, "orientation": "counterclockwise"}
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    rows = table.arrow().append_column("geometry", pa.array(shapely.to_wkb(geometries), pa.binary()))
    said = {"description": title.description(system, table.renamings), notes.KEY: table.note.as_json()}
    rows = rows.replace_schema_metadata({"geo": orjson.dumps(geo), **said})
    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def _gdal(
    table: Tabled,
    geometries: NDArray[np.object_],
    path: Path,
    driver: str,
    title: Title,
    system: datum.Crs,
    **options: Any,  # noqa: ANN401 (GDAL's)
) -> None:
    import pyarrow as pa  # noqa: PLC0415
    import pyogrio  # noqa: PLC0415

    rows = table.arrow().append_column("geometry", pa.array(shapely.to_wkb(geometries), pa.binary()))
    if driver != "ESRI Shapefile":
        described = {"description": title.description(system, table.renamings), "crs": system.name}
        options["layer_metadata"] = described | {notes.KEY: table.note.as_json()}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided")  # GCJ-02 and BD-09 have none, and say so
        pyogrio.write_arrow(
            rows,
            path,
            layer=title.stem(system) if driver != "ESRI Shapefile" else None,
            driver=driver,
            geometry_name="geometry",
            geometry_type="MultiPolygon",
            crs=None if system.shift != "none" else system.definition,
            **options,
        )


def _geopackage(
    table: Tabled, geometries: NDArray[np.object_], title: Title, system: datum.Crs, _encoding: str
) -> bytes:
    with scratch.folder("export") as folder:
        path = folder / "areas.gpkg"
        _gdal(table, geometries, path, "GPKG", title, system)
        return path.read_bytes()


def _flatgeobuf(
    table: Tabled, geometries: NDArray[np.object_], title: Title, system: datum.Crs, _encoding: str
) -> bytes:
    with scratch.folder("export") as folder:
        path = folder / "areas.fgb"
        _gdal(
            table, geometries, path, "FlatGeobuf", title, system,
            layer_options={"TITLE": title.stem(system), "DESCRIPTION": title.description(system, table.renamings)},
        )  # fmt: skip
        return path.read_bytes()


def _shapefile(table: Tabled, geometries: NDArray[np.object_], title: Title, system: datum.Crs, encoding: str) -> bytes:
    out = io.BytesIO()
    with scratch.folder("export") as folder:
        path = folder / f"{title.stem(system)}.shp"
        name_of = "CP936" if encoding == "gbk" else "UTF-8"
        _gdal(table, geometries, path, "ESRI Shapefile", title, system, encoding=name_of)
        path.with_suffix(formats.NOTE).write_text(table.note.as_json(), encoding="utf-8")
        words = [title.description(system), *table.renamings, ""]
        (folder / "README.txt").write_text("\n".join(words), encoding="utf-8")
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(folder.iterdir()):
                archive.writestr(_member(part.name), part.read_bytes())
    return out.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    """Return an archive entry with a fixed time, so that the same content is the same bytes."""
    member = zipfile.ZipInfo(name, _ZIP_TIME)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


_WRITERS: dict[Format, Callable[[Tabled, NDArray[np.object_], Title, datum.Crs, str], bytes]] = {
    formats.GEOJSON: _geojson,
    formats.KML: _kml,
    formats.GEOPARQUET: _geoparquet,
    formats.GEOPACKAGE: _geopackage,
    formats.FLATGEOBUF: _flatgeobuf,
    formats.SHAPEFILE: _shapefile,
}
