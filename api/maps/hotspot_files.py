"""A run's clusters as GeoJSON, CSV and GeoPackage."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas
import orjson
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = (
    "method", "number", "category", "first", "last", "observed", "expected", "relative_risk", "log_likelihood_ratio",
    "p", "p_kind", "adjusted_p", "recurrence_interval_days", "radius_m", "significant",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _plain(cluster: dict[str, Any]) -> dict[str, Any]:
    main = "; ".join(f"{c['category']} {c['reports']}" for c in cluster["categories"])
    return {**{name: cluster[name] for name in COLUMNS}, "categories": main, "areas": " ".join(cluster["areas"])}


def as_geojson(clusters: Sequence[dict[str, Any]]) -> bytes:
    """Write the clusters as an RFC 7946 FeatureCollection."""
    features = [
        {
            "type": "Feature",
            "id": f"{c['method']}-{c['number']}",
            "properties": {name: value for name, value in c.items() if name != "geometry"},
            "geometry": c["geometry"],
        }
        for c in clusters
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def as_csv(clusters: Sequence[dict[str, Any]]) -> bytes:
    """Write the clusters as CSV, UTF-8 with a mark that spreadsheets know; no cell starts a formula."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [*COLUMNS, "categories", "areas"])
    writer.writeheader()
    for cluster in clusters:
        row = _plain(cluster)
        writer.writerow({k: f"'{v}" if isinstance(v, str) and v.startswith(_FORMULA) else v for k, v in row.items()})
    return ("\ufeff" + out.getvalue()).encode()


def as_geopackage(clusters: Sequence[dict[str, Any]]) -> bytes:
    """Write the clusters as one layer of a GeoPackage, EPSG:4326."""
    frame = geopandas.GeoDataFrame(
        [_plain(c) for c in clusters],
        columns=[*COLUMNS, "categories", "areas"],
        geometry=[shapely.from_geojson(orjson.dumps(c["geometry"]).decode()) for c in clusters],
        crs=4326,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clusters.gpkg"
        frame.to_file(path, driver="GPKG", layer="clusters", engine="pyogrio", geometry_type="Unknown")
        return path.read_bytes()
