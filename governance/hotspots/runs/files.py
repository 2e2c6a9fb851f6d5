"""What a run found as GeoJSON, CSV and GeoPackage: its clusters, the units it judged, its early warnings."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely

from grids.boundaries import scratch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from geo.map.simplify import ObjectArray

_CLUSTERS = (
    "method", "number", "category", "first", "last", "observed", "expected", "relative_risk", "log_likelihood_ratio",
    "p", "p_kind", "adjusted_p", "recurrence_interval_days", "radius_m", "area_m2", "stability", "significant",
    "categories", "areas",
)  # fmt: skip
_UNITS = (
    "code", "name", "reports", "reports_and_findings", "expected", "exposure", "rate", "gi_z", "gi_p",
    "gi_q", "gi", "moran_z", "moran_p", "moran_q",
    "moran", "moran_kind", "emerging", "emerging_words", "emerging_steps",
)  # fmt: skip
_WARNINGS = ("area", "area_name", "category", "observed", "expected", "upper", "p", "q", "alarm")
_NOT_COLUMNS = ("geometry", "near", "near_name")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Findings:
    """Rows of one kind: an id and properties each, the columns of a table, and the geometries (GeoJSON values)."""

    kind: str
    columns: tuple[str, ...]
    ids: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    geometries: Sequence[Mapping[str, Any] | None]


def clusters_of(result: Mapping[str, Any], method: str | None = None) -> Findings:
    """Take the clusters of a result, of one method if one is named."""
    chosen = [c for c in result["clusters"] if method is None or c["method"] == method]
    rows = [{name: value for name, value in c.items() if name != "geometry"} for c in chosen]
    ids = [f"{c['method']}-{c['number']}" for c in chosen]
    return Findings("clusters", _CLUSTERS, ids, rows, [c["geometry"] for c in chosen])


def units_of(result: Mapping[str, Any], shapes: Mapping[str, shapely.Geometry], words: Callable[..., str]) -> Findings:
    """Take the grids or hexagons with what gi, moran and emerging say of each.

    `words(code, **values)` returns the sentence of a code, for the names of hexagons and the types of development.
    """
    rows, geometries = [], []
    for unit in result["units"]:
        near = unit.get("near_name")
        explained = {"emerging_words": words(f"emerging/{unit['emerging']}")} if "emerging" in unit else {}
        rows.append(
            {"name": result["names"].get(unit["code"]) if near is None else words("unit/near", area=near)}
            | {name: value for name, value in unit.items() if name not in _NOT_COLUMNS}
            | explained
        )
        geometries.append(unit.get("geometry") or _geojson(shapes.get(unit["code"])))
    return Findings("units", _UNITS, [row["code"] for row in rows], rows, geometries)


def warnings_of(result: Mapping[str, Any], shapes: Mapping[str, shapely.Geometry]) -> Findings:
    """Take every series that was judged; the whole has no geometry of its own here."""
    rows = [{name: one[name] for name in _WARNINGS} for one in result["warning_series"]]
    outlines = {code: _geojson(shapes.get(code)) for code in {row["area"] for row in rows}}
    ids = [f"{row['area']}-{row['category']}" for row in rows]
    return Findings("warnings", _WARNINGS, ids, rows, [outlines[row["area"]] for row in rows])


def as_geojson(found: Findings) -> bytes:
    """Write an RFC 7946 FeatureCollection."""
    features = [
        {"type": "Feature", "id": number, "properties": row, "geometry": geometry}
        for number, row, geometry in zip(found.ids, found.rows, found.geometries, strict=True)
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def as_csv(found: Findings) -> bytes:
    """Write CSV, UTF-8 with a mark that spreadsheets know; no cell starts a formula."""
    out = io.StringIO()
    writer = csv.DictWriter(out, found.columns)
    writer.writeheader()
    for row in found.rows:
        plain = _plain(found, row)
        writer.writerow({k: f"'{v}" if isinstance(v, str) and v.startswith(_FORMULA) else v for k, v in plain.items()})
    return ("\ufeff" + out.getvalue()).encode()


def as_geopackage(found: Findings) -> bytes:
    """Write one layer of a GeoPackage, EPSG:4326."""
    import geopandas  # noqa: PLC0415 (with pandas a second of every start, for one format)

    frame = geopandas.GeoDataFrame(
        [_plain(found, row) for row in found.rows],
        columns=list(found.columns),
        geometry=_shapes(found),
        crs=4326,
    )
    with scratch.folder("export") as folder:
        path = folder / "found.gpkg"
        frame.to_file(path, driver="GPKG", layer=found.kind, engine="pyogrio", geometry_type="Unknown")
        return path.read_bytes()


def _shapes(found: Findings) -> ObjectArray:
    shapes = np.empty(len(found.geometries), dtype=object)
    shapes[:] = [shapely.from_geojson(orjson.dumps(g).decode()) if g else None for g in found.geometries]
    return shapes


def _plain(found: Findings, row: Mapping[str, Any]) -> dict[str, Any]:
    """Write lists as text, for a table's cell."""
    return {name: _cell(row.get(name)) for name in found.columns}


def _cell(value: Any) -> Any:  # noqa: ANN401 (a result's value)
    if not isinstance(value, list):
        return value
    if value and isinstance(value[0], dict):
        return "; ".join(f"{item['category']} {item['reports']}" for item in value)
    return " ".join(str(item) for item in value)


def _geojson(shape: shapely.Geometry | None) -> dict[str, Any] | None:
    if shape is None:
        return None
    return dict(orjson.loads(shapely.to_geojson(shapely.set_precision(shape, 0.0000001))))
