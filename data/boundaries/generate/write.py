"""GeoJSON as it leaves the generator: longitude and latitude, RFC 7946 winding, one feature a line, fixed order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import shapely

from . import frame

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from .areas import Area


def area_rows(areas: Iterable[Area]) -> list[tuple[dict[str, Any], BaseGeometry]]:
    """Properties and polygon of each area."""
    return [
        (
            {
                "level": area.level,
                "code": area.code,
                "name": area.name,
                "parent_code": area.parent_code,
                "unit_code": area.unit_code,
                "unit_name": area.unit_name,
                "households": area.households,
            },
            shapely.orient_polygons(shapely.normalize(area.polygon)),
        )
        for area in areas
    ]


def geojson(path: Path, rows: Iterable[tuple[dict[str, Any], BaseGeometry]]) -> None:
    """Write rows in local metres as a FeatureCollection in WGS 84."""
    lines = [_feature(properties, frame.to_wgs84(geometry)) for properties, geometry in rows]
    head = '{"type":"FeatureCollection","features":[\n'
    path.write_text(head + ",\n".join(lines) + "\n]}\n", encoding="utf-8")


def _feature(properties: dict[str, Any], geometry: BaseGeometry) -> str:
    feature = {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(geometry)}
    return json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
