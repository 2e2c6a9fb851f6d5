"""GeoJSON, parsed by ourselves: a `crs` member is read as a name and never followed anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely

from grids.boundaries.errors import FileTooLargeError, FileUnreadableError
from grids.boundaries.files import notes, text
from grids.boundaries.files.raw import RawFeatures, polygonal

if TYPE_CHECKING:
    from pathlib import Path

    from grids.boundaries.files.limits import Limits


def read(path: Path, limits: Limits, encoding: str | None) -> RawFeatures:
    """Read a FeatureCollection (or one Feature).

    Without a `crs` member the numbers are WGS 84 (RFC 7946 §4); the member of older GeoJSON is honoured.

    Raises
    ------
    FileUnreadableError, FileTooLargeError
    """
    content, used = text.decoded(path.read_bytes(), encoding)
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise FileUnreadableError("Not valid JSON: {error}.", values={"error": error}) from error
    del content
    features = _features(document)
    if len(features) > limits.max_features:
        raise FileTooLargeError(
            "{count:,} features; at most {max_features:,} are taken.",
            values={"count": len(features), "max_features": limits.max_features},
        )
    found = RawFeatures(crs=_crs(document.get("crs")), encoding=used)
    if notes.KEY in document:
        found.note = orjson.dumps(document[notes.KEY]).decode()
    found.remarks += text.remarks(used, encoding)
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict):
            raise FileUnreadableError("Feature {number} is not an object.", values={"number": number})
        properties = feature.get("properties") or {}
        if not isinstance(properties, dict):
            raise FileUnreadableError("Feature {number}: 'properties' is not an object.", values={"number": number})
        if "id" in feature and "id" not in properties:
            properties = {**properties, "id": feature["id"]}
        elif "id" in feature and feature["id"] != properties["id"]:
            found.remarks.append("the features' ids differ from their property 'id', and are left out")
        try:
            geometry = _geometry(feature.get("geometry"), limits.max_collection_depth)
        except (ValueError, TypeError, KeyError, IndexError, shapely.errors.GEOSException) as error:
            raise FileUnreadableError(
                "Feature {number}: its geometry is not sound GeoJSON ({error}).",
                values={"number": number, "error": error},
            ) from error
        found.add(polygonal(geometry, number, limits), properties, "")
    return found


def _features(document: object) -> list[Any]:
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "Feature":
        return [document]
    features = document.get("features") if isinstance(document, dict) else None
    if kind != "FeatureCollection" or not isinstance(features, list):
        raise FileUnreadableError("It is not a GeoJSON FeatureCollection.")
    return features


def _crs(member: object) -> str:
    """Return the name of a legacy `crs` member (GeoJSON 2008 §3); a link is refused, never fetched."""
    if member is None:
        return "WGS84"
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if isinstance(name, str):
        return name
    code = properties.get("code") if isinstance(properties, dict) else None
    if isinstance(code, int | str):
        return f"EPSG:{code}"
    raise FileUnreadableError("Its 'crs' member does not name a coordinate reference system; links are not followed.")


def _geometry(member: object, depth: int) -> shapely.Geometry | None:
    if member is None:
        return None
    if not isinstance(member, dict):
        raise TypeError("not an object")
    kind = member["type"]
    if kind == "Polygon":
        return _polygon(member["coordinates"])
    if kind == "MultiPolygon":
        return shapely.MultiPolygon([p for rings in member["coordinates"] if not (p := _polygon(rings)).is_empty])
    if kind == "GeometryCollection":
        if depth == 0:
            raise ValueError("collections nested too deep")
        parts = [_geometry(part, depth - 1) for part in member["geometries"]]
        return shapely.GeometryCollection([part for part in parts if part is not None])
    # Points and lines have no area: the check reports them, with their place.
    return shapely.from_geojson(orjson.dumps({"type": str(kind), "coordinates": member["coordinates"]}))


def _polygon(rings: list[Any]) -> shapely.Polygon:
    if not rings:
        return shapely.Polygon()
    shell, *holes = (_coordinates(ring) for ring in rings)
    return shapely.Polygon(shell, holes)


def _coordinates(ring: list[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    try:
        positions = np.array(ring, dtype=np.float64)
    except (ValueError, TypeError):
        positions = np.array([position[:2] for position in ring], dtype=np.float64)
    if positions.ndim != 2 or positions.shape[1] < 2:
        raise ValueError("a ring is not a list of positions")
    return positions[:, :2]
