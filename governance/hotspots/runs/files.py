"""What a run found as GeoJSON, CSV and GeoPackage: its clusters, the units it judged, its early warnings."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely

from core.spreadsheet_writer import plain_cell
from core.words import Message
from governance.hotspots.catalogue import ABOUT, Finds
from governance.hotspots.place_names import unit_message
from grids.boundaries import scratch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.map.simplify import ObjectArray
    from governance.hotspots.catalogue import HotspotMethod
    from governance.hotspots.result_format import Result, UnitJudgement

_CLUSTERS = (
    "method", "number", "category", "first", "last", "observed", "expected", "relative_risk", "log_likelihood_ratio",
    "p", "p_kind", "adjusted_p", "recurrence_interval_days", "radius_m", "area_m2", "stability", "significant",
    "categories", "areas",
)  # fmt: skip
_UNITS = ("code", "name", "reports", "reports_and_findings", "expected", "exposure", "rate")
_WARNINGS = ("area", "area_name", "category", "observed", "expected", "upper", "p", "q", "alarm")
Words = Callable[[Message], str]


@dataclass(frozen=True, slots=True)
class FindingRows:
    """Rows of one kind: an id and properties each, the columns of a table, and the geometries (GeoJSON values)."""

    kind: str
    columns: tuple[str, ...]
    ids: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    geometries: Sequence[Mapping[str, Any] | None]


def clusters_of(result: Result, method: HotspotMethod | None = None) -> FindingRows:
    """Take the clusters of a result, of one method if one is named."""
    chosen = [c for c in result.clusters if method is None or c.method == method]
    rows = [c.model_dump(mode="json", exclude={"geometry"}) for c in chosen]
    ids = [f"{c.method}-{c.number}" for c in chosen]
    return FindingRows("clusters", _CLUSTERS, ids, rows, [c.geometry for c in chosen])


def units_of(result: Result, shapes: Mapping[str, shapely.Geometry], words: Words) -> FindingRows:
    """Take the grids or hexagons with what each method states of them; `words` returns the sentence of a message."""
    judging = [m for m, about in ABOUT.items() if about.finds is Finds.UNITS]
    rows = [
        {"code": unit.code, "name": result.names.get(unit.code) or words(unit_message(unit, result))}
        | unit.model_dump(mode="json", include=set(_UNITS[2:]), exclude_none=True)
        | {name: value for m, one in unit.judged.items() for name, value in _judged(m, one, words).items()}
        for unit in result.units
    ]
    columns = (*_UNITS, *(name for m in judging for name in _judged_columns(m, rows)))
    geometries = [unit.geometry or _geojson(shapes.get(unit.code)) for unit in result.units]
    return FindingRows("units", columns, [unit.code for unit in result.units], rows, geometries)


def _judged(method: HotspotMethod, one: UnitJudgement, words: Words) -> dict[str, Any]:
    """Put a method's statement of a unit into columns headed by its name.

    A method with flags has `<method>` (the flag), `_kind` and z, p, q; one with steps its type, its words and steps.
    """
    if one.flag is not None:
        values = {f"{method}_{name}": value for name, value in (("z", one.z), ("p", one.p), ("q", one.q))}
        return {**values, str(method): one.flag, f"{method}_kind": one.found}
    return {
        str(method): one.found,
        f"{method}_words": words(Message(code=f"legend/{method}/{one.found}/words")),
        f"{method}_steps": one.steps,
    }


def _judged_columns(method: HotspotMethod, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a method's columns, in the order in which they first come."""
    own = re.compile(rf"{method}(_[a-z]+)?")
    return list(dict.fromkeys(name for row in rows for name in row if own.fullmatch(name)))


def warnings_of(result: Result, shapes: Mapping[str, shapely.Geometry]) -> FindingRows:
    """Take every series that was judged; the whole has no geometry of its own here."""
    rows = [one.model_dump(mode="json", include=set(_WARNINGS)) for one in result.series]
    outlines = {code: _geojson(shapes.get(code)) for code in {row["area"] for row in rows}}
    ids = [f"{row['area']}-{row['category']}" for row in rows]
    return FindingRows("warnings", _WARNINGS, ids, rows, [outlines[row["area"]] for row in rows])


def as_geojson(found: FindingRows) -> bytes:
    """Write an RFC 7946 FeatureCollection."""
    features = [
        {"type": "Feature", "id": number, "properties": row, "geometry": geometry}
        for number, row, geometry in zip(found.ids, found.rows, found.geometries, strict=True)
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def as_csv(found: FindingRows) -> bytes:
    """Write CSV, UTF-8 with a mark that spreadsheets know; no cell starts a formula."""
    out = io.StringIO()
    writer = csv.DictWriter(out, found.columns)
    writer.writeheader()
    for row in found.rows:
        plain = _plain(found, row)
        writer.writerow({k: plain_cell(v) if isinstance(v, str) else v for k, v in plain.items()})
    return ("\ufeff" + out.getvalue()).encode()


def as_geopackage(found: FindingRows) -> bytes:
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


def _shapes(found: FindingRows) -> ObjectArray:
    shapes = np.empty(len(found.geometries), dtype=object)
    shapes[:] = [shapely.from_geojson(orjson.dumps(g).decode()) if g else None for g in found.geometries]
    return shapes


def _plain(found: FindingRows, row: Mapping[str, Any]) -> dict[str, Any]:
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
